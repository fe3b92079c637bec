"""Garbage: what is made of texts lives as long as a cell, and looking through it again and again frees nothing."""

from __future__ import annotations

import functools
import gc
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_SELDOM = 50_000, 20, 100  # objects more than before, and rounds of the younger ones
_gate = threading.Lock()
_before: list[tuple[int, int, int]] = []


def seldom_collected(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function during which garbage that refers to itself is looked for seldom, yet still looked for.

    Behind the last of those that run at a time, what was set before is set again.
    """

    @functools.wraps(function)
    def seldom(*values: P.args, **named: P.kwargs) -> R:
        with _gate:
            _before.append(gc.get_threshold())
            if _before[0][0]:  # else nobody wants any to be looked for
                gc.set_threshold(*_SELDOM)
        try:
            return function(*values, **named)
        finally:
            with _gate:
                first = _before[0]
                _before.pop()
                if not _before:
                    gc.set_threshold(*first)

    return seldom
