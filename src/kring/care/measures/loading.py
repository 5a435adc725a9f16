"""The texts of instruments that an organisation may use: checked whole, kept with the licence, never repaired."""

from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from kring.care.audit.actions import AtCommandLine, record
from kring.care.measures.instruments.faults import refuse
from kring.care.measures.instruments.questionnaire import Loaded, read, read_text
from kring.care.measures.models import LoadedInstrument
from kring.care.people.models import Organisation

LICENCE_LENGTH = 2000


@transaction.atomic
def load_text(*, organisation: Organisation, content: bytes, licence: str) -> list[LoadedInstrument]:
    """Take a Questionnaire into use for this organisation, once per language; Refused with every fault otherwise.

    An older text of the same version and language is ended, and kept: what was filled in with it can still be read.
    """
    if not licence.strip() or len(licence) > LICENCE_LENGTH:
        what = f"the licence has {len(licence.strip())} characters."
        raise refuse("licence", what, "licence", f"Say in 1 to {LICENCE_LENGTH} characters by what right it is used.")
    loaded = read_text(content)
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # two loads at once wait for each other
    return [_kept(loaded, language, organisation, licence.strip()) for language in loaded.languages]


def _kept(loaded: Loaded, language: str, organisation: Organisation, licence: str) -> LoadedInstrument:
    same = {"code": loaded.definition.code, "version": loaded.definition.version, "language": language}
    older = LoadedInstrument.objects.filter(organisation=organisation, ended_at=None, **same)
    older.update(ended_at=timezone.now())
    kept = LoadedInstrument.objects.create(
        organisation=organisation, resource=dict(loaded.document), licence=licence, **same
    )
    fields = ["resource", "licence"]
    record(by=AtCommandLine(), verb="added", thing="instrument", thing_id=kept.pk, fields=fields, rule="command line")
    return kept


@lru_cache(maxsize=64)
def whole(kept: LoadedInstrument) -> Loaded:
    """A text that was taken into use: the scoring definition with its words, and what it calculates itself.

    Remembered by row: rows are the same when their ids are, and a text never changes after it was taken into use.
    """
    return read(kept.resource)


def of_name(name: str) -> Organisation:
    """The organisation of this name; Refused names those that there are."""
    found = list(Organisation.objects.filter(name=name, ended_at=None))
    if len(found) == 1:
        return found[0]
    names = sorted(Organisation.objects.filter(ended_at=None).values_list("name", flat=True))
    what = f"{len(found) or 'no'} organisations are named {name!r}."
    raise refuse("organisation", what, "organisation", f"There are: {', '.join(names) or 'none yet'}.")
