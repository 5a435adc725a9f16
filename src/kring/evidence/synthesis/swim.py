"""The nine SWiM items (Campbell et al. 2020): a narrative synthesis is final only when all are written."""

from collections.abc import Mapping
from dataclasses import dataclass

ITEMS = {
    "grouping": "How studies were grouped, and why",
    "metric": "The common metric and any transformation",
    "synthesis_method": "The synthesis method and why it was chosen",
    "prioritised": "How results were prioritised for summary and conclusion",
    "heterogeneity": "How differences between studies were looked into",
    "certainty": "How certainty was assessed",
    "presentation": "How the data are shown: tables, figures, order",
    "reporting": "What was found for each comparison and outcome, linked to the studies",
    "limitations": "Limitations of the synthesis and of its grouping",
}


@dataclass(frozen=True)
class Swim:
    """The items as written, in SWiM's order."""

    texts: Mapping[str, str]

    @property
    def missing(self) -> list[str]:
        return [item for item in ITEMS if not self.texts.get(item, "").strip()]

    @property
    def final(self) -> bool:
        return not self.missing


def swim(texts: Mapping[str, str]) -> Swim:
    """Check the names; raises ValueError on an item that SWiM does not have."""
    strange = [name for name in texts if name not in ITEMS]
    if strange:
        raise ValueError(f"{strange[0]!r} is not a SWiM item; the items are: {', '.join(ITEMS)}")
    return Swim(dict(texts))
