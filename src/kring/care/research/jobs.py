"""Work that no page waits for: making a table, throwing away what waited too long, and forgetting keys."""

import datetime as dt
import json
import logging
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from kring.care import post
from kring.care.audit.actions import record
from kring.care.circles.models import Circle
from kring.care.jobs import every
from kring.care.people.models import Role
from kring.care.people.work import AtWork
from kring.care.research import dictionary, files, policy
from kring.care.research.actions import all_stand
from kring.care.research.columns import chosen
from kring.care.research.making import Made, Maker, Moved, TooFew, next_included
from kring.care.research.models import Edition, Export, Included, Study
from kring.care.research.pseudonyms import unseal
from kring.care.research.writers import publish, sha256

TRIES = 3
KEPT = dt.timedelta(days=7)
"""How long a table waits to be taken."""
KEY_KEPT = dt.timedelta(days=365)
"""How long after the end of a study one can still tell which rows to delete."""


@task()
def make(export_id: str) -> str:
    """Make the table, or say why not. All or nothing: a try that failed leaves no file and no line in any log."""
    export = Export.objects.select_related("edition__study").get(pk=export_id)
    if not export.is_running:
        return "done"  # a job may run twice
    try:
        return _tried(export)
    except TooFew:
        return _failed(export, "too few")
    except Exception:
        logging.getLogger("kring.research").exception("A table for research could not be made.")
        return _failed(export, "fault")


def _tried(export: Export) -> str:
    for _number in range(TRIES):
        try:
            if _made(export):
                return "made"
        except Moved:
            continue
    return _failed(export, "moved")


def _made(export: Export) -> bool:
    """One try; False when somebody took their yes back meanwhile."""
    key = unseal(export.sealed_key)
    assert key is not None
    maker, workshop = Maker(export, key), files.workshop(export.pk)
    shutil.rmtree(workshop, ignore_errors=True)
    clients = maker.include()
    if clients < export.edition.threshold:
        raise TooFew
    Export.objects.filter(pk=export.pk).update(clients=clients, clients_done=0)
    made = maker.write(maker.plan(_progress(export)), workshop, _progress(export))
    told = _beside(export, made, workshop)
    return _published(export, made, told, workshop)


def _progress(export: Export) -> Any:
    def told(clients: int) -> None:
        Export.objects.filter(pk=export.pk).update(clients_done=F("clients_done") + clients)

    return told


def _beside(export: Export, made: Made, workshop: Path) -> dict[str, Any]:
    """Write what goes along with the table; gives what its page says."""
    edition = export.edition
    document = dictionary.dictionary(edition, made)  # of both files, so without the digest of one of them
    (workshop / "outcomes.dictionary.json").write_text(json.dumps(document, ensure_ascii=False, indent=1))
    (workshop / "protocol.toml").write_text(dictionary.protocol(edition, made))
    (workshop / "READ-ME.txt").write_text(dictionary.read_me(edition, made))
    return {
        "clients": made.clients, "rows": made.rows, "teams": len(made.teams), "together": made.together,
        "left_out": [list(where) for where in made.left_out], "columns": [one.name for one in chosen(edition.columns)],
        "measures": sorted({code for code, _month in made.cells}), "sha256": sha256(workshop / "outcomes.csv"),
        "months": sorted({month for _code, month in made.cells}),
        "bytes": {name: (workshop / name).stat().st_size for name in files.NAMES if (workshop / name).exists()},
    }  # fmt: skip


@transaction.atomic
def _published(export: Export, made: Made, told: dict[str, Any], workshop: Path) -> bool:
    """Give the table its name, with a line in the log of every client in it; not if anybody took their yes back.

    Answers of clients wait for this transaction, and this for theirs (`actions._one_at_a_time`).
    """
    Study.objects.select_for_update().get(pk=export.edition.study_id)
    if not all_stand(export):
        shutil.rmtree(workshop, ignore_errors=True)
        return False
    _tell_clients(export, told["columns"])
    now = timezone.now()
    Export.objects.filter(pk=export.pk).update(finished_at=now, rows=made.rows, told=told, clients=made.clients)
    publish(workshop, files.folder(export.pk))
    return True


def _tell_clients(export: Export, columns: list[str]) -> None:
    """A line per client: who made a table with their rows, for which study, with which columns, by which yes."""
    given = policy.standing_yes(export.edition)
    last = uuid.UUID(int=0)
    while page := next_included(export, last):
        circles = [circle for _place, circle in page]
        for circle, client, consent in given.filter(circle_id__in=circles).values_list(
            "circle_id", "circle__client_id", "pk"
        ):
            actor = AtWork(export.made_by, Role.RESEARCHER.value, circle, client)
            record(
                by=actor, verb="took for research", thing="study", thing_id=export.edition.study_id, fields=columns,
                rule=f"study consent {consent}",
            )  # fmt: skip
        last = page[-1][0]


@transaction.atomic
def _failed(export: Export, why: str) -> str:
    shutil.rmtree(files.workshop(export.pk), ignore_errors=True)
    Included.objects.filter(export=export).delete()
    Export.objects.filter(pk=export.pk).update(failed_at=timezone.now(), failure=why, sealed_key="", clients=0)
    return why


@task()
@transaction.atomic
def announce(edition_id: str) -> str:
    """Tell clients that a question waits, once: the letters and the note that they were written are one transaction."""
    fresh = Edition.objects.filter(pk=edition_id, announced_at=None, replaced_at=None, study__ended_at=None)
    if not fresh.update(announced_at=timezone.now()):
        return "told before"
    edition = Edition.objects.select_related("study").get(pk=edition_id)
    return f"{sum(_tell(circle, edition) for circle in policy.circles_to_write_to(edition).iterator(500))} letters"


def _tell(circle: Circle, edition: Edition) -> bool:
    """Nothing of the study stands in it, not even that it is one."""
    address = post.link("circle_research:study", circle.pk, edition.pk)
    return post.send(
        to=circle.client, subject=_("Kring: a question waits for you"), template="research/mail/question.txt",
        context={"address": address},
    )  # fmt: skip


@every(dt.timedelta(hours=6))
@task()
def tidy() -> str:
    """Throw away tables that waited too long, and the keys of studies that ended a year ago."""
    now = timezone.now()
    waiting = Export.objects.filter(finished_at__lt=now - KEPT, removed_at=None)
    old = list(waiting.values_list("pk", flat=True))
    Export.objects.filter(pk__in=old).update(removed_at=now)
    files.remove(old)
    Export.objects.filter(edition__study__ended_at__lt=now - KEY_KEPT).update(sealed_key="")
    Export.objects.filter(removed_at__isnull=False, taken_at=None).update(sealed_key="")  # it never left
    _remove_orphans()
    return f"{len(old)} tables"


def _remove_orphans() -> None:
    """Folders that no table answers for: a server that stopped in the middle."""
    root = files.root()
    for name in os.listdir(root) if root.exists() else ():
        try:
            export = Export.objects.filter(pk=uuid.UUID(name.removesuffix(".making"))).first()
        except ValueError:
            continue  # not ours
        running = name.endswith(".making") and export is not None and export.is_running
        waits = export is not None and export.finished_at is not None and export.removed_at is None
        if not running and not (waits and not name.endswith(".making")):
            shutil.rmtree(root / name, ignore_errors=True)
