"""Items that a Questionnaire calculates itself (SDC calculatedExpression): checked when it is read, evaluated exactly.

An expression sees the answers that people gave, and of the calculated items only those whose linkId it names. So an
order can be found in which each is worked out after those it names; where there is none, the circle is named.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import Any

from kring.care.measures.instruments import fhirpath
from kring.care.measures.instruments.faults import Fault, refuse
from kring.care.measures.instruments.fhirpath_values import Values, WrongExpression
from kring.care.measures.instruments.rules import Found

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
VARIABLE = "http://hl7.org/fhir/StructureDefinition/variable"
FHIRPATH = "text/fhirpath"


@dataclass(frozen=True)
class Calculation:
    """A calculated item, with the named expressions of the Questionnaire that its own may use."""

    link_id: str
    expression: fhirpath.Expression
    variables: Mapping[str, fhirpath.Expression]

    def value(self, response: Mapping[str, Any]) -> float | str | bool | None:
        """What comes out for a QuestionnaireResponse; None for nothing."""
        try:
            seen: dict[str, Values] = {}
            for name, variable in self.variables.items():
                seen[name] = variable.of(response, seen)
            found = self.expression.of(response, seen)
        except (WrongExpression, RecursionError) as error:
            raise refuse(
                "expression", f"it cannot be worked out: {error}", self.link_id, "Mend its expression."
            ) from None
        if len(found) > 1 or (found and isinstance(found[0], Mapping)):
            raise refuse("expression", "it gives no single value.", self.link_id, "Mend its expression.")
        value = found[0] if found else None
        return float(value) if isinstance(value, Fraction) else value


def read(
    document: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[Calculation, ...], list[Fault]]:
    """The calculated items in an order in which they can be worked out, and everything that is wrong with them."""
    faults: list[Fault] = []
    variables: dict[str, fhirpath.Expression] = {}
    for entry in _expressions(document, VARIABLE):
        where = f"variable {entry.get('name', '')!r}"
        found = _parsed(entry, where, set(variables), faults)
        if found and entry.get("name"):
            variables[entry["name"]] = found
    calculations = {}
    for link_id, item in items.items():
        for entry in _expressions(item, CALCULATED):
            found = _parsed(entry, f"item {link_id!r}", set(variables), faults)
            if found:
                calculations[link_id] = Calculation(link_id, found, variables)
    faults += _unknown({f"item {name!r}": c.expression for name, c in calculations.items()}, items)
    faults += _unknown({f"variable {name!r}": expression for name, expression in variables.items()}, items)
    return _ordered(calculations, faults), faults


def link_ids(found: Iterable[Found]) -> set[str]:
    """The items that are calculated, rightly or not."""
    return {one.link_id for one in found if any(_expressions(one.entry, CALCULATED))}


def _expressions(holder: Mapping[str, Any], url: str) -> Iterator[Mapping[str, Any]]:
    for extension in holder.get("extension", []):
        if extension.get("url") == url:
            yield extension.get("valueExpression", {})


def _parsed(entry: Mapping[str, Any], where: str, known: set[str], faults: list[Fault]) -> fhirpath.Expression | None:
    if entry.get("language") != FHIRPATH or "expression" not in entry:
        what = f"its expression is in {entry.get('language')!r}."
        faults.append(Fault("expression", what, where, f"Write it in {FHIRPATH}, as valueExpression."))
        return None
    try:
        found = fhirpath.parse(entry["expression"])
    except WrongExpression as error:
        faults.append(Fault("expression", f"its expression is wrong: {error}", where, "Mend the expression."))
        return None
    for name in sorted(found.variables - known):
        what = f"its expression uses %{name}, which is not named before it."
        faults.append(Fault("expression", what, where, "Name it as a variable of the Questionnaire, or mend it."))
    return None if found.variables - known else found


def _unknown(expressions: Mapping[str, fhirpath.Expression], items: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    for where, expression in expressions.items():
        for link_id in sorted(expression.link_ids - set(items)):
            what = f"its expression names the item {link_id!r}, which is not there."
            yield Fault("no_item", what, where, "Mend the linkId in the expression.")


def _ordered(calculations: Mapping[str, Calculation], faults: list[Fault]) -> tuple[Calculation, ...]:
    """Each after those it names; a fault with the whole circle where some name each other."""
    graph = {name: _named(calculation) & set(calculations) for name, calculation in calculations.items()}
    try:
        return tuple(calculations[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " needs ".join(repr(name) for name in reversed(error.args[1]))
        faults.append(Fault("cycle", f"calculated items go round in a circle: {circle}.", "Questionnaire", "Break it."))
        return ()


def _named(calculation: Calculation) -> set[str]:
    """The linkIds that its own expression and the variables name."""
    found = set(calculation.expression.link_ids)
    for name in _used(calculation.expression, calculation.variables):
        found |= calculation.variables[name].link_ids
    return found


def _used(expression: fhirpath.Expression, variables: Mapping[str, fhirpath.Expression]) -> set[str]:
    found = set(expression.variables)
    for name in expression.variables:
        found |= _used(variables[name], variables)
    return found


def work_out(
    calculations: tuple[Calculation, ...], response: Mapping[str, Any]
) -> dict[str, float | str | bool | None]:
    """The value of every calculated item, in order."""
    found: dict[str, float | str | bool | None] = {}
    for calculation in calculations:
        named = _named(calculation)
        extra = [_answered(name, value) for name, value in found.items() if name in named and value is not None]
        found[calculation.link_id] = calculation.value({**response, "item": [*response.get("item", []), *extra]})
    return found


def _answered(link_id: str, value: float | str | bool) -> dict[str, Any]:
    kinds: dict[type, str] = {bool: "valueBoolean", str: "valueString", float: "valueDecimal"}
    return {"linkId": link_id, "answer": [{kinds[type(value)]: value}]}
