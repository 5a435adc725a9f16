"""Why a part is in the programme and how certain that is: the findings of the shipped review, as a page shows them."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kring.care.training import library

CERTAINTY = {
    "high": _("certain"),
    "moderate": _("fairly certain"),
    "low": _("little certain"),
    "very low": _("very little certain"),
    "not rated": _("not rated"),
}


@dataclasses.dataclass(frozen=True)
class Reason:
    """One finding: what follows from it, why, how certain, and where it comes from."""

    text: str
    why: str
    certainty: Any
    certainty_why: str  # as the review says it, in English
    sources: list[tuple[str, str]]  # citation, what of it was read
    review: dict[str, str]


def reasons(content: dict[str, Any]) -> Iterator[Reason]:
    language = "nl" if (translation.get_language() or "nl").startswith("nl") else "en"
    for key in content.get("implications", []):
        found = library.implications().get(key)
        if found is None:
            continue
        yield Reason(
            text=found["text"][language],
            why=found["why"][language],
            certainty=CERTAINTY[found["certainty"]["level"]],
            certainty_why=found["certainty"]["why"],
            sources=[(each["citation"], each["read"]) for each in found["sources"]],
            review=found["from"],
        )
