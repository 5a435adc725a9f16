"""My own account: name, language, address, and where I am signed in."""

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.forms import page_of_ours
from kring.care.people import actions, entering, policy
from kring.care.people.devices import device
from kring.care.people.forms import OwnName, named
from kring.care.people.models import LANGUAGES, Person


def settings_page(request: HttpRequest) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    page = {"person": person, "languages": LANGUAGES, "second_step": is_mfa_enabled(person)}
    page["address"] = entering.address_of(person)
    page["organisations"] = policy.organisations_run_by(person)
    page["posts"] = policy.posts_of(person).select_related("organisation", "team")
    page["takes_part"] = person.seats.filter(joined_at__isnull=False).exists()
    page["institutions"] = bool(settings.OIDC)
    page["may_break_glass"] = policy.may_break_glass(person)
    return render(request, "people/me.html", page)


def name(request: HttpRequest) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    form = OwnName(request.POST) if request.method == "POST" else named(person)
    if request.method == "POST" and form.is_valid():
        actions.change_name(by=person, name=form.cleaned_data["name"])
        messages.success(request, _("Your name is changed."))
        return redirect("people:me")
    return render(request, "people/name.html", {"form": form})


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of the pages: kept with one's account, or in a cookie by who is not signed in."""
    chosen = request.POST.get("language")
    answer = HttpResponseRedirect(page_of_ours(request.POST.get("next"), reverse("home:start")))
    if chosen not in dict(LANGUAGES):
        return answer
    if request.user.is_authenticated:
        actions.change_language(by=request.user, language=chosen)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=settings.SESSION_COOKIE_AGE, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE, httponly=True,
    )  # fmt: skip
    return answer


def sessions(request: HttpRequest) -> HttpResponse:
    """Where am I signed in. The browser that asks is always first."""
    here = request.session.session_key
    found = [
        {"id": each.pk, "since": each.created_at, "device": device(each.user_agent), "here": each.session_key == here}
        for each in UserSession.objects.purge_and_list(request.user)
    ]
    found.sort(key=lambda each: (not each["here"], -each["since"].timestamp()))
    return render(request, "people/sessions.html", {"sessions": found})


@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    actions.end_session(by=request.user, session=session)  # type: ignore[arg-type]
    messages.success(request, _("That device is signed out."))
    return redirect("people:sessions")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    actions.end_sessions(person=request.user, but=request.session.session_key)  # type: ignore[arg-type]
    messages.success(request, _("All other devices are signed out."))
    return redirect("people:sessions")
