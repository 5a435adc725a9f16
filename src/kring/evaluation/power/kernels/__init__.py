"""Compiled kernels of the simulation: numba infers their types, so they carry none."""
