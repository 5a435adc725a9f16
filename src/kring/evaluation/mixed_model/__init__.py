"""Linear mixed models with nested random effects, from group sums.

`fit(table, "score ~ arm * months", groups=("institution", "team", "person"))` is the door.
"""

from kring.evaluation.mixed_model.design import ModelError
from kring.evaluation.mixed_model.estimate import fit
from kring.evaluation.mixed_model.fitted import Contrast, Fit, FTest, VarianceComponent

__all__ = ["Contrast", "FTest", "Fit", "ModelError", "VarianceComponent", "fit"]
