"""What the operators and functions of our part of FHIRPath do; `fhirpath` reads the expressions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

Value = Any  # a Fraction, str, bool, or a part of a resource (dict)
Values = list[Value]

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


class WrongExpression(Exception):
    """The expression cannot be read or evaluated; says what and where."""


@dataclass(frozen=True)
class Scope:
    """What the parts of an expression see: the element they stand on, and the variables."""

    focus: Values
    variables: Mapping[str, Values]


Node = Callable[[Scope], Values]


def properties(values: Values, name: str) -> Values:
    """A property of each element; `value` stands for value[x]."""
    found: Values = []
    for value in values:
        if not isinstance(value, Mapping):
            continue
        keys = [key for key in value if key.startswith("value")] if name == "value" else [name]
        for key in keys:
            inner = value.get(key, [])
            found += [_as_value(one) for one in (inner if isinstance(inner, list) else [inner])]
    return found


def _as_value(value: Any) -> Value:
    """JSON numbers become exact: as they are written, not as binary floats."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    try:
        return Fraction(str(value))
    except ValueError:  # NaN and infinity, that JSON does not know but Python reads
        raise WrongExpression(f"{value} is no number.") from None


def numbers(values: Values) -> Values:
    for value in values:
        if not isinstance(value, Fraction):
            raise WrongExpression(f"{_shown(value)} is not a number.")
    return values


def _shown(value: Value) -> str:
    return "an element" if isinstance(value, Mapping) else repr(value)


def _one(values: Values) -> Value:
    if len(values) > 1:
        raise WrongExpression(f"one value was expected, and there are {len(values)}.")
    return values[0] if values else None


def _truth(values: Values) -> bool | None:
    value = _one(values)
    if value is None or isinstance(value, bool):
        return value
    return True  # a single element counts as true (FHIRPath N1, singleton evaluation)


def _arithmetic(work: Callable[[Fraction, Fraction], Fraction | int]) -> Callable[[Values, Values], Values]:
    def operate(left: Values, right: Values) -> Values:
        a, b = _one(numbers(left)), _one(numbers(right))
        if a is None or b is None:
            return []
        try:
            return [Fraction(work(a, b))]
        except ZeroDivisionError:
            return []  # FHIRPath: division by zero is empty

    return operate


def _plus(left: Values, right: Values) -> Values:
    if all(isinstance(value, str) for value in (*left, *right)) and left and right:
        return [_one(left) + _one(right)]
    return _arithmetic(lambda a, b: a + b)(left, right)


def _comparison(work: Callable[[Any, Any], bool]) -> Callable[[Values, Values], Values]:
    def operate(left: Values, right: Values) -> Values:
        a, b = _one(left), _one(right)
        if a is None or b is None:
            return []
        if type(a) is not type(b) or isinstance(a, Mapping | bool):
            raise WrongExpression(f"{_shown(a)} and {_shown(b)} cannot be compared.")
        return [work(a, b)]

    return operate


def _same(a: Value, b: Value) -> bool:
    """Values of different types are never equal (in Python 1 == True)."""
    return type(a) is type(b) and bool(a == b)


def _all_same(left: Values, right: Values) -> bool:
    return len(left) == len(right) and all(map(_same, left, right))


def _equal(left: Values, right: Values) -> Values:
    return [_all_same(left, right)] if left and right else []


def _different(left: Values, right: Values) -> Values:
    return [not _all_same(left, right)] if left and right else []


def _in(left: Values, right: Values) -> Values:
    return [any(_same(_one(left), value) for value in right)] if left else []


def _union(left: Values, right: Values) -> Values:
    found: Values = []
    for value in (*left, *right):
        if not any(_same(value, other) for other in found):
            found.append(value)
    return found


def _and(left: Values, right: Values) -> Values:
    """Three-valued: false wins, then not known."""
    a, b = _truth(left), _truth(right)
    if a is False or b is False:
        return [False]
    return [True] if a and b else []


def _or(left: Values, right: Values) -> Values:
    """Three-valued: true wins, then not known."""
    a, b = _truth(left), _truth(right)
    if a or b:
        return [True]
    return [False] if a is False and b is False else []


def _trunc(a: Fraction, b: Fraction) -> int:
    return int(a / b)  # towards zero, as in the specification


OPERATORS: dict[str, Callable[[Values, Values], Values]] = {
    "or": _or,
    "and": _and,
    "in": _in,
    "=": _equal,
    "!=": _different,
    "<": _comparison(lambda a, b: a < b),
    "<=": _comparison(lambda a, b: a <= b),
    ">": _comparison(lambda a, b: a > b),
    ">=": _comparison(lambda a, b: a >= b),
    "|": _union,
    "+": _plus,
    "-": _arithmetic(lambda a, b: a - b),
    "*": _arithmetic(lambda a, b: a * b),
    "/": _arithmetic(lambda a, b: a / b),
    "div": _arithmetic(_trunc),
    "mod": _arithmetic(lambda a, b: a - b * _trunc(a, b)),
}


def _where(values: Values, criterion: Node, scope: Scope) -> Values:
    return [value for value in values if _truth(criterion(Scope([value], scope.variables)))]


def _select(values: Values, projection: Node, scope: Scope) -> Values:
    return [found for value in values for found in projection(Scope([value], scope.variables))]


def _repeat(values: Values, projection: Node, scope: Scope) -> Values:
    """Only what is new is followed further, so that this ends."""
    found: Values = []
    layer = values
    while layer:
        layer = [value for value in _select(layer, projection, scope) if not any(_same(value, v) for v in found)]
        found += layer
    return found


def _descendants(values: Values) -> Values:
    children = [
        _as_value(child)
        for value in values
        if isinstance(value, Mapping)
        for inner in value.values()
        for child in (inner if isinstance(inner, list) else [inner])
    ]
    return children + _descendants(children) if children else []


def extensions(values: Values, url: Values) -> Values:
    return [ext for ext in properties(values, "extension") if isinstance(ext, Mapping) and [ext.get("url")] == url]


def _ordinal(values: Values) -> Values:
    """The ordinalValue of a choice; a number is its own."""
    found: Values = []
    for value in values:
        found += [value] if isinstance(value, Fraction) else properties(extensions([value], [ORDINAL]), "value")
    return found


def iif(before: Node, arguments: list[Node]) -> Node:
    condition, then, *otherwise = arguments

    def choose(scope: Scope) -> Values:
        if _truth(condition(scope)):
            return then(scope)
        return otherwise[0](scope) if otherwise else []

    return choose


def _not(values: Values) -> Values:
    truth = _truth(values)
    return [] if truth is None else [not truth]


def _avg(values: Values) -> Values:
    return [sum(numbers(values), Fraction()) / len(values)] if values else []


EACH = {"where": _where, "select": _select, "repeat": _repeat}
FUNCTIONS: dict[str, Callable[[Values], Values]] = {
    "descendants": _descendants,
    "ordinal": _ordinal,
    "weight": _ordinal,
    "sum": lambda values: [sum(numbers(values), Fraction())],
    "avg": _avg,
    "min": lambda values: [min(numbers(values))] if values else [],
    "max": lambda values: [max(numbers(values))] if values else [],
    "count": lambda values: [Fraction(len(values))],
    "exists": lambda values: [bool(values)],
    "empty": lambda values: [not values],
    "first": lambda values: values[:1],
    "not": _not,
}
ARGUMENTS = {
    **dict.fromkeys(FUNCTIONS, (0,)),
    **dict.fromkeys((*EACH, "extension"), (1,)),
    "iif": (2, 3),
}
