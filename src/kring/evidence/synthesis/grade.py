"""Certainty by GRADE, with or without a pooled estimate: the software keeps reasons, people rate.

Start high for randomised trials; each of five domains takes 0, 1 or 2 off. `facts` lays beside each
domain what the data say about it (fewer than 400 people, directions that disagree, ...), and rates
nothing. Source: Guyatt et al. 2008; without an estimate Murad et al. 2017, BMJ Evid Based Med 22:85.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kring.evidence import log
from kring.evidence.problem import Problem

GRADE = "grade"
LEVELS = ("very low", "low", "moderate", "high")
NOT_RATED = "not rated"
FEWEST_PEOPLE = 400  # below it imprecision is likely (Murad 2017)
DOMAINS = {
    "risk_of_bias": "Risk of bias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication_bias": "Publication bias",
}


@dataclass(frozen=True)
class Rating:
    """One person's rating of one domain: how many levels off, and why."""

    domain: str
    off: int
    reason: str
    by: str


@dataclass(frozen=True)
class Certainty:
    """The ratings of one group of outcomes. `level` is *not rated* while a domain has no rating."""

    group: str
    ratings: Mapping[str, tuple[Rating, ...]]

    @property
    def missing(self) -> list[str]:
        return [domain for domain in DOMAINS if not self.ratings.get(domain)]

    @property
    def level(self) -> str:
        """The level that follows; where two raters differ, the lower counts until they agree."""
        if self.missing:
            return NOT_RATED
        off = sum(max(rating.off for rating in found) for found in self.ratings.values())
        return LEVELS[max(0, 3 - off)]

    @property
    def raters(self) -> list[str]:
        return sorted({rating.by for found in self.ratings.values() for rating in found})

    @property
    def agreed(self) -> bool:
        """Two people or more rated every domain, and alike."""
        return not self.missing and all(
            len(found) > 1 and len({rating.off for rating in found}) == 1 for found in self.ratings.values()
        )


def rated(group: str, domain: str, off: int, reason: str, *, by: str, at: str | None = None) -> dict[str, Any]:
    """The event of one rating; taking nothing off needs a reason as much as taking something off."""
    if domain not in DOMAINS:
        raise Problem(f"{domain!r} is no domain of GRADE.", f"Use one of: {', '.join(DOMAINS)}.")
    if off not in (0, 1, 2):
        raise Problem(f"{off} levels cannot be taken off.", "Take off 0, 1 or 2.")
    if not reason.strip():
        raise Problem("A rating needs its reason.", "Give --reason.")
    return log.event(stage=GRADE, reviewer=by, at=at, group=group, domain=domain, off=off, reason=reason)


def certainties(events: Iterable[Mapping[str, Any]]) -> dict[str, Certainty]:
    """Per group of outcomes its certainty; of one person's ratings of one domain the latest counts."""
    latest: dict[tuple[str, str, str], Rating] = {}
    for row in log.standing(events):
        if row["stage"] == GRADE:
            rating = Rating(row["domain"], row["off"], row["reason"], row["reviewer"])
            latest[row["group"], row["domain"], row["reviewer"]] = rating
    found: dict[str, dict[str, tuple[Rating, ...]]] = {}
    for (group, domain, _), rating in sorted(latest.items()):
        ratings = found.setdefault(group, {})
        ratings[domain] = (*ratings.get(domain, ()), rating)
    return {group: Certainty(group, ratings) for group, ratings in found.items()}


def facts(
    *, studies: int, people: int | None, benefit: int, harm: int, no_sign: int, bias: Mapping[str, int]
) -> dict[str, str]:
    """What the data say beside each domain of GRADE."""
    counted = ", ".join(f"{count} {judgement}" for judgement, count in bias.items() if count)
    known = "not known" if people is None else f"{people}"
    few = "; fewer than 400" if people is not None and people < FEWEST_PEOPLE else ""
    return {
        "risk_of_bias": f"{studies} studies: {counted or 'none assessed'}",
        "inconsistency": f"{benefit} for the training, {harm} against, {no_sign} without a sign or mixed",
        "indirectness": "judge population, training and outcome against the question",
        "imprecision": f"people with a usable number: {known}{few}",
        "publication_bias": "fewer than 10 studies: a funnel plot cannot tell" if studies < 10 else "see the funnel",
    }
