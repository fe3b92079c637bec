"""One thread for the algebra: the matrices of a cell are small, and threads that wait for one another burn the time."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
R = TypeVar("R")


def single_threaded(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function whose products of matrices take one thread, with the numbers of one thread on any machine.

    With several threads a product of 20 x 20 costs a hundredfold, and its last bits hang on their number.
    """

    @functools.wraps(function)
    def alone(*values: P.args, **named: P.kwargs) -> R:
        with _controller(len(sys.modules)).limit(limits=1, user_api="blas"):
            return function(*values, **named)

    return alone


@functools.lru_cache(maxsize=1)
def _controller(n_modules: int) -> ThreadpoolController:
    # All files of the process are looked through for it: again only after more modules were loaded.
    del n_modules
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
