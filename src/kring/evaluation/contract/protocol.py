"""The protocol: the analysis as decided beforehand, checked against the table it is for."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from formulaic import Formula
from formulaic.errors import FormulaicError

from kring.evaluation.contract.dictionary import Dictionary, Label, label_of
from kring.evaluation.contract.schema import check_document
from kring.evaluation.contract.table import OutcomeTable
from kring.evaluation.errors import BadInput, Fault, refuse


@dataclass(frozen=True)
class Model:
    """The mixed model: fixed effects, nested random intercepts (outermost first), how it is fitted."""

    fixed: str
    groups: tuple[str, ...]
    time_slope: str = "none"
    method: str = "REML"
    df: str = "satterthwaite"


@dataclass(frozen=True)
class Contrast:
    """One question to the model: a difference between arms at an occasion, in change, or one coefficient."""

    name: str
    label: Label
    arm: str = ""
    occasion: str = ""
    minus_occasion: str = ""
    coefficient: str = ""


@dataclass(frozen=True)
class Missing:
    """Sensitivity analyses for missing scores; the main analysis is maximum likelihood on what is there."""

    imputations: int = 20
    deltas: tuple[float, ...] = ()
    delta_arms: str = "intervention"
    seed: int = 1


@dataclass(frozen=True)
class Change:
    """Between which occasions the change of one person is taken, and from when it is called reliable."""

    start: str
    end: str
    z: float = 1.96


@dataclass(frozen=True)
class Protocol:
    """Everything that was decided before the scores were seen."""

    title: Label
    primary: str
    secondary: tuple[str, ...]
    model: Model
    contrasts: tuple[Contrast, ...]
    registration: str = ""
    divide_by: str = "baseline_sd"
    missing: Missing = field(default_factory=Missing)
    change: Change | None = None
    compare_teams: bool = True
    adjust: tuple[str, ...] = ()
    threshold: int = 10
    threshold_reason: str = ""
    languages: tuple[str, ...] = ("nl", "en")
    confidence: float = 0.95
    file: str = "protocol.toml"

    @property
    def measures(self) -> tuple[str, ...]:
        """Primary measure first."""
        return (self.primary, *self.secondary)


def read_protocol(path: Path) -> Protocol:
    """Read and check a protocol file; BadInput when it is absent, not TOML, or not a protocol."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise refuse("there is no such file.", "Write a protocol (docs/evaluation.md).", str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse(f"is not TOML: {error}.", "Mend that line.", str(path)) from None
    return parse_protocol(document, str(path))


def parse_protocol(document: dict[str, Any], file: str = "protocol") -> Protocol:
    """A Protocol from its TOML document."""
    check_document(document, "protocol", file)
    model, teams = document["model"], document.get("teams", {})
    disclosure, report = document.get("disclosure", {}), document.get("report", {})
    missing, change = document.get("missing", {}), document.get("change")
    return Protocol(
        title=label_of(document["title"]),
        primary=document["outcome"]["primary"],
        secondary=tuple(document["outcome"].get("secondary", ())),
        model=Model(**model | {"groups": tuple(model["groups"])}),
        contrasts=tuple(Contrast(**entry | {"label": label_of(entry["label"])}) for entry in document["contrasts"]),
        registration=document.get("registration", ""),
        divide_by=document.get("effect_size", {}).get("divide_by", "baseline_sd"),
        missing=Missing(**missing | {"deltas": tuple(missing.get("deltas", ()))}),
        change=Change(change["from"], change["to"], change.get("z", 1.96)) if change else None,
        compare_teams=teams.get("compare", True),
        adjust=tuple(teams.get("adjust", ())),
        threshold=disclosure.get("threshold", 10),
        threshold_reason=disclosure.get("reason", ""),
        languages=tuple(report.get("languages", ("nl", "en"))),
        confidence=report.get("confidence", 0.95),
        file=file,
    )


def check_protocol(protocol: Protocol, table: OutcomeTable) -> None:
    """Raise BadInput when the protocol names what is not there, or the table cannot answer it."""
    faults = _unknown_names(protocol, table.dictionary) + _formula_faults(protocol, table)
    faults = faults or [fault for code in protocol.measures for fault in _unanswerable(protocol, table, code)]
    if faults:
        raise BadInput(faults)


