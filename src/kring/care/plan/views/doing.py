"""Who does what: the list, proposing, saying yes, handing on, done."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import offer_undo, sit
from kring.care.circles.policy import may_keep, visible
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Task, Topic
from kring.care.circles.trail import saw
from kring.care.forms import address_with_id, as_edit, differs, id_in_address
from kring.care.plan import actions, policy
from kring.care.plan.forms import EditAction, HandOn, NewAction, owner_of
from kring.care.plan.models import Action, Goal
from kring.care.plan.reading import Sights, lines, owner_choices
from kring.care.stored import Stale, allow

NEWEST_DONE = 20


def listing(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """First what is asked of whoever reads this, then their own, then the rest."""
    seat = sit(request, circle_id)
    seen = policy.actions_visible_to(seat).select_related("owner")
    undone = list(seen.filter(done_at=None).order_by("due_on", "created_at"))
    done = seen.exclude(done_at=None).order_by("-done_at")
    everything = request.GET.get("done") == "all"
    latest = list(done if everything else done[: NEWEST_DONE + 1])
    more = not everything and len(latest) > NEWEST_DONE
    shown = lines(seat, [*undone, *(latest[:NEWEST_DONE] if more else latest)], request.path)
    saw(seat, "actions", [Topic.ACTIONS])
    page = {"seat": seat, "here": "plan", "everything": everything, "more_done": more}
    page |= {"may_propose": policy.may_propose(seat), **_sorted(seat, shown)}
    return render(request, "plan/actions.html", page)


def _sorted(seat: Seat, shown: list[Any]) -> dict[str, list[Any]]:
    undone = [line for line in shown if line.action.done_at is None]
    asked = [line for line in undone if _is_asked(seat, line)]
    own = [line for line in undone if line.own and line not in asked]
    rest = [line for line in undone if line not in asked and line not in own]
    return {"asked": asked, "own": own, "rest": rest, "done": [line for line in shown if line.action.done_at]}


def _is_asked(seat: Seat, line: Any) -> bool:
    """It waits for whoever reads the page: the owner's yes, or the client's."""
    return (line.own and line.waits_for_owner) or (seat.is_client and line.waits_for_client)


def new_action(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(policy.may_propose(seat))
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    initial = {"goal": request.GET.get("goal"), "new_id": new_id}
    form: Any = NewAction(request.POST or None, initial=initial).offer(visible(Goal, seat))
    form.fields["owner"].choices = owner_choices(seat)
    if request.method == "POST" and form.is_valid():
        made = actions.propose_action(by=seat, id=form.cleaned_data["new_id"], **form.content())
        if differs(made, form.wording()):
            return action(as_edit(request), circle_id, made.pk)
        return redirect("plan:actions", circle_id)
    page = {"seat": seat, "here": "plan", "form": form, "words": Sights(seat, "").of_topic(Topic.ACTIONS)}
    return render(request, "plan/new_action.html", page)


def action(request: HttpRequest, circle_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """One action: its words, and to whom it can be handed."""
    seat = sit(request, circle_id)
    thing = get_object_or_404(policy.actions_visible_to(seat).select_related("owner"), pk=item_id)
    form: Any = EditAction(request.POST or None, instance=thing).offer(visible(Goal, seat))
    if request.method == "POST":
        allow(policy.may("reword", seat, thing))
        if form.is_valid():
            try:
                actions.change_action(by=seat, action=thing, version=form.cleaned_data["version"], **form.content())
                return redirect("plan:actions", circle_id)
            except Stale as stale:
                form.show_both(stale)
    saw(seat, "action", [Topic.ACTIONS])
    page = {"seat": seat, "here": "plan", "form": form, "hand_on": _hand_on(seat, thing)}
    page |= {"line": lines(seat, [Action.objects.select_related("owner").get(pk=item_id)], request.path)[0]}
    page["may_remove"] = may_keep(seat, Task.ACTIONS)
    return render(request, "plan/action.html", page)


def _hand_on(seat: Seat, thing: Action, data: Any = None) -> HandOn:
    now = "client" if thing.owner_is_client else str(thing.owner_id or "")
    form = HandOn(data, initial={"owner": now}, prefix="to")
    form.fields["owner"].choices = owner_choices(seat)  # type: ignore[attr-defined]
    return form


@require_POST
def hand(request: HttpRequest, circle_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    thing = get_object_or_404(policy.actions_visible_to(seat), pk=item_id)
    form = _hand_on(seat, thing, request.POST)
    if not form.is_valid():
        raise Http404  # the choices are a closed list: anything else was not made with this form
    actions.hand_action(by=seat, action=thing, **owner_of(form.cleaned_data["owner"]))
    return redirect("plan:actions", circle_id)


@require_POST
def act(request: HttpRequest, circle_id: uuid.UUID, item_id: uuid.UUID, verb: str) -> HttpResponse:
    """One click: yes, agreed, done, mine again. What can be undone offers it."""
    seat = sit(request, circle_id)
    thing = get_object_or_404(Action, pk=item_id, circle_id=circle_id)
    said, back = _act(seat, thing, verb)
    if back:
        offer_undo(request, said, reverse("plan:act", args=[circle_id, item_id, back]))
    return redirect("plan:actions", circle_id)


def _act(seat: Seat, thing: Action, verb: str) -> tuple[str, str]:
    """Do it; returns what to say and the verb that undoes it."""
    match verb:
        case "yes":
            actions.accept_action(by=seat, action=thing)
        case "mine":
            actions.take_on_action(by=seat, action=thing)
            return _("You do this now."), "nobody"
        case "nobody":
            actions.hand_action(by=seat, action=thing)
        case "back":
            actions.hand_action(by=seat, action=thing, owner_is_client=True)
        case "agree" | "disagree":
            actions.approve_action(by=seat, action=thing, approve=verb == "agree")
            return (_("You agreed."), "disagree") if verb == "agree" else ("", "")
        case "done":
            actions.mark_done(by=seat, action=thing)
            return _("Done. Well worth doing."), "open"
        case "open":
            actions.reopen(by=seat, action=thing)
        case "remove":
            actions.remove(by=seat, thing=thing)
            return _("It is off the list."), "restore"
        case "restore":
            actions.restore(by=seat, thing=thing)
        case _:
            raise Http404
    return "", ""
