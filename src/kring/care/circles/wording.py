"""Examples of an invitation, in both languages. They are there to be changed: a letter is the client's own."""

from django.utils import translation
from django.utils.translation import gettext as _

from kring.care.circles.topics import FORMAL_ROLES


def examples(name: str, client: str, role: str) -> dict[str, list[str]]:
    """Per language the examples that suit this role, first the one that is offered."""
    found = {}
    for language in ("nl", "en"):
        with translation.override(language):
            texts = _for_professionals() if role in FORMAL_ROLES else _for_people_close_by()
            found[language] = [text % {"name": name, "client": client} for text in texts]
    return found


def _for_people_close_by() -> list[str]:
    return [
        _(
            "Dear %(name)s,\n\nI am making a circle of people around me. They help me with what I want in my life. "
            "I would like you to be one of them.\n\nWe meet about four times a year, for an hour. "
            "You do not have to solve anything. Will you think about it?\n\n%(client)s"
        ),
        _(
            "Hello %(name)s,\n\nI would like to ask you something. Will you be in my circle? "
            "Then you sometimes come and talk with me and a few others about my plans.\n\n"
            "If now is not a good time, that is fine too.\n\n%(client)s"
        ),
    ]


def _for_professionals() -> list[str]:
    return [
        _(
            "Dear %(name)s,\n\nI am making my own circle of people who help me with my plans. "
            "I lead it myself. I would like you to take part.\n\n"
            "We meet about four times a year, for an hour.\n\n%(client)s"
        ),
        _("Hello %(name)s,\n\nWill you take part in my circle? I tell you more when we meet.\n\n%(client)s"),
    ]
