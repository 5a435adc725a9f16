"""The plan of a synthesis (`5_synthesis/plan.toml`, written by people): which studies, which groups of outcomes.

```toml
[studies]
main = ["probable_2021_set"]        # values of studies.role that enter the main synthesis
sensitivity = ["near_miss_codesign"]

[[group]]
id = "client_recovery"
title = {en = "Personal recovery", nl = "Persoonlijk herstel"}
level = "client"                    # of the outcomes table
domains = ["personal recovery"]     # of the outcomes table
hard = true                         # clients or observers, not knowledge or attitude

[pooling]                           # may be left out: these are the defaults
estimator = "REML"
test = "hk"
iccs = [0.02, 0.05, 0.1]            # borrowed, for results that ignored clusters; the middle one is the main one
rhos = [0.3, 0.5, 0.7]              # between outcomes of one study

[[regression]]                      # may be left out: does the effect go with a trait of studies or trainings?
group = "client_recovery"
by = ["year"]                       # numeric columns of the studies table, or items of the characteristics table

[swim]                              # the nine items of SWiM, each a text
grouping = "..."
```
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kring.evidence.extraction.schema import ITEMS as ITEM_NAMES
from kring.evidence.files import read_toml
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem
from kring.evidence.synthesis.pool_group import Settings
from kring.evidence.synthesis.swim import ITEMS, Swim, swim

TEMPLATE = """\
# Which studies enter the synthesis, by the column `role` of the studies table.
[studies]
main = []
sensitivity = []

# One [[group]] for each group of outcomes that is summarised together.
# [[group]]
# id = "client_recovery"
# title = {en = "Personal recovery", nl = "Persoonlijk herstel"}
# level = "client"
# domains = ["personal recovery"]
# hard = true

# [[regression]]
# group = "client_recovery"
# by = ["year"]

# The nine items of SWiM. While one is empty the report is marked as a draft.
[swim]
"""


@dataclass(frozen=True)
class Group:
    """Outcomes that are summarised together."""

    id: str
    title: Mapping[str, str]
    level: str
    domains: tuple[str, ...]
    hard: bool

    def holds(self, outcome: Mapping[str, str]) -> bool:
        return outcome["level"] == self.level and outcome["domain"] in self.domains


@dataclass(frozen=True)
class Plan:
    main: tuple[str, ...]
    sensitivity: tuple[str, ...]
    groups: tuple[Group, ...]
    swim: Swim
    pooling: Settings = field(default_factory=Settings)
    regressions: tuple[tuple[str, tuple[str, ...]], ...] = ()  # group and covariates


def read_plan(folder: Folder) -> Plan:
    """The plan; an absent one is an empty plan, a broken one a `Problem` that names what is wrong."""
    path = folder.synthesis / "plan.toml"
    if not path.exists():
        return Plan((), (), (), swim({}))
    content = read_toml(path)
    studies = content.get("studies", {})
    try:
        texts = swim(content.get("swim", {}))
    except ValueError as error:
        raise Problem(f"{error}.", f"Use: {', '.join(ITEMS)}.", file=path) from None
    groups = tuple(_group(entry, i, path) for i, entry in enumerate(content.get("group", []), 1))
    if len({group.id for group in groups}) < len(groups):
        raise Problem("Two groups have the same id.", "Give each its own.", file=path)
    main, near = tuple(studies.get("main", [])), tuple(studies.get("sensitivity", []))
    asked = tuple(_regression(entry, groups, path) for entry in content.get("regression", []))
    return Plan(main, near, groups, texts, _pooling(content.get("pooling", {}), path), asked)


COVARIATES = ("year", "clusters_total", "clusters_int", "clusters_ctl", "n_staff", "n_clients", *ITEM_NAMES)


def _regression(entry: Mapping[str, Any], groups: tuple[Group, ...], path: Any) -> tuple[str, tuple[str, ...]]:
    group, by = entry.get("group"), entry.get("by", [])
    if group not in {g.id for g in groups}:
        known = ", ".join(g.id for g in groups) or "none yet"
        raise Problem(f"[[regression]] names the group {group!r}.", f"Groups of this plan: {known}.", file=path)
    by = [by] if isinstance(by, str) else by
    odd = [name for name in by if name not in COVARIATES]
    if odd or not by or len(set(by)) < len(by):
        what = f"[[regression]] cannot use {odd[0]!r}." if odd else "[[regression]] needs `by`, each covariate once."
        raise Problem(what, f"Covariates: {', '.join(COVARIATES)}.", file=path)
    return group, tuple(by)


def _pooling(entry: Mapping[str, Any], path: Any) -> Settings:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    try:
        return Settings(**values)
    except (TypeError, ValueError) as error:
        raise Problem(
            f"[pooling] cannot be used: {error}.", "See the example in docs/evidence.md.", file=path
        ) from None


def _group(entry: Mapping[str, Any], number: int, path: Any) -> Group:
    for name in ("id", "title", "level", "domains"):
        if name not in entry:
            raise Problem(f"Group {number} has no {name!r}.", "Add it; see the example in the file.", file=path)
    title = entry["title"]
    return Group(
        entry["id"], {"en": title, "nl": title} if isinstance(title, str) else dict(title), entry["level"],
        tuple(entry["domains"]), bool(entry.get("hard", True)),
    )  # fmt: skip
