"""Tables: making one, seeing what leaves before it leaves, taking it, and whom to delete from an earlier one."""

import csv
import itertools
import time
import uuid

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.people.entering import DEMO_LINK
from kring.care.research import actions, files, policy
from kring.care.research.columns import COLUMNS
from kring.care.research.forms import measure_names
from kring.care.research.models import Export
from kring.care.research.views.studies import open_of, person_of, study_or_404
from kring.care.stored import Denied, allow, id_or_404

SHOWN = 12
"""Rows of the file that stand on its page."""
FRESH = 300
"""For so many seconds after signing in (again) a file can be taken."""


def table_or_404(request: HttpRequest, export_id: uuid.UUID) -> Export:
    visible = policy.exports_visible_to(person_of(request))
    return get_object_or_404(visible.select_related("edition__study__organisation", "made_by"), pk=export_id)


@require_POST
def make(request: HttpRequest, study_id: uuid.UUID) -> HttpResponse:
    current = open_of(study_or_404(request, study_id))
    allow(current is not None)
    assert current is not None
    found = actions.start_export(by=person_of(request), edition=current, id=id_or_404(request.POST.get("new_id", "")))
    return redirect("research:table", found.pk)


def table(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    """How far it is, or what is in it: exactly what would leave."""
    export = table_or_404(request, export_id)
    waits = export.finished_at is not None and export.removed_at is None
    page = {
        "export": export, "edition": export.edition, "study": export.edition.study, "waits": waits,
        "head": _head(export) if waits else [], "columns": {one.name: one.words for one in COLUMNS},
        "names": list(export.told.get("bytes", {})), "measures": measure_names(export.told.get("measures", [])),
        "left_out": _left_out(export), "percent": _percent(export),
        "gone": actions.to_delete(by=person_of(request), export=export),
        "may_export": policy.may_export(person_of(request), export.edition),
    }  # fmt: skip
    return render(request, "research/table.html", page)


def _head(export: Export) -> list[list[str]]:
    """The header and the first rows of the file itself."""
    try:
        with (files.folder(export.pk) / "outcomes.csv").open(encoding="utf-8", newline="") as file:
            return list(itertools.islice(csv.reader(file), SHOWN + 1))
    except FileNotFoundError:
        return []


def _left_out(export: Export) -> list[str]:
    """Which scores at which moments have too few clients, as the page says it."""
    months: dict[str, list[str]] = {}
    for code, month in export.told.get("left_out", []):
        months.setdefault(code, []).append(str(month))
    named = zip(measure_names(list(months)), months.values(), strict=True)
    return [_("%(measure)s: month %(months)s") % {"measure": name, "months": ", ".join(each)} for name, each in named]


def _percent(export: Export) -> int:
    """Everybody is read twice, or three times: then it stands at 99 for a while."""
    return min(99, export.clients_done * 100 // (2 * export.clients)) if export.clients else 0


def file(request: HttpRequest, export_id: uuid.UUID, name: str) -> HttpResponseBase:
    """A file leaves: after a fresh sign-in, and only while everybody in it still says yes."""
    export = table_or_404(request, export_id)
    if name not in files.NAMES or export.finished_at is None:
        raise Denied
    if not _fresh(request):
        return _sign_in_again(request, export_id)
    place = files.folder(export_id) / name
    if not actions.take(by=person_of(request), export=export) or not place.exists():
        messages.warning(request, _("This table may not leave any more. Make a new one."))
        return redirect("research:table", export_id)
    answer = FileResponse(place.open("rb"), as_attachment=True, filename=name, content_type=files.NAMES[name])
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _fresh(request: HttpRequest) -> bool:
    """Some step of signing in was taken a few minutes ago. In the demo a printed link is all that one has."""
    records = get_authentication_records(request, request.user)
    demo = settings.DEMO and any(record["method"] == DEMO_LINK for record in records)
    return demo or time.time() - max((record["at"] for record in records), default=0) < FRESH


def _sign_in_again(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    """To the second step, and back to the table: a download that starts by itself would surprise."""
    back = reverse("research:table", args=[export_id])
    if is_mfa_enabled(request.user):
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")
    messages.warning(request, _("Sign out first, and sign in again. Then take the table within five minutes."))
    return redirect(back)  # whoever comes in by an institution takes the second step there
