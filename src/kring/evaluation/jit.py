"""Compiled kernels: one decorator, typed, so that the rest of the wing need not know how they are compiled.

Kernels are compiled at their first use and kept on disk; `nogil` lets threads share the work.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

kernel = cast(Callable[[F], F], njit(cache=True, nogil=True, error_model="numpy"))
