"""Linear algebra on one thread: the matrices of this wing are tiny, and threads that wait for each other cost more."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

Words = ParamSpec("Words")
Found = TypeVar("Found")


def one_thread(work: Callable[Words, Found]) -> Callable[Words, Found]:
    """Do this work with BLAS on one thread; on a busy machine profile intervals then take a seventh of the time."""

    @wraps(work)
    def limited(*args: Words.args, **kwargs: Words.kwargs) -> Found:
        with threadpool_limits(limits=1, user_api="blas"):
            return work(*args, **kwargs)

    return limited
