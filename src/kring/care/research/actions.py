"""Every write of the room. A study is made by a researcher and opened by an administrator; a client answers."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from kring.care.audit.actions import record
from kring.care.circles.models import Circle
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Task
from kring.care.circles.trail import wrote
from kring.care.people.models import Organisation, Person, Role
from kring.care.people.work import AtWork
from kring.care.research import files, policy, pseudonyms
from kring.care.research.models import Consent, Edition, Export, Included, Study
from kring.care.second_guard import lifted
from kring.care.stored import allow, save_if_unchanged

CONTENT = (
    "title_nl", "title_en", "purpose_nl", "purpose_en", "responsible", "contact", "reference", "measures", "columns",
    "from_on", "until_on", "threshold", "threshold_reason",
)  # fmt: skip


def _line(by: Person, verb: str, study: Study, role: Role = Role.RESEARCHER) -> None:
    actor = AtWork(by, role.value)
    rule = f"{role.value} {study.organisation_id}"
    record(by=actor, verb=verb, thing="study", thing_id=study.pk, rule=rule)


@transaction.atomic
def make_study(*, by: Person, organisation: Organisation, id: uuid.UUID, **content: Any) -> Edition:
    """A draft that nobody is asked yet. A second click finds the first."""
    allow(policy.may_ask(by, organisation))
    study, new = Study.objects.get_or_create(id=id, defaults={"organisation": organisation, "made_by": by})
    allow(study.organisation_id == organisation.pk)
    if not new:
        return study.editions.earliest("number")
    edition = Edition.objects.create(study=study, **content)
    _line(by, "added", study)
    return edition


@transaction.atomic
def change(*, by: Person, edition: Edition, version: int, **content: Any) -> Edition:
    """Other words in a draft. What was offered to the administrator has to be offered again."""
    allow(policy.may_change(by, edition.study) and edition.opened_at is None)
    save_if_unchanged(edition, version, content)
    Edition.objects.filter(pk=edition.pk, opened_at=None).update(offered_at=None)
    _line(by, "changed", edition.study)
    return edition


@transaction.atomic
def begin_edition(*, by: Person, study: Study) -> Edition:
    """A draft that begins as a copy of what is open. The open one goes on until the new one is opened."""
    allow(policy.may_change(by, study))
    draft = study.editions.filter(opened_at=None).first()
    if draft is not None:
        return draft
    last = study.editions.latest("number")
    copied = {name: getattr(last, name) for name in CONTENT}
    edition = Edition.objects.create(study=study, number=last.number + 1, **copied)
    _line(by, "changed", study)
    return edition


@transaction.atomic
def offer(*, by: Person, edition: Edition, back: bool = False) -> None:
    """Ready for the administrator to open, or not after all."""
    allow(policy.may_change(by, edition.study) and edition.opened_at is None)
    Edition.objects.filter(pk=edition.pk, opened_at=None).update(offered_at=None if back else timezone.now())
    _line(by, "withdrew" if back else "offered", edition.study)


@transaction.atomic
def open_edition(*, by: Person, edition: Edition, version: int) -> None:
    """From here on clients are asked. `version` is the text that the administrator read; another one is not opened."""
    from kring.care.research import jobs  # which needs this module

    allow(policy.may_open(by, edition))
    now = timezone.now()
    Edition.objects.filter(study=edition.study_id, opened_at__isnull=False, replaced_at=None).update(replaced_at=now)
    read = Edition.objects.filter(pk=edition.pk, version=version, opened_at=None, offered_at__isnull=False)
    allow(bool(read.update(opened_at=now, opened_by=by)))
    _forget_files(Export.objects.filter(edition__study=edition.study_id))
    jobs.announce.enqueue(str(edition.pk))
    _line(by, "opened", edition.study, Role.ADMINISTRATOR)


@transaction.atomic
def end_study(*, by: Person, study: Study) -> None:
    """Nobody is asked any more, and no table is made. What clients answered stays with them."""
    allow(policy.may_end(by, study))
    Study.objects.filter(pk=study.pk, ended_at=None).update(ended_at=timezone.now())
    _forget_files(Export.objects.filter(edition__study=study))
    _line(by, "ended", study, Role.ADMINISTRATOR if policy.runs(by, study) else Role.RESEARCHER)


@transaction.atomic
def answer(*, by: Seat, edition: Edition, yes: bool, way: str = "", said_on: dt.date | None = None) -> Consent:
    """The client says yes or no, in place of an earlier answer. A no after a yes takes the yes back.

    `way` and `said_on`: in a circle on paper, how and on which day the client said so to whoever writes it down.
    """
    allow(policy.asks(edition, by))
    on_paper = policy.writes_down(by)
    allow(on_paper == bool(way) == (said_on is not None))
    allow(said_on is None or said_on <= timezone.localdate())
    _one_at_a_time(edition)
    standing = Consent.objects.filter(circle_id=by.circle_id, edition=edition, revoked_at=None).first()
    if standing is not None and standing.answer == ("yes" if yes else "no"):  # a double click
        return standing
    _end(by, edition)
    team = Circle.objects.values_list("team_id", flat=True).get(pk=by.circle_id)
    given = Consent.objects.create(
        circle_id=by.circle_id, edition=edition, team_id=team,
        title=edition.title_nl if get_language() == "nl" else edition.title_en,
        responsible=edition.responsible, contact=edition.contact, edition_number=edition.number,
        answer="yes" if yes else "no", way=way, said_on=said_on, written_by_id=by.person_id if on_paper else None,
    )  # fmt: skip
    _wrote(by, "agreed to research" if yes else "declined research", edition, [way, str(said_on)] if on_paper else [])
    return given


@transaction.atomic
def take_back(*, by: Seat, edition: Edition) -> None:
    """At once and without a reason: no later table holds this client, and one that waits here is thrown away."""
    allow(policy.may_answer(by))
    _one_at_a_time(edition)
    if _end(by, edition):
        _wrote(by, "took back research", edition, ["spoken"] if policy.writes_down(by) else [])


def _wrote(by: Seat, verb: str, edition: Edition, how: list[str]) -> None:
    """A client on paper: the line says who wrote it down, and how the client said it."""
    rule = by.tasks.get(Task.PROGRESS, "") if how else ""
    said = f"{verb} on paper" if how else verb
    wrote(by, said, "study", edition.study_id, fields=how, rule=rule)


def _one_at_a_time(edition: Edition) -> None:
    """Answers and the publishing of tables of one study wait for one another, so no table slips out in between."""
    Study.objects.select_for_update().get(pk=edition.study_id)


def _end(by: Seat, edition: Edition) -> bool:
    """End what stands; tables with this client that wait here are thrown away, whether or not they were taken."""
    standing = Consent.objects.filter(circle_id=by.circle_id, edition=edition, revoked_at=None)
    ended = bool(standing.update(revoked_at=timezone.now()))
    if ended:
        holding = Included.objects.filter(circle_id=by.circle_id, export__edition=edition)
        _forget_files(Export.objects.filter(pk__in=holding.values("export")))
    return ended


def _forget_files(exports: Any) -> None:
    """Throw away what waits to be downloaded, once this transaction is committed."""
    found = list(exports.filter(finished_at__isnull=False, removed_at=None).values_list("pk", flat=True))
    Export.objects.filter(pk__in=found).update(removed_at=timezone.now())
    transaction.on_commit(lambda: files.remove(found))


@transaction.atomic
def start_export(*, by: Person, edition: Edition, id: uuid.UUID) -> Export:
    """Queue the making of a table. While one is being made there is no second."""
    from kring.care.research import jobs  # which needs this module

    allow(policy.may_export(by, edition))
    running = Export.objects.filter(edition=edition, finished_at=None, failed_at=None).first()
    found = Export.objects.filter(pk=id).first() or running
    if found is not None:
        allow(found.edition_id == edition.pk)
        return found
    export = Export.objects.create(id=id, edition=edition, made_by=by, sealed_key=pseudonyms.seal(pseudonyms.new_key()))
    jobs.make.enqueue(str(export.pk))
    _line(by, "began export", edition.study)
    return export


@lifted("whether somebody took their yes back is asked over circles in which a researcher has no seat")
@transaction.atomic
def take(*, by: Person, export: Export) -> bool:
    """Note that a file leaves. False when it may not leave any more: someone took their yes back, or it is gone."""
    allow(policy.exports_visible_to(by).filter(pk=export.pk).exists())
    Study.objects.select_for_update().get(pk=export.edition.study_id)
    export.refresh_from_db()
    if export.finished_at is None or export.removed_at is not None or not all_stand(export):
        return False
    Export.objects.filter(pk=export.pk, taken_at=None).update(taken_at=timezone.now())
    _line(by, "took export", export.edition.study)
    return True


@lifted("who took their yes back is asked over circles in which a researcher has no seat; only pseudonyms come out")
def to_delete(*, by: Person, export: Export) -> list[str] | None:
    """The pseudonyms in a table that was taken, of clients who have since taken their yes back or left Kring. None
    when nobody can tell any more, because its key was thrown away.
    """
    allow(policy.exports_visible_to(by).filter(pk=export.pk).exists())
    if export.taken_at is None:
        return []
    key = pseudonyms.unseal(export.sealed_key)
    if key is None:
        return None
    names = pseudonyms.Pseudonyms(key)
    gone = Included.objects.filter(export=export).exclude(circle_id__in=policy.not_taken_back(export.edition))
    return sorted(names.of("person", circle_id) for circle_id in gone.values_list("circle_id", flat=True).iterator())


def all_stand(export: Export) -> bool:
    """Whether everybody whose rows are in the table still says yes, to the edition that is open."""
    if not Edition.objects.filter(pk=export.edition_id, replaced_at=None, study__ended_at=None).exists():
        return False
    yes = policy.standing_yes(export.edition).values("circle_id")
    return not Included.objects.filter(export=export).exclude(circle_id__in=yes).exists()
