"""A learner's practice: plan one thing, write down how it went, ask for feedback, read what came back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import offer_undo
from kring.care.circles.phases import PHASES
from kring.care.forms import address_with_id, id_in_address
from kring.care.measures import instruments
from kring.care.people.models import Person
from kring.care.stored import Stale, allow, id_or_404
from kring.care.training import content, practising
from kring.care.training import practice_policy as policy
from kring.care.training.actions import learning
from kring.care.training.forms_practice import (
    EditPractice,
    FromPaper,
    HowItWent,
    NewPractice,
    WhoWasThere,
    items_of,
    question_of,
)
from kring.care.training.models import (
    PROCESSES,
    Enrolment,
    LearnerChoice,
    Observation,
    Part,
    PartKind,
    PartVersion,
    Practice,
    Release,
    StaffScore,
)
from kring.care.training.trail import noted


def person_of(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]


def mine(request: HttpRequest) -> HttpResponse:
    """What I practise, and what clients and members said together."""
    person = person_of(request)
    enrolments = policy.enrolments_of(person)
    allow(enrolments.exists() or policy.own_practices(person).exists())
    practices = policy.own_practices(person).order_by("-planned_on", "-created_at")
    releases = Release.objects.filter(enrolment__person=person).order_by("-released_on", "-created_at")
    noted(person, practising.LEARNER, "viewed", "practice")
    page = {"enrolments": [(one, _choices(one)) for one in enrolments], "practices": practices}
    page["papers"] = [(key, instruments.load(key).title[get_language() or "nl"]) for key in practising.QUESTIONNAIRES]
    page["releases"] = [(one, [(question_of(name), getattr(one, name)) for name in PROCESSES]) for one in releases]
    return render(request, "training/practice_mine.html", page)


def _choices(enrolment: Enrolment) -> list[tuple[str, Any, bool]]:
    given = set(LearnerChoice.objects.filter(enrolment=enrolment, revoked_at=None).values_list("to", flat=True))
    return [(to, words, to in given) for to, words in LearnerChoice.FOR]


def new(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    person = person_of(request)
    enrolment = get_object_or_404(policy.enrolments_of(person), pk=enrolment_id)
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    task = _task(request, enrolment)
    initial = {"new_id": new_id, **_as_plan(task)}
    form = NewPractice(request.POST or None, initial=initial).offer(policy.circles_to_practise_in(person))
    if request.method == "POST" and form.is_valid():
        made = practising.plan(
            by=person, id=form.cleaned_data["new_id"], enrolment=enrolment, circle=form.cleaned_data["circle"],
            part_version=task, **form.content(),
        )  # fmt: skip
        return redirect("practice:page", made.pk)
    return render(request, "training/practice_form.html", {"form": form, "back": reverse("practice:mine")})


def _task(request: HttpRequest, enrolment: Enrolment) -> PartVersion | None:
    """The practice task of the programme from which somebody came here (`?part=`)."""
    if "part" not in request.GET:
        return None
    found = get_object_or_404(Part, pk=id_or_404(request.GET["part"]), kind=PartKind.PRACTICE)
    return learning.version_for(enrolment, found)


def _as_plan(task: PartVersion | None) -> dict[str, Any]:
    if task is None:
        return {}
    said = content.words(task.content)
    return {
        "behaviour": said.get("task", "")[:300],
        "phase": task.content.get("phase"),
        "chime": task.content.get("chime"),
    }


def own_practice(request: HttpRequest, practice_id: uuid.UUID) -> Practice:
    found = policy.own_practices(person_of(request)).select_related("enrolment__cohort")
    return get_object_or_404(found, pk=practice_id)


def page(request: HttpRequest, practice_id: uuid.UUID) -> HttpResponse:
    """One practice with the next thing to do, and the feedback of colleagues as soon as it is there."""
    practice = own_practice(request, practice_id)
    noted(person_of(request), practising.LEARNER, "viewed", "practice", practice.pk)
    seen = policy.observations_seen_by(person_of(request), practice)
    shown: dict[str, Any] = {"practice": practice, "notes": practice.notes.select_related("by").order_by("created_at")}
    shown["observations"] = [(one, marked(one)) for one in seen]
    shown["phase"] = PHASES[practice.phase - 1].name if practice.phase else ""
    return render(request, "training/practice.html", shown)


def marked(observation: Observation) -> list[tuple[str, Any]]:
    """Each item with its mark in words."""
    words = dict(Observation.MARKS)
    return [(item["text"], words.get(observation.marks.get(item["key"]), "")) for item in items_of(observation.form)]


def change(request: HttpRequest, practice_id: uuid.UUID) -> HttpResponse:
    practice = own_practice(request, practice_id)
    allow(practice.asked_at is None)
    form = EditPractice(request.POST or None, instance=practice).offer_phases()
    return _edited(request, practice, form, practising.change, "training/practice_form.html")


def went(request: HttpRequest, practice_id: uuid.UUID) -> HttpResponse:
    practice = own_practice(request, practice_id)
    form = HowItWent(request.POST or None, instance=practice)
    return _edited(request, practice, form, practising.record, "training/practice_went.html")


def _edited(request: HttpRequest, practice: Practice, form: Any, action: Any, template: str) -> HttpResponse:
    back = reverse("practice:page", args=[practice.pk])
    if request.method == "POST" and form.is_valid():
        stored = policy.own_practices(person_of(request)).get(pk=practice.pk)
        try:
            action(by=person_of(request), practice=stored, version=form.cleaned_data["version"], **form.content())
            return redirect(back)
        except Stale as stale:
            form.show_both(stale)
    return render(request, template, {"form": form, "practice": practice, "back": back})


def ask(request: HttpRequest, practice_id: uuid.UUID) -> HttpResponse:
    """Who was there? Whoever of them chose it gets the questions; the learner never sees who that is."""
    practice = own_practice(request, practice_id)
    allow(practice.held_on is not None and practice.asked_at is None)
    there = practising.could_be_there(person_of(request), practice)
    form = WhoWasThere(request.POST or None).offer(there)
    if request.method == "POST" and form.is_valid():
        members = form.cleaned_data.get("members") or []
        practising.ask(
            by=person_of(request), practice=practice, client_there=form.cleaned_data["client_there"], members=members
        )
        messages.success(request, _("You asked. You read here what comes back."))
        return redirect("practice:page", practice.pk)
    return render(request, "training/practice_ask.html", {"form": form, "practice": practice})


@require_POST
def drop(request: HttpRequest, practice_id: uuid.UUID, verb: str) -> HttpResponse:
    person = person_of(request)
    practice = get_object_or_404(Practice, pk=practice_id, enrolment__person=person)
    if verb not in ("drop", "restore"):
        raise Http404
    practising.drop(by=person, practice=practice, drop=verb == "drop")
    if verb == "drop":
        offer_undo(request, _("You let this plan go."), reverse("practice:drop", args=[practice.pk, "restore"]))
    return redirect("practice:mine")


def questionnaire(request: HttpRequest, enrolment_id: uuid.UUID, instrument: str, moment: str) -> HttpResponse:
    """Answers from paper, item by item: the words are the publisher's."""
    enrolment = get_object_or_404(policy.enrolments_of(person_of(request)), pk=enrolment_id)
    allow(instrument in practising.QUESTIONNAIRES and moment in dict(StaffScore.MOMENTS))
    definition = instruments.load(instrument)
    kept = StaffScore.objects.filter(enrolment=enrolment, instrument=instrument, moment=moment).first()
    form = FromPaper(request.POST or None, definition=definition, known=kept.answers if kept else {})
    if request.method == "POST" and form.is_valid():
        practising.fill_in(
            by=person_of(request), enrolment=enrolment, instrument=instrument, moment=moment, answers=form.answers()
        )
        messages.success(request, _("Your answers are kept."))
        return redirect("practice:mine")
    page = {
        "form": form,
        "kept": kept,
        "title": definition.title[get_language() or "nl"],
        "moment": dict(StaffScore.MOMENTS)[moment],
    }
    return render(request, "training/from_paper.html", page)


@require_POST
def choice(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    enrolment = get_object_or_404(policy.enrolments_of(person_of(request)), pk=enrolment_id)
    to, agree = request.POST.get("to", ""), request.POST.get("agree") == "yes"
    practising.set_choice(by=person_of(request), enrolment=enrolment, to=to, agree=agree)
    return redirect("practice:mine")
