"""The pool of one group of outcomes, with everything that belongs beside it.

Several estimates of one study count as one study: their mean with a correlation between them, and beside it the
multilevel model with CR2 errors. A result that ignored clusters is widened by a borrowed ICC, and what the other
ICCs of the range give is told too; one with *unclear* adjustment is treated as if it had ignored them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kring.evidence.synthesis import multilevel
from kring.evidence.synthesis.effects import design_effect
from kring.evidence.synthesis.multiverse import Multiverse, StudyResult, composite, exclusions, multiverse
from kring.evidence.synthesis.pooling import METHODS, TESTS, Pooled, leave_one_out, pool


@dataclass(frozen=True)
class Settings:
    """How to pool (`[pooling]` in plan.toml). The middle ICC and rho are the main ones, the others the range."""

    estimator: str = "REML"
    test: str = "hk"
    iccs: tuple[float, ...] = (0.02, 0.05, 0.1)
    rhos: tuple[float, ...] = (0.3, 0.5, 0.7)

    def __post_init__(self) -> None:
        if self.estimator not in METHODS or self.test not in TESTS:
            raise ValueError(f"estimator must be one of {METHODS} and test one of {TESTS}")
        if not self.iccs or not self.rhos or not all(0 <= x < 1 for x in (*self.iccs, *self.rhos)):
            raise ValueError("iccs and rhos must be lists of numbers from 0 to below 1")

    @property
    def icc(self) -> float:
        return sorted(self.iccs)[len(self.iccs) // 2]

    @property
    def rho(self) -> float:
        return sorted(self.rhos)[len(self.rhos) // 2]


@dataclass(frozen=True)
class GroupPool:
    """A pooled estimate by study, its range over borrowed ICCs, and the multilevel model where it is needed."""

    studies: tuple[str, ...]
    yi: tuple[float, ...]
    vi: tuple[float, ...]
    pooled: Pooled
    by_icc: tuple[tuple[float, Pooled], ...]
    robust: multilevel.Robust | None
    sigma2: tuple[float, ...]
    left_out: tuple[Pooled, ...]
    paths: Multiverse | None


def by_study(entered: Sequence[StudyResult]) -> dict[str, list[StudyResult]]:
    found: dict[str, list[StudyResult]] = {}
    for result in entered:
        found.setdefault(result.study, []).append(result)
    return found


def composites(entered: Sequence[StudyResult], rho: float, icc: float) -> tuple[list[float], list[float]]:
    """One estimate and variance per study, in the order in which studies first come."""
    pairs = [composite(results, rho, icc) for results in by_study(entered).values()]
    return [y for y, _ in pairs], [v for _, v in pairs]


def pool_group(entered: Sequence[StudyResult], settings: Settings) -> GroupPool | None:
    """Pool, or None with fewer than two studies. Leave-one-out and multiverse come with three or more."""
    studies = tuple(by_study(entered))
    if len(studies) < 2:
        return None
    yi, vi = composites(entered, settings.rho, settings.icc)
    borrowed = any(r.adjusted != "yes" and r.cluster_size > 1 for r in entered)
    several = len(entered) > len(studies)
    model = _multilevel(entered, settings) if several and len(studies) > 2 else None
    many = len(studies) > 2
    return GroupPool(
        studies, tuple(yi), tuple(vi), pool(yi, vi, settings.estimator, settings.test),
        tuple((icc, _at(entered, settings, icc)) for icc in sorted(settings.iccs)) if borrowed else (),
        multilevel.robust(model, [r.study for r in entered]) if model else None,
        tuple(float(s) for s in model.sigma2) if model else (),
        tuple(leave_one_out(yi, vi, settings.estimator, settings.test)) if many else (),
        _paths(entered, settings, studies) if many else None,
    )  # fmt: skip


def _paths(entered: Sequence[StudyResult], settings: Settings, studies: tuple[str, ...]) -> Multiverse:
    """Every choice, with one or two studies left out (one only above 20 studies: the picture says no more then)."""
    gone = exclusions(studies, at_most=2 if len(studies) <= 20 else 1)
    return multiverse(entered, rhos=settings.rhos, iccs=(0.0, *settings.iccs), excluded=gone)


def _at(entered: Sequence[StudyResult], settings: Settings, icc: float) -> Pooled:
    return pool(*composites(entered, settings.rho, icc), settings.estimator, settings.test)


def _multilevel(entered: Sequence[StudyResult], settings: Settings) -> multilevel.Multilevel:
    """Estimates within studies, with the sampling correlation rho among estimates of the same people."""
    wide = [r.vi * (1.0 if r.adjusted == "yes" else design_effect(r.cluster_size, settings.icc)) for r in entered]
    study = [r.study for r in entered]
    V = multilevel.block_covariance(wide, study, settings.rho)
    return multilevel.fit([r.yi for r in entered], V, [study, range(len(entered))])
