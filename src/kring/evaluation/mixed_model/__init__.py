"""Linear mixed models with nested random effects, from group sums.

`fit(table, "score ~ arm * months", groups=("institution", "team", "person"))` is the door;
`fit_many(design, outcomes)` fits one design to thousands of outcomes at once.
"""

from kring.evaluation.mixed_model.arrays import fit_arrays
from kring.evaluation.mixed_model.batch import BatchFits, fit_many
from kring.evaluation.mixed_model.design import Design, ModelError, build
from kring.evaluation.mixed_model.estimate import fit
from kring.evaluation.mixed_model.fitted import Contrast, Fit, FTest, VarianceComponent
from kring.evaluation.mixed_model.profiling import ProfileInterval, deviation_intervals, profile_intervals

__all__ = [
    "BatchFits",
    "Contrast",
    "Design",
    "FTest",
    "Fit",
    "ModelError",
    "ProfileInterval",
    "VarianceComponent",
    "build",
    "deviation_intervals",
    "fit",
    "fit_arrays",
    "fit_many",
    "profile_intervals",
]
