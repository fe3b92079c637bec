"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was measured, against what was wanted."""

    what: str
    """What was done."""
    target: str
    """The figure wanted."""
    ours: str
    """What it took here."""
    others: str
    """What it took otherwise; empty where there is nothing to compare with."""
    got: str
    """The figure that came; empty where it stands under `ours`."""
    reached: bool
    """Whether it is enough."""
