"""Making a table: look which groups are too small, write, count again what was written.

Clients are read some hundreds at a time and only groups are counted, so memory stays the same however many rows there
are. Everybody is read two or three times: which occasions and groups have enough clients, and to write.
"""

import dataclasses
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from kring.care.research import policy
from kring.care.research.columns import LIFE_FACTORS, TRAINING, chosen
from kring.care.research.models import Export, Included
from kring.care.research.pseudonyms import Pseudonyms
from kring.care.research.reading import Reading, Row, Rows, quarter_start
from kring.care.research.small_cells import Classes, put_together, steps
from kring.care.research.writers import Cell, Table
from kring.care.training.moderators import half_steps
from kring.care.training.reach import hours_per_colleague

AT_ONCE = 500  # clients whose rows are in memory

Where = tuple[str, int]  # measure, month


class TooFew(Exception):
    """Nothing may leave: fewer clients than the study's threshold."""


class Moved(Exception):
    """Something was written while the table was made; it is made anew."""


@dataclasses.dataclass
class Tally:
    """How many clients have what in common."""

    people: Counter[tuple[str, ...]] = dataclasses.field(default_factory=Counter)
    planned: Counter[Where] = dataclasses.field(default_factory=Counter)
    scored: Counter[Where] = dataclasses.field(default_factory=Counter)
    reasons: Counter[str] = dataclasses.field(default_factory=Counter)
    rules: Counter[str] = dataclasses.field(default_factory=Counter)
    periods: Counter[str] = dataclasses.field(default_factory=Counter)
    exposures: Counter[int] = dataclasses.field(default_factory=Counter)
    hard: Counter[tuple[str, ...]] = dataclasses.field(default_factory=Counter)  # a sum over clients, not a count

    def add(self, known: tuple[str, ...], rows: list[Row], hard: int = 0) -> None:
        """One client, counted once in each group."""
        self.people[known] += 1
        self.hard[known] += hard
        self.planned.update({(row.measure, row.month) for row in rows})
        self.scored.update({(row.measure, row.month) for row in rows if row.score is not None})
        self.reasons.update({row.reason for row in rows if row.reason})
        self.rules.update({row.rule for row in rows if row.rule})
        self.periods.update({str(row.period) for row in rows if row.period is not None})
        self.exposures.update({row.exposure for row in rows})

    def smallest(self) -> int:
        """The fewest clients in any group that is told apart."""
        counted = (self.people, self.planned, self.scored, self.reasons, self.rules, self.periods, self.exposures)
        return min((count for one in counted for count in one.values()), default=0)


class Plan:
    """What may be told apart: decided from everybody's occasions (`cells`), then from what is left of them."""

    def __init__(self, cells: Tally, k: int) -> None:
        self.k = k
        self.kept = {where for where, n in cells.planned.items() if n >= k and not 0 < cells.scored[where] < k}
        self.left_out = sorted(set(cells.planned) - self.kept)

    def left(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if (row.measure, row.month) in self.kept]

    def group(self, tally: Tally) -> None:
        if tally.people.total() < self.k:
            raise TooFew
        self.classes = Classes(tally.people, self.k)
        self.reasons = put_together(tally.reasons, self.k)
        self.rules = put_together(tally.rules, self.k)
        self.periods = put_together(tally.periods, self.k)
        self.exposures = steps(tally.exposures, self.k)
        self.hard = self._hard(tally)
        self.teams: dict[str, set[str]] = defaultdict(set)  # as it is shown -> which teams that is
        for known in tally.people:
            self.teams[self.classes.shown(known)[0]].add(known[0])

    def _hard(self, tally: Tally) -> dict[str, float]:
        """What makes life hard, as the mean of a team as it is shown: of at least k clients each."""
        people: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for known, clients in tally.people.items():
            team = self.classes.shown(known)[0]
            people[team] += clients
            total[team] += tally.hard[known]
        return {team: half_steps(total[team], clients) for team, clients in people.items()}

    def shown(self, known: tuple[str, ...], rows: list[Row]) -> tuple[tuple[str, ...], list[Row]]:
        """One client as they may stand in the table."""
        try:
            return self.classes.shown(known), [self._shown(row) for row in rows]
        except KeyError:  # somebody has a value that nobody had when groups were counted
            raise Moved from None

    def _shown(self, row: Row) -> Row:
        return row._replace(
            reason="" if row.reason in self.reasons else row.reason,
            rule="" if row.rule in self.rules else row.rule,
            period=None if str(row.period) in self.periods else row.period,
            exposure=self.exposures[row.exposure],
        )


@dataclasses.dataclass(frozen=True)
class Made:
    """What a finished table holds, for its dictionary and for the page that says what leaves."""

    rows: int
    clients: int
    teams: tuple[str, ...]
    together: bool  # some of these teams are several, put together
    cells: tuple[Where, ...]
    left_out: tuple[Where, ...]
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    languages: tuple[str, ...]


