"""The crisis card: the essentials of the crisis plan, on two sides of the size of a bank card (ISO/IEC 7810 ID-1)."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable

from kring.care.plan.models import CrisisContact, CrisisPlan

SIZES = (10, 9, 8, 7, 6)
"""Type sizes in points that the stylesheet knows; below six nobody reads it in the dark."""

LINES = {10: 9, 9: 10, 8: 12, 7: 14, 6: 16}
CHARACTERS = {10: 34, 9: 38, 8: 43, 7: 50, 6: 59}
"""How many lines fit on one side, and how many characters surely fit on a line: tried in Chromium by a test."""


@dataclasses.dataclass(frozen=True)
class Card:
    name: str
    note: str
    contacts: tuple[CrisisContact, ...]
    signs: str
    others_do: str
    helps: str
    not_helps: str
    code: str = ""  # for emergency access; only the client's own card carries it

    @property
    def empty(self) -> bool:
        return not (self.note or self.contacts or any(self._back()))

    @property
    def front_size(self) -> int:
        people = (f"{c.name} {c.phone} {c.when}" for c in self.contacts)
        return _size(["x", self.note, *people, f"Emergency access: {self.code}" if self.code else ""])

    @property
    def back_size(self) -> int:
        return _size(part for text in self._back() if text for part in ("x", text))

    @property
    def spills(self) -> bool:
        """More words than a card holds: it prints larger than a card rather than losing any."""
        return not self.front_size or not self.back_size

    @property
    def call_first(self) -> CrisisContact | None:
        return next((contact for contact in self.contacts if contact.phone), None)

    def fingerprint(self, *about: object) -> str:
        """Changes when the card does: a phone that keeps the card compares it."""
        people = [[c.name, c.phone, c.when] for c in self.contacts]
        words = json.dumps([self.name, self.code, self.note, people, *self._back(), *map(str, about)])
        return hashlib.sha256(words.encode()).hexdigest()[:16]

    def _back(self) -> tuple[str, ...]:
        return (self.signs, self.others_do, self.helps, self.not_helps)


def card_of(name: str, plan: CrisisPlan | None, code: str = "") -> Card:
    """The card of a plan whose phases and contacts were read along; an empty one where there is no plan."""
    if plan is None:
        return Card(name, "", (), "", "", "", "")
    red = next((phase for phase in plan.phases.all() if phase.colour == "red"), None)
    contacts = sorted((c for c in plan.contacts.all() if c.on_card), key=lambda c: c.order)
    signs, others_do = (red.signs, red.members_do) if red else ("", "")
    return Card(name, plan.card_note, tuple(contacts), signs, others_do, plan.helps, plan.not_helps, code)


def _size(paragraphs: Iterable[str]) -> int:
    """The largest type in which one side holds these paragraphs; 0 if none does."""
    texts = list(paragraphs)
    return next((size for size in SIZES if _lines(texts, CHARACTERS[size]) <= LINES[size]), 0)


def _lines(texts: Iterable[str], width: int) -> int:
    return sum(max(1, -(-len(line) // width)) for text in texts if text for line in text.splitlines() or [""])
