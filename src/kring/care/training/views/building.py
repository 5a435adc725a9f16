"""Trainers build programmes from versioned parts. Somebody who only leads a cohort along finds that cohort here."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.forms import address_with_id, id_in_address
from kring.care.people.models import Organisation
from kring.care.people.policy import trains_in
from kring.care.stored import Denied, allow, id_or_404
from kring.care.training import content, library, policy
from kring.care.training.actions import building
from kring.care.training.forms import NewPart, NewProgramme, PartWords, Placing
from kring.care.training.models import Part, PartVersion, Programme, ProgrammeVersion
from kring.care.training.trail import saw
from kring.care.training.views.door import own_programme, person_of, shelf_part
from kring.care.training.views.learner import part_page


def organisation_of(request: HttpRequest) -> Organisation:
    """The organisation that this trainer trains in. With more than one, the page says which (`?at=`)."""
    run = trains_in(person_of(request)).order_by("name")
    asked = request.GET.get("at")
    found = run.filter(pk=id_or_404(asked)).first() if asked else run.first()
    if found is None:
        raise Denied
    return found


def lead(request: HttpRequest) -> HttpResponse:
    """Programmes and cohorts."""
    person = person_of(request)
    cohorts = policy.cohorts_visible_to(person).select_related("programme_version").order_by("-starts_on", "name")
    allow(trains_in(person).exists() or cohorts.exists())
    programmes = policy.programmes_visible_to(person).select_related("organisation").order_by("created_at")
    page: dict[str, Any] = {"organisations": trains_in(person).order_by("name"), "new_id": uuid.uuid4}
    page["programmes"] = [(each, _newest(each)) for each in programmes]
    page["cohorts"] = [(each, content.title(each.programme_version.content)) for each in cohorts]
    return render(request, "training/lead.html", page)


def _newest(programme: Programme) -> tuple[str, bool]:
    """The title, and whether some version of it is published."""
    last = programme.versions.order_by("-number").first()
    return (content.title(last.content) if last else "", building.published(programme) is not None)


@require_POST
def from_library(request: HttpRequest) -> HttpResponse:
    new_id = id_or_404(request.POST.get("new_id", ""))
    made = building.from_library(by=person_of(request), organisation=organisation_of(request), id=new_id)
    return redirect("training:programme", made.pk)


def new_programme(request: HttpRequest) -> HttpResponse:
    organisation = organisation_of(request)
    form = NewProgramme(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = building.new_programme(
            by=person_of(request), organisation=organisation, id=form.cleaned_data["new_id"], **form.given()
        )
        return redirect("training:programme", made.pk)
    return render(request, "training/new_programme.html", {"form": form})


def programme(request: HttpRequest, programme_id: uuid.UUID) -> HttpResponse:
    """The draft, if there is one, else what is published."""
    found = own_programme(request, programme_id)
    draft, published = building.draft_of(found), building.published(found)
    version = draft or published
    assert version is not None
    saw(person_of(request), "trainer", "programme", found.pk)
    page: dict[str, Any] = {"programme": found, "draft": draft, "published": published}
    page["said"] = content.words(version.content)
    page["lines"] = [(each, content.title(each.part_version.content)) for each in _placed(version)]
    page["newer"] = _newer_versions(version) if draft else []
    return render(request, "training/programme.html", page)


def _placed(version: ProgrammeVersion) -> Any:
    return version.placed.select_related("part", "part_version").order_by("order")


def _newer_versions(draft: ProgrammeVersion) -> list[PartVersion]:
    """Parts of which a newer version stands on the shelf than in this draft."""
    newest = {each.part_id: each for each in _latest([placed.part for placed in _placed(draft)])}
    return [newest[each.part_id] for each in _placed(draft) if newest[each.part_id].number > each.part_version.number]


def _latest(parts: Any) -> list[PartVersion]:
    """The newest version of each part."""
    found: dict[uuid.UUID, PartVersion] = {}
    versions = PartVersion.objects.filter(part__in=parts).select_related("part").order_by("number")
    for each in versions:
        found[each.part_id] = each
    return list(found.values())


@require_POST
def draft(request: HttpRequest, programme_id: uuid.UUID) -> HttpResponse:
    building.begin_draft(by=person_of(request), programme=own_programme(request, programme_id))
    return redirect("training:programme", programme_id)


@require_POST
def publish(request: HttpRequest, programme_id: uuid.UUID) -> HttpResponse:
    found = own_programme(request, programme_id)
    draft_there = building.draft_of(found)
    if draft_there is not None and not draft_there.placed.exists():
        messages.warning(request, _("Put a part in it first."))
        return redirect("training:programme", programme_id)
    building.publish(by=person_of(request), programme=found)
    messages.success(request, _("Published. Cohorts that run keep their version until you move them."))
    return redirect("training:programme", programme_id)


def place(request: HttpRequest, programme_id: uuid.UUID) -> HttpResponse:
    """Choose a part for the draft."""
    found = own_programme(request, programme_id)
    allow(building.draft_of(found) is not None)
    if not Part.objects.filter(organisation=None).exists():
        library.on_the_shelf()
    versions = _latest(policy.parts_for(person_of(request), found))
    versions.sort(key=lambda each: (each.part.kind, content.title(each.content)))
    form = Placing(request.POST or None, versions=versions)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        building.place(by=person_of(request), programme=found, part_version=given.pop("part"), **given)
        return redirect("training:programme", programme_id)
    return render(request, "training/place.html", {"programme": found, "form": form})


@require_POST
def rearrange(request: HttpRequest, programme_id: uuid.UUID, part_id: uuid.UUID) -> HttpResponse:
    """Up, down, out, or the newest version of a part."""
    found, part = own_programme(request, programme_id), shelf_part(request, part_id)
    how, by = request.POST.get("how"), person_of(request)
    if how == "out":
        building.take_out(by=by, programme=found, part=part)
    elif how == "newest":
        placed = building.draft_of(found)
        here = get_object_or_404(placed.placed, part=part) if placed else None
        allow(here is not None)
        assert here is not None
        building.place(
            by=by, programme=found, part_version=_latest([part])[0], after_days=here.after_days, required=here.required
        )
    else:
        building.move(by=by, programme=found, part=part, up=how == "up")
    return redirect("training:programme", programme_id)


def part(request: HttpRequest, part_id: uuid.UUID) -> HttpResponse:
    """A part as learners see it, with its versions."""
    found = shelf_part(request, part_id)
    versions = list(found.versions.order_by("-number"))
    page = part_page(versions[0]) | {"part": found, "versions": versions, "new_id": uuid.uuid4}
    page["organisations"] = trains_in(person_of(request)).order_by("name")
    page["may_change"] = policy.may_change_part(person_of(request), found)
    page["questions"] = [(content.words(each), each) for each in content.questions(versions[0].content)]
    page["items"] = [content.in_words(each) for each in versions[0].content.get("items", [])]
    return render(request, "training/part.html", page)


def new_part(request: HttpRequest) -> HttpResponse:
    """First the kind, then the words."""
    organisation, by = organisation_of(request), person_of(request)
    kind = request.GET.get("kind", "")
    chosen = NewPart(request.GET if kind else None)
    if not kind or "kind" in chosen.errors:
        return render(request, "training/new_part.html", {"form": NewPart(), "at": organisation})
    if id_in_address(request) is None:
        return redirect(address_with_id(request))
    form = PartWords(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        new_id = id_in_address(request)
        assert new_id is not None
        made = form.content(by.language)
        found = building.new_part(by=by, organisation=organisation, id=new_id, kind=kind, content=made)
        return redirect("training:shelf_part", found.pk)
    return render(request, "training/part_words.html", {"form": form, "part": None})


def change_part(request: HttpRequest, part_id: uuid.UUID) -> HttpResponse:
    """A next version, in the language of whoever writes. Learners who began keep theirs."""
    found, by = shelf_part(request, part_id), person_of(request)
    allow(policy.may_change_part(by, found))
    last = found.versions.order_by("-number").first()
    assert last is not None
    lines = [content.in_words(each, by.language) for each in last.content.get("items", [])]
    known = {**content.words(last.content, by.language), "minutes": last.content.get("minutes")}
    known["items"] = "\n".join(lines)
    form = PartWords(request.POST or None, kind=found.kind, initial=known)
    if request.method == "POST" and form.is_valid():
        made = form.content(by.language, last.content)
        if made != last.content:
            building.new_version(by=by, part=found, number=last.number + 1, content=made)
        return redirect("training:shelf_part", found.pk)
    return render(request, "training/part_words.html", {"form": form, "part": found})


@require_POST
def copy_part(request: HttpRequest, part_id: uuid.UUID) -> HttpResponse:
    found, new_id = shelf_part(request, part_id), id_or_404(request.POST.get("new_id", ""))
    organisation = organisation_of(request)
    made = building.copy_part(by=person_of(request), part=found, organisation=organisation, id=new_id)
    return redirect("training:shelf_part", made.pk)
