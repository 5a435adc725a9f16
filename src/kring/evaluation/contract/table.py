"""The outcome table: loaded whole and checked whole, or refused with everything that is wrong with it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kring.evaluation.contract.dictionary import Dictionary, dictionary_path, read_dictionary
from kring.evaluation.contract.reading import read_columns, row_faults
from kring.evaluation.errors import BadInput, Fault


@dataclass(frozen=True)
class OutcomeTable:
    """One row per person, occasion and measure, as the dictionary says it.

    `frame` has the columns person, team, institution (empty text when the table has none), arm, occasion,
    months, measure, score (null where missing) and, where the table has them, day, period, exposure,
    missing_reason and the covariates. Rows are in file order.
    """

    frame: pl.DataFrame
    dictionary: Dictionary
    sha256: str
    name: str

    def scores(self, measure: str) -> pl.DataFrame:
        """The rows of one measure that hold a score."""
        return self.frame.filter((pl.col("measure") == measure) & pl.col("score").is_not_null())

    def people(self) -> pl.DataFrame:
        """One row per person, sorted: person, team, institution, arm and the person's covariates."""
        stable = [c.name for c in self.dictionary.covariates if c.level != "row"]
        columns = ["team", "institution", "arm", *stable]
        return self.frame.group_by("person").agg(pl.col(columns).drop_nulls().first()).sort("person")


def load(path: Path, dictionary_file: Path | None = None) -> OutcomeTable:
    """Read table and dictionary; BadInput names every row, column and remedy. Nothing is coerced."""
    dictionary = read_dictionary(dictionary_file or dictionary_path(path))
    frame = read_columns(path, dictionary)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    faults = _file_faults(frame, dictionary, digest, str(path)) + _cell_faults(frame, dictionary, str(path))
    if faults:
        raise BadInput(faults)
    frame = _completed(frame, dictionary, str(path))
    faults = _structure_faults(frame, dictionary, str(path)) + _flow_faults(frame, dictionary, str(path))
    if faults:
        raise BadInput(faults)
    return OutcomeTable(frame, dictionary, digest, path.name)


def _file_faults(frame: pl.DataFrame, dictionary: Dictionary, digest: str, file: str) -> list[Fault]:
    found = []
    if frame.height == 0:
        found.append(Fault("the table has no rows.", "Export it again.", file))
    if dictionary.rows is not None and dictionary.rows != frame.height:
        what = f"the dictionary says {dictionary.rows} rows, the table has {frame.height}."
        found.append(Fault(what, "Export both again, together.", file))
    if dictionary.sha256 and dictionary.sha256 != digest:
        what = "the table is not the file that the dictionary was made for (their sha256 differ)."
        found.append(Fault(what, "Export both again, together.", file))
    return found


def _cell_faults(frame: pl.DataFrame, dictionary: Dictionary, file: str) -> list[Fault]:
    """Empty cells, unknown codes and impossible values."""
    found: list[Fault] = []
    for name in ("person", "team", "institution", "arm", "occasion", "measure"):
        if name in frame.columns:
            found += row_faults(frame[name].is_null(), file, name, lambda _: "the cell is empty.", "Fill it in.")
    for name, codes in _codes(dictionary).items():
        if name in frame.columns:
            found += _unknown_codes(frame[name], codes, file)
    for measure in dictionary.measures:
        here = frame["measure"] == measure.code
        outside = here & ((frame["score"] < measure.low) | (frame["score"] > measure.high))
        remedy = f"{measure.code} goes from {measure.low:g} to {measure.high:g}; correct it, or leave it empty."
        found += row_faults(outside, file, "score", lambda row: f"{frame['score'][row]:g} is impossible.", remedy)
        if measure.kind == "count":
            odd = here & ((frame["score"] < 0) | (frame["score"] % 1 != 0))
            remedy = "Counts are whole numbers from zero; correct it, or leave it empty."
            found += row_faults(odd, file, "score", lambda row: f"{frame['score'][row]:g} is no count.", remedy)
    for covariate in dictionary.covariates:
        if covariate.range:
            found += _outside(frame[covariate.name], *covariate.range, file)
    if "missing_reason" in frame.columns:
        both = frame["missing_reason"].is_not_null() & frame["score"].is_not_null()
        what = "there is a reason why the score is missing, and a score."
        found += row_faults(both, file, "missing_reason", lambda _: what, "Keep one of them.")
    return found


def _outside(column: pl.Series, low: float, high: float, file: str) -> list[Fault]:
    remedy = f"{column.name} goes from {low:g} to {high:g}; correct it, or leave the cell empty."
    outside = (column < low) | (column > high)
    return row_faults(outside, file, column.name, lambda row: f"{column[row]:g} is impossible.", remedy)


def _codes(dictionary: Dictionary) -> dict[str, set[str]]:
    """The codes that each column may hold."""
    return {
        "arm": {arm.code for arm in dictionary.arms},
        "occasion": {occasion.code for occasion in dictionary.occasions},
        "measure": {measure.code for measure in dictionary.measures},
        "missing_reason": set(dictionary.missing_reasons),
        **{c.name: set(c.categories) for c in dictionary.covariates if c.type == "category"},
    }


