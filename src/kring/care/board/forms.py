"""What teams type on their board, and what a client chooses about it."""

import datetime as dt
import re
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.care.board import policy
from kring.care.board.desk import Desk
from kring.care.board.models import DEFAULTS, Category, Entry, Sign
from kring.care.circles.models import Member
from kring.care.forms import EditForm, NewForm, Plain
from kring.care.measures.instruments import Definition
from kring.care.people.models import Person

TELLS_WHO = re.compile(r"\d{5,}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|@")
"""A date of birth, a number of a client or a telephone, an address: none is needed at a morning meeting."""
NOT_UP = "none"
FARTHEST = dt.timedelta(weeks=13)


def plain_label(label: str) -> str:
    if TELLS_WHO.search(label):
        raise forms.ValidationError(
            gettext("Leave out dates of birth, numbers and addresses. Use what you say aloud at the meeting.")
        )
    return label


class Where(forms.ChoiceField):
    """A category of this team, or nowhere: not scaled up."""

    def offer(self, desk: Desk) -> None:
        self.found = {str(category.pk): category for category in policy.categories(desk)}
        named = [(key, str(category)) for key, category in self.found.items()]
        self.choices = [*named, (NOT_UP, gettext("Not scaled up"))]

    def clean(self, value: Any) -> Category | None:
        return self.found.get(super().clean(value))


def where() -> Where:
    return Where(
        label=_("Where on the board?"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose where on the board.")},
    )  # fmt: skip


def why() -> forms.CharField:
    return forms.CharField(
        label=_("Why?"), max_length=300, help_text=_("One line, in words that the client may read."),
        error_messages={"required": _("Write in one line why.")},
    )  # fmt: skip


class NewEntry(Plain):
    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    label = forms.CharField(
        label=_("What does the team call this client?"), max_length=40, validators=[],
        help_text=_("As short as it can be. For example a first name and one letter."),
        error_messages={"required": _("Write what the team calls this client.")},
    )  # fmt: skip
    category = where()
    reason = why()

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].offer(desk)  # type: ignore[attr-defined]

    def clean_label(self) -> str:
        return plain_label(self.cleaned_data["label"])


class Scale(Plain):
    """Move a client, unless a colleague did so since this page was opened: then both are shown."""

    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    category = where()
    reason = why()
    stored: Entry | None = None

    def __init__(self, *args: Any, desk: Desk, entry: Entry, **kwargs: Any) -> None:
        here = {"version": entry.version, "category": str(entry.category_id or NOT_UP)}
        super().__init__(*args, initial=here, **kwargs)
        self.fields["category"].offer(desk)  # type: ignore[attr-defined]

    def show_both(self, stored: Any) -> None:
        """Keep what was typed, and let the next save move the client knowingly."""
        self.stored = stored
        typed = self.data.copy()  # type: ignore[attr-defined]
        typed["version"] = str(stored.version)
        self.data = typed


class Call(EditForm):
    class Meta:
        model = Entry
        fields = ("label",)

    def clean_label(self) -> str:
        return plain_label(self.cleaned_data["label"])


class NewCategory(NewForm):
    class Meta:
        model = Category
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class EditCategory(EditForm):
    class Meta:
        model = Category
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        if not self.instance.name:
            self.initial["name"] = str(DEFAULTS[self.instance.key])


