"""Making a study, and opening it: the pages of researchers and administrators."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.forms import address_with_id, as_edit, differs, id_in_address
from kring.care.people.models import Person
from kring.care.research import actions, policy
from kring.care.research.columns import chosen
from kring.care.research.forms import ChangeStudy, NewStudy, measure_names
from kring.care.research.models import Edition, Study
from kring.care.stored import Stale, allow


def person_of(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]


def study_or_404(request: HttpRequest, study_id: uuid.UUID) -> Study:
    visible = policy.studies_visible_to(person_of(request)).select_related("organisation")
    return get_object_or_404(visible, pk=study_id)


def draft_of(study: Study) -> Edition | None:
    return study.editions.filter(opened_at=None).first()


def open_of(study: Study) -> Edition | None:
    """What clients are asked now; of a study that ended, what they were asked last."""
    return study.editions.filter(opened_at__isnull=False, replaced_at=None).first()


def overview(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    allow(policy.may_enter(person))
    studies = policy.studies_visible_to(person).select_related("organisation").order_by("-created_at")
    shown = [(study, open_of(study), draft_of(study)) for study in studies]
    page = {"studies": shown, "organisations": policy.organisations_researched_by(person)}
    return render(request, "research/studies.html", page)


def new(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    person = person_of(request)
    organisation = get_object_or_404(policy.organisations_researched_by(person), pk=organisation_id)
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    form = NewStudy(request.POST or None, initial={"new_id": new_id, "responsible": organisation.name})
    if request.method == "POST" and form.is_valid():
        asked = {"id": form.cleaned_data["new_id"], **form.content()}
        made = actions.make_study(by=person, organisation=organisation, **asked)
        if differs(made, form.content()):
            return change(as_edit(request), made.study_id)
        return redirect("research:study", made.study_id)
    return render(request, "research/form.html", {"form": form, "study": None})


def study(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    """What is asked, how far it is, and what one may do with it."""
    found, person = study_or_404(request, study_id), person_of(request)
    current, draft = open_of(found), draft_of(found)
    if draft is not None and draft.offered_at is None and not policy.may_ask(person, found.organisation):
        draft = None  # an administrator reads what was offered
    page = {
        "study": found, "current": current, "draft": draft, "editions": [one for one in (draft, current) if one],
        "measures": measure_names, "columns": lambda edition: chosen(edition.columns),
        "may_change": policy.may_change(person, found), "may_end": policy.may_end(person, found),
        "may_open": draft is not None and policy.may_open(person, draft), "runs": policy.runs(person, found),
        "may_export": current is not None and policy.may_export(person, current), "new_id": uuid.uuid4(),
        "tables": policy.exports_visible_to(person).filter(edition__study=found).select_related("made_by", "edition")
        .order_by("-created_at"),
    }  # fmt: skip
    return render(request, "research/study.html", page)


def change(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    """Other words, in the draft only: what clients answered to stays as it was."""
    found = study_or_404(request, study_id)
    draft = draft_of(found)
    allow(policy.may_change(person_of(request), found) and draft is not None)
    assert draft is not None
    form = ChangeStudy(request.POST or None, instance=draft)
    if request.method == "POST" and form.is_valid():
        stored = Edition.objects.select_related("study__organisation").get(pk=draft.pk)
        try:
            actions.change(
                by=person_of(request), edition=stored, version=form.cleaned_data["version"], **form.content()
            )
            return redirect("research:study", study_id)
        except Stale as stale:
            form.show_both(stale)
    return render(request, "research/form.html", {"form": form, "study": found})


@require_POST
def begin(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    actions.begin_edition(by=person_of(request), study=study_or_404(request, study_id))
    return redirect("research:change", study_id)


@require_POST
def offer(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    back = "back" in request.POST
    words = _("The administrator cannot open this any more.") if back else _("An administrator can open this now.")
    return _with_draft(
        request, study_id, lambda edition: actions.offer(by=person_of(request), edition=edition, back=back), words
    )


@require_POST
def open_it(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    version = request.POST.get("version", "")
    allow(version.isdigit())
    return _with_draft(
        request, study_id,
        lambda edition: actions.open_edition(by=person_of(request), edition=edition, version=int(version)),
        _("Clients are asked from now on."),
    )  # fmt: skip


def _with_draft(request: HttpRequest, study_id: uuid.UUID, act: Callable[[Edition], None], words: str) -> HttpResponse:
    draft = draft_of(study_or_404(request, study_id))
    allow(draft is not None)
    assert draft is not None
    act(draft)
    messages.success(request, words)
    return redirect("research:study", study_id)


@require_POST
def end(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    actions.end_study(by=person_of(request), study=study_or_404(request, study_id))
    messages.success(request, _("The study has ended. Nobody is asked any more."))
    return redirect("research:study", study_id)
