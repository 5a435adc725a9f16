"""Forms of the room. Nothing is compulsory but what one chooses to do."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Member
from kring.care.circles.topics import Zone
from kring.care.forms import EditForm, NewForm, Plain
from kring.care.measures.chart import number_in_words
from kring.care.measures.instruments import Definition, Scale
from kring.care.measures.models import MONTHS, LifeFactor, OwnSchedule, Respondent, Schedule
from kring.care.measures.texts import Question, scale_title

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
OFFERED_MONTHS = (0, 1, 3, 6, 9, 12, 18, 24)
EXTRA_DAYS = 3
FARTHEST = 3653  # days


class AnswerOne(Plain):
    """One question. The version tells whether somebody answered elsewhere meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored: list[tuple[str, str]] = []
        self.fields["answer"] = _choice_of(question) if question.choices else _number_of(question)
        self.fields["answer"].label = question.text


def _choice_of(question: Question) -> forms.Field:
    values = {str(value): value for value, _label in question.choices}
    return forms.TypedChoiceField(
        coerce=lambda text: values[text], choices=question.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer, or skip this question.")},
    )  # fmt: skip


def _number_of(question: Question) -> forms.Field:
    words = gettext("Write a number from %(low)s to %(high)s.") % {"low": question.low, "high": question.high}
    said: Any = dict.fromkeys(("required", "invalid", "min_value", "max_value", "max_decimal_places"), words)
    limits: Any = {"min_value": question.low, "max_value": question.high, "error_messages": said, "help_text": words}
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    if question.decimals:
        return forms.DecimalField(decimal_places=question.decimals, localize=True, widget=widget, **limits)
    return forms.IntegerField(widget=widget, **limits)


