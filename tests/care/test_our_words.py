"""Our words go before those of the packages that we use."""

from django.utils import translation
from django.utils.translation import gettext

from tests.care import messages


def test_no_package_puts_its_own_dutch_in_place_of_ours():
    with translation.override("nl"):
        other = {
            entry.msgid: (entry.msgstr, gettext(entry.msgid))
            for room in messages.rooms()
            for entry in messages.read(room).values()
            if not entry.msgctxt and not entry.msgid_plural and gettext(entry.msgid) != entry.msgstr
        }
    assert other == {}
