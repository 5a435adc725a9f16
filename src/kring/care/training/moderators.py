"""What makes clients' lives hard (work, debt, housing), as a mean of a team: a structural factor that may moderate
what a training does. Only of clients who said yes to a study that asks for it (`research` tells who they are).

One number of one client never leaves: the mean is of ten clients or more, of as many as their study promised, and in
steps of a half. Where one team has fewer, no team has a mean, so that none is found by leaving out.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count

from kring.care.measures.models import LifeFactor

FEWEST_CLIENTS = 10


class Agreed(NamedTuple):
    """A client who said yes, the team that they were with then, and of how many clients a mean must be at least."""

    circle_id: uuid.UUID
    team_id: uuid.UUID | None
    fewest: int


Asked = Callable[[uuid.UUID], Iterable[Agreed]]
_asked: list[Asked] = []


def asked_by(found: Asked) -> None:
    """A room above this one tells who said yes, per organisation."""
    _asked.append(found)


def who_agreed(organisation_id: uuid.UUID) -> list[Agreed]:
    """Each client once: with two studies the stricter one counts."""
    yes: dict[uuid.UUID, Agreed] = {}
    for one in (one for found in _asked for one in found(organisation_id)):
        known = yes.get(one.circle_id)
        yes[one.circle_id] = one if known is None else one._replace(fewest=max(one.fewest, known.fewest))
    return list(yes.values())


def named_by(circle_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many things these clients named that make life hard now. Whoever named none is not in it."""
    named = LifeFactor.objects.filter(circle_id__in=circle_ids, removed_at=None, solved_at=None)
    return dict(named.values_list("circle_id").annotate(number=Count("pk")))


def of_teams(agreed: Iterable[Agreed], teams: Mapping[Any, Any]) -> dict[Any, float]:
    """Team, as it is shown -> the mean number of things that its clients named; empty where any team has too few.

    `teams` is team -> itself, or None where it is put together with others. Whoever named nothing counts as none.
    """
    here = [one for one in agreed if one.team_id in teams]
    number = named_by([one.circle_id for one in here])
    by_team: dict[Any, list[Agreed]] = defaultdict(list)
    for one in here:
        by_team[teams[one.team_id]].append(one)
    if not by_team or any(not _enough(by_team[team]) for team in set(teams.values())):
        return {}
    return {
        team: half_steps(sum(number.get(one.circle_id, 0) for one in there), len(there))
        for team, there in by_team.items()
    }


def _enough(there: list[Agreed]) -> bool:
    return len(there) >= max([FEWEST_CLIENTS, *(one.fewest for one in there)])


def half_steps(total: int, clients: int) -> float:
    """A mean as it leaves: so coarse that it tells little of one client who came or went."""
    return round(2 * total / clients) / 2