def _unknown_codes(column: pl.Series, codes: set[str], file: str) -> list[Fault]:
    unknown = column.is_not_null() & ~column.is_in(sorted(codes))
    listed = ", ".join(sorted(codes)[:12]) or "no codes"
    remedy = f"The dictionary has: {listed}. Correct the cell or the dictionary."
    return row_faults(
        unknown, file, column.name, lambda row: f"the code {column[row]!r} is not in the dictionary.", remedy
    )


def _completed(frame: pl.DataFrame, dictionary: Dictionary, file: str) -> pl.DataFrame:
    """Add what the dictionary says of each row: occasion from day, months, institution, arm."""
    if "institution" not in frame.columns:
        frame = frame.with_columns(institution=pl.lit(""))
    if "arm" not in frame.columns:
        frame = frame.with_columns(arm=pl.lit(dictionary.reference.code))
    if "day" in frame.columns:
        frame = _placed_in_windows(frame, dictionary, file)
    months = {occasion.code: float(occasion.months) for occasion in dictionary.occasions}
    return frame.with_columns(months=pl.col("occasion").replace_strict(months, return_dtype=pl.Float64))


def _placed_in_windows(frame: pl.DataFrame, dictionary: Dictionary, file: str) -> pl.DataFrame:
    """Give each day its occasion by the dictionary's windows, or check the occasion that is there."""
    windows = {occasion.code: occasion.window_days for occasion in dictionary.occasions if occasion.window_days}
    place = pl.lit(None, dtype=pl.String)
    for code, (first, last) in windows.items():
        place = pl.when(pl.col("day").is_between(first, last)).then(pl.lit(code)).otherwise(place)
    placed = frame.select(place.alias("occasion"))["occasion"]
    day = frame["day"]
    if "occasion" not in frame.columns:
        bad, what = placed.is_null(), "lies in no occasion's window"
        frame = frame.with_columns(occasion=placed)
    else:
        checked = frame["occasion"].is_in(sorted(windows)) & day.is_not_null()
        bad, what = checked & placed.ne_missing(frame["occasion"]), "lies outside the window of its occasion"
    remedy = "Correct the day, or widen window_days in the dictionary."
    faults = row_faults(bad, file, "day", lambda row: f"day {day[row]} {what}.", remedy)
    if faults:
        raise BadInput(faults)
    return frame


def _structure_faults(frame: pl.DataFrame, dictionary: Dictionary, file: str) -> list[Fault]:
    """Persons in two teams, teams in two institutions, doubled occasions, covariates that change."""
    found = []
    within = [("person", "team"), ("person", "arm"), ("team", "institution")]
    if dictionary.allocation == "team":
        within.append(("team", "arm"))
    within += [(c.level, c.name) for c in dictionary.covariates if c.level != "row"]
    for group, column in within:
        found += _changing(frame, group, column, file)
    doubled = frame.select(pl.struct("person", "occasion", "measure").is_duplicated()).to_series()
    again = doubled & ~frame.select(pl.struct("person", "occasion", "measure").is_first_distinct()).to_series()

    def what(row: int) -> str:
        person, occasion, measure = (frame[name][row] for name in ("person", "occasion", "measure"))
        return f"person {person!r} has {measure} at occasion {occasion!r} twice."

    return found + row_faults(again, file, "occasion", what, "Keep one of the rows.")


REMEDIES = {
    (
        "person",
        "team",
    ): "Keep the team at the start, or give the person a new code for the new episode of care.",
    ("person", "arm"): "Keep the arm that was allocated; a change over time goes in column exposure.",
    ("team", "arm"): 'Whole teams were allocated; correct the arm, or set "allocation" to "person".',
    ("team", "institution"): "Give each team one institution.",
}


def _flow_faults(frame: pl.DataFrame, dictionary: Dictionary, file: str) -> list[Fault]:
    """Counts from before allocation that leave fewer persons than the table has."""
    assessed = dictionary.flow.get("persons_assessed")
    if assessed is None:
        return []
    excluded = sum(entry["n"] for entry in dictionary.flow.get("persons_excluded", []))
    persons = frame["person"].n_unique()
    if assessed - excluded >= persons:
        return []
    what = f"by the dictionary {assessed} persons were assessed, and {persons} are in the table"
    what += f" besides {excluded} excluded." if excluded else "."
    return [Fault(what, "Correct flow in the dictionary.", file)]


def _changing(frame: pl.DataFrame, group: str, column: str, file: str) -> list[Fault]:
    """Rows whose value differs from the first one of their group."""
    first = frame.select(pl.col(column).drop_nulls().first().over(group)).to_series()
    bad = frame[column].is_not_null() & (frame[column] != first)
    remedy = REMEDIES.get(
        (group, column), f"{column} has one value for each {group}; correct it or make its level row."
    )

    def what(row: int) -> str:
        return f"{group} {frame[group][row]!r} is in {column} {frame[column][row]!r}, before in {first[row]!r}."

    return row_faults(bad, file, column, what, remedy)
