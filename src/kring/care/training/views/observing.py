"""For who leads a cohort, trainer, coach and experience expert alike: look, give back, coach."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import offer_undo
from kring.care.circles.phases import PHASES
from kring.care.forms import address_with_id, id_in_address
from kring.care.stored import Stale, allow
from kring.care.training import observing
from kring.care.training import policy as learning
from kring.care.training import practice_policy as policy
from kring.care.training.forms_practice import Marks, NewCoaching, Note
from kring.care.training.models import CoachingContact, FeedbackNote, Lead, PartKind, PartVersion, Practice
from kring.care.training.trail import noted
from kring.care.training.views.practising import marked, person_of


def asked(request: HttpRequest) -> HttpResponse:
    """What learners asked feedback for: first what nobody has answered, the oldest first."""
    person = person_of(request)
    cohorts = policy.cohorts_led_by(person).order_by("name")
    allow(cohorts.exists() or learning.cohorts_visible_to(person).exists())
    practices = list(policy.asked_practices(person).order_by("asked_at"))
    given = set(FeedbackNote.objects.filter(practice__in=practices).values_list("practice_id", "by"))
    by_anybody, by_me = {one for one, _who in given}, {one for one, who in given if who == person.pk}
    noted(person, Lead.TRAINER, "viewed", "practice")
    page: dict[str, Any] = {"open": [one for one in practices if one.pk not in by_anybody], "cohorts": cohorts}
    page["others"] = [one for one in practices if one.pk in by_anybody - by_me][::-1]
    page["done"] = [one for one in practices if one.pk in by_me][::-1]
    return render(request, "training/observe_asked.html", page)


def _role(request: HttpRequest, cohort_id: uuid.UUID) -> str:
    return str(policy.lead_role(person_of(request), cohort_id) or Lead.TRAINER)


def _practice(request: HttpRequest, practice_id: uuid.UUID) -> Practice:
    return get_object_or_404(policy.asked_practices(person_of(request)), pk=practice_id)


def page(request: HttpRequest, practice_id: uuid.UUID) -> HttpResponse:
    """One contact: what was practised, one's own feedback, one's own observation."""
    person, practice = person_of(request), _practice(request, practice_id)
    note = FeedbackNote.objects.filter(practice=practice, by=person).first()
    form = Note(request.POST or None, instance=note)
    if request.method == "POST" and form.is_valid():
        try:
            observing.give_back(by=person, practice=practice, version=form.cleaned_data["version"], **form.content())
            messages.success(request, _("%(name)s can read it now.") % {"name": practice.enrolment.person.name})
            return redirect("practice:asked")
        except Stale as stale:
            form.show_both(stale)
    noted(person, _role(request, practice.enrolment.cohort_id), "viewed", "practice", practice.pk)
    seen = policy.observations_seen_by(person, practice)
    shown = {"practice": practice, "form": form, "observations": [(one, marked(one)) for one in seen]}
    shown |= {"phase": PHASES[practice.phase - 1].name if practice.phase else "", "forms": forms_of(practice)}
    shown["looked"] = any(one.observer_id == person.pk for one in seen)
    return render(request, "training/observe.html", shown)


def forms_of(practice: Practice) -> list[PartVersion]:
    """The observation forms of the cohort's programme, in their order."""
    placed = practice.enrolment.cohort.programme_version.placed.filter(part__kind=PartKind.OBSERVATION)
    return [one.part_version for one in placed.select_related("part_version").order_by("order")]


def look(request: HttpRequest, practice_id: uuid.UUID) -> HttpResponse:
    """The observation form. What somebody else saw of this contact is not shown before one's own is sent."""
    person, practice = person_of(request), _practice(request, practice_id)
    forms = forms_of(practice)
    allow((bool(forms) and not practice.observations.filter(observer=person).exists()) or request.method == "POST")
    form = Marks(request.POST or None, form=forms[0])
    if request.method == "POST" and form.is_valid():
        observing.observe(
            by=person, practice=practice, form=forms[0], marks=form.marks(), minutes=form.cleaned_data["minutes"],
            client_agreed=form.cleaned_data["client_agreed"],
        )  # fmt: skip
        messages.success(request, _("Kept. Now give one thing back."))
        return redirect("practice:observe", practice.pk)
    return render(request, "training/observe_look.html", {"practice": practice, "form": form})


def coaching(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """Write down a coaching or supervision contact, and see one's own."""
    person = person_of(request)
    cohort = get_object_or_404(policy.cohorts_led_by(person), pk=cohort_id)
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    learners = policy.learners_to_coach(person, cohort).order_by("person__name")
    form = NewCoaching(request.POST or None, initial={"new_id": new_id}).offer(learners)
    if request.method == "POST" and form.is_valid():
        observing.coach(
            by=person, id=form.cleaned_data["new_id"], cohort=cohort, learners=form.cleaned_data["learners"],
            **form.content(),
        )  # fmt: skip
        messages.success(request, _("The contact is written down."))
        return redirect("practice:coaching", cohort.pk)
    held = CoachingContact.objects.filter(cohort=cohort, coach=person, removed_at=None).order_by("-held_on")
    page = {"cohort": cohort, "form": form, "held": held.prefetch_related("coached__enrolment__person")}
    return render(request, "training/coaching.html", page)


@require_POST
def removal(request: HttpRequest, contact_id: uuid.UUID, verb: str) -> HttpResponse:
    contact = get_object_or_404(CoachingContact, pk=contact_id, coach=person_of(request))
    if verb not in ("remove", "restore"):
        raise Http404
    observing.remove_coaching(by=person_of(request), contact=contact, remove=verb == "remove")
    if verb == "remove":
        back = reverse("practice:remove_coaching", args=[contact.pk, "restore"])
        offer_undo(request, _("The contact is taken out."), back)
    return redirect("practice:coaching", contact.cohort_id)
