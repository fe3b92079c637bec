"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was measured, against what was wanted."""

    what: str
    """What was done."""
    target: str
    """The figure wanted; empty where a figure is only told."""
    ours: str
    """What it took here; empty where it was not measured."""
    others: str
    """What it took otherwise; empty where there is nothing to compare with."""
    got: str
    """The figure that came, or why there is none; empty where it stands under `ours`."""
    reached: bool | None
    """Whether it is enough; None where nothing is wanted, or nothing could be compared."""


def seconds(value: float) -> str:
    """Return a time in the unit it is read in."""
    if value < 1e-3:
        return f"{value * 1e6:.0f} us"
    if value < 1.0:
        return f"{value * 1e3:.3g} ms"
    return f"{value:.1f} s" if value < 100.0 else f"{value:,.0f} s"


def times(ratio: float) -> str:
    """Return how many times less it cost here."""
    return f"{ratio:,.0f} x" if ratio >= 100.0 else f"{ratio:.3g} x"
