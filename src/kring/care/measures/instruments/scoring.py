"""From answers to scores, exactly.

Points are whole numbers and a score is a fraction of their sum; only at the very end it becomes the float nearest to
that fraction. So the order of the items cannot change a bit of it, and `batch` gives the same bits for a million at
once. What a reader sees is rounded by the page, never here.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from kring.care.measures.instruments.definition import Band, Definition, Item, Scale
from kring.care.measures.instruments.faults import Fault, Refused

Number = int | float | Decimal
Answer = Number | None  # any type of number that equals an answer of the item; None is a missing answer

COMPLETE, FILLED, TOO_FEW, ENTERED = "complete", "filled", "too_few", "entered"


class ScaleScore(NamedTuple):
    """The score on one scale; `value` is None where too few of its items were answered.

    `rule` says what happened to missing items: "complete" (there were none), "filled" (they counted as the mean of the
    answered ones), "too_few" (no score); "entered" is a total that was worked out elsewhere.
    """

    scale: str
    value: float | None
    answered: int
    of: int
    rule: str


def score(definition: Definition, answers: Mapping[str, Answer]) -> tuple[ScaleScore, ...]:
    """Every scale of the instrument, in its order. None, or an item that is not there, is a missing answer."""
    points = points_of(definition, answers)
    return tuple(_scored(scale, definition, points) for scale in definition.scales)


def entered(definition: Definition, totals: Mapping[str, Number]) -> tuple[ScaleScore, ...]:
    """Totals that were worked out elsewhere, in the order of the scales; Refused names each that cannot be."""
    scales = {scale.code: scale for scale in definition.scales}
    faults = [fault for code, total in totals.items() if (fault := _total_fault(scales.get(code), code, total))]
    if faults:
        raise Refused(faults)
    return tuple(
        ScaleScore(code, float(totals[code]), 0, len(scale.items), ENTERED)
        for code, scale in scales.items()
        if code in totals
    )


def points_of(definition: Definition, answers: Mapping[str, Answer]) -> dict[str, int]:
    """What each given answer counts for; Refused names every answer that cannot be."""
    points: dict[str, int] = {}
    faults: list[Fault] = []
    for link_id, answer in answers.items():
        item = definition.by_link_id.get(link_id)
        units = None if item is None or answer is None else units_of(item, answer)
        if item is None:
            faults.append(_unknown(link_id, "item"))
        elif units is not None:
            points[link_id] = item.points(units)
        elif answer is not None:
            faults.append(_impossible(item, answer))
    if faults:
        raise Refused(faults)
    return points


def units_of(item: Item, answer: object) -> int | None:
    """The answer in whole units of its last decimal place; None when the item does not take it."""
    if isinstance(answer, bool) or not isinstance(answer, int | float | Decimal) or answer != answer:
        return None
    if not item.low <= answer <= item.high:
        return None
    units = answer * item.unit if isinstance(answer, int) else Decimal(str(answer)) * item.unit
    return int(units) if units == int(units) and item.takes(int(units)) else None


def _unknown(code: str, what: str) -> Fault:
    return Fault(f"no_{what}", f"this instrument has no such {what}.", code, "Use the instrument that was filled in.")


def _impossible(item: Item, answer: object) -> Fault:
    kind = f"a number with {item.decimals} decimals" if item.decimals else "a whole number"
    what = f"the answer {answer!r} is not {kind} from {item.low} to {item.high}."
    return Fault("out_of_range", what, item.link_id, "Give an answer in the range, or none.")


def _total_fault(scale: Scale | None, code: str, total: Number) -> Fault | None:
    if scale is None:
        return _unknown(code, "scale")
    number = isinstance(total, int | float | Decimal) and not isinstance(total, bool)
    if not number or not Decimal(str(total)).is_finite():
        return Fault("no_number", f"the total {total!r} is not a number.", code, "Enter the total as a number.")
    if scale.low is not None and scale.high is not None and not scale.low <= total <= scale.high:
        what = f"the total {total} is not from {scale.low} to {scale.high}."
        return Fault("out_of_range", what, code, "Check the total, and whether it is of this instrument.")
    return None


def _scored(scale: Scale, definition: Definition, points: Mapping[str, int]) -> ScaleScore:
    given = [scale.worth(definition.item(link_id), points[link_id]) for link_id in scale.items if link_id in points]
    answered, of = len(given), len(scale.items)
    if not answered or answered < scale.at_least:
        return ScaleScore(scale.code, None, answered, of, TOO_FEW if of else ENTERED)
    total = Fraction(sum(given) * of, answered)
    value = float(_combined(scale, definition, total))
    return ScaleScore(scale.code, value, answered, of, COMPLETE if answered == of else FILLED)


def _combined(scale: Scale, definition: Definition, total: Fraction) -> Fraction:
    items = [definition.item(link_id) for link_id in scale.items]
    if scale.combine == "sum":
        return total / items[0].unit
    if scale.combine == "mean":
        return total / (items[0].unit * len(items))
    least, most = map(sum, zip(*map(scale.ends, items), strict=True))
    return 100 * (total - least) / (most - least)


def band_of(scale: Scale, value: Number) -> Band | None:
    """The published band of a score, after rounding to the nearest tenth; None where the scale has none.

    The bands of FACTs 2017 are given to one decimal and leave no room between 6.6 and 6.7: rounding is the rule of
    the publisher (ccaf.nl, 22 December 2017).
    """
    tenths = round_to_tenth(value)
    return next((band for band in scale.bands if _within(tenths, band)), None)


def _within(value: Decimal, band: Band) -> bool:
    above = band.low is None or value >= Decimal(str(band.low))
    return above and (band.high is None or value <= Decimal(str(band.high)))


def round_to_tenth(value: Number) -> Decimal:
    """The nearest tenth, half up: of the number as it is written, not of its binary form."""
    return Decimal(str(value)).quantize(Decimal("0.1"), rounding="ROUND_HALF_UP")
