"""Questions that have come back: a round of a few, one a page."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kring.care.training import content, marking
from kring.care.training.actions import boosters
from kring.care.training.models import Booster, BoosterReview, BoosterRound, Enrolment
from kring.care.training.views.door import own, person_of
from kring.care.training.views.quiz import given_in, said_by, shown


def _open_round(enrolment: Enrolment) -> BoosterRound | None:
    waiting = BoosterRound.objects.filter(enrolment=enrolment, done_at=None, due_on__lte=timezone.localdate())
    return waiting.select_related("enrolment").first()


def page(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The next question of the round that is open, or the way back."""
    enrolment = own(request, enrolment_id)
    waiting = _open_round(enrolment)
    booster = boosters.waiting_in(waiting) if waiting else None
    if waiting is None or booster is None:
        return redirect("training:home")
    return _question(request, enrolment, waiting, booster)


def _question(
    request: HttpRequest, enrolment: Enrolment, waiting: BoosterRound, booster: Booster, empty: bool = False
) -> HttpResponse:
    asked = content.question(booster.part_version.content, booster.question)
    shows = {"enrolment": enrolment, "round": waiting, "booster": booster, "empty": empty}
    shows |= {"count": len(waiting.boosters), "number": waiting.reviews.count() + 1}
    return render(request, "training/round.html", shows | shown(asked), status=422 if empty else 200)


@require_POST
def answer(request: HttpRequest, enrolment_id: uuid.UUID, booster_id: uuid.UUID) -> HttpResponse:
    enrolment = own(request, enrolment_id)
    booster = get_object_or_404(Booster.objects.select_related("part_version"), pk=booster_id, enrolment=enrolment)
    waiting = _open_round(enrolment)
    if waiting is None or str(booster.pk) not in waiting.boosters:
        return redirect("training:home")  # answered already, in another window
    given = given_in(request, content.question(booster.part_version.content, booster.question))
    if given is None:
        return _question(request, enrolment, waiting, booster, empty=True)
    guessed = "guessed" in request.POST
    boosters.answer(by=person_of(request), round_=waiting, booster=booster, given=given, guessed=guessed)
    return redirect("training:reviewed", enrolment.pk, waiting.pk, booster.pk)


def reviewed(request: HttpRequest, enrolment_id: uuid.UUID, round_id: uuid.UUID, booster_id: uuid.UUID) -> HttpResponse:
    """Whether it was right, and why."""
    enrolment = own(request, enrolment_id)
    mine = BoosterReview.objects.filter(round_id=round_id, round__enrolment=enrolment)
    found = get_object_or_404(mine.select_related("booster__part_version", "round"), booster_id=booster_id)
    asked = content.question(found.booster.part_version.content, found.booster.question)
    assert asked is not None
    shows = shown(asked) | {"enrolment": enrolment, "right": found.right, "more": found.round.done_at is None}
    shows |= {"right_words": marking.right_words(asked), "yours": said_by(asked, found.given)}
    return render(request, "training/round_answered.html", shows)