class PlanVisit(Plain):
    person: forms.ModelChoiceField[Person] = forms.ModelChoiceField(
        queryset=None, label=_("Who goes?"), empty_label=None, error_messages={"required": _("Choose a colleague.")}
    )
    day = forms.DateField(
        label=_("On which day?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )  # fmt: skip

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, initial={"day": timezone.localdate(), "person": desk.person.pk}, **kwargs)
        self.fields["person"].queryset = policy.colleagues(desk).order_by("name")  # type: ignore[attr-defined]

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        today = timezone.localdate()
        if not today <= day <= today + FARTHEST:
            raise forms.ValidationError(gettext("Choose today or a later day, within three months."))
        return day


class Reply(Plain):
    reply = forms.CharField(
        label=_("Your answer to the client"), max_length=300,
        help_text=_("The client reads this in their circle."),
        error_messages={"required": _("Write an answer that the client may read.")},
    )  # fmt: skip


class PutTogether(Plain):
    """Which line on the list is this client's? Only lines that no other circle is linked to."""

    entry: forms.ModelChoiceField[Entry] = forms.ModelChoiceField(
        queryset=None, label=_("Which line is theirs?"), required=False, empty_label=_("A new line, not scaled up")
    )
    label = forms.CharField(
        label=_("For a new line: what does the team call this client?"), max_length=40, required=False
    )

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = policy.agreements(desk).filter(entry__isnull=False).values("entry")
        found = policy.entries(desk).exclude(pk__in=taken).order_by("label")
        self.fields["entry"].queryset = found  # type: ignore[attr-defined]

    def clean_label(self) -> str:
        return plain_label(self.cleaned_data["label"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("entry") and not cleaned.get("label") and not self.errors:
            self.add_error("label", gettext("Choose a line, or write what the team calls this client."))
        return cleaned


class Notice(Plain):
    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    colour = forms.ChoiceField(
        label=_("How does it go?"), choices=Sign.COLOURS, widget=forms.RadioSelect,
        error_messages={"required": _("Choose orange or red.")},
    )  # fmt: skip
    wish = forms.ChoiceField(
        label=_("What would help?"), choices=Sign.WISHES, widget=forms.RadioSelect, initial="know"
    )  # fmt: skip


class ChoosePeople(Plain):
    """Two ticks for each member: may notice signs too, is told of them."""

    def __init__(self, *args: Any, members: list[Member], chosen: dict[uuid.UUID, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        for member in members:
            now = chosen.get(member.pk)
            for mark, words in (("notices", _("may say so too")), ("told", _("is told when it is said"))):
                self.fields[f"{mark}_{member.pk}"] = forms.BooleanField(
                    label=words, required=False, initial=bool(now and getattr(now, mark))
                )

    def rows(self) -> list[tuple[Member, Any, Any]]:
        return [(one, self[f"notices_{one.pk}"], self[f"told_{one.pk}"]) for one in self.members]

    def wanted(self) -> dict[uuid.UUID, list[str]]:
        marks = ("notices", "told")
        return {one.pk: [mark for mark in marks if self.cleaned_data[f"{mark}_{one.pk}"]] for one in self.members}


class Assess(Plain):
    """One number for each item of a scale, or its total; within the range that the scale has."""

    held_on = forms.DateField(
        label=_("When was this?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )  # fmt: skip
    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, definition: Definition, new_id: uuid.UUID, **kwargs: Any) -> None:
        super().__init__(*args, initial={"new_id": new_id}, **kwargs)
        self.codes = [item.link_id for item in definition.items] or [scale.code for scale in definition.scales]
        for item in definition.items:
            label = gettext("Part %(item)s, from %(low)s to %(high)s")
            said = {"item": item.link_id, "low": item.low, "high": item.high}
            self.fields[f"item_{item.link_id}"] = _number(label % said, item.low, item.high, item.decimals)
        if not definition.items:
            for scale in definition.scales:
                self.fields[f"item_{scale.code}"] = _number(gettext("The total, as you worked it out"), 0, 999, 2)

    def answers(self) -> dict[str, Decimal]:
        return {code: self.cleaned_data[f"item_{code}"] for code in self.codes}

    def clean_held_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("Choose today or an earlier day."))
        return day


def _number(label: str, low: int, high: int, decimals: int) -> forms.DecimalField:
    wrong = gettext("Fill in a number from %(low)s to %(high)s.") % {"low": low, "high": high}
    places = gettext("Give at most %(places)s decimal places.") % {"places": decimals}
    said = dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong) | {"max_decimal_places": places}
    field = forms.DecimalField(
        label=label, min_value=low, max_value=high, decimal_places=decimals, max_digits=6, localize=True,
        error_messages=said,
    )  # fmt: skip
    field.widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    for check in field.validators:
        check.message = places if "decimal" in type(check).__name__.lower() else wrong  # type: ignore[attr-defined]
    return field
