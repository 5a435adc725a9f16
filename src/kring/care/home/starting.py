"""Where one starts: the front door, the circles one has a seat in, and beginning a circle."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles import actions, policy
from kring.care.circles.forms import StartCircle
from kring.care.home.actions import offered, start_with_client, take_circle
from kring.care.people import policy as accounts
from kring.care.people.models import Person, Role
from kring.care.stored import allow, id_or_404
from kring.care.training import policy as learning
from kring.care.training import practice_policy as practice


@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """The front door: what this is, or the circles one has a seat in."""
    if not request.user.is_authenticated:
        return render(request, "home/front.html", {"sign_in": settings.LOGIN_URL})
    person = request.user
    seats = {seat.circle_id: seat for seat in person.seats.filter(joined_at__isnull=False, ended_at=None)}
    circles = policy.circles_of(person).select_related("client").order_by("created_at")
    page: dict[str, object] = {"circles": [(circle, seats.get(circle.pk)) for circle in circles], "person": person}
    page |= {"new_id": uuid.uuid4(), "may_start": policy.may_start_for_others(person)}
    page["supports"] = any(seat.role == "regieondersteuner" for seat in seats.values())
    page["teams"] = accounts.teams_worked_in_by(person)
    page |= {"organisations": accounts.organisations_run_by(person), "emergency": accounts.may_break_glass(person)}
    page["researches"] = accounts.posts_of(person).filter(role__in=[Role.RESEARCHER, Role.ADMINISTRATOR]).exists()
    doors = learning.doors(person)
    page["learning"] = doors.learns or doors.leads
    page["leads_training"] = practice.led_teams(person).exists()
    return render(request, "home/start.html", page)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Start a circle of one's own: one click. A second click opens the same one."""
    new_id = id_or_404(request.POST["new_id"]) if request.POST.get("new_id") else None
    circle = actions.start_circle(by=request.user, client=request.user, id=new_id)  # type: ignore[arg-type]
    return redirect("home:circle", circle.pk)


def begin_with(request: HttpRequest) -> HttpResponse:
    """Start a circle with a client, who owns it from the first moment: by e-mail, or on paper."""
    allow(policy.may_start_for_others(request.user))  # type: ignore[arg-type]
    form = StartCircle(request.POST or None)
    if request.method == "POST" and form.is_valid():
        circle = start_with_client(by=request.user, **form.content())  # type: ignore[arg-type]
        name = form.cleaned_data["client_name"]
        if not circle.on_paper:
            messages.success(request, _("%(name)s gets a letter by e-mail, and owns the circle.") % {"name": name})
        return redirect("home:circle", circle.pk)
    return render(request, "home/begin_with.html", {"form": form})


def take(request: HttpRequest, ticket: str) -> HttpResponse:
    """Somebody with an account reads that a circle was begun for them: it is theirs when they say yes."""
    person: Person = request.user  # type: ignore[assignment]
    if request.method == "POST":
        return redirect("home:circle", take_circle(by=person, ticket=ticket).pk)
    circle = offered(to=person, ticket=ticket)
    if circle.client_id == person.pk:
        return redirect("home:circle", circle.pk)
    return render(request, "home/take.html", {})


@login_not_required
def about(request: HttpRequest, page: str) -> HttpResponse:
    """A short page to read: no account is needed for it."""
    return render(request, f"home/about_{page}.html", {})
