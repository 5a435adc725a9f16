"""Forms of trainers. What a learner types is one choice or a few words, read in `views.quiz`."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care.forms import EditForm, Plain
from kring.care.people.models import Person, Team
from kring.care.training import content
from kring.care.training.models import Lead, PartKind, PartVersion, ReadinessCheck, WorkshopSession

WRITTEN = [kind for kind in PartKind if kind != PartKind.QUIZ]
"""Kinds that are typed as text. Quizzes are imported."""
LISTS = (PartKind.READINESS, PartKind.OBSERVATION)
MOST_ITEMS = 40
DATE = {"type": "date"}


class New(Plain):
    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "new_id"}


class NewProgramme(New):
    title = forms.CharField(label=_("Name of the training"), max_length=120)
    about = forms.CharField(label=_("What it is"), max_length=600, required=False, widget=forms.Textarea)


class PartWords(Plain):
    """The words of one part in one language. What else it holds (questions, items) stays as it was."""

    title = forms.CharField(label=_("Title"), max_length=120)
    why = forms.CharField(label=_("Why it is here"), max_length=400, required=False)
    minutes = forms.IntegerField(label=_("About how many minutes"), min_value=1, max_value=600, required=False)
    body = forms.CharField(
        label=_("Text"),
        help_text=_(
            "'## ' begins a heading, '- ' a list, '> Name: words' a conversation, an exclamation mark something to try."
        ),
        max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 20}),
    )  # fmt: skip
    task = forms.CharField(label=_("What to practise"), max_length=600, required=False, widget=forms.Textarea)
    ask = forms.CharField(
        label=_("How to ask the client for consent"), max_length=600, required=False, widget=forms.Textarea
    )

    items = forms.CharField(
        label=_("Statements, each on a line of its own"),
        help_text=_("A line that you change is a new statement, and is counted by itself from then on."),
        max_length=10_000, widget=forms.Textarea(attrs={"rows": 12}),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = PartKind(kind)
        if self.kind != PartKind.PRACTICE:
            del self.fields["task"], self.fields["ask"]
        if self.kind not in LISTS:
            del self.fields["items"]
        for need in content.NEEDS[self.kind]:
            self.fields[need].required = True

    def clean_items(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        if len(set(lines)) < len(lines):
            raise forms.ValidationError(_("Two lines say the same."))
        if not 1 <= len(lines) <= MOST_ITEMS:
            raise forms.ValidationError(_("Write one statement at least, and forty at most."))
        return lines

    def content(self, language: str, before: dict[str, Any] | None = None) -> dict[str, Any]:
        """The whole content with these words in `language`."""
        given = dict(self.cleaned_data)
        minutes, lines = given.pop("minutes", None), given.pop("items", None)
        made = {**(before or {})}
        if lines:
            made["items"] = content.renewed(made.get("items", []), lines, language)
        made[language] = {**made.get(language, {}), **{name: words for name, words in given.items() if words}}
        return made | ({"minutes": minutes} if minutes else {})


class NewPart(New):
    kind = forms.ChoiceField(
        label=_("What kind of part"), choices=[(kind.value, kind.label) for kind in WRITTEN], widget=forms.RadioSelect
    )


class Placing(Plain):
    after_days = forms.IntegerField(
        label=_("Opens after how many days"), help_text=_("Counted from each learner's own first day."),
        min_value=0, max_value=2000, initial=0,
    )  # fmt: skip
    required = forms.BooleanField(label=_("Needed for the certificate"), required=False, initial=True)
    part = forms.ModelChoiceField(label=_("Part"), queryset=PartVersion.objects.none(), empty_label=None)

    def __init__(self, *args: Any, versions: list[PartVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["part"]
        field.queryset = PartVersion.objects.filter(pk__in=[each.pk for each in versions])
        field.choices = [(each.pk, _labelled(each)) for each in versions]

    field_order = ("part", "after_days", "required")


def _labelled(version: PartVersion) -> str:
    return f"{version.part.get_kind_display()}: {content.title(version.content)} ({version.number})"


class NewCohort(New):
    name = forms.CharField(label=_("Name"), max_length=120)
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"), queryset=Team.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]


class Enrolling(Plain):
    """People of the cohort's teams who do not take part yet; each from an own first day."""

    people = forms.MultipleChoiceField(label=_("Who"), widget=forms.CheckboxSelectMultiple)
    joined_on = forms.DateField(
        label=_("Their first day"), help_text=_("A newcomer can enter on any day."),
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"), initial=timezone.localdate,
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = people  # type: ignore[attr-defined]


class Leading(Plain):
    person = forms.ModelChoiceField(label=_("Who"), queryset=Person.objects.none(), empty_label=None)
    role = forms.ChoiceField(label=_("As what"), choices=Lead.choices, widget=forms.RadioSelect)
    hours = forms.DecimalField(
        label=_("Hours in the schedule"), help_text=_("For the whole course, with preparation."),
        min_value=Decimal(0), max_value=Decimal(2000), decimal_places=1, initial=0,
    )  # fmt: skip

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class Readiness(EditForm):
    """Each statement of the check: yes, not yet, or no."""

    ANSWERS = [("yes", _("Yes")), ("not_yet", _("Not yet")), ("no", _("No"))]

    class Meta:
        model = ReadinessCheck
        fields = ["note"]

    def __init__(self, *args: Any, items: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", 1)
        for item in items:
            self.fields[f"item_{item['key']}"] = forms.ChoiceField(
                label=content.in_words(item),
                choices=self.ANSWERS, widget=forms.RadioSelect, initial=(self.instance.answers or {}).get(item["key"]),
            )  # fmt: skip
        self.order_fields([*[f"item_{item['key']}" for item in items], "note"])

    def answers(self) -> dict[str, str]:
        return {name[5:]: value for name, value in self.cleaned_data.items() if name.startswith("item_")}

    def value_in(self, now: Any, name: str) -> Any:
        return now.answers.get(name[5:]) if name.startswith("item_") else super().value_in(now, name)

    def shown(self, now: Any, name: str) -> str:
        said = self.value_in(now, name)
        return str(dict(self.ANSWERS).get(said, said or ""))


class Workshop(EditForm):
    class Meta:
        model = WorkshopSession
        fields = ["starts_at", "minutes", "place", "experience_expert", "expert_hours"]
        widgets = {"starts_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}
        labels = {"experience_expert": _("Experience expert who leads along")}

    def __init__(self, *args: Any, experts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", 1)
        self.fields["experience_expert"].queryset = experts  # type: ignore[attr-defined]
        self.fields["experience_expert"].required = False


class NewWorkshop(Workshop):
    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    part = forms.ModelChoiceField(label=_("Which workshop"), queryset=PartVersion.objects.none(), empty_label=None)
    field_order = ("part", "starts_at")

    def __init__(self, *args: Any, workshops: list[PartVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["part"]
        field.queryset = PartVersion.objects.filter(pk__in=[each.pk for each in workshops])
        field.choices = [(each.pk, content.title(each.content)) for each in workshops]


class Import(New):
    """A file with questions. What cannot be read is named first; the rest comes in only when that is asked for."""

    title = forms.CharField(label=_("Title of the quiz"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language of the questions"), choices=[("nl", "Nederlands"), ("en", "English")]
    )
    file = forms.FileField(
        label=_("File"), help_text=_("GIFT (.txt), Moodle XML (.xml) or QTI 2.x and 3 (.xml or .zip). At most 2 MB.")
    )
    rest = forms.BooleanField(label=_("Leave out what cannot be read, and import the rest"), required=False)

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > 2_000_000:
            raise forms.ValidationError(_("This file is larger than 2 MB."))
        return found
