"""Compiled kernels: one decorator, typed, so that the rest of the wing need not know how they are compiled.

Kernels are compiled at their first use and kept on disk; `nogil` lets threads share the work.
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.types import unliteral

F = TypeVar("F", bound=Callable[..., Any])


def _stamp() -> str:
    """A digest of every kernel's source."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("**/kernels/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


STAMP = _stamp()
_kept: list[Any] = []  # numba's cache file of each kernel
OPTIONS: Any = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}  # no door for C
COMPILING = (
    "Compiling the estimator, once for this version: about twenty seconds of computing time. Later runs start at once."
)


def is_cold() -> bool:
    """No kernel of this source is kept on disk yet, so the first fit compiles them all."""
    return bool(_kept) and not any(_index(file) for file in _kept)


def _index(cache_file: Any) -> Any:
    """What numba keeps of a kernel; empty where there is nothing, or only of other source."""
    try:
        return cache_file._load_index()
    except (AttributeError, OSError, EOFError, ValueError):  # inside numba, so it may change: then nothing is said
        return {"unknown"}


def tell_if_cold() -> None:
    """Say before the first fit why it takes so long, on the error stream so that output stays output."""
    if is_cold():
        print(COMPILING, file=sys.stderr, flush=True)


def kernel(function: F, **options: Any) -> F:
    """Compile a function when it is first called, kept on disk until any kernel's source changes.

    Hazard: numba looks only at the file that a function stands in, so a kernel compiled before a change in a
    kernel that it calls would go on giving the old numbers. Therefore all kernels share one stamp.
    And it compiles a kernel once more for each constant that another one calls it with; none needs that.
    """
    dispatcher = njit(**OPTIONS, **options)(function)
    typed = dispatcher.get_call_template
    dispatcher.get_call_template = lambda args, kws: typed(tuple(unliteral(arg) for arg in args), kws)  # type: ignore[no-untyped-call]
    cache_file = getattr(dispatcher._cache, "_cache_file", None)  # absent where compiled code cannot be kept
    if cache_file is not None:
        cache_file._source_stamp = STAMP
        _kept.append(cache_file)
    return cast(F, dispatcher)


def inner(function: F) -> F:
    """A kernel for other kernels only, which compiles in two thirds of the time.

    Hazard: it has no door for Python, and numba would walk through it all the same and crash; so that is refused.
    """
    dispatcher = cast(Any, kernel(function, no_cpython_wrapper=True))

    def refuse(*_: Any, **__: Any) -> None:
        raise TypeError(f"{function.__name__} can be called by other kernels only.")

    dispatcher._compile_for_args = refuse
    dispatcher._insert = lambda *_: None  # what numba finds in this table it calls without asking
    return cast(F, dispatcher)


def fast_kernel(function: F) -> F:
    """A kernel whose sums may be taken in any order (vectorised); nothing else of IEEE arithmetic is given up."""
    return kernel(function, fastmath={"reassoc", "contract"})
