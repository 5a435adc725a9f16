"""Every page in every state that somebody can meet: one list per room, kept by whoever builds that room.

A page joins by a `Visit`; the test `test_every_template_is_looked_at` fails until it has one.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

ALONE = "/a-template-alone/"
"""The path of a visit to a template that no address shows on demand: it is rendered by itself."""


@dataclasses.dataclass(frozen=True)
class Visit:
    """Who opens which address. `prepare` writes what must be there first, through actions, and may return values for
    the address; `do` acts on the opened page (presses a button, types) before it is looked at.
    """

    template: str
    path: str  # with {circle}, and what `prepare` returned
    who: str | None = "noor"  # None: nobody is signed in
    state: str = ""
    prepare: Callable[[Any], dict[str, Any] | None] | None = None
    do: Callable[[Any], Any] | None = None
    answer: int = 200
    context: dict[str, Any] = dataclasses.field(default_factory=dict)  # of a template that is rendered by itself
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.template} {self.state} ({self.who or 'anonymous'})".replace("  ", " ")

    def address(self, cast: Any) -> str:
        values = (self.prepare(cast) if self.prepare else None) or {}
        return self.path.format(circle=cast.circle.pk, **values)


def every_visit() -> list[Visit]:
    from tests.browser.pages import (
        board,
        circles,
        export,
        home,
        measures,
        meetings,
        people,
        plan,
        practice,
        research,
        training,
    )

    rooms = (home, people, circles, plan, meetings, export, measures, board, training, practice, research)
    return [visit for room in rooms for visit in room.VISITS]
