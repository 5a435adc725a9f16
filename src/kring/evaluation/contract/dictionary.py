"""The dictionary of an outcome table: what its codes mean and what is known of each measure."""

import json
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from kring.evaluation.contract.schema import check_document
from kring.evaluation.errors import BadInput, Fault, refuse

Label = dict[str, str]


@dataclass(frozen=True)
class Arm:
    """A condition; every contrast is against the reference."""

    code: str
    label: Label
    reference: bool


@dataclass(frozen=True)
class Occasion:
    """A planned moment of measuring, `months` after a person's start."""

    code: str
    months: float
    label: Label
    window_days: tuple[int, int] | None


@dataclass(frozen=True)
class Figure:
    """A published figure with its source."""

    value: float
    source: str
    kind: str = ""


@dataclass(frozen=True)
class Norm:
    """Mean and SD of a reference group."""

    mean: float
    sd: float
    source: str
    n: int | None = None


@dataclass(frozen=True)
class PublishedChange:
    """Mean change and SD of change published elsewhere."""

    mean: float
    sd: float
    months: float
    source: str
    n: int | None = None


@dataclass(frozen=True)
class Measure:
    """One score of one instrument version: range, direction, reliability, norms, each with its source."""

    code: str
    title: Label
    low: float
    high: float
    better: str
    reliability: Figure | None = None
    sd: Figure | None = None
    clinical: Norm | None = None
    general: Norm | None = None
    published_change: PublishedChange | None = None
    instrument_version: str = ""
    rated_by: str = ""
    kind: str = "score"  # or count: events of a person, whole numbers from zero

    @property
    def sign(self) -> int:
        """+1 when a higher score is better, -1 when lower is."""
        return 1 if self.better == "higher" else -1


@dataclass(frozen=True)
class Covariate:
    """A further column; `categories` maps code to label, and is empty for numbers."""

    name: str
    label: Label
    type: str
    level: str
    range: tuple[float, float] | None
    categories: dict[str, Label]


@dataclass(frozen=True)
class Dictionary:
    """What the table holds. `occasions` are in time order; the first is the baseline."""

    title: Label
    arms: tuple[Arm, ...]
    occasions: tuple[Occasion, ...]
    measures: tuple[Measure, ...]
    covariates: tuple[Covariate, ...] = ()
    missing_reasons: dict[str, Label] = field(default_factory=dict)
    allocation: str = "person"
    unit: str = "client"
    simulated: bool = False
    source: str = ""
    rows: int | None = None
    sha256: str = ""
    flow: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> Arm:
        """The arm that others are compared with."""
        return next(arm for arm in self.arms if arm.reference)

    def measure(self, code: str) -> Measure:
        """The measure of this code; KeyError when there is none."""
        return {measure.code: measure for measure in self.measures}[code]

    def occasion(self, code: str) -> Occasion:
        """The occasion of this code; KeyError when there is none."""
        return {occasion.code: occasion for occasion in self.occasions}[code]


def label_of(text: str | Label | None, default: str = "") -> Label:
    """One text for both languages, or the texts as given."""
    if isinstance(text, dict):
        return text
    return dict.fromkeys(("nl", "en"), text or default)


def _measure(entry: dict[str, Any]) -> Measure:
    norms = entry.get("norms", {})
    low, high = entry["range"]
    return Measure(
        code=entry["code"],
        title=label_of(entry["title"]),
        low=low,
        high=high,
        better=entry["better"],
        reliability=Figure(**entry["reliability"]) if "reliability" in entry else None,
        sd=Figure(**entry["sd"]) if "sd" in entry else None,
        clinical=Norm(**norms["clinical"]) if "clinical" in norms else None,
        general=Norm(**norms["general"]) if "general" in norms else None,
        published_change=PublishedChange(**entry["published_change"]) if "published_change" in entry else None,
        instrument_version=entry.get("instrument_version", ""),
        rated_by=entry.get("rated_by", ""),
        kind=entry.get("kind", "score"),
    )


def _covariate(entry: dict[str, Any]) -> Covariate:
    limits = entry.get("range")
    return Covariate(
        name=entry["name"],
        label=label_of(entry.get("label"), entry["name"]),
        type=entry["type"],
        level=entry["level"],
        range=(limits[0], limits[1]) if limits else None,
        categories={item["code"]: label_of(item["label"]) for item in entry.get("categories", [])},
    )


def _occasion(entry: dict[str, Any]) -> Occasion:
    window = entry.get("window_days")
    return Occasion(
        entry["code"], entry["months"], label_of(entry["label"]), (window[0], window[1]) if window else None
    )


