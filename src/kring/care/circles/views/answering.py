"""The invitation as its reader meets it: who asks, what it is, and two equal answers. No account is needed to read it.

A link that was answered, withdrawn, mistyped or is too old gets one and the same kind page, which tells nothing.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST

from kring.care.circles import invitations
from kring.care.circles.forms import Code
from kring.care.circles.models import Invitation
from kring.care.people import entering, lockout
from kring.care.people.models import Person
from kring.care.stored import Denied


@login_not_required
def letter(request: HttpRequest, secret: str) -> HttpResponse:
    """Reading changes nothing: mail scanners and link previews answer for nobody."""
    if lockout.locked(request, lockout.LINKS):
        return lockout.shut(request)
    found = _find(secret)
    if found is None:
        return _inside_or_wrong(request, secret)
    own = request.user.is_authenticated and found.member.circle.client_id == request.user.pk
    page = {"letter": found, "client": found.member.circle.client.name, "secret": secret, "own": own}
    return render(request, "circles/invitation.html", page)


def _find(secret: str) -> Invitation | None:
    try:
        return invitations.open_letter(secret)
    except Denied:
        return None


def _inside_or_wrong(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever took part with this letter and opens it again wants to go to the circle."""
    taken = invitations.seat_taken(secret, request.user)
    return redirect("home:circle", taken.circle_id) if taken else _wrong(request, secret)


def _wrong(request: HttpRequest, secret: str) -> HttpResponse:
    """Count a link that never was, so that nobody can try one after another; one that is over is no fault."""
    if not invitations.known(secret):
        lockout.failed(request, lockout.LINKS)
    return _closed(request)


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "circles/invitation_closed.html", {}, status=404)


@login_not_required
@require_POST
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Yes: take the seat and come in. A second click lands in the same circle."""
    if lockout.locked(request, lockout.LINKS):
        return lockout.shut(request)
    found = _find(secret)
    if found is None:
        return _inside_or_wrong(request, secret)
    person = _reader(request, found)
    if person is None:
        return redirect(f"{settings.LOGIN_URL}?next={reverse('invitation:letter', args=[secret])}")
    try:
        member = invitations.accept(letter=found, person=person)
    except Denied:
        return _closed(request)
    if request.user == person:
        return redirect("circles:welcome", member.circle_id)
    welcome = reverse("circles:welcome", args=[member.circle_id])
    return entering.sign_in(request, person, by="invitation", next_path=welcome)


def _reader(request: HttpRequest, found: Invitation) -> Person | None:
    """Who says yes: whoever is signed in, else a new account. None: this address has an account; sign in first."""
    if request.user.is_authenticated:
        return request.user
    return invitations.account_for(found, language=translation.get_language() or "nl")


@login_not_required
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, secret: str) -> HttpResponse:
    """Not now, without a reason. Answering twice, or coming back to the page, is no error."""
    if lockout.locked(request, lockout.LINKS):
        return lockout.shut(request)
    found = _find(secret)
    if found is not None:
        if request.method == "GET":
            return redirect("invitation:letter", secret)
        invitations.decline(letter=found)
        return redirect("invitation:decline", secret)
    if not invitations.declined(secret):
        return _wrong(request, secret)
    return render(request, "circles/invitation_declined.html", {})


@login_not_required
def code(request: HttpRequest) -> HttpResponse:
    """For a letter on paper: type its code."""
    form = Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("invitation:letter", invitations.typed(form.cleaned_data["code"]))
    return render(request, "circles/invitation_code.html", {"form": form})
