"""Forms of the plan. Nothing is compulsory but the words themselves."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Member
from kring.care.circles.topics import CHIME, LIFE_DOMAINS, Zone
from kring.care.forms import EditForm, NewForm, Plain, PlainModel
from kring.care.plan.models import Action, CrisisContact, CrisisPhase, CrisisPlan, Dream, Goal

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
PHONE = RegexValidator(r"^[+\d][\d\s().-]{1,28}$", _("Write a phone number in digits, like 06 12 34 56 78."))


def rows(number: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": number})


class Coming:
    """A day that is still to come. An old day may stay as it was."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc, attr-defined]
        for name in ("by_when", "due_on"):
            day = cleaned.get(name)
            if isinstance(day, dt.date) and name in self.changed_data and day < timezone.localdate():  # type: ignore[attr-defined]
                self.add_error(name, _("Choose today or a later day."))  # type: ignore[attr-defined]
        return cleaned


class Private(forms.Form):
    """Offered to the client where something new is written."""

    private = forms.BooleanField(label=_("Only for me, for now"), required=False)

    def zone(self) -> dict[str, str]:
        return {"zone": Zone.MINE} if self.cleaned_data.pop("private", False) else {}


class Parts:
    """The part of life as pictures, and in everyday words what it is about."""

    domain_field = forms.ChoiceField(
        label=_("Which part of your life?"),
        choices=[("", _("No choice")), *LIFE_DOMAINS],
        widget=forms.RadioSelect,
        required=False,
    )
    chime_field = forms.ChoiceField(
        label=_("What it is about"),
        help_text=_("Words from research about recovery. You can leave this open."),
        choices=[("", _("No choice")), *CHIME],
        required=False,
    )


class DreamFields:
    class Meta:
        model = Dream
        fields = ("text", "domain", "chime")
        widgets: Any = {"text": rows(4)}


class NewDream(Private, NewForm):
    domain, chime = Parts.domain_field, Parts.chime_field
    field_order = ("text", "domain", "chime", "private", "new_id")

    class Meta(DreamFields.Meta):
        pass


class EditDream(EditForm):
    domain, chime = Parts.domain_field, Parts.chime_field
    field_order = ("text", "domain", "chime")

    class Meta(DreamFields.Meta):
        pass


class GoalFields(Coming):
    class Meta:
        model = Goal
        fields = ("text", "with_whom", "by_when", "noticed_by", "dream", "domain", "chime")
        widgets: Any = {"text": rows(3), "noticed_by": rows(3), "by_when": DAY}
        labels: Any = {"dream": _("Which dream does it belong to?")}
        help_texts: Any = {"text": _("A small step. Something you can begin soon.")}

    def offer(self, dreams: Any) -> Any:
        """Only dreams that the writer sees can be chosen; without any, the question is left out."""
        if dreams.exists():
            field = self.fields["dream"]  # type: ignore[attr-defined]
            field.queryset, field.empty_label = dreams, _("No dream")
            field.label_from_instance = lambda dream: dream.text[:80]
        else:
            del self.fields["dream"]  # type: ignore[attr-defined]
        return self


class NewGoal(GoalFields, Private, NewForm):
    domain, chime = Parts.domain_field, Parts.chime_field
    field_order = (*GoalFields.Meta.fields, "private", "new_id")

    class Meta(GoalFields.Meta):
        pass


class EditGoal(GoalFields, EditForm):
    domain, chime = Parts.domain_field, Parts.chime_field
    field_order = GoalFields.Meta.fields

    class Meta(GoalFields.Meta):
        pass


class ActionFields(Coming):
    class Meta:
        model = Action
        fields = ("text", "due_on", "goal")
        widgets: Any = {"text": rows(2), "due_on": DAY}
        labels: Any = {"goal": _("Which goal does it belong to?")}

    def offer(self, goals: Any) -> Any:
        if goals.exists():
            field = self.fields["goal"]  # type: ignore[attr-defined]
            field.queryset, field.empty_label = goals, _("No goal")
            field.label_from_instance = lambda goal: goal.text[:80]
        else:
            del self.fields["goal"]  # type: ignore[attr-defined]
        return self


class NewAction(ActionFields, NewForm):
    owner = forms.ChoiceField(label=_("Who does it?"), required=False)
    field_order = ("text", "owner", "due_on", "goal", "new_id")

    class Meta(ActionFields.Meta):
        pass

    def content(self) -> dict[str, Any]:
        found = super().content()
        return found | owner_of(found.pop("owner"))

    def wording(self) -> dict[str, Any]:
        """What can be changed afterwards; who does it is handed on by itself."""
        return {name: value for name, value in super().content().items() if name != "owner"}


class EditAction(ActionFields, EditForm):
    class Meta(ActionFields.Meta):
        pass


class HandOn(Plain):
    owner = forms.ChoiceField(label=_("Who does it?"), required=False)


def owner_of(choice: str) -> dict[str, Any]:
    """The chosen owner, in the words of the actions."""
    if choice == "client":
        return {"owner": None, "owner_is_client": True}
    return {"owner": Member.objects.get(pk=uuid.UUID(choice)) if choice else None, "owner_is_client": False}


class EditPhase(EditForm):
    class Meta:
        model = CrisisPhase
        fields = ("signs", "i_do", "members_do", "professionals_do")
        widgets: Any = dict.fromkeys(fields, rows(4))


class EditHelp(EditForm):
    class Meta:
        model = CrisisPlan
        fields = ("helps", "not_helps", "card_note")
        widgets: Any = {"helps": rows(4), "not_helps": rows(4), "card_note": rows(2)}
        help_texts: Any = {"card_note": _("One or two sentences for whoever finds you.")}


class Contact(PlainModel):
    """One row of whom to call. A row without a name is left out."""

    class Meta:
        model = CrisisContact
        fields = ("name", "phone", "when", "on_card")
        widgets: Any = {"phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].validators.append(PHONE)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("name") and (cleaned.get("phone") or cleaned.get("when")) and "name" not in self.errors:
            self.add_error("name", _("Write a name with it."))
        return cleaned


class ContactRows(forms.BaseFormSet[Contact]):
    """The list in its order. `stored` is what somebody else wrote meanwhile."""

    stored: list[tuple[str, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = []

    def add_fields(self, form: Contact, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["name"].required = False
        if "ORDER" in form.fields:
            form.fields["ORDER"].label = _("Place in the list")

    def content(self) -> list[dict[str, Any]]:
        kept = [form for form in self.ordered_forms if form.cleaned_data.get("name")]
        return [{name: form.cleaned_data[name] for name in Contact.Meta.fields} for form in kept]


Contacts: type[ContactRows] = forms.formset_factory(  # type: ignore[assignment]
    Contact, formset=ContactRows, extra=2, max_num=12, absolute_max=12, validate_max=True, can_order=True
)
