"""Dreams and goals."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import offer_undo, sit
from kring.care.circles.models import Shareable
from kring.care.circles.policy import may_keep, visible
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Task, Topic
from kring.care.circles.trail import saw
from kring.care.forms import address_with_id, as_edit, differs, id_in_address
from kring.care.plan import actions, policy
from kring.care.plan.forms import EditDream, EditGoal, NewDream, NewGoal
from kring.care.plan.models import CrisisPlan, Dream, Goal
from kring.care.plan.reading import Sights
from kring.care.stored import Stale, allow

KINDS: dict[str, type[Dream] | type[Goal]] = {"dreams": Dream, "goals": Goal}


def plan(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Dreams and goals, and the doors to who does what and to the crisis plan."""
    seat = sit(request, circle_id)
    sights = Sights(seat, request.path)
    seen: list[Dream | Goal] = [*visible(Dream, seat).order_by("created_at")]
    seen += visible(Goal, seat).order_by("created_at")
    pairs = [(thing, sights.of(thing)) for thing in seen]
    present = [pair for pair in pairs if _is_open(pair[0])]
    saw(seat, "plan", [Topic.GOALS])
    page = {
        "seat": seat, "here": "plan", "may_edit": may_keep(seat, Task.GOALS),
        "dreams": [pair for pair in present if isinstance(pair[0], Dream)],
        "goals": [pair for pair in present if isinstance(pair[0], Goal)],
        "past": [(*pair, "goals" if isinstance(pair[0], Goal) else "dreams") for pair in pairs if pair not in present],
        "may_propose": policy.may_propose(seat), "crisis": _crisis_door(seat),
    }  # fmt: skip
    return render(request, "plan/plan.html", page)


def _is_open(wish: Dream | Goal) -> bool:
    return wish.reached_at is None and wish.dropped_at is None


def _crisis_door(seat: Seat) -> bool:
    """Whether the crisis plan is mentioned: to whoever may begin one, and to whoever sees the one that is there."""
    return may_keep(seat, Task.CRISIS) or visible(CrisisPlan, seat).exists()


def new_dream(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(may_keep(seat, Task.GOALS))
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    form = _for_seat(NewDream(request.POST or None, initial={"new_id": new_id}), seat)
    if request.method == "POST" and form.is_valid():
        zone = form.zone()
        made = actions.add_dream(by=seat, id=form.cleaned_data["new_id"], **form.content(), **zone)
        if differs(made, form.content()):
            return dream(as_edit(request), circle_id, made.pk)
        return redirect("plan:plan", circle_id)
    return _page(request, seat, form, heading=_("What do you dream of?"))


def new_goal(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """A small step; `?dream=` is the one it belongs to."""
    seat = sit(request, circle_id)
    allow(may_keep(seat, Task.GOALS))
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    initial = {"dream": request.GET.get("dream"), "new_id": new_id}
    form = _for_seat(NewGoal(request.POST or None, initial=initial).offer(visible(Dream, seat)), seat)
    if request.method == "POST" and form.is_valid():
        zone = form.zone()
        made = actions.add_goal(by=seat, id=form.cleaned_data["new_id"], **form.content(), **zone)
        if differs(made, form.content()):
            return goal(as_edit(request), circle_id, made.pk)
        return redirect("plan:plan", circle_id)
    return _page(request, seat, form, heading=_("A goal for the coming time"))


def dream(request: HttpRequest, circle_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    thing = get_object_or_404(visible(Dream, seat), pk=item_id)
    allow(policy.may_edit(seat, thing))
    form = EditDream(request.POST or None, instance=thing)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_dream(by=seat, dream=thing, version=form.cleaned_data["version"], **form.content())
            return redirect("plan:plan", circle_id)
        except Stale as stale:
            form.show_both(stale)
    return _page(request, seat, form, heading=_("Your dream"), thing=thing, kind="dreams")


def goal(request: HttpRequest, circle_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    thing = get_object_or_404(visible(Goal, seat), pk=item_id)
    allow(policy.may_edit(seat, thing))
    form = EditGoal(request.POST or None, instance=thing).offer(visible(Dream, seat))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_goal(by=seat, goal=thing, version=form.cleaned_data["version"], **form.content())
            return redirect("plan:plan", circle_id)
        except Stale as stale:
            form.show_both(stale)
    return _page(request, seat, form, heading=_("Your goal"), thing=thing, kind="goals")


def _for_seat(form: Any, seat: Seat) -> Any:
    """Only the client keeps something to herself; a helper could not see it again."""
    if not seat.is_client:
        del form.fields["private"]
    return form


def _page(request: HttpRequest, seat: Seat, form: Any, **more: Any) -> HttpResponse:
    saw(seat, "plan", [Topic.GOALS])
    sights = Sights(seat, request.path)
    thing: Shareable | None = more.get("thing")
    page = {"seat": seat, "here": "plan", "form": form, "thing": thing, "kind": "", **more}
    page["sight"] = sights.of(thing) if thing else None
    page["topic_words"] = sights.of_topic(Topic.GOALS)
    return render(request, "plan/wish.html", page)


@require_POST
def set_outcome(request: HttpRequest, circle_id: uuid.UUID, kind: str, item_id: uuid.UUID, verb: str) -> HttpResponse:
    """Reached, let go, open again, removed or put back: each with its way back."""
    seat = sit(request, circle_id)
    if kind not in KINDS:
        raise Http404
    thing: Any = get_object_or_404(KINDS[kind], pk=item_id, circle_id=circle_id)
    said, back = _outcome(seat, thing, verb)
    if back:
        offer_undo(request, said, reverse("plan:set_outcome", args=[circle_id, kind, item_id, back]))
    return redirect("plan:plan", circle_id)


def _outcome(seat: Seat, thing: Dream | Goal, verb: str) -> tuple[str, str]:
    """Do it; returns what to say and the verb that undoes it."""
    match verb:
        case "reached":
            actions.mark_reached(by=seat, wish=thing)
            return _("It worked. That may be celebrated."), "open"
        case "dropped":
            actions.drop(by=seat, wish=thing)
            return _("You let this go. You can always bring it back."), "open"
        case "open":
            actions.bring_back(by=seat, wish=thing)
            return "", ""
        case "remove":
            actions.remove(by=seat, thing=thing)
            return _("It is out of your plan."), "restore"
        case "restore":
            actions.restore(by=seat, thing=thing)
            return "", ""
    raise Http404
