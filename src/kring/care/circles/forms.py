"""Forms of the circle room."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Circle, Interview, Invitation, Member, Tie
from kring.care.circles.topics import Task, Topic, Zone
from kring.care.forms import EditForm, NewForm, Plain
from kring.care.people.models import Team


class TieFields:
    class Meta:
        model = Tie
        fields = ("name", "kind", "ring", "feeling", "note")
        widgets: Any = {
            "kind": forms.RadioSelect,
            "ring": forms.RadioSelect,
            "feeling": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        labels: Any = {
            "kind": _("What is it?"),
            "ring": _("How close?"),
            "feeling": _("How does it feel?"),
        }


class NewTie(NewForm):
    class Meta(TieFields.Meta):
        pass


class EditTie(EditForm):
    class Meta(TieFields.Meta):
        pass


class StartCircle(Plain):
    """Somebody who supports a client names them. The circle is the client's from the first moment."""

    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    client_name = forms.CharField(label=_("What is the client's name?"), max_length=120)
    client_email = forms.EmailField(
        label=_("E-mail address of the client"),
        required=False,
        help_text=_("Without an address the circle runs on paper, and you type."),
    )
    agreed = forms.BooleanField(
        label=_("The client wants this"), error_messages={"required": _("Ask the client first, and tick this.")}
    )

    def content(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"id": typed["new_id"], "client_name": typed["client_name"], "client_email": typed["client_email"]}


class ChooseTopics(Plain):
    """What one person sees."""

    topics = forms.MultipleChoiceField(
        label=_("What may this person see?"), choices=Topic.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class ChooseReach(Plain):
    """How far one item goes."""

    zone = forms.ChoiceField(label=_("Who sees this?"), choices=Zone.choices, widget=forms.RadioSelect)
    members = forms.ModelMultipleChoiceField(
        label=_("Which people?"), queryset=Member.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: "QuerySet[Member]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("zone") == Zone.CHOSEN and not cleaned.get("members"):
            self.add_error("members", gettext("Choose at least one person, or choose 'Only me'."))
        return cleaned


class HandOver(Plain):
    """A task, a member, a date."""

    task = forms.ChoiceField(label=_("What do you hand over?"), choices=Task.choices, widget=forms.RadioSelect)
    member = forms.ModelChoiceField(
        label=_("To whom?"), queryset=Member.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    until = forms.DateField(label=_("Until when?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, circle_id: uuid.UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = Member.objects.filter(  # type: ignore[attr-defined]
            circle_id=circle_id, joined_at__isnull=False, ended_at=None, paused_at=None
        )
        self.fields["until"].initial = timezone.localdate() + dt.timedelta(weeks=13)

    def clean_task(self) -> Task:
        return Task(self.cleaned_data["task"])

    def clean_until(self) -> dt.date:
        until: dt.date = self.cleaned_data["until"]
        if until < timezone.localdate():
            raise forms.ValidationError(gettext("Fill in today or a later day."))
        return until


class ChooseTeam(Plain):
    team = forms.ModelChoiceField(
        label=_("Which team?"), queryset=Team.objects.none(), required=False, blank=True, widget=forms.RadioSelect,
        empty_label=_("No team"),
    )  # fmt: skip

    def __init__(self, *args: Any, teams: "QuerySet[Team]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]


class NewMember(NewForm):
    """A name is enough. Nothing is sent."""

    class Meta:
        model = Member
        fields = ("name",)


class EditMember(EditForm):
    """Who somebody is to the client. The role may open more, so only the client sees that field."""

    class Meta:
        model = Member
        fields = ("name", "relation", "role", "email")
        widgets: Any = {"role": forms.RadioSelect}
        labels: Any = {"role": _("In which role?")}
        help_texts: Any = {
            "relation": _("For example: sister, neighbour, job coach."),
            "email": _("Only needed to send an invitation by e-mail."),
        }

    def __init__(self, *args: Any, may_change_role: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_change_role:
            del self.fields["role"]


class ChooseReadyMade(Plain):
    choice = forms.ChoiceField(
        label=_("What may this person see?"), choices=[(key, key) for key in ("meetings", "goals", "all", "own")],
        widget=forms.RadioSelect,
    )  # fmt: skip


class Words(Plain):
    wording = forms.CharField(
        label=_("Your words"), max_length=2000, widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": _("Write a few words, or use an example.")},
    )  # fmt: skip


class SendLetter(Plain):
    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    way = forms.ChoiceField(
        label=_("How do you want to send it?"), choices=Invitation.WAYS,
        widget=forms.RadioSelect, error_messages={"required": _("Choose how you want to send it.")},
    )  # fmt: skip
    email = forms.EmailField(label=_("E-mail address"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("way") == "mail" and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", gettext("Fill in an e-mail address, or choose another way."))
        return cleaned


class Code(Plain):
    code = forms.CharField(
        label=_("The code in your letter"), max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the code that is in your letter.")},
    )  # fmt: skip


class WhatICan(EditForm):
    class Meta:
        model = Member
        fields = ("can_do", "cannot_do")
        widgets: Any = {name: forms.Textarea(attrs={"rows": 4}) for name in ("can_do", "cannot_do")}


class Decide(EditForm):
    """The five decisions of phase 3."""

    every_weeks = forms.IntegerField(
        label=_("How often?"), required=False, min_value=1, max_value=52,
        help_text=_("Every how many weeks? Thirteen weeks is about three months."),
    )  # fmt: skip

    class Meta:
        model = Circle
        fields = ("name", "place", "chair", "every_weeks", "channel")
        help_texts: Any = {
            "place": _("For example: at home, in the park, at the library, by video."),
            "chair": _("You, or somebody you trust. It may change each time."),
            "channel": _("For example: a group on the phone, or a call on Sunday."),
        }


class Talk(EditForm):
    """The three parts of a talk, and apart from them what was said about others."""

    class Meta:
        model = Interview
        fields = ("held_on", "expectations", "relationship", "contribution", "about_others", "others_open")
        widgets: Any = {
            "held_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            **{
                name: forms.Textarea(attrs={"rows": 5})
                for name in ("expectations", "relationship", "contribution", "about_others")
            },
        }
        help_texts: Any = {
            "expectations": _("What does this person expect? What do they want to give, and what is theirs to do?"),
            "relationship": _("How do they know the client, and how was it so far?"),
            "contribution": _("What fits this person, and what does not?"),
            "about_others": _("Keep this apart: it can then be left out on its own."),
        }

    def clean_held_on(self) -> dt.date | None:
        held: dt.date | None = self.cleaned_data["held_on"]
        if held and held > timezone.localdate():
            raise forms.ValidationError(gettext("Fill in today or an earlier day, or leave it empty."))
        return held
