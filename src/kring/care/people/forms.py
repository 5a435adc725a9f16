"""Forms of the people room. Those for signing in are allauth's, with our words and the lock-out."""

from typing import Any

from allauth.account.forms import (
    AddEmailForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    RequestLoginCodeForm,
    SignupForm,
)
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from kring.care.forms import Plain, SaysWhatToDo
from kring.care.people.models import LANGUAGES, TEAM_ROLES, Person, Role, Team

CODE = {"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "characters", "spellcheck": "false"}


class OurWords(SaysWhatToDo):
    """A form of allauth that is drawn as ours: labels without colons, no placeholders, errors in the page."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix, self.use_required_attribute = "", False
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


class SignUp(OurWords, SignupForm):
    labels = {"name": _("Your name"), "email": _("Your e-mail address")}
    hints = {"name": _("The name by which people know you."), "email": _("We send a code to it.")}
    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ("name", "email")


class AskCode(OurWords, RequestLoginCodeForm):
    labels = {"email": _("Your e-mail address")}
    hints = {"email": _("We send a code to it. You need no password.")}


class CodeField(OurWords):
    labels = {"code": _("The code from the e-mail")}
    hints = {"code": _("Capitals or not, with or without the dash: both are fine.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= CODE


class SignInCode(CodeField, ConfirmLoginCodeForm):
    pass


class AddressCode(CodeField, ConfirmEmailVerificationCodeForm):
    pass


class NewAddress(OurWords, AddEmailForm):
    labels = {"email": _("New e-mail address")}
    hints = {"email": _("We send a code to it. Until you type that code, nothing changes.")}


class SecondStepCode(CodeField, AuthenticateForm):
    labels = {"code": _("The code from your app, or a spare code")}
    hints: dict[str, Any] = {}


class SecondStepAgain(CodeField, ReauthenticateForm):
    labels = {"code": _("The code from your app, or a spare code")}
    hints: dict[str, Any] = {}


class FirstAppCode(CodeField, ActivateTOTPForm):
    labels = {"code": _("The code that the app shows now")}
    hints: dict[str, Any] = {}


class NewPasskey(OurWords, AddWebAuthnForm):
    labels = {"name": _("What do you call this device?"), "passwordless": _("I can come in with this alone")}
    hints = {"passwordless": _("The device then asks for your finger, face or PIN.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class PasskeyAlone(LoginWebAuthnForm):
    """A passkey that was removed, or of another site, is no code that was mistyped: say what helps."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()
        except forms.ValidationError:
            raise forms.ValidationError(_("Kring does not know this passkey. Sign in with a code by mail.")) from None


class PasskeyName(OurWords, EditWebAuthnForm):
    labels = {"name": _("What do you call this device?")}


class OwnName(Plain):
    name = forms.CharField(
        label=_("Your name"),
        help_text=_("Others in your circles may know you by the name that the client gave you there."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class OwnLanguage(Plain):
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=forms.RadioSelect)


class NewTeam(Plain):
    new_id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name of the team"), max_length=120)


class NewOffer(Plain):
    """A person and their post. Roles in a team need a team; the others are for the whole organisation."""

    new_id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address at work"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("No team: the whole organisation"),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="nl", widget=forms.RadioSelect)

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needs_team = cleaned.get("role") in TEAM_ROLES
        if needs_team and not cleaned.get("team"):
            self.add_error("team", _("Choose the team: this role is part of a team."))
        if cleaned.get("role") and not needs_team and cleaned.get("team"):
            self.add_error("team", _("Choose no team: this role is for the whole organisation."))
        return cleaned


class Leaving(Plain):
    """The word to type before an account is deleted, so that it never happens by a slip."""

    sure = forms.BooleanField(
        label=_("I want to delete my account"),
        error_messages={"required": _("Tick this box if you are sure.")},
    )


def named(person: Person) -> OwnName:
    return OwnName(initial={"name": person.name})
