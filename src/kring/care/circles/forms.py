"""Forms of the circle room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Tie
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
    """A client starts alone with one click; a regieondersteuner names the client."""

    new_id = forms.UUIDField(widget=forms.HiddenInput)
    client_name = forms.CharField(label=_("What is the client's name?"), max_length=120)
    client_email = forms.EmailField(
        label=_("E-mail address of the client"),
        required=False,
        help_text=_("Without an address the circle runs on paper, and you type."),
    )
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), required=False)
