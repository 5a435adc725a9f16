"""A learner's own pages: home with the next small step, the whole course, one part, the portfolio."""

import datetime as dt
import uuid
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.training import content, policy, reading, statements, why
from kring.care.training.actions import leading, learning
from kring.care.training.models import Enrolment, Part, PartKind, PartVersion, QuizAttempt, WorkshopSession
from kring.care.training.text import blocks
from kring.care.training.trail import saw
from kring.care.training.views.door import own, own_part, person_of


def home(request: HttpRequest) -> HttpResponse:
    """The next small step. Whoever only leads or makes programmes finds the way to that."""
    person = person_of(request)
    page: dict[str, Any] = {"courses": reading.courses(person)}
    page["leads"] = policy.doors(person).leads
    page["certificates"] = policy.certificates_of(person)
    return render(request, "training/home.html", page)


def course(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    enrolment = own(request, enrolment_id)
    saw(person_of(request), "learner", "course", enrolment.pk)
    version = enrolment.cohort.programme_version
    page = {"enrolment": enrolment, "lines": reading.course_lines(enrolment)}
    page |= {"said": content.words(version.content), "reasons": list(why.reasons(version.content))}
    return render(request, "training/course.html", page)


def part(request: HttpRequest, enrolment_id: uuid.UUID, part_id: uuid.UUID) -> HttpResponse:
    """One part. Opening it fixes which version is this learner's; a quiz goes on where it stopped."""
    enrolment, found = own_part(request, enrolment_id, part_id)
    progress = learning.open_part(by=person_of(request), enrolment=enrolment, part=found)
    if found.kind == PartKind.QUIZ:
        return redirect("training:quiz", enrolment.pk, found.pk)
    page = part_page(progress.part_version) | {"enrolment": enrolment, "part": found, "progress": progress}
    page["newer"] = _newer(enrolment, progress.part_version)
    if found.kind == PartKind.WORKSHOP:
        page["sessions"] = _sessions(enrolment, found)
    return render(request, f"training/part_{_shape(found.kind)}.html", page)


def part_page(version: PartVersion) -> dict[str, Any]:
    """What every page of a part shows of its words."""
    said = content.words(version.content)
    return {
        "version": version, "content": defaultdict(str, version.content), "said": said,
        "blocks": list(blocks(said["body"])), "reasons": list(why.reasons(version.content)),
    }  # fmt: skip


def _shape(kind: str) -> str:
    return {PartKind.LESSON: "lesson", PartKind.BOOSTER: "lesson", PartKind.WORKSHOP: "workshop"}.get(
        PartKind(kind), "other"
    )


def _newer(enrolment: Enrolment, version: PartVersion) -> bool:
    placed = enrolment.cohort.programme_version.placed.filter(part_id=version.part_id).select_related("part_version")
    return any(each.part_version.number > version.number for each in placed)


def _sessions(enrolment: Enrolment, found: Part) -> list[WorkshopSession]:
    planned = enrolment.cohort.sessions.filter(part_version__part=found, cancelled_at=None).order_by("starts_at")
    return list(planned.select_related("trainer", "experience_expert"))


@require_POST
def finish(request: HttpRequest, enrolment_id: uuid.UUID, part_id: uuid.UUID) -> HttpResponse:
    """Read. A phone that was without a network tells it later, with when it was (`at`)."""
    enrolment, found = own_part(request, enrolment_id, part_id)
    at = parse_datetime(request.POST.get("at", "")) if request.POST.get("at") else None
    moment = at if isinstance(at, dt.datetime) and at.tzinfo is not None else None
    learning.finish_lesson(by=person_of(request), enrolment=enrolment, part=found, at=moment)
    if request.headers.get("X-Later"):
        return JsonResponse({"done": True})
    messages.success(request, _("Done. You can read it again whenever you like."))
    return redirect("training:home")


def portfolio(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """What somebody did so far: theirs to read, to print and to take along."""
    enrolment = own(request, enrolment_id)
    page: dict[str, Any] = {"enrolment": enrolment}
    page["lines"] = [line for line in reading.course_lines(enrolment) if line.progress]
    measured = QuizAttempt.objects.filter(enrolment=enrolment, submitted_at__isnull=False)
    page["measured"] = measured.exclude(moment="during").order_by("submitted_at")
    page["certificates"] = enrolment.certificates.filter(withdrawn_at=None).order_by("issued_on")
    page["said"] = content.words(enrolment.cohort.programme_version.content)
    held = enrolment.practices.filter(held_on__isnull=False, dropped_at=None)
    page["practices"] = held.annotate(feedback=Count("notes")).order_by("-held_on")
    return render(request, "training/portfolio.html", page)


def results(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """One's own results as xAPI statements, to take along to another system."""
    enrolment = own(request, enrolment_id)
    saw(person_of(request), "learner", "results", enrolment.pk)
    answer = JsonResponse(statements.of_enrolment(enrolment), safe=False, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="kring-xapi.json"'
    return answer


def certificate(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    mine = policy.certificates_of(person_of(request)).select_related("enrolment__cohort__programme_version")
    found = get_object_or_404(mine.select_related("enrolment__cohort__organisation", "issued_by"), pk=certificate_id)
    version = found.enrolment.cohort.programme_version
    parts = version.placed.filter(required=True).select_related("part_version").order_by("order")
    titles = [content.title(each.part_version.content) for each in parts]
    page = {"certificate": found, "said": content.words(version.content), "titles": titles}
    return render(request, "training/certificate.html", page)


@require_POST
def stop(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    leading.leave(by=person_of(request), enrolment=own(request, enrolment_id))
    messages.success(request, _("You have stopped. What you did stays yours."))
    return redirect("training:home")
