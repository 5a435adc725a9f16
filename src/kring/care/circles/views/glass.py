"""Emergency access: asked for on one page, read back by the client on another."""

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from kring.care.circles import glass
from kring.care.circles.door import sit
from kring.care.circles.trail import saw
from kring.care.forms import Plain
from kring.care.people import lockout
from kring.care.people.policy import may_break_glass
from kring.care.stored import allow


class Emergency(Plain):
    who = forms.CharField(
        label=_("E-mail address of the client, or the code from their card"),
        help_text=_("You cannot look for people here. Ask for it by phone."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why is this needed now?"),
        help_text=_("The client reads this."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    minutes = forms.TypedChoiceField(
        label=_("For how long?"),
        choices=[(15, _("a quarter of an hour")), (30, _("half an hour")), (60, _("an hour"))],
        coerce=int,
        initial=30,
        widget=forms.RadioSelect,
    )


def ask(request: HttpRequest) -> HttpResponse:
    """Without the role this page does not exist, whatever is asked of it."""
    person = request.user
    allow(may_break_glass(person))  # type: ignore[arg-type]
    door = f"emergency {person.pk}"
    if lockout.locked(request, door):
        return lockout.shut(request)
    form = Emergency(request.POST or None)
    if request.method == "POST" and form.is_valid():
        circle = glass.break_glass(by=person, **form.cleaned_data)  # type: ignore[arg-type]
        if circle is not None:
            return redirect("home:circle", circle.pk)
        lockout.failed(request, door)
        form.add_error("who", _("There is no circle with this address or code. Check it by phone."))
    return render(request, "circles/emergency.html", {"form": form})


@require_POST
def stop(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    glass.stop(by=seat)
    return redirect("emergency:ask")


def emergencies(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """For the client: what emergency access is, their code for it, and who used it, when and why."""
    seat = sit(request, circle_id)
    allow(seat.is_client and not seat.preview)
    saw(seat, "emergencies")
    page = {"seat": seat, "here": "mine", "code": glass.code_of(seat), "breaks": glass.breaks_of(seat)}
    return render(request, "circles/emergencies.html", page)
