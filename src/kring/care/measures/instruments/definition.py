"""Scoring definitions: the items of an instrument, its scales, and what is known of them, each with its source.

Files are `definitions/CODE@VERSION.json`, shaped by `definition.schema.json`. A figure that nobody verified is null.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from kring.care.measures.instruments.faults import Fault, Refused, refuse

FOLDER = Path(__file__).parent / "definitions"
Words = Mapping[str, str]  # one text per language: {"nl": ..., "en": ...}


class Choice(NamedTuple):
    """One answer that can be given, and what it counts for: in units of the item's last decimal place."""

    value: int
    label: Words


class Condition(NamedTuple):
    """An item is asked only while the answer to `item` stands in this relation to `value`.

    Relations: =, !=, <, <=, >, >=, and exists (with 1: is answered, with 0: is not).
    """

    item: str
    operator: str
    value: int


@dataclass(frozen=True)
class Item:
    """One question. `text` and `choices` are None where the words are not ours to give.

    Answers are whole numbers from `low` to `high`, or have `decimals` places. Points are counted in units of the last
    place, so that they are always whole numbers.
    """

    link_id: str
    low: int
    high: int
    reversed: bool = False
    decimals: int = 0
    optional: bool = False
    text: Words | None = None
    choices: tuple[Choice, ...] | None = None
    enable_when: tuple[Condition, ...] = ()
    enable_any: bool = False  # one condition is enough; else all must hold

    @property
    def unit(self) -> int:
        """How many points make one."""
        return int(10**self.decimals)

    @property
    def least(self) -> int:
        """The lowest number of points."""
        return self.low * self.unit

    @property
    def most(self) -> int:
        """The highest number of points."""
        return self.high * self.unit

    def points(self, units: int) -> int:
        """What an answer counts for: turned round where the instrument says so."""
        return self.least + self.most - units if self.reversed else units

    def takes(self, units: int) -> bool:
        """Whether this is one of the answers."""
        if self.choices is not None:
            return any(choice.value == units for choice in self.choices)
        return self.least <= units <= self.most


class Population(NamedTuple):
    """The kind of people among whom a figure was found."""

    code: str
    people: Words


@dataclass(frozen=True)
class Figure:
    """A published figure with where it stands. `kind` tells alpha from retest, and one sample from another."""

    value: float
    source: str
    kind: str = ""
    population: Population | None = None


@dataclass(frozen=True)
class Norm:
    """Mean and SD of a reference group."""

    group: str
    mean: float
    sd: float
    source: str
    n: int | None = None


@dataclass(frozen=True)
class Band:
    """A published name for a stretch of scores; `low` or `high` is None at the open end."""

    code: str
    title: Words
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Scale:
    """A score made of items. `at_least` is how many must be answered; the rest count as the mean of those.

    A scale that is `entered` has no items: its total is worked out elsewhere. `reliability` is the one that reliable
    change is computed with, where it was found among the same kind of people as `sd`; `change` is a published smallest
    change that counts. Where a publisher weighs answers, `recode` has what each answer to an item counts in this scale,
    from the lowest answer up.
    """

    code: str
    title: Words
    items: tuple[str, ...]
    combine: str
    at_least: int
    low: float | None
    high: float | None
    better: str
    reliability: Figure | None = None
    sd: Figure | None = None
    norms: tuple[Norm, ...] = ()
    other_reliability: tuple[Figure, ...] = ()
    change: Figure | None = None
    bands: tuple[Band, ...] = ()
    recode: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def worth(self, item: Item, points: int) -> int:
        """What an answer of so many points counts here."""
        return self.recode[item.link_id][points - item.low] if item.link_id in self.recode else points

    def ends(self, item: Item) -> tuple[int, int]:
        """The least and the most that an answer to this item counts here."""
        worths = self.recode.get(item.link_id, (item.least, item.most))
        return min(worths), max(worths)


@dataclass(frozen=True)
class Definition:
    """An instrument as it is scored. `validated` False means: say so wherever a score of it is shown."""

    code: str
    version: str
    title: Words
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    respondents: tuple[str, ...]
    validated: bool
    source: str
    notes: tuple[str, ...] = ()
    about: Words | None = None
    intro: Words | None = None
    obtain: str = ""

    @property
    def has_text(self) -> bool:
        """Whether the words of the items are here."""
        return bool(self.items) and all(item.text is not None for item in self.items)

    @cached_property
    def by_link_id(self) -> Mapping[str, Item]:
        """The items by their linkId."""
        return {item.link_id: item for item in self.items}

    def item(self, link_id: str) -> Item:
        """The item of this linkId; KeyError when there is none."""
        return self.by_link_id[link_id]

    def scale(self, code: str) -> Scale:
        """The scale of this code; KeyError when there is none."""
        return {scale.code: scale for scale in self.scales}[code]


@cache
def shelf() -> Mapping[str, tuple[str, ...]]:
    """The versions that are shipped, by code, oldest first."""
    found: dict[str, list[str]] = {}
    for path in sorted(FOLDER.glob("*@*.json")):
        code, version = path.stem.split("@")
        found.setdefault(code, []).append(version)
    return {code: tuple(sorted(versions, key=_order)) for code, versions in found.items()}


