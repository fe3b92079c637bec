"""Frames that a traceback does without: error or skip says what it is about, and the test's own line where."""

from __future__ import annotations

import pytest

from evalkit.errors import EvalkitError


def expected(found: pytest.ExceptionInfo[BaseException]) -> bool:
    """Return whether an exception speaks for itself; modules hide their frames by it, as ``__tracebackhide__``."""
    return isinstance(found.value, EvalkitError | pytest.skip.Exception)
