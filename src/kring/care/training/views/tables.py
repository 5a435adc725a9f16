"""For researchers: the training tables of their own organisation, made anew at each download."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from kring.care.stored import allow
from kring.care.training import content
from kring.care.training import practice_policy as policy
from kring.care.training.files import of_table, zipped
from kring.care.training.table import TooFew, TrainingTable
from kring.care.training.trail import noted
from kring.care.training.views.practising import person_of


def tables(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    allow(policy.researches(person))
    cohorts = policy.cohorts_to_research(person).order_by("-starts_on")
    noted(person, "researcher", "viewed", "training tables")
    page = {"cohorts": [(one, content.title(one.programme_version.content)) for one in cohorts]}
    return render(request, "training/tables.html", page)


@require_POST
def table(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """A file with new codes each time; or the page that says why there is none."""
    person = person_of(request)
    cohort = get_object_or_404(policy.cohorts_to_research(person), pk=cohort_id)
    try:
        packed = zipped(of_table(TrainingTable(cohort)))
    except TooFew:
        return render(request, "training/table_too_few.html", {"cohort": cohort})
    noted(person, "researcher", "exported", "training table", cohort.pk)
    answer = HttpResponse(packed, content_type="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="kring-training.zip"'
    return answer
