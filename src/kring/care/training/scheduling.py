"""When a question comes back to a learner: FSRS, the open spaced-repetition scheduler, with its published weights.

The weights were fitted by the makers of FSRS on the reviews of users of flash cards, not on staff in mental-health
care: the intervals are a sensible start, not a finding. Whether boosters change what people do in practice is not
known (see the implication `boosters`). Nothing here is random, so the state of a question can be worked out again
from its reviews.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable

import fsrs

AGAIN, HARD, GOOD = 1, 2, 3
LONGEST = 365
SCHEDULER = fsrs.Scheduler(
    desired_retention=0.9, learning_steps=(), relearning_steps=(), maximum_interval=LONGEST, enable_fuzzing=False
)
"""Without steps of minutes: a learner meets at most one round of questions a day."""


@dataclasses.dataclass(frozen=True)
class Memory:
    """How well one question is remembered, as FSRS keeps it."""

    due_at: dt.datetime
    state: int = 1
    step: int | None = 0
    stability: float | None = None
    difficulty: float | None = None
    reviewed_at: dt.datetime | None = None


def rating(right: bool, guessed: bool = False) -> int:
    return AGAIN if not right else HARD if guessed else GOOD


def after(memory: Memory, given: int, at: dt.datetime) -> Memory:
    """The memory after one more answer. FSRS wants all moments in UTC."""
    card = fsrs.Card(
        card_id=1, state=fsrs.State(memory.state), step=memory.step, stability=memory.stability,
        difficulty=memory.difficulty, due=_utc(memory.due_at),
        last_review=_utc(memory.reviewed_at) if memory.reviewed_at else None,
    )  # fmt: skip
    card, _log = SCHEDULER.review_card(card, fsrs.Rating(given), _utc(at))
    return Memory(
        due_at=card.due, state=int(card.state), step=card.step, stability=card.stability, difficulty=card.difficulty,
        reviewed_at=card.last_review,
    )  # fmt: skip


def replayed(reviews: Iterable[tuple[int, dt.datetime]]) -> Memory | None:
    """The memory worked out again from all reviews, in order."""
    memory: Memory | None = None
    for given, at in reviews:
        memory = after(memory or Memory(due_at=at), given, at)
    return memory


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)
