"""The card in one's pocket: on the phone, on paper, and kept on a phone that has no network.

Why it is kept as it is, and when it goes: docs/decisions/0040-crisis-card-offline.md.
"""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _

from kring.care import keeping
from kring.care.circles.door import sit
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.plan import crisis, policy
from kring.care.plan.card import Card
from kring.care.stored import Denied

MEMBER_DAYS = 7
"""How long a member's phone may show a kept card without having asked whether it still may."""


def card(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    plan = crisis.plan_of(seat)
    saw(seat, "card", [Topic.CRISIS])
    shown = {"seat": seat, "here": "plan", "plan": plan, "card": crisis.card_for(seat, plan)}
    shown["may_write"] = policy.may_write_crisis(seat, plan)
    return render(request, "plan/card.html", shown)


def pocket(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """The card alone, as a phone keeps it."""
    seat, kept = _keepable(request, circle_id)
    saw(seat, "card on a phone", [Topic.CRISIS])
    answer = render(request, "plan/pocket.html", {"seat": seat, "card": kept})
    answer["X-Card"] = _print(seat, kept)
    answer["X-Card-Days"] = "" if seat.is_client else str(MEMBER_DAYS)
    return answer


def still(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Asked by a phone that keeps the card, at each contact: may it, and is it the newest? It shows no content.

    A session that would end by itself goes on: else the card would be gone in the week that it is needed.
    """
    seat, kept = _keepable(request, circle_id)
    request.session.modified = True
    return JsonResponse({"card": _print(seat, kept)})


def _keepable(request: HttpRequest, circle_id: uuid.UUID) -> tuple[Seat, Card]:
    """The card if this seat sees the plan. Emergency access and a preview keep nothing."""
    seat = sit(request, circle_id)
    plan = crisis.plan_of(seat)
    if plan is None or seat.breaks_glass or seat.preview:
        raise Denied
    return seat, crisis.card_for(seat, plan)


def _print(seat: Seat, kept: Card) -> str:
    return kept.fingerprint(seat.person_id, translation.get_language())


@login_not_required
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone with a kept card shows when there is no network; the worker writes the cards into it."""
    return render(request, "plan/offline.html", {})


@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; it must stand at the root to see every page of this site."""
    return keeping.worker("worker.js")


@login_not_required
def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """What a phone needs to put Kring among its apps, in each language."""
    if language not in ("nl", "en"):
        raise Http404
    with translation.override(language):
        content = {
            "id": "/", "start_url": "/", "scope": "/", "display": "standalone", "lang": language, "dir": "ltr",
            "name": "Kring", "short_name": "Kring", "description": _("Your own circle of people"),
            "background_color": "#faf7f2", "theme_color": "#faf7f2",
            "icons": [_icon("192", "any"), _icon("512", "any"), _icon("512", "maskable")],
        }  # fmt: skip
    answer = JsonResponse(content, content_type="application/manifest+json")
    answer["Cache-Control"] = "public, max-age=86400"
    return answer


def _icon(size: str, purpose: str) -> dict[str, str]:
    name = f"care/ring-{size}{'-maskable' if purpose == 'maskable' else ''}.png"
    return {"src": static(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
