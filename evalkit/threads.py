"""One thread for the algebra: the matrices of a cell are small, and threads that wait for one another burn the time."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def single_threaded(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function whose products of matrices take one thread, with the numbers of one thread on any machine.

    With several threads a product of 20 x 20 costs a hundredfold, and its last bits hang on their number.
    """

    @functools.wraps(function)
    def alone(*values: P.args, **named: P.kwargs) -> R:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1, user_api="blas"):
            return function(*values, **named)

    return alone
