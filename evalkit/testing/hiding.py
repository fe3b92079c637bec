"""Frames that a traceback does without: the error says what was wrong, and the test's own line where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError

if TYPE_CHECKING:
    import pytest


def expected(found: pytest.ExceptionInfo[BaseException]) -> bool:
    """Return whether an exception speaks for itself; modules hide their frames by it, as ``__tracebackhide__``."""
    return isinstance(found.value, EvalkitError)