def next_included(export: Export, last: uuid.UUID) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The next circles of a table after a place, in the order of the file."""
    found = Included.objects.filter(export=export, place__gt=last).order_by("place")
    return list(found.values_list("place", "circle_id")[:AT_ONCE])


class Maker:
    """One table of one edition, under one key."""

    def __init__(self, export: Export, key: bytes) -> None:
        self.export, self.edition = export, export.edition
        self.names = Pseudonyms(key)
        self.reading = Reading(self.edition)
        self.columns = chosen(self.edition.columns)
        self._hours: dict[tuple[frozenset[str], int], float | None] = {}

    def include(self) -> int:
        """Note whose yes stands now. The order of the file is that of numbers drawn with the key."""
        Included.objects.filter(export=self.export).delete()
        yes = policy.standing_yes(self.edition).order_by("circle_id").values_list("circle_id", flat=True)
        last, count = uuid.UUID(int=0), 0
        while found := list(yes.filter(circle_id__gt=last)[:AT_ONCE]):  # in the order of an index: nothing is sorted
            Included.objects.bulk_create(
                Included(export=self.export, circle_id=circle, place=self.names.order(circle)) for circle in found
            )
            last, count = found[-1], count + len(found)
        return count

    def plan(self, told: Callable[[int], None]) -> Plan:
        """Read everybody once; and once more when some occasions are left out, as that makes other groups smaller."""
        tally = self._tally(lambda rows: rows, told)
        plan = Plan(tally, self.edition.threshold)
        plan.group(self._tally(plan.left, told) if plan.left_out else tally)
        return plan

    def _tally(self, left: Callable[[list[Row]], list[Row]], told: Callable[[int], None]) -> Tally:
        tally = Tally()
        for rows in self.clients(told):
            if there := left(rows.rows):
                tally.add(self.known(rows), there, rows.hard)
        return tally

    def known(self, rows: Rows) -> tuple[str, ...]:
        """What somebody might know of a person, the most telling first."""
        return (rows.team, rows.language) if "language" in self.edition.columns else (rows.team,)

    def clients(self, told: Callable[[int], None]) -> Iterator[Rows]:
        """Everybody who is included, some hundreds at a time; `told` hears how many were read."""
        last = uuid.UUID(int=0)
        while True:
            page = next_included(self.export, last)
            if not page:
                return
            yield from self.reading.of([circle for _place, circle in page])
            told(len(page))
            last = page[-1][0]

    def write(self, plan: Plan, folder: Path, told: Callable[[int], None]) -> Made:
        """Both files. Whoever has no row in them is not included after all."""
        tally, empty = Tally(), []
        with Table(folder, [(column.name, column.kind) for column in self.columns]) as table:
            for rows in self.clients(told):
                there = plan.left(rows.rows)
                if not there:
                    empty.append(rows.circle_id)
                    continue
                known, shown = plan.shown(self.known(rows), there)
                tally.add(known, shown)
                table.add(self._cells(rows.circle_id, known, shown, plan))
        self._exclude(empty)
        if tally.smallest() < plan.k:  # counted anew from what was written
            raise Moved
        return self._made(table.rows, tally, plan)

    def _cells(
        self, circle_id: uuid.UUID, known: tuple[str, ...], rows: list[Row], plan: Plan
    ) -> Iterator[tuple[Cell, ...]]:
        of_person: dict[str, Cell] = {
            "person": self.names.of("person", circle_id),
            "team": self.names.of("team", known[0] or "together"),
            "institution": self.names.of("institution", self.edition.study.organisation_id),
            "language": (known[1] or None) if len(known) > 1 else None,
            LIFE_FACTORS: plan.hard[known[0]],
        }
        for row in rows:
            of_row: dict[str, Cell] = {
                "occasion": str(row.month), "day": row.day, "period": row.period, "exposure": float(row.exposure),
                "measure": row.measure, "score": row.score, "missing_reason": row.reason or None,
                "rule": row.rule or None, TRAINING: self._training(plan.teams[known[0]], row.period),
            }  # fmt: skip
            values = of_person | of_row
            yield tuple(values[column.name] for column in self.columns)

    def _training(self, teams: set[str], period: int | None) -> float | None:
        """What had reached these teams when the quarter began; nothing where the quarter may not be told."""
        if TRAINING not in self.edition.columns or period is None:
            return None
        where = (frozenset(teams), period)
        if where not in self._hours:
            known = [uuid.UUID(team) for team in teams if team]
            self._hours[where] = hours_per_colleague(known, quarter_start(self.edition.from_on, period))
        return self._hours[where]

    def _exclude(self, circles: list[uuid.UUID]) -> None:
        for at in range(0, len(circles), AT_ONCE):
            Included.objects.filter(export=self.export, circle_id__in=circles[at : at + AT_ONCE]).delete()

    def _made(self, rows: int, tally: Tally, plan: Plan) -> Made:
        teams = {self.names.of("team", known[0] or "together") for known in tally.people}
        return Made(
            rows=rows,
            clients=tally.people.total(),
            teams=tuple(sorted(teams)),
            together=any(not known[0] for known in tally.people),
            cells=tuple(sorted(tally.planned)),
            left_out=tuple(plan.left_out),
            reasons=tuple(sorted(tally.reasons)),
            rules=tuple(sorted(tally.rules)),
            languages=tuple(sorted({known[1] for known in tally.people if len(known) > 1 and known[1]})),
        )
