"""The words of the report in Dutch (B1: everyday words, short sentences) and plain English, and its numbers.

Each language is one TOML file beside this module; a test keeps their keys and their fields equal.
"""

import math
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from kring.evaluation.contract.dictionary import Label

LANGUAGES = ("nl", "en")
MINUS = "−"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of a language by key."""
    text = files(__package__).joinpath(f"words.{language}.toml").read_text(encoding="utf-8")
    return {
        f"{section}.{key}": str(words) for section, table in tomllib.loads(text).items() for key, words in table.items()
    }


class Words:
    """Texts and numbers in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.texts = catalogue(language)

    def __call__(self, key: str, **fields: Any) -> str:
        """The text of a key with its fields filled in; an unknown key is an error."""
        return self.texts[key].format(**fields)

    def label(self, label: Label) -> str:
        """A label of dictionary or protocol in this language."""
        return label[self.language]

    def number(self, value: float | None, digits: int = 2) -> str:
        """A number with its decimals, or an en dash."""
        if value is None:
            return "–"
        text = f"{value:.{digits}f}"
        text = text.lstrip("-") if float(text) == 0 else text.replace("-", MINUS)
        return text.replace(".", ",") if self.language == "nl" else text

    def digits(self, se: float) -> int:
        """Decimals that an estimate deserves: two figures of its standard error, from two to five decimals."""
        return min(5, max(2, 1 - math.floor(math.log10(se)))) if se > 0 else 2

    def short(self, value: float) -> str:
        """A number without needless decimals, for axes."""
        text = f"{value:.10g}".replace("-", MINUS)
        return text.replace(".", ",") if self.language == "nl" else text

    def p(self, value: float) -> str:
        """A p value as journals print it."""
        if value < 0.001:
            return "< " + self.number(0.001, 3)
        return self.number(value, 3)

    def interval(self, low: float, high: float, digits: int = 2) -> str:
        """Both ends of an interval."""
        return self("number.interval", low=self.number(low, digits), high=self.number(high, digits))

    def percent(self, share: float, digits: int = 0) -> str:
        """A share as a percentage."""
        return self.number(100 * share, digits) + "%"
