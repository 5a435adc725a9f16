"""Every address of the room research, with the answer that each kind of person gets."""

import uuid
from typing import Any

from django.utils import timezone

from tests.care.routes import Row, answers, once, only_client, row


@once
def an_edition(cast: Any) -> uuid.UUID:
    """An open study that asks Noor."""
    from tests.care.research import study

    return study.opened(cast).pk


def the_study(cast: Any) -> uuid.UUID:
    from kring.care.research.models import Edition

    return Edition.objects.get(pk=an_edition(cast)).study_id


@once
def a_draft(cast: Any) -> uuid.UUID:
    """A study that waits to be opened."""
    from kring.care.research import actions
    from kring.care.research.models import Edition
    from tests.care.research import study

    edition = study.drafted(cast)
    actions.offer(by=cast.rik, edition=edition)
    return Edition.objects.get(pk=edition.pk).study_id


@once
def a_table(cast: Any) -> uuid.UUID:
    """A table whose files are gone."""
    from kring.care.research.models import Export

    now = timezone.now()
    told = {"columns": [], "measures": []}
    return Export.objects.create(
        edition_id=an_edition(cast), made_by=cast.rik, finished_at=now, removed_at=now, told=told
    ).pk


OPEN, DRAFT, TABLE = {"study_id": the_study}, {"study_id": a_draft}, {"export_id": a_table}
READERS = answers(researcher=200, administrator=200)
ROUTES: dict[str, Row] = {
    "research:studies": row(READERS),
    "research:new": row(answers(researcher=302)),  # to the same address with an id of what will be made
    "research:study": row(READERS, given=OPEN),
    "research:begin": row(answers(researcher=302), "post", given=OPEN),
    "research:change": row(answers(researcher=200), given=DRAFT),
    "research:offer": row(answers(researcher=302), "post", given=DRAFT),
    "research:open": row(answers(administrator=302), "post", lambda cast: {"version": "1"}, given=DRAFT),
    "research:end": row(answers(researcher=302, administrator=302), "post", given=OPEN),
    "research:make": row(answers(researcher=302), "post", lambda cast: {"new_id": uuid.UUID(int=7)}, given=OPEN),
    "research:table": row(answers(researcher=200), given=TABLE),
    "research:file": row(  # to a fresh sign-in first
        answers(researcher=302), given={**TABLE, "name": lambda _: "outcomes.csv"}
    ),
    "circle_research:asked": row(only_client()),
    "circle_research:study": row(only_client(), given={"edition_id": an_edition}),
}
