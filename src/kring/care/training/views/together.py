"""Figures about groups: a cohort for who leads it, a team for its lead. No page here is about one person, but for
those who let their team lead see how much they did.
"""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from kring.care.stored import allow
from kring.care.training import figures as counted
from kring.care.training import practice_policy as policy
from kring.care.training.forms_practice import items_of
from kring.care.training.models import FeedbackNote, Lead, PartKind
from kring.care.training.trail import noted
from kring.care.training.views.practising import person_of

WORDS = {
    ("none", "none"): _("No feedback in between"),
    ("timing", "soon"): _("Feedback within three days"),
    ("timing", "later"): _("Feedback later"),
    **{("tone", key): words for key, words in FeedbackNote.TONES},
    **{("source", str(key)): words for key, words in Lead.choices},
}


def seen(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """Whether observers agree, what came after which feedback, and the hours of the experience expert."""
    person = person_of(request)
    cohort = get_object_or_404(policy.cohorts_led_by(person), pk=cohort_id)
    noted(person, str(policy.lead_role(person, cohort.pk)), "viewed", "cohort", cohort.pk)
    texts: dict[str, str] = {}
    for placed in cohort.programme_version.placed.filter(part__kind=PartKind.OBSERVATION).select_related(
        "part_version"
    ):
        texts |= {item["key"]: item["text"] for item in items_of(placed.part_version)}
    after = [(WORDS[what, which], change) for what, which, change in counted.after_feedback(cohort)]
    page = {
        "cohort": cohort, "agreement": counted.agreement(cohort), "texts": texts, "after": after,
        "hours": counted.expert_hours(cohort),
    }  # fmt: skip
    return render(request, "training/seen.html", page)


def figures(request: HttpRequest) -> HttpResponse:
    """For a team lead: coverage, dose, who left, fidelity. Ratings are nowhere on it."""
    person = person_of(request)
    teams = policy.led_teams(person)
    allow(teams.exists())
    noted(person, "team_lead", "viewed", "training figures")
    return render(request, "training/figures.html", {"teams": [counted.of_team(team) for team in teams]})
