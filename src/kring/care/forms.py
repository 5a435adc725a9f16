"""What all forms share: a form that creates carries the id of what it creates; a form that edits, the version read."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from kring.care.days import LONG, written
from kring.care.stored import Stale

FILL_IN, CHOOSE, TICK, FILE = _("Fill this in."), _("Make a choice."), _("Tick this first."), _("Choose a file.")
OF_LIMITS = {
    "min_value": _("Fill in %(limit_value)s or more."),
    "max_value": _("Fill in %(limit_value)s or less."),
    "max_length": _("Make this shorter: at most %(limit_value)s characters. Now there are %(show_value)s."),
}


class SaysWhatToDo:
    """Django says what is wrong ("This field is required."), a page says what to do. A form's own words stay."""

    fields: dict[str, forms.Field]

    def full_clean(self) -> None:
        for field in self.fields.values():  # now, because some forms add fields when they are made
            said = field.error_messages
            if said.get("required") == forms.Field.default_error_messages["required"]:
                said["required"] = _asks(field)
            for code, words in OF_LIMITS.items():
                said.setdefault(code, words)
            if isinstance(field, forms.EmailField):
                said.setdefault("invalid", _("This address is not complete. Look at it once more."))
        super().full_clean()  # type: ignore[misc]


def _asks(field: forms.Field) -> Any:
    if isinstance(field, forms.BooleanField):
        return TICK
    if isinstance(field, forms.FileField):
        return FILE
    return CHOOSE if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else FILL_IN


class Plain(SaysWhatToDo, forms.Form):
    """Labels without colons; the browser's own bubbles are off, so that every error is said in the page's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False


class PlainModel(SaysWhatToDo, forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False


class NewForm(PlainModel):
    """Creates one thing, once: a second click sends the same `new_id`, and the action returns what exists."""

    new_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def content(self) -> dict[str, Any]:
        """What was typed, without the plumbing."""
        return {name: value for name, value in self.cleaned_data.items() if name != "new_id"}


def id_in_address(request: HttpRequest) -> uuid.UUID | None:
    """The id that the address of a new form carries (`?id=`)."""
    try:
        return uuid.UUID(request.GET.get("id", ""))
    except ValueError:
        return None


def address_with_id(request: HttpRequest) -> str:
    """This address with a fresh id. Whoever comes back to the form with the back button then has the same id: the
    browser restores what was typed, but asks the server for the form anew.
    """
    asked = request.GET.copy()
    asked["id"] = str(uuid.uuid4())
    return f"{request.path}?{asked.urlencode()}"


def page_of_ours(asked: str | None, otherwise: str) -> str:
    """Where somebody wanted to go on to, as an address brought it: only a path of this site, else `otherwise`."""
    path = asked or ""
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else otherwise


def as_edit(request: HttpRequest) -> HttpRequest:
    """A new form that came back with other words, read as a change of what it made: of its first version, unless the
    form was shown a later one. So a text that somebody else wrote meanwhile is shown, not overwritten.
    """
    typed = request.POST.copy()
    typed.setdefault("version", "1")
    request.POST = typed  # type: ignore[assignment]
    return request


def differs(thing: models.Model, content: dict[str, Any]) -> bool:
    """Whether a form that came back (the back button, other words, saved again) says more than what it made before."""
    return any(getattr(thing, name) != value for name, value in content.items())


class EditForm(PlainModel):
    """Changes one thing, unless somebody else did so first: then both texts are shown (see `ui.stale`)."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    stored: list[tuple[str, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = []
        if self.instance.pk:
            self.initial.setdefault("version", self.instance.version)

    def content(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def show_both(self, stale: Stale) -> None:
        """Keep what was typed, list what is stored now where it differs, and let the next save overwrite knowingly."""
        now: models.Model = stale.stored
        typed = self.data.copy()  # type: ignore[attr-defined]
        typed[self.add_prefix("version")] = str(now.version)  # type: ignore[attr-defined]
        self.data = typed
        self.stored = [
            (str(self.fields[name].label), self.shown(now, name))
            for name in self.content()
            if self.value_in(now, name) != self.cleaned_data[name]
        ]

    def value_in(self, now: models.Model, name: str) -> Any:
        return getattr(now, name)

    def shown(self, now: models.Model, name: str) -> str:
        return _shown(now, name)


def _shown(thing: models.Model, name: str) -> str:
    display = getattr(thing, f"get_{name}_display", None)
    value = display() if display else getattr(thing, name)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return written(value, LONG)
    return str(value or "")
