"""Forms of the room: what a study asks."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kring.care.forms import EditForm, NewForm, Plain
from kring.care.measures import instruments
from kring.care.research.columns import COLUMNS
from kring.care.research.models import THRESHOLD, Consent, Edition
from kring.care.research.reading import Measure, measure, measures_there_are

DAY = {"type": "date"}
NOT_VALIDATED = _("not validated")


def named(one: Measure) -> str:
    """'How is your recovery going? Hope', in the reader's language; what is not validated says so."""
    definition = instruments.load(one.instrument)
    language = get_language() or "nl"
    scale = definition.scale(one.scale)
    words = f"{definition.title[language]} – {scale.title[language]}"
    return words if definition.validated else f"{words} ({NOT_VALIDATED})"


def scale_name(code: str) -> str:
    """'Hope': enough where the instrument was named before."""
    one = measure(code)
    return str(instruments.load(one.instrument).scale(one.scale).title[get_language() or "nl"])


def measure_choices() -> list[tuple[str, str]]:
    return [(one.code, named(one)) for one in measures_there_are()]


def column_choices() -> list[tuple[str, Any]]:
    return [(column.name, column.words) for column in COLUMNS if column.choice]


class Asked(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of an edition, the same for a new study and for a changed one."""

    measures = forms.MultipleChoiceField(
        label=_("Which scores"), choices=measure_choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose only what you need for your question."),
    )  # fmt: skip
    columns = forms.MultipleChoiceField(
        label=_("What else leaves"), choices=column_choices, widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Each of these makes it a little easier to recognise somebody."),
    )  # fmt: skip

    class Meta:
        model = Edition
        fields = ("title_nl", "title_en", "purpose_nl", "purpose_en", "responsible", "contact", "reference", "measures",
                  "columns", "from_on", "until_on", "threshold", "threshold_reason")  # fmt: skip
        widgets: Any = {
            "purpose_nl": forms.Textarea(attrs={"rows": 6}),
            "purpose_en": forms.Textarea(attrs={"rows": 6}),
            "from_on": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            "until_on": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        }
        help_texts: Any = {
            "purpose_nl": _("Clients read this. Short sentences, everyday words. Say what happens with the results."),
            "responsible": _("The organisation, and the person who leads the study."),
            "contact": _("A name with an e-mail address or phone number."),
            "reference": _("Where the study is registered, and which committee reviewed it, or why none had to."),
            "threshold": _("Groups of fewer clients are put together. Ten, unless you can say why not."),
            "threshold_reason": _("Stands in the table, in each report, and clients can read it."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("This day lies before the first one."))
        if cleaned.get("threshold", THRESHOLD) < THRESHOLD and not cleaned.get("threshold_reason"):
            self.add_error("threshold_reason", _("Say why fewer than ten is right here, or choose ten."))
        if cleaned.get("threshold", 0) >= THRESHOLD:
            cleaned["threshold_reason"] = ""
        return cleaned


class NewStudy(Asked, NewForm):
    class Meta(Asked.Meta):
        pass


class ChangeStudy(Asked, EditForm):
    class Meta(Asked.Meta):
        pass


def measure_names(codes: list[str]) -> list[str]:
    """What a list of scores is called; one that is not there any more keeps its code."""
    known = dict(measure_choices())
    return [known.get(measure(code).code, code) for code in codes]


class WroteDown(Plain):
    """In a circle on paper: how and when the client answered. The answer itself is the button."""

    way = forms.ChoiceField(label=_("How did they answer?"), choices=Consent.WAYS, widget=forms.RadioSelect)
    said_on = forms.DateField(label=_("On which day?"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))

    def clean_said_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["said_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day
