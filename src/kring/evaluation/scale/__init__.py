"""Registries: the sums of a mixed model from files, from a cluster, or from institutions that keep their rows.

`model(formula, groups)` says what to sum; `from_parquet`, `from_dask` and `from_partitions` make the same sums;
`fit_registry` fits them. `federated.fit` needs no rows at all, only matrices from each institution.
"""

from kring.evaluation.scale.registry import RegistryModel, fit_registry, from_dask, from_parquet, from_partitions, model

__all__ = ["RegistryModel", "fit_registry", "from_dask", "from_parquet", "from_partitions", "model"]