def _unknown_names(protocol: Protocol, dictionary: Dictionary) -> list[Fault]:
    occasions = {occasion.code for occasion in dictionary.occasions}
    measures = {measure.code for measure in dictionary.measures}
    arms = {arm.code for arm in dictionary.arms} - {dictionary.reference.code}
    persons = {covariate.name for covariate in dictionary.covariates if covariate.level == "person"}
    named = [("measure", code, measures) for code in protocol.measures]
    named += [("covariate of level person", name, persons) for name in protocol.adjust]
    for contrast in protocol.contrasts:
        named += [("arm other than the reference", contrast.arm, arms)] if contrast.arm else []
        named += [("occasion", code, occasions) for code in (contrast.occasion, contrast.minus_occasion) if code]
    if protocol.change:
        named += [("occasion", code, occasions) for code in (protocol.change.start, protocol.change.end)]
    return [
        Fault(
            f"names the {kind} {code!r}, which the dictionary does not have.",
            f"It has: {', '.join(sorted(known)) or 'none'}.",
            protocol.file,
        )
        for kind, code, known in named
        if code not in known
    ]


def _formula_faults(protocol: Protocol, table: OutcomeTable) -> list[Fault]:
    """A formula that cannot be read, or that names what is neither a column nor made from one."""
    try:
        names = set(map(str, Formula(protocol.model.fixed).required_variables))
    except (FormulaicError, SyntaxError) as error:
        what = f"model.fixed is not a formula: {str(error).splitlines()[0]}."
        return [Fault(what, 'Write for example "arm * occasion".', protocol.file)]
    columns = set(table.frame.columns) - {
        "person",
        "team",
        "institution",
        "measure",
        "score",
        "missing_reason",
    }
    return [
        Fault(
            f"model.fixed names {name!r}, which is not there.",
            f"There are: {', '.join(sorted(columns))}.",
            protocol.file,
        )
        for name in sorted(names - columns)
    ]


def _unanswerable(protocol: Protocol, table: OutcomeTable, measure: str) -> list[Fault]:
    """A measure with nothing to compare: all missing, constant, one arm, one team, an empty occasion."""
    scores = table.scores(measure)
    if scores.height == 0:
        return [Fault(f"every score of {measure} is missing.", "Leave it out of the protocol.", table.name)]
    if scores["score"].n_unique() == 1:
        what = f"every score of {measure} is {scores['score'][0]:g}; nothing can be estimated."
        return [Fault(what, "Leave it out of the protocol.", table.name)]
    return _empty_cells(protocol, table, measure) + _lonely_groups(protocol, table, measure)


def _empty_cells(protocol: Protocol, table: OutcomeTable, measure: str) -> list[Fault]:
    """Contrasts that compare an arm or occasion without any score."""
    there = set(table.scores(measure).select("arm", "occasion").unique().iter_rows())
    wanted = [
        (contrast.name, arm, occasion)
        for contrast in protocol.contrasts
        for occasion in filter(None, (contrast.occasion, contrast.minus_occasion))
        for arm in (contrast.arm, table.dictionary.reference.code)
    ]
    return [
        Fault(
            f"{measure} has no score in arm {arm!r} at occasion {occasion!r}, which contrast {name!r} compares.",
            "Add those rows, or take the contrast out.",
            table.name,
        )
        for name, arm, occasion in wanted
        if (arm, occasion) not in there
    ]


def _lonely_groups(protocol: Protocol, table: OutcomeTable, measure: str) -> list[Fault]:
    """One team, one institution or one arm, where the model compares several."""
    scores, faults = table.scores(measure), []
    for group in ("team", "institution"):
        if group in protocol.model.groups and scores[group].n_unique() < 2:
            what = f"the model has {group} as a group, and {measure} has scores of one {group} only."
            faults.append(Fault(what, f'Take "{group}" out of model.groups.', table.name))
    faults += _measured_once(protocol, table, measure)
    if "arm" in Formula(protocol.model.fixed).required_variables and scores["arm"].n_unique() < 2:
        what = f"{measure} has scores in one arm only, the model compares arms."
        faults.append(Fault(what, "Add the other arm, or take arm out of the model.", table.name))
    return faults


def _measured_once(protocol: Protocol, table: OutcomeTable, measure: str) -> list[Fault]:
    """One score a person: what a person adds cannot be told from the residual, and no change can be seen."""
    scores = table.scores(measure)
    if "person" not in protocol.model.groups or scores["person"].n_unique() < scores.height:
        return []
    what = f"nobody has more than one score of {measure}, so a person cannot be told from the residual."
    remedy = 'Take "person" out of model.groups. One score a person shows differences between groups, no change.'
    return [Fault(what, remedy, table.name)]
