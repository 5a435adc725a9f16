"""How well do two reviewers agree? Cohen's kappa with its interval, and the records on which they differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from kring.evidence.files import Row
from kring.evidence.screening.state import RecordState, Stage


@dataclass(frozen=True)
class Agreement:
    """Two reviewers at one stage; include and maybe count as one, as both go on.

    `table`: [[both on, only first on], [only second on, both exclude]]. `kappa` is None where one of them
    always said the same, as agreement by chance is then certain.
    """

    stage: str
    first: str
    second: str
    table: tuple[tuple[int, int], tuple[int, int]]
    agreed: float
    kappa: float | None
    low: float | None
    high: float | None
    differ: tuple[str, ...]

    def row(self) -> Row:
        return {**self.__dict__, "table": [list(line) for line in self.table], "differ": list(self.differ)}


def kappa(table: tuple[tuple[int, int], tuple[int, int]]) -> tuple[float, float | None, float | None]:
    """Agreement, Cohen's kappa (Cohen 1960), and its standard error in large samples (Fleiss, Cohen, Everitt 1969)."""
    (a, b), (c, d) = table
    n = a + b + c + d
    if not n:
        return 0.0, None, None
    agreed = (a + d) / n
    rows, columns = ((a + b) / n, (c + d) / n), ((a + c) / n, (b + d) / n)
    chance = rows[0] * columns[0] + rows[1] * columns[1]
    if chance == 1:
        return agreed, None, None
    value = (agreed - chance) / (1 - chance)
    cells = ((a / n, b / n), (c / n, d / n))
    same = sum(cells[i][i] * (1 - (rows[i] + columns[i]) * (1 - value)) ** 2 for i in (0, 1))
    other = sum(cells[i][1 - i] * (columns[i] + rows[1 - i]) ** 2 for i in (0, 1)) * (1 - value) ** 2
    variance = (same + other - (value - chance * (1 - value)) ** 2) / (n * (1 - chance) ** 2)
    return agreed, value, sqrt(max(variance, 0.0))


def agreement(states: Mapping[str, RecordState], stage: Stage) -> list[Agreement]:
    """One entry for each two reviewers who both decided on a record."""
    people = sorted({name for s in states.values() for name in getattr(s, stage).by})
    pairs = [(first, second) for at, first in enumerate(people) for second in people[at + 1 :]]
    return [found for first, second in pairs if (found := _between(states, stage, first, second))]


def _between(states: Mapping[str, RecordState], stage: Stage, first: str, second: str) -> Agreement | None:
    cells = [[0, 0], [0, 0]]
    differ = []
    for id_, record in states.items():
        by = getattr(record, stage).by
        if first in by and second in by:
            x, y = (int(by[name]["decision"] == "exclude") for name in (first, second))
            cells[x][y] += 1
            if x != y:
                differ.append(id_)
    table = ((cells[0][0], cells[0][1]), (cells[1][0], cells[1][1]))
    if not sum(map(sum, table)):
        return None
    agreed, value, error = kappa(table)
    low = max(-1.0, value - 1.96 * error) if value is not None and error is not None else None
    high = min(1.0, value + 1.96 * error) if value is not None and error is not None else None
    return Agreement(stage, first, second, table, agreed, value, low, high, tuple(differ))
