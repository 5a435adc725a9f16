"""Where the circle is, what could be done there, and the decisions that are the client's."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles import actions, policy
from kring.care.circles.door import offer_undo, sit
from kring.care.circles.forms import Decide
from kring.care.circles.models import Circle, Step
from kring.care.circles.phases import BY_KEY, PHASES
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Task
from kring.care.circles.trail import saw
from kring.care.stored import Stale, allow


def phases(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """The client sees all six; a member only the parts that were handed to them."""
    seat = sit(request, circle_id)
    allow(seat.is_client or bool(seat.tasks))
    done = set(Step.objects.filter(circle_id=circle_id, undone_at=None).values_list("key", flat=True))
    shown = [(phase, [item for item in phase.items if policy.may_keep(seat, item.task)]) for phase in PHASES]
    saw(seat, "phases")
    page: dict[str, object] = {"seat": seat, "here": "circle", "done": done}
    page["phases"] = [(phase, items) for phase, items in shown if items]
    page["may_move"] = policy.may_move(seat)
    return render(request, "circles/phases.html", page)


@require_POST
def tick(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    item = BY_KEY.get(request.POST.get("key", ""))
    if item is None:
        raise Http404
    actions.tick(by=seat, item=item, done=bool(request.POST.get("done")))
    return redirect(f"{_phases(circle_id)}#{item.key}")


def _phases(circle_id: uuid.UUID) -> str:
    return redirect("circles:phases", circle_id)["Location"]


@require_POST
def move(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Go to a phase, forward or back."""
    seat = sit(request, circle_id)
    wanted = request.POST.get("phase") or request.GET.get("phase", "")
    if wanted not in {str(phase.number) for phase in PHASES}:
        raise Http404
    before = seat.circle.phase
    actions.move_to_phase(by=seat, phase=int(wanted))
    if int(wanted) != before:
        said = _("You are now at: %(phase)s.") % {"phase": PHASES[int(wanted) - 1].name}
        offer_undo(request, said, f"{request.path}?phase={before}")
    return redirect("circles:phases", circle_id)


def decisions(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Name, place, leader, how often, and how you keep in touch."""
    seat = sit(request, circle_id)
    circle = Circle.objects.select_related("decided_by").get(pk=circle_id)
    form = Decide(request.POST or None, instance=circle)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide(by=seat, version=form.cleaned_data["version"], **form.content())
            messages.success(request, _("Kept."))
            return redirect("circles:decisions", circle_id)
        except Stale as stale:
            form.show_both(stale)
    may_decide = policy.may_keep(seat, Task.MEETINGS)
    allow(may_decide or _may_read(seat))
    saw(seat, "decisions")
    page = {"seat": seat, "here": "circle", "form": form, "circle": circle, "may_decide": may_decide}
    return render(request, "circles/decisions.html", page)


def _may_read(seat: Seat) -> bool:
    """Whoever comes to the meetings may know where, when and how."""
    return "meetings" in seat.topics
