"""A cohort: its teams and people, readiness, workshops, and how far everybody is."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.people.models import Person, Post, Role, Team
from kring.care.stored import Stale, allow
from kring.care.training import content, policy, reading, statements
from kring.care.training.actions import building, leading
from kring.care.training.forms import Enrolling, Leading, NewCohort, NewWorkshop, Readiness, Workshop
from kring.care.training.models import Cohort, Enrolment, PartKind, PartVersion, ReadinessCheck, WorkshopSession
from kring.care.training.trail import noted, saw
from kring.care.training.views.door import led_cohort, own_programme, person_of


def new_cohort(request: HttpRequest, programme_id: uuid.UUID) -> HttpResponse:
    """A cohort of the published version of a programme."""
    programme = own_programme(request, programme_id)
    version = building.published(programme)
    allow(version is not None)
    assert version is not None
    teams = Team.objects.filter(organisation=programme.organisation, ended_at=None).order_by("name")
    form = NewCohort(request.POST or None, teams=teams)
    if request.method == "POST" and form.is_valid():
        given = form.given() | {"teams": list(form.cleaned_data["teams"]), "programme_version": version}
        made = leading.start_cohort(
            by=person_of(request), organisation=programme.organisation, id=form.cleaned_data["new_id"], **given
        )
        return redirect("training:cohort", made.pk)
    return render(request, "training/new_cohort.html", {"form": form, "said": content.words(version.content)})


def cohort(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """Who takes part and how far they are; never what anybody answered."""
    found, by = led_cohort(request, cohort_id), person_of(request)
    saw(by, "trainer", "cohort", found.pk)
    page: dict[str, Any] = {"cohort": found, "title": content.title(found.programme_version.content)}
    page["runs"] = policy.may_run(by, found)
    page["teams"] = _by_team(found)
    page["leads"] = found.leads.filter(ended_at=None).select_related("person").order_by("created_at")
    page["sessions"] = [(each, content.title(each.part_version.content)) for each in _sessions(found)]
    page["newer"] = _newer(found)
    page["leads_it"] = any(each.person_id == by.pk for each in page["leads"])
    return render(request, "training/cohort.html", page)


def _by_team(found: Cohort) -> list[tuple[Team, ReadinessCheck | None, list[Any]]]:
    needed = found.programme_version.placed.filter(required=True).values("part_id")
    done = Count("progress", filter=Q(progress__completed_at__isnull=False, progress__part_id__in=needed))
    people = found.enrolments.filter(left_at=None).select_related("person").annotate(done=done).order_by("person__name")
    checks = {check.team_id: check for check in found.readiness.all()}
    teams = [each.team for each in found.teams.select_related("team").order_by("team__name")]
    return [(team, checks.get(team.pk), [each for each in people if each.team_id == team.pk]) for team in teams]


def _sessions(found: Cohort) -> Any:
    there = found.sessions.filter(cancelled_at=None).select_related("part_version", "experience_expert")
    return there.order_by("starts_at")


def _newer(found: Cohort) -> bool:
    last = building.published(found.programme_version.programme)
    return last is not None and last.number > found.programme_version.number


@require_POST
def move(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    found = led_cohort(request, cohort_id)
    last = building.published(found.programme_version.programme)
    allow(last is not None)
    assert last is not None
    leading.move_to_version(by=person_of(request), cohort=found, programme_version=last)
    messages.success(request, _("The cohort goes on with the newest version. What somebody began stays as it was."))
    return redirect("training:cohort", cohort_id)


def enrol(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    found, by = led_cohort(request, cohort_id), person_of(request)
    allow(policy.may_run(by, found))
    posts = {f"{each.person_id}|{each.team_id}": each for each in _who_can(found)}
    form = Enrolling(request.POST or None, people=[(key, _named(post)) for key, post in posts.items()])
    if request.method == "POST" and form.is_valid():
        for key in form.cleaned_data["people"]:
            post, first_day = posts[key], form.cleaned_data["joined_on"]
            assert post.team is not None
            leading.enrol(by=by, cohort=found, person=post.person, team=post.team, joined_on=first_day)
        return redirect("training:cohort", cohort_id)
    return render(request, "training/enrol.html", {"cohort": found, "form": form, "nobody": not posts})


def _who_can(found: Cohort) -> Any:
    teams = found.teams.values("team_id")
    inside = found.enrolments.filter(left_at=None).values("person_id")
    able = Post.objects.filter(team_id__in=teams, ended_at=None, role__in=policy.LEARNS).exclude(person_id__in=inside)
    return able.select_related("person", "team").order_by("team__name", "person__name")


def _named(post: Post) -> str:
    assert post.team is not None
    return f"{post.person.name} · {post.get_role_display()} · {post.team.name}"


def lead_along(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """Somebody who leads along, with their hours."""
    found, by = led_cohort(request, cohort_id), person_of(request)
    allow(policy.may_run(by, found))
    at_work = Q(posts__organisation=found.organisation, posts__ended_at=None)
    people = Person.objects.filter(at_work).exclude(pk=by.pk).distinct().order_by("name")
    form = Leading(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        leading.add_lead(by=by, cohort=found, **form.cleaned_data)
        return redirect("training:cohort", cohort_id)
    return render(request, "training/lead_along.html", {"cohort": found, "form": form})


@require_POST
def end_lead(request: HttpRequest, cohort_id: uuid.UUID, lead_id: uuid.UUID) -> HttpResponse:
    found = led_cohort(request, cohort_id)
    lead = get_object_or_404(found.leads.select_related("cohort__organisation"), pk=lead_id)
    leading.end_lead(by=person_of(request), lead=lead)
    return redirect("training:cohort", cohort_id)


def record(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """For the learning record of the organisation, as xAPI statements: of learners who let it have them."""
    found, by = led_cohort(request, cohort_id), person_of(request)
    allow(policy.may_run(by, found))
    noted(by, "trainer", "exported", "cohort", found.pk, ["xapi"])
    answer = JsonResponse(statements.for_the_record(found), safe=False, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="kring-xapi.json"'
    return answer


def readiness(request: HttpRequest, cohort_id: uuid.UUID, team_id: uuid.UUID) -> HttpResponse:
    """The check of one team, filled in together and kept up to date."""
    found, by = led_cohort(request, cohort_id), person_of(request)
    team = get_object_or_404(Team, pk=team_id, pk__in=found.teams.values("team_id"))
    check = found.readiness.filter(team=team).select_related("part_version").first()
    version = check.part_version if check else _part_of(found, PartKind.READINESS)
    allow(version is not None)
    assert version is not None
    items = version.content["items"]
    form = Readiness(request.POST or None, instance=check or ReadinessCheck(), items=items)
    if request.method == "POST" and form.is_valid():
        try:
            leading.check_readiness(
                by=by, cohort=found, team=team, part_version=version, version=form.cleaned_data["version"],
                answers=form.answers(), note=form.cleaned_data["note"],
            )  # fmt: skip
            return redirect("training:cohort", cohort_id)
        except Stale as stale:
            form.show_both(stale)
    page = {"cohort": found, "team": team, "form": form, "said": content.words(version.content)}
    return render(request, "training/readiness.html", page)


def _part_of(found: Cohort, kind: PartKind) -> PartVersion | None:
    placed = found.programme_version.placed.filter(part__kind=kind).select_related("part_version").order_by("order")
    first = placed.first()
    return first.part_version if first else None


def _experts(found: Cohort) -> Any:
    post = Q(posts__role=Role.EXPERIENCE_EXPERT, posts__organisation=found.organisation, posts__ended_at=None)
    leads = Q(leads_cohorts__cohort=found, leads_cohorts__role="experience_expert", leads_cohorts__ended_at=None)
    return Person.objects.filter(post | leads).distinct().order_by("name")


def new_workshop(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    found = led_cohort(request, cohort_id)
    placed = found.programme_version.placed.filter(part__kind=PartKind.WORKSHOP).select_related("part_version")
    versions = [each.part_version for each in placed.order_by("order")]
    allow(bool(versions))
    form = NewWorkshop(request.POST or None, workshops=versions, experts=_experts(found))
    if request.method == "POST" and form.is_valid():
        given = form.content()
        leading.plan_workshop(
            by=person_of(request), cohort=found, id=given.pop("new_id"), part_version=given.pop("part"), **given
        )
        return redirect("training:cohort", cohort_id)
    return render(request, "training/workshop.html", {"cohort": found, "form": form, "session": None})


def _session(request: HttpRequest, cohort_id: uuid.UUID, session_id: uuid.UUID) -> WorkshopSession:
    found = led_cohort(request, cohort_id)
    there = found.sessions.filter(cancelled_at=None).select_related("part_version__part", "cohort__organisation")
    return get_object_or_404(there, pk=session_id)


def workshop(request: HttpRequest, cohort_id: uuid.UUID, session_id: uuid.UUID) -> HttpResponse:
    session = _session(request, cohort_id, session_id)
    allow(session.held_at is None)
    form = Workshop(request.POST or None, instance=session, experts=_experts(session.cohort))
    if request.method == "POST" and form.is_valid():
        try:
            leading.change_workshop(
                by=person_of(request), session=session, version=form.cleaned_data["version"], **form.content()
            )
            return redirect("training:cohort", cohort_id)
        except Stale as stale:
            form.show_both(stale)
    page = {"cohort": session.cohort, "form": form, "session": session}
    return render(request, "training/workshop.html", page)


@require_POST
def cancel_workshop(request: HttpRequest, cohort_id: uuid.UUID, session_id: uuid.UUID) -> HttpResponse:
    leading.cancel_workshop(by=person_of(request), session=_session(request, cohort_id, session_id))
    messages.success(request, _("The workshop is cancelled. Tell who would come."))
    return redirect("training:cohort", cohort_id)


def attendance(request: HttpRequest, cohort_id: uuid.UUID, session_id: uuid.UUID) -> HttpResponse:
    """Who came. It can be mended afterwards."""
    session = _session(request, cohort_id, session_id)
    people = session.cohort.enrolments.filter(left_at=None).select_related("person", "team").order_by("person__name")
    if request.method == "POST":
        chosen = set(request.POST.getlist("came"))
        came = [each.pk for each in people if str(each.pk) in chosen]
        leading.note_attendance(by=person_of(request), session=session, came=came)
        return redirect("training:cohort", cohort_id)
    there = set(session.attendance.filter(came=True).values_list("enrolment_id", flat=True))
    page = {"cohort": session.cohort, "session": session, "people": people, "there": there}
    page["title"] = content.title(session.part_version.content)
    return render(request, "training/attendance.html", page)


def _learner(request: HttpRequest, cohort_id: uuid.UUID, enrolment_id: uuid.UUID) -> Enrolment:
    found = led_cohort(request, cohort_id)
    people = found.enrolments.select_related("person", "team", "cohort__organisation", "cohort__programme_version")
    return get_object_or_404(people, pk=enrolment_id, left_at=None)


def learner(request: HttpRequest, cohort_id: uuid.UUID, enrolment_id: uuid.UUID) -> HttpResponse:
    """One learner as a trainer sees them: parts done, whether they came, the certificate. No answers, no scores."""
    found, by = _learner(request, cohort_id, enrolment_id), person_of(request)
    saw(by, "trainer", "learner", found.pk)
    page: dict[str, Any] = {"enrolment": found, "cohort": found.cohort, "lines": reading.course_lines(found)}
    page["still"] = [content.title(each.part_version.content) for each in reading.still_to_do(found)]
    page["certificates"] = found.certificates.filter(withdrawn_at=None).order_by("-issued_on")
    page["runs"] = policy.may_run(by, found.cohort)
    return render(request, "training/learner.html", page)


@require_POST
def certify(request: HttpRequest, cohort_id: uuid.UUID, enrolment_id: uuid.UUID) -> HttpResponse:
    leading.certify(by=person_of(request), enrolment=_learner(request, cohort_id, enrolment_id))
    messages.success(request, _("The certificate is given."))
    return redirect("training:learner", cohort_id, enrolment_id)


@require_POST
def leave(request: HttpRequest, cohort_id: uuid.UUID, enrolment_id: uuid.UUID) -> HttpResponse:
    leading.leave(by=person_of(request), enrolment=_learner(request, cohort_id, enrolment_id))
    return redirect("training:cohort", cohort_id)
