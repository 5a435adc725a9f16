"""Compiled kernels: numba infers their types, so they carry none; plain loops, so they are long."""
