"""What holds for every record, followed line by line: a new line of the log costs the work of its own record.

`kring.evidence.screening.state` says what follows from decisions; this keeps it while a log of 100,000 lines grows.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable

from kring.evidence import log
from kring.evidence.files import Row
from kring.evidence.screening.state import STAGES, RecordState, derive

Moment = tuple[str, str]  # when, and the event's id: the order that counts


class Standing:
    """`names` maps each record id to the id that is screened. The order of the lines makes no difference."""

    def __init__(self, names: dict[str, str], *, dual: bool) -> None:
        self.names, self.dual = names, dual
        self.states = {id_: RecordState(id_) for id_ in dict.fromkeys(names.values())}
        self._events: dict[str, list[Row]] = {}
        self._undone: set[str] = set()
        self._by: dict[tuple[str, str], list[tuple[Moment, Row]]] = {}
        self._first: dict[str, Moment] = {}
        self._order: list[tuple[Moment, str]] = []

    def take_in(self, events: Iterable[Row]) -> list[str]:
        """Follow new events; return the records that they are about."""
        touched: dict[str, None] = {}
        for event in events:
            self._undone.update([event["undoes"]] if "undoes" in event else [])
            if event["stage"] in STAGES and event.get("record_id") in self.names:
                id_ = self.names[event["record_id"]]
                self._events.setdefault(id_, []).append(event)
                touched[id_] = None
                if "undoes" not in event:
                    mine = self._by.setdefault((event["stage"], event["reviewer"]), [])
                    insort(mine, ((event["at"], event["id"]), event), key=lambda line: line[0])
        said = (event for id_ in touched for event in self._events[id_])
        self.states.update(derive(said, {id_: id_ for id_ in touched} | self._members(touched), dual=self.dual))
        for id_ in touched:
            self._place(id_)
        return list(touched)

    def _members(self, touched: Iterable[str]) -> dict[str, str]:
        return {event["record_id"]: id_ for id_ in touched for event in self._events[id_]}

    def _place(self, id_: str) -> None:
        """Put the record where its first standing decision on title and abstract puts it."""
        decided = (e for e in log.standing(self._events[id_]) if e["stage"] == "title_abstract")
        first = next(((e["at"], e["id"]) for e in decided), None)
        before = self._first.pop(id_, None)
        if before:
            del self._order[bisect_left(self._order, (before, id_))]
        if first:
            self._first[id_] = first
            insort(self._order, (first, id_))

    def order(self) -> list[str]:
        """Records in the order in which title and abstract were first decided: what the stopping meter reads."""
        return [id_ for _, id_ in self._order]

    def last(self, stage: str, reviewer: str) -> Row | None:
        """The reviewer's last decision at the stage that was not taken back."""
        mine = self._by.get((stage, reviewer), [])
        while mine and mine[-1][1]["id"] in self._undone:  # an undo is not undone
            mine.pop()
        return mine[-1][1] if mine else None
