"""Forms of practice and feedback. Nobody is asked for what a client said, and no form takes sound or pictures."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Circle, Member
from kring.care.circles.phases import PHASES
from kring.care.circles.topics import CHIME
from kring.care.forms import EditForm, NewForm, Plain
from kring.care.measures.instruments import Definition
from kring.care.training.content import in_words
from kring.care.training.models import (
    PROCESSES,
    CoachingContact,
    Enrolment,
    FeedbackNote,
    Observation,
    PartVersion,
    Practice,
    Rating,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SKIP = ("", _("No answer"))
NOTHING = "nothing"  # there was no occasion: said on purpose, so that a form sent in a hurry is not taken for it


def question_of(name: str) -> Any:
    field: Any = Rating._meta.get_field(name)
    return field.verbose_name


class Answers(Plain):
    """The five questions. Each can be left open."""

    def __init__(self, *args: Any, rating: Rating, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PROCESSES:
            self.fields[name] = forms.TypedChoiceField(
                label=question_of(name), choices=[*Rating.SCALE, SKIP], coerce=int,
                empty_value=None, required=False, widget=forms.RadioSelect, initial=getattr(rating, name) or "",
            )  # fmt: skip

    def values(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in PROCESSES}


class About(forms.Form):
    """A step of the method, or a CHIME process: one of both at least."""

    def offer_phases(self) -> Any:
        choices = [("", _("No step")), *((phase.number, f"{phase.number}. {phase.name}") for phase in PHASES)]
        self.fields["phase"] = forms.TypedChoiceField(
            label=self.fields["phase"].label, choices=choices, coerce=int, empty_value=None, required=False
        )
        self.fields["chime"].choices = [("", _("No process")), *CHIME]  # type: ignore[attr-defined]
        return self

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "phase" in cleaned and "chime" in cleaned and not cleaned["phase"] and not cleaned["chime"]:
            self.add_error("phase", _("Choose a step of the method, or a process of recovery below."))
        return cleaned


class PracticeFields:
    class Meta:
        model = Practice
        fields = ("behaviour", "phase", "chime", "planned_on")
        widgets: Any = {"planned_on": DAY, "behaviour": forms.Textarea(attrs={"rows": 2})}
        help_texts: Any = {
            "behaviour": _("One thing that somebody else could see. No names, nothing about the client.")
        }


class NewPractice(About, NewForm):
    """Where it is practised stands apart from what is practised."""

    circle = forms.ModelChoiceField(label=_("In whose circle?"), queryset=Circle.objects.none())
    field_order = ("circle", *PracticeFields.Meta.fields, "new_id")

    class Meta(PracticeFields.Meta):
        pass

    def offer(self, circles: Any) -> Any:
        field: Any = self.fields["circle"]
        field.queryset, field.empty_label = circles, _("Choose a circle")
        field.label_from_instance = lambda circle: circle.client.name
        return self.offer_phases()

    def content(self) -> dict[str, Any]:
        return {name: value for name, value in super().content().items() if name != "circle"}


class EditPractice(About, EditForm):
    class Meta(PracticeFields.Meta):
        pass


class HowItWent(EditForm):
    """What happened, in the learner's own words."""

    class Meta:
        model = Practice
        fields = ("held_on", "went", "next_time", "own_view")
        widgets: Any = {"held_on": DAY, "went": forms.Textarea(attrs={"rows": 4}), "own_view": forms.RadioSelect}
        help_texts: Any = {
            "went": _("About what you did. No names, nothing about the client."),
            "own_view": _("Only for yourself. It never counts as what you can do."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].required = True
        self.fields["own_view"].choices = [*Practice.VIEWS, SKIP]  # type: ignore[attr-defined]

    def clean_held_on(self) -> dt.date:
        held_on: dt.date = self.cleaned_data["held_on"]
        if held_on > timezone.localdate():
            raise forms.ValidationError(_("Choose today or an earlier day."))
        return held_on


class WhoWasThere(Plain):
    """Whom to ask, if they chose to be asked."""

    client_there = forms.BooleanField(label=_("The client"), required=False, initial=True)
    members = forms.ModelMultipleChoiceField(
        label=_("Family and friends"), queryset=Member.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def offer(self, members: list[Member]) -> Any:
        if members:
            field: Any = self.fields["members"]
            field.queryset = Member.objects.filter(pk__in=[member.pk for member in members])
            field.label_from_instance = lambda member: member.name
        else:
            del self.fields["members"]
        return self


class Marks(Plain):
    """An observation form of the programme: each item seen, partly, not seen, or without an occasion."""

    minutes = forms.IntegerField(label=_("How many minutes did this take you?"), initial=60, min_value=5, max_value=480)
    client_agreed = forms.BooleanField(
        label=_("The client agreed beforehand that somebody watched"),
        error_messages={"required": _("Without a yes of the client nobody watches. Ask first.")},
    )

    def __init__(self, *args: Any, form: PartVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [item["key"] for item in items_of(form)]
        for item in items_of(form):
            self.fields[f"item_{item['key']}"] = forms.TypedChoiceField(
                label=item["text"], choices=[*Observation.MARKS, (NOTHING, _("There was no occasion"))],
                coerce=lambda mark: None if mark == NOTHING else int(mark), empty_value=None, widget=forms.RadioSelect,
            )  # fmt: skip
        self.order_fields([*(f"item_{key}" for key in self.keys), "minutes", "client_agreed"])

    def marks(self) -> dict[str, int | None]:
        return {key: self.cleaned_data[f"item_{key}"] for key in self.keys}


def items_of(form: PartVersion) -> list[dict[str, str]]:
    """Key and words of each item, in the reader's language or else in the one that is there."""
    return [{"key": item["key"], "text": in_words(item)} for item in form.content["items"]]


class FromPaper(Plain):
    """A questionnaire that was filled in on paper, by the numbers of its items."""

    def __init__(self, *args: Any, definition: Definition, known: dict[str, int | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [item.link_id for item in definition.items]
        for item in definition.items:
            choices = [("", _("No answer")), *((n, str(n)) for n in range(item.low, item.high + 1))]
            self.fields[f"item_{item.link_id}"] = forms.TypedChoiceField(
                label=format_lazy("{word} {number}", word=_("Item"), number=item.link_id), choices=choices, coerce=int,
                empty_value=None, required=False, initial=known.get(item.link_id),
            )  # fmt: skip

    def answers(self) -> dict[str, int | None]:
        return {key: self.cleaned_data[f"item_{key}"] for key in self.keys}


class Note(EditForm):
    class Meta:
        model = FeedbackNote
        fields = ("saw", "goal", "tone")
        widgets: Any = {"saw": forms.Textarea(attrs={"rows": 4}), "tone": forms.RadioSelect}
        help_texts: Any = {
            "saw": _("What somebody did or said, not what they are like. Nothing about the client."),
            "goal": _("One, so small that it can be tried this week."),
            "tone": _("Kept to see which feedback helps. It says nothing about you."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tone"].choices = FeedbackNote.TONES  # type: ignore[attr-defined]
        self.initial.setdefault("version", 1)


class NewCoaching(NewForm):
    learners = forms.ModelMultipleChoiceField(
        label=_("Who was there?"), queryset=Enrolment.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick who was there.")},
    )  # fmt: skip

    class Meta:
        model = CoachingContact
        fields = ("kind", "held_on", "minutes")
        widgets: Any = {"held_on": DAY, "kind": forms.RadioSelect}

    field_order = ("kind", "held_on", "minutes", "learners", "new_id")

    def offer(self, learners: Any) -> Any:
        field: Any = self.fields["learners"]
        field.queryset = learners
        field.label_from_instance = lambda enrolment: enrolment.person.name
        self.fields["kind"].choices = CoachingContact.KINDS  # type: ignore[attr-defined]
        return self

    def clean_held_on(self) -> dt.date:
        held_on: dt.date = self.cleaned_data["held_on"]
        if held_on > timezone.localdate():
            raise forms.ValidationError(_("Choose today or an earlier day."))
        return held_on

    def content(self) -> dict[str, Any]:
        return {name: value for name, value in super().content().items() if name != "learners"}
