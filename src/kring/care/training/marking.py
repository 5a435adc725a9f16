"""Whether an answer is right. A question that has more than one right choice is right only as a whole."""

import re
from typing import Any

from kring.care.training import content


def is_right(asked: dict[str, Any], given: Any) -> bool:
    kind, right = asked["type"], asked["right"]
    if kind in ("single", "multiple"):
        return sorted(_numbers(given)) == sorted(right)
    if kind == "numeric":
        value = number(given)
        return value is not None and any(abs(value - each) <= asked.get("tolerance", 0) + 1e-9 for each in right)
    return plain(str(given)) in {plain(str(each)) for each in right}


def _numbers(given: Any) -> list[int]:
    return [int(each) for each in given] if isinstance(given, list) else []


def number(given: Any) -> float | None:
    """A number as people type it: with a comma or a point."""
    try:
        return float(str(given).strip().replace(",", "."))
    except ValueError:
        return None


def plain(words: str) -> str:
    """Words without capitals, outer marks and double spaces: a typing slip of that kind is no wrong answer."""
    return re.sub(r"\s+", " ", words).strip(" .,;:!?").casefold()


def right_words(asked: dict[str, Any]) -> list[str]:
    """The right answer as the reader would say it."""
    if asked["type"] in ("single", "multiple"):
        choices = content.words(asked)["choices"]
        return [choices[each] for each in asked["right"]]
    return [str(each) for each in asked["right"]]