class WithDays(forms.ModelForm):  # type: ignore[type-arg]
    """The months as boxes to tick, and a few extra days."""

    months = forms.TypedMultipleChoiceField(
        label=_("How many months after the start?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    starts_on = forms.DateField(label=_("From when?"), widget=DAY)
    extra_1 = forms.DateField(label=_("An extra day"), required=False, widget=DAY)
    extra_2 = forms.DateField(label=_("Another extra day"), required=False, widget=DAY)
    extra_3 = forms.DateField(label=_("And another"), required=False, widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.months if not self.instance._state.adding else []
        months: Any = self.fields["months"]
        months.choices = [(month, month_in_words(month)) for month in sorted({*OFFERED_MONTHS, *kept})]
        self.initial.setdefault("months", list(MONTHS))
        self.initial.setdefault("starts_on", timezone.localdate())
        for number, day in enumerate(self.instance.dates[:EXTRA_DAYS], 1):
            self.initial[f"extra_{number}"] = dt.date.fromisoformat(day)

    def clean_starts_on(self) -> dt.date:
        """A year that was typed wrong would ask nothing for ever, or everything at once."""
        day: dt.date = self.cleaned_data["starts_on"]
        if abs((day - timezone.localdate()).days) > FARTHEST:
            raise forms.ValidationError(gettext("Choose a day within ten years."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        extra = [cleaned.pop(f"extra_{number}", None) for number in range(1, EXTRA_DAYS + 1)]
        beyond = self.instance.dates[EXTRA_DAYS:]
        cleaned["dates"] = sorted({day.isoformat() for day in extra if day} | set(beyond))
        cleaned["months"] = sorted(set(cleaned.get("months", [])))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:  # what is stored is checked by the model's own validators
        return super()._get_validation_exclusions() | {"months"}  # type: ignore[misc, no-any-return]


def month_in_words(month: int) -> str:
    if month == 0:
        return gettext("At the start")
    return ngettext("After %(number)s month", "After %(number)s months", month) % {"number": month}


class NewLine(WithDays, NewForm):
    who = forms.ChoiceField(label=_("Who fills this in?"), widget=forms.RadioSelect)
    field_order = ("who", "starts_on", "months", "extra_1", "extra_2", "extra_3", "new_id")

    class Meta:
        model = Schedule
        fields = ("starts_on", "months")

    def offer(self, respondents: Iterable[str], professionals: Iterable[Member]) -> "NewLine":
        """Who can fill this instrument in; with one possibility the question is left out."""
        choices: list[tuple[str, str]] = []
        if Respondent.CLIENT in respondents:
            choices.append((Respondent.CLIENT.value, gettext("Me")))
        if Respondent.PROFESSIONAL in respondents:
            choices += [(str(member.pk), member.name) for member in professionals]
            choices.append((Respondent.PROFESSIONAL.value, gettext("Any care worker in my circle")))
        who: Any = self.fields["who"]
        who.choices = choices
        if len(choices) == 1:
            who.widget, who.required = forms.HiddenInput(), False
            self.initial["who"] = choices[0][0]
        return self

    def content(self) -> dict[str, Any]:
        found = super().content()
        chosen: str = found.pop("who") or self.initial["who"]
        if chosen in Respondent.values:
            return found | {"respondent": chosen, "member": None}
        return found | {"respondent": Respondent.PROFESSIONAL.value, "member": Member.objects.get(pk=chosen)}


class EditLine(WithDays, EditForm):
    field_order = ("starts_on", "months", "extra_1", "extra_2", "extra_3", "version")

    class Meta:
        model = Schedule
        fields = ("starts_on", "months")

    def content(self) -> dict[str, Any]:
        return super().content() | {"dates": self.cleaned_data["dates"]}


class NewOwnLine(WithDays, NewForm):
    field_order = ("starts_on", "months", "extra_1", "extra_2", "extra_3", "new_id")

    class Meta:
        model = OwnSchedule
        fields = ("starts_on", "months")


def _range_in_words(scale: Scale) -> str:
    if scale.low is None or scale.high is None:
        return gettext("Write a number.")
    said = {"low": number_in_words(scale.low), "high": number_in_words(scale.high)}
    return gettext("Write a number from %(low)s to %(high)s.") % said


class Totals(Plain):
    """Scores that were worked out elsewhere: a day, and a number per scale within its range."""

    new_id = forms.UUIDField(widget=forms.HiddenInput)
    due_on = forms.DateField(label=_("On which day was it filled in?"), widget=DAY)
    language = forms.ChoiceField(label=_("In which language?"), choices=[("nl", "Nederlands"), ("en", "English")])

    def __init__(self, *args: Any, definition: Definition, taken: Iterable[dt.date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scales = {f"scale_{number}": scale for number, scale in enumerate(definition.scales)}
        self.taken = set(taken)
        for name, scale in self.scales.items():
            words = _range_in_words(scale)
            self.fields[name] = forms.FloatField(
                label=scale_title(scale), required=False, localize=True, min_value=scale.low, max_value=scale.high,
                help_text=words, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), words),
            )  # fmt: skip

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("Choose today or an earlier day."))
        if day in self.taken:
            raise forms.ValidationError(gettext("There is already something on that day. Choose another day."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.totals():
            raise forms.ValidationError(gettext("Write at least one number."))
        return cleaned

    def totals(self) -> dict[str, float]:
        given = {name: self.cleaned_data.get(name) for name in self.scales}
        return {self.scales[name].code: value for name, value in given.items() if value is not None}


class FactorFields:
    class Meta:
        model = LifeFactor
        fields: Any = ("note", "priority", "lever", "offered")
        widgets: Any = {
            "note": forms.Textarea(attrs={"rows": 4}), "priority": forms.RadioSelect, "lever": forms.RadioSelect,
            "offered": forms.RadioSelect,
        }  # fmt: skip


class NewFactor(NewForm):
    kind = forms.ChoiceField(label=_("What is it about?"), choices=LifeFactor.KINDS, widget=forms.RadioSelect)
    shared = forms.BooleanField(label=_("Whoever sees how it goes may see this too"), required=False)
    field_order = ("kind", "note", "priority", "lever", "offered", "shared", "new_id")

    class Meta(FactorFields.Meta):
        fields: Any = ("kind", *FactorFields.Meta.fields)

    def zone(self) -> str:
        return Zone.CIRCLE if self.cleaned_data.pop("shared", False) else Zone.MINE


class EditFactor(EditForm):
    class Meta(FactorFields.Meta):
        pass
