"""A quiz, one question a page; it can be left at any question and goes on there."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.training import content, marking
from kring.care.training.actions import learning
from kring.care.training.models import Moment, Part, QuizAnswer, QuizAttempt
from kring.care.training.views.door import own_part, person_of
from kring.care.training.views.learner import part_page


def quiz(request: HttpRequest, enrolment_id: uuid.UUID, part_id: uuid.UUID) -> HttpResponse:
    """The first question without an answer, or the result when all have one."""
    enrolment, part = own_part(request, enrolment_id, part_id)
    tried = QuizAttempt.objects.filter(enrolment=enrolment, part=part).order_by("-created_at").first()
    if tried is None or (tried.submitted_at is not None and "again" in request.GET):
        tried = learning.begin_quiz(by=person_of(request), enrolment=enrolment, part=part)
    if tried.submitted_at is not None:
        return _result(request, tried, part)
    return question_page(request, tried, part, _next(tried))


def _next(attempt: QuizAttempt) -> str:
    answered = set(attempt.answers.values_list("question", flat=True))
    return next(str(each["key"]) for each in _asked(attempt) if each["key"] not in answered)


def _asked(attempt: QuizAttempt) -> list[dict[str, Any]]:
    return content.questions(attempt.part_version.content)


def question_page(
    request: HttpRequest, attempt: QuizAttempt, part: Part, key: str, empty: bool = False
) -> HttpResponse:
    keys = [each["key"] for each in _asked(attempt)]
    asked = content.question(attempt.part_version.content, key)
    page = part_page(attempt.part_version) | shown(asked)
    page |= {"attempt": attempt, "part": part, "number": keys.index(key) + 1, "count": len(keys), "empty": empty}
    page["measures"] = attempt.moment != Moment.DURING
    return render(request, "training/quiz_question.html", page, status=422 if empty else 200)


def shown(asked: dict[str, Any] | None) -> dict[str, Any]:
    """What a page needs of one question."""
    assert asked is not None
    return {"asked": asked, "question": content.words(asked), "key": asked["key"]}


@require_POST
def answer(request: HttpRequest, enrolment_id: uuid.UUID, part_id: uuid.UUID) -> HttpResponse:
    """One answer. The same answer sent twice counts once, and an old page cannot change what was answered."""
    enrolment, part = own_part(request, enrolment_id, part_id)
    attempt = get_object_or_404(QuizAttempt, pk=_id(request.POST.get("attempt")), enrolment=enrolment, part=part)
    key = request.POST.get("question", "")
    asked = content.question(attempt.part_version.content, key)
    given = given_in(request, asked)
    if given is None and not attempt.answers.filter(question=key).exists():
        return question_page(request, attempt, part, _next(attempt), empty=True)
    learning.answer(by=person_of(request), attempt=attempt, question=key, given=given)
    if attempt.moment != Moment.DURING:
        return redirect("training:quiz", enrolment.pk, part.pk)
    return redirect("training:answered", enrolment.pk, part.pk, attempt.pk, key)


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def given_in(request: HttpRequest, asked: dict[str, Any] | None) -> Any:
    """What was answered, or None when nothing (or nothing that can be read) was."""
    if asked is None:
        return None
    if asked["type"] in ("single", "multiple"):
        count = len(content.words(asked)["choices"])
        chosen = [int(each) for each in request.POST.getlist("choice") if each.isdecimal() and int(each) < count]
        return chosen or None
    typed = request.POST.get("typed", "").strip()[:200]
    if asked["type"] == "numeric" and marking.number(typed) is None:
        return None
    return typed or None


def answered(
    request: HttpRequest, enrolment_id: uuid.UUID, part_id: uuid.UUID, attempt_id: uuid.UUID, key: str
) -> HttpResponse:
    """Whether it was right, why, and the way on."""
    enrolment, part = own_part(request, enrolment_id, part_id)
    exercises = QuizAnswer.objects.filter(attempt__enrolment=enrolment, attempt__part=part, attempt__moment="during")
    found = get_object_or_404(exercises.select_related("attempt__part_version"), attempt_id=attempt_id, question=key)
    page = explained(found.attempt, found) | {"enrolment": enrolment, "part": part}
    page |= {"more": found.attempt.submitted_at is None, "said": content.words(found.attempt.part_version.content)}
    return render(request, "training/quiz_answered.html", page)


def explained(attempt: QuizAttempt, given: QuizAnswer) -> dict[str, Any]:
    asked = content.question(attempt.part_version.content, given.question)
    assert asked is not None
    return shown(asked) | {
        "right": given.right,
        "right_words": marking.right_words(asked),
        "yours": said_by(asked, given.given),
    }


def said_by(asked: dict[str, Any], given: Any) -> list[str]:
    """What was answered, in words."""
    if asked["type"] in ("single", "multiple"):
        choices = content.words(asked)["choices"]
        return [choices[each] for each in given]
    return [str(given)]


def _result(request: HttpRequest, attempt: QuizAttempt, part: Part) -> HttpResponse:
    """What was answered. The first of two measurements shows no right and wrong: the same questions come back."""
    page = part_page(attempt.part_version) | {"attempt": attempt, "part": part, "enrolment": attempt.enrolment}
    page["answers"] = []
    if attempt.moment != Moment.BEFORE:
        order = [each["key"] for each in _asked(attempt)]
        given = sorted(attempt.answers.all(), key=lambda each: order.index(each.question))
        page["answers"] = [explained(attempt, each) for each in given]
    page["before"] = _before(attempt) if attempt.moment == Moment.AFTER else None
    page["title"] = _("Handed in") if attempt.moment == Moment.BEFORE else page["said"]["title"]
    return render(request, "training/quiz_result.html", page)


def _before(attempt: QuizAttempt) -> QuizAttempt | None:
    first = QuizAttempt.objects.filter(enrolment=attempt.enrolment, moment=Moment.BEFORE, submitted_at__isnull=False)
    return first.filter(points_possible=attempt.points_possible).first()
