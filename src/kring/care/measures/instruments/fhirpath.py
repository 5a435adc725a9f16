"""A small part of FHIRPath, evaluated exactly: the expressions with which a Questionnaire calculates its own items.

What there is: numbers, texts, true and false, {}; + - * / div mod, unary -; = != < <= > >=; and, or; in; | ; paths
(item, answer, value, linkId, code, system, id, url, ...), where(), select(), repeat(), descendants(), extension(),
ordinal() and weight() (the ordinalValue of a choice), sum(), avg(), min(), max(), count(), exists(), empty(), first(),
not(), iif(); %resource and named variables. Anything else is refused by name. Numbers are fractions: nothing is
rounded, where FHIRPath N1 allows rounding after 8 decimals. `{}` and empty collections behave as in the specification
(hl7.org/fhirpath/N1).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from kring.care.measures.instruments import r4
from kring.care.measures.instruments.fhirpath_values import (
    ARGUMENTS,
    EACH,
    FUNCTIONS,
    OPERATORS,
    Node,
    Scope,
    Value,
    Values,
    WrongExpression,
    extensions,
    iif,
    numbers,
    properties,
)

LONGEST = 20_000  # characters

TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^'\\]|\\.)*')|(?P<variable>%[A-Za-z_][A-Za-z0-9_-]*)"""
    r"""|(?P<name>\$?[A-Za-z_][A-Za-z0-9_]*)|(?P<sign><=|>=|!=|[-+*/()=<>|.,{}]))"""
)


@dataclass(frozen=True)
class Expression:
    """A parsed expression. `link_ids` are the items it names; `variables` the variables it uses, without %resource."""

    text: str
    evaluate: Node
    link_ids: frozenset[str]
    variables: frozenset[str]

    def of(self, resource: Mapping[str, Any], variables: Mapping[str, Values] | None = None) -> Values:
        """Its value on a QuestionnaireResponse."""
        return self.evaluate(Scope([resource], {"resource": [resource], "context": [resource], **(variables or {})}))


def parse(text: str) -> Expression:
    """Read an expression; WrongExpression says what is not understood, and at which character."""
    if len(text) > LONGEST:
        raise WrongExpression(f"it has more than {LONGEST} characters.")
    parser = _Parser(text)
    try:
        node = parser.binary(0)
    except RecursionError:
        raise WrongExpression("it is nested too deeply.") from None
    parser.end()
    return Expression(text, node, frozenset(parser.link_ids), frozenset(parser.variables))


@cache
def known_names() -> frozenset[str]:
    """The elements of R4 that a path can go through: a misspelt one would silently give nothing."""
    types = r4.definitions()["types"].values()
    return frozenset(name.removesuffix("[x]") for elements in types for name in elements) | {"resourceType"}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise WrongExpression(f"{text[start]!r} at character {start + 1} is not understood.")
        yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup))
        at = found.end()
    yield _Token("end", "", len(text))


LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("in",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("|",),
    ("+", "-"),
    ("*", "/", "div", "mod"),
)
"""What binds loosest comes first (FHIRPath N1, operator precedence)."""


class _Parser:
    """Recursive descent, one method per rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.place = 0
        self.link_ids: set[str] = set()
        self.variables: set[str] = set()

    @property
    def next(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def expect(self, sign: str) -> None:
        if self.next.text != sign:
            raise self.wrong(f"{sign!r} was expected")
        self.take()

    def end(self) -> None:
        if self.next.kind != "end":
            raise self.wrong("something is left over")

    def wrong(self, what: str) -> WrongExpression:
        here = repr(self.next.text) if self.next.text else "the end"
        return WrongExpression(f"{what}, at {here} (character {self.next.at + 1}).")

    def binary(self, level: int) -> Node:
        if level == len(LEVELS):
            return self.unary()
        start = self.place
        node = self.binary(level + 1)
        while self.next.text in LEVELS[level]:
            operator = self.take().text
            node = _apply(OPERATORS[operator], node, self.binary(level + 1))
            if operator in ("=", "in"):
                self.link_ids |= set(self._compared(self.tokens[start : self.place]))
        return node

    @staticmethod
    def _compared(tokens: list[_Token]) -> list[str]:
        """The texts that a linkId is compared with."""
        named = any(token.kind == "name" and token.text == "linkId" for token in tokens)
        return [_unquoted(token.text) for token in tokens if named and token.kind == "text"]

    def unary(self) -> Node:
        if self.next.text in ("+", "-"):
            minus = self.take().text == "-"
            node = self.unary()
            return (lambda scope: [-value for value in numbers(node(scope))]) if minus else node
        return self.path()

    def path(self) -> Node:
        node = self.term()
        while self.next.text == ".":
            self.take()
            node = self.step(node)
        return node

    def term(self) -> Node:
        token = self.take()
        if token.kind in ("number", "text", "variable"):
            return self._literal(token)
        if token.kind == "name":
            self.place -= 1
            return (
                _constant(token.text == "true")
                if token.text in ("true", "false") and self.take()
                else self.step(_focus)
            )
        if token.text == "(":
            node = self.binary(0)
            self.expect(")")
            return node
        if token.text == "{":
            self.expect("}")
            return lambda scope: []
        self.place -= 1
        raise self.wrong("a value was expected")

    def _literal(self, token: _Token) -> Node:
        if token.kind == "number":
            return _constant(Fraction(token.text))
        if token.kind == "text":
            return _constant(_unquoted(token.text))
        name = token.text[1:]
        if name not in ("resource", "context"):
            self.variables.add(name)
        return lambda scope: list(scope.variables[name])

    def step(self, before: Node) -> Node:
        """A name after a dot: a property, or a function with its arguments."""
        token = self.take()
        if token.kind != "name":
            self.place -= 1
            raise self.wrong("a name was expected")
        if self.next.text != "(":
            if token.text == "$this":
                return before
            if token.text not in known_names():
                raise WrongExpression(f"{token.text!r} at character {token.at + 1} is no element of a response.")
            return lambda scope: properties(before(scope), token.text)
        self.take()
        arguments = self._arguments()
        return self._call(token, before, arguments)

    def _arguments(self) -> list[Node]:
        found: list[Node] = []
        while self.next.text != ")":
            found.append(self.binary(0))
            if self.next.text != ")":
                self.expect(",")
        self.expect(")")
        return found

    def _call(self, name: _Token, before: Node, arguments: list[Node]) -> Node:
        wanted = ARGUMENTS.get(name.text)
        if wanted is None:
            raise WrongExpression(f"the function {name.text}() at character {name.at + 1} is not known here.")
        if len(arguments) not in wanted:
            raise WrongExpression(f"{name.text}() at character {name.at + 1} has {len(arguments)} arguments.")
        if name.text == "iif":
            return iif(before, arguments)
        if name.text in EACH:
            look = EACH[name.text]
            return lambda scope: look(before(scope), arguments[0], scope)
        if name.text == "extension":
            return lambda scope: extensions(before(scope), arguments[0](scope))
        function = FUNCTIONS[name.text]
        return lambda scope: function(before(scope))


def _focus(scope: Scope) -> Values:
    return scope.focus


def _constant(value: Value) -> Node:
    return lambda scope: [value]


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _apply(operator: Callable[[Values, Values], Values], left: Node, right: Node) -> Node:
    return lambda scope: operator(left(scope), right(scope))
