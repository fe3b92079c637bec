"""Numbers in messages of tests; light, for the summary of a session of several processes writes them too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def signed(value: float, ends: tuple[float, float] | None) -> str:
    """Return a difference with its interval, such as ``+0.020 [-0.039, +0.079]``."""
    return f"{value:+.3f}" if ends is None else f"{value:+.3f} [{ends[0]:+.3f}, {ends[1]:+.3f}]"


def value_and_ends(record: Mapping[str, Any]) -> tuple[str, str]:
    """Return value and interval of a claim's record in words; empty where there is none."""
    value = "" if record["value"] is None else f"{record['value']:.3f}"
    return value, "" if record["low"] is None else f"[{record['low']:.3f}, {record['high']:.3f}]"