def _order(version: str) -> tuple[tuple[int, str], ...]:
    """1.10 comes after 1.9."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in version.split("."))


def codes() -> tuple[str, ...]:
    """The code of every instrument that can be scored."""
    return tuple(shelf())


@cache
def load(code: str, version: str | None = None) -> Definition:
    """The definition of this code, the newest unless a version is named; Refused where there is none."""
    versions = shelf().get(code)
    if versions is None:
        raise refuse("no_instrument", f"there is no instrument {code!r}.", "code", f"There are: {', '.join(shelf())}.")
    if version is not None and version not in versions:
        known = ", ".join(versions)
        raise refuse("no_version", f"{code} has no version {version!r}.", "version", f"There are: {known}.")
    return parse(json.loads((FOLDER / f"{code}@{version or versions[-1]}.json").read_bytes()))


def parse(document: Mapping[str, Any]) -> Definition:
    """A Definition of its JSON document; Refused where a scale or condition names what is not there."""
    lists = {name: tuple(map(_choice, entries)) for name, entries in document.get("choices", {}).items()}
    people = {code: Population(code, words) for code, words in document.get("populations", {}).items()}
    definition = Definition(
        code=document["code"],
        version=document["version"],
        title=document["title"],
        items=tuple(_item(entry, lists) for entry in document["items"]),
        scales=tuple(_scale(entry, document.get("recodes", {}), people) for entry in document["scales"]),
        respondents=tuple(document["respondents"]),
        validated=document["validated"],
        source=document["source"],
        notes=tuple(document.get("notes", ())),
        about=document.get("about"),
        intro=document.get("intro"),
        obtain=document.get("obtain", ""),
    )
    check(definition)
    return definition


def check(definition: Definition) -> None:
    """Refused when a scale or condition cannot be what it says."""
    faults = [*_unknown_items(definition), *_impossible(definition), *_recodes(definition)]
    if faults:
        raise Refused(faults)


def _choice(entry: Mapping[str, Any]) -> Choice:
    return Choice(entry["value"], entry["label"])


def _item(entry: Mapping[str, Any], lists: Mapping[str, tuple[Choice, ...]]) -> Item:
    choices = lists[entry["choices"]] if "choices" in entry else None
    values = [choice.value for choice in choices] if choices else entry["range"]
    return Item(
        link_id=entry["linkId"],
        low=min(values),
        high=max(values),
        reversed=entry.get("reversed", False),
        decimals=entry.get("decimals", 0),
        optional=entry.get("optional", False),
        text=entry.get("text"),
        choices=choices,
        enable_when=tuple(Condition(c["item"], c["operator"], c["value"]) for c in entry.get("enableWhen", ())),
    )


def _scale(entry: Mapping[str, Any], recodes: Mapping[str, list[int]], people: Mapping[str, Population]) -> Scale:
    low, high = entry["range"] or (None, None)
    return Scale(
        code=entry["code"],
        title=entry["title"],
        items=tuple(entry["items"]),
        combine=entry["combine"],
        at_least=entry["atLeast"],
        low=low,
        high=high,
        better=entry["better"],
        reliability=_figure(entry["reliability"], people),
        sd=_figure(entry["sd"], people),
        norms=tuple(Norm(**norm) for norm in entry["norms"]),
        other_reliability=tuple(filter(None, (_figure(other, people) for other in entry.get("otherReliability", ())))),
        change=_figure(entry.get("change"), people),
        bands=tuple(Band(b["code"], b["title"], b["from"], b["to"]) for b in entry.get("bands", ())),
        recode={link_id: tuple(recodes.get(name, ())) for link_id, name in entry.get("recode", {}).items()},
    )


def _figure(entry: Mapping[str, Any] | None, people: Mapping[str, Population]) -> Figure | None:
    if not entry:
        return None
    code = entry.get("population")
    if code is not None and code not in people:
        raise refuse("no_population", f"a figure is of {code!r}, which is not there.", "populations", "Describe them.")
    return Figure(entry["value"], entry["source"], entry["kind"], people.get(code) if code else None)


def _unknown_items(definition: Definition) -> list[Fault]:
    known = {item.link_id for item in definition.items}
    named = [(f"scale {scale.code}", link_id) for scale in definition.scales for link_id in scale.items]
    named += [(f"item {item.link_id}", c.item) for item in definition.items for c in item.enable_when]
    return [
        Fault("no_item", f"it names the item {link_id!r}, which is not there.", where, "Add the item or drop the name.")
        for where, link_id in named
        if link_id not in known
    ]


def _impossible(definition: Definition) -> list[Fault]:
    """Scales that ask for more items than they have, or treat items of different kinds as if they were alike."""
    faults = []
    for scale in definition.scales:
        where, of = f"scale {scale.code}", len(scale.items)
        items = [item for item in definition.items if item.link_id in scale.items]
        if not min(of, 1) <= scale.at_least <= of or (scale.combine == "entered") != (of == 0):
            faults.append(Fault("at_least", f"it asks for {scale.at_least} of {of} items.", where, "Mend atLeast."))
        if len({item.decimals for item in items}) > 1:
            faults.append(Fault("decimals", "its items have different decimals.", where, "Give them the same."))
        if scale.at_least < of and len({scale.ends(item) for item in items}) > 1:
            what = "a missing item would count as the mean of items with another range."
            faults.append(Fault("ranges", what, where, "Ask for every item, or give them the same range."))
    return faults


def _recodes(definition: Definition) -> list[Fault]:
    """Recodings of what is not in the scale, or that do not say of each whole answer what it counts."""
    faults = []
    for scale in definition.scales:
        for link_id, worths in scale.recode.items():
            item = definition.by_link_id.get(link_id) if link_id in scale.items else None
            plain = item is not None and not (item.reversed or item.decimals)
            if item is None or not plain or len(worths) != item.high - item.low + 1:
                what = f"its recoding of {link_id!r} does not fit that item."
                faults.append(Fault("recode", what, f"scale {scale.code}", "Give one number for each answer."))
    return faults