EVERYONE = Arm("all", {"nl": "iedereen", "en": "everyone"}, True)


def _arms(entries: list[dict[str, Any]]) -> tuple[Arm, ...]:
    """The arms listed; a table without arms (exposure only) has one, of everyone."""
    only = len(entries) == 1
    return tuple(Arm(arm["code"], label_of(arm["label"]), arm.get("reference", only)) for arm in entries) or (EVERYONE,)


def parse_dictionary(document: dict[str, Any], file: str = "dictionary") -> Dictionary:
    """A Dictionary from its JSON document; BadInput lists everything that is wrong with it."""
    check_document(document, "dictionary", file)
    dictionary = Dictionary(
        title=label_of(document["title"]),
        arms=_arms(document.get("arms", [])),
        occasions=tuple(map(_occasion, document["occasions"])),
        measures=tuple(map(_measure, document["measures"])),
        covariates=tuple(map(_covariate, document.get("covariates", []))),
        missing_reasons={item["code"]: label_of(item["label"]) for item in document.get("missing_reasons", [])},
        **{
            name: document[name]
            for name in ("allocation", "unit", "simulated", "source", "rows", "sha256", "flow")
            if name in document
        },
    )
    faults = [Fault(what, remedy, file) for what, remedy in _inconsistencies(dictionary)]
    if faults:
        raise BadInput(faults)
    return dictionary


RESERVED = frozenset(
    {"person", "team", "institution", "arm", "exposure", "occasion", "day", "period", "measure", "score"}
    | {"missing_reason", "months"}
)


def _inconsistencies(dictionary: Dictionary) -> list[tuple[str, str]]:
    """What a schema cannot see: doubled codes, order, ranges, the reference."""
    found = []
    listed = {
        "arms": [arm.code for arm in dictionary.arms],
        "occasions": [occasion.code for occasion in dictionary.occasions],
        "measures": [measure.code for measure in dictionary.measures],
        "covariates": [covariate.name for covariate in dictionary.covariates],
    }
    for name, codes in listed.items():
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            found.append((f"{name} lists the code {code!r} more than once.", "Give each its own code."))
    if sum(arm.reference for arm in dictionary.arms) != 1:
        found.append(("there must be one reference arm.", 'Write "reference": true at the arm to compare with.'))
    months = [occasion.months for occasion in dictionary.occasions]
    if months != sorted(set(months)):
        found.append(("occasions are not in time order.", "List them by rising months, none twice."))
    for measure in dictionary.measures:
        if not measure.low < measure.high:
            found.append((f"the range of {measure.code} is empty.", "Write the lowest possible score first."))
        if measure.reliability and not measure.reliability.value < 1:
            found.append((f"the reliability of {measure.code} is not below 1.", "Give r between 0 and 1."))
    for covariate in dictionary.covariates:
        if covariate.name in RESERVED:
            found.append((f"a covariate cannot be called {covariate.name!r}.", "Give it another name."))
    return found + _window_faults(dictionary)


def _window_faults(dictionary: Dictionary) -> list[tuple[str, str]]:
    windows = [occasion for occasion in dictionary.occasions if occasion.window_days]
    found = [
        (f"the window of occasion {occasion.code!r} is empty.", "Write its first day first.")
        for occasion in windows
        if occasion.window_days and occasion.window_days[0] > occasion.window_days[1]
    ]
    for early, late in pairwise(windows):
        if early.window_days and late.window_days and early.window_days[1] >= late.window_days[0]:
            found.append((f"the windows of {early.code!r} and {late.code!r} overlap.", "Each day has one occasion."))
    return found


def dictionary_path(table: Path) -> Path:
    """Where the dictionary of a table is looked for: beside it, `NAME.dictionary.json`."""
    return table.with_name(table.stem + ".dictionary.json")


def read_dictionary(path: Path) -> Dictionary:
    """Read and check a dictionary file; BadInput when it is absent, not JSON, or not a dictionary."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise refuse(
            "there is no data dictionary.",
            "Write one (docs/evaluation.md), or name it with --dictionary.",
            str(path),
        ) from None
    except UnicodeDecodeError as error:
        raise refuse(f"is not UTF-8 (byte {error.start}).", "Save it as UTF-8.", str(path)) from None
    except json.JSONDecodeError as error:
        raise refuse(f"is not JSON: {error.msg} at line {error.lineno}.", "Mend that line.", str(path)) from None
    if not isinstance(document, dict):
        raise refuse("holds no object.", "A dictionary starts with { and names its format.", str(path))
    return parse_dictionary(document, str(path))
