"""For clients, family and friends: choosing to be asked, answering, taking back."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import sit
from kring.care.circles.trail import saw
from kring.care.people.models import Person
from kring.care.stored import allow
from kring.care.training import answering
from kring.care.training import practice_policy as policy
from kring.care.training.forms_practice import Answers, question_of
from kring.care.training.models import PROCESSES, Rating


def feedback(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """What it is, one's own choice, what is asked now, and what one answered."""
    seat = sit(request, circle_id)
    allow(policy.may_choose(seat))
    given = policy.ratings_of(seat).filter(answered_at__isnull=False, withdrawn_at=None)
    saw(seat, answering.TOPIC)
    page = {"seat": seat, "here": "mine", "chosen": answering.chosen(seat), "asked": policy.open_ratings(seat)}
    page["given"] = given.select_related("practice__enrolment__person").order_by("-answered_at")
    return render(request, "training/feedback.html", page)


@require_POST
def choice(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    if request.POST.get("agree") == "yes":
        answering.choose(by=seat)
        messages.success(request, _("You will be asked now and then."))
    else:
        answering.revoke(by=seat)
        messages.success(request, _("You will not be asked. Your answers are out of every figure."))
    return redirect("circle_training:feedback", circle_id)


def question(request: HttpRequest, circle_id: uuid.UUID, rating_id: uuid.UUID) -> HttpResponse:
    """Five questions about one contact, each of which may stay open."""
    seat = sit(request, circle_id)
    rating = get_object_or_404(policy.ratings_of(seat).select_related("practice__enrolment__person"), pk=rating_id)
    form = Answers(request.POST or None, rating=rating)
    if request.method == "POST" and form.is_valid():
        answering.answer(by=seat, rating=rating, values=form.values())
        messages.success(request, _("Thank you. Nobody sees your answer by itself."))
        return redirect("circle_training:feedback", circle_id)
    allow(answering.still_open(seat, rating))
    saw(seat, answering.TOPIC)
    return render(request, "training/question.html", {"seat": seat, "here": "mine", "rating": rating, "form": form})


def answers(request: HttpRequest) -> HttpResponse:
    """Everything that somebody answered, in whichever circle, also one they left."""
    person: Person = request.user  # type: ignore[assignment]
    given = policy.given_ratings(person).order_by("-answered_at")
    told = [(rating, [(str(question_of(name)), _said(rating, name)) for name in PROCESSES]) for rating in given]
    return render(request, "training/answers.html", {"given": told})


def _said(rating: Rating, name: str) -> str:
    return str(getattr(rating, f"get_{name}_display")() or _("No answer"))


@require_POST
def take_back(request: HttpRequest, rating_id: uuid.UUID) -> HttpResponse:
    answering.take_back(by=request.user, rating_id=rating_id)  # type: ignore[arg-type]
    messages.success(request, _("Your answer is gone from every figure."))
    return redirect("practice:answers")
