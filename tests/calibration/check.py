"""A check: what is true, what the instrument said of it on average, and whether that is close enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

SEED, SECOND_SEED = 1, 2
"""Seed of every check, and of every second look; each check draws from a stream of its own name."""
SECOND_LOOK = 10
"""How many times as many runs a second look has."""
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to try."""

    runs: int
    """Simulated experiments of each setting."""
    slack: float
    """By how much limits are wider than those of the table."""
    every_setting: bool
    """Whether all settings are tried, or one or two of each row."""
    seed: int = SEED
    """Seed of the streams."""

    def some(self, settings: Sequence, few: int = 2) -> Sequence:
        """Return all settings, or a few of them spread evenly from the first to the last."""
        if self.every_setting or len(settings) <= few:
            return settings
        return [settings[round(i * (len(settings) - 1) / (few - 1))] for i in range(few)] if few > 1 else settings[:1]


FULL = Effort(runs=1000, slack=1.0, every_setting=True)
QUICK = Effort(runs=200, slack=2.0, every_setting=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the table at one setting."""

    row: int
    """Number of the row."""
    quantity: str
    """What is estimated."""
    language: str
    """Which language speaks."""
    setting: str
    """Temperature, number of samples and the like."""
    runs: int
    """Simulated experiments."""
    truth: float
    """What is exactly so."""
    mean: float
    """What the instrument gave on average."""
    z: float | None = None
    """Difference of the two in Monte Carlo standard errors; None where it is not what is judged."""
    coverage: float | None = None
    """Share of intervals that hold the truth; None where there are none."""
    limit: str
    """What is asked of it, in words."""
    passed: bool
    """Whether it is so."""

    @property
    def verdict(self) -> str:
        """``pass`` or ``fail``."""
        return "pass" if self.passed else "fail"


Experiment: TypeAlias = Callable[[Effort], list[Check]]
"""What makes checks: one setting of one row, or of rows that share their runs."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a check is made."""

    row: int
    """Number of the row."""
    quantity: str
    """What is estimated."""
    language: str
    """Which language speaks."""
    words: str
    """Temperature, number of samples and the like."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the stream of random numbers."""
        return ("calibration", self.quantity, self.language, self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is asked of a mean and of intervals."""

    errors: float = 3.0
    """Monte Carlo errors that the mean may be off."""
    within: float | None = None
    """Most that the mean may be off, in place of so many errors: for estimators that are not unbiased."""
    coverage: tuple[float, float] = (0.93, 1.0)
    """Least and greatest share of intervals that hold the truth."""


USUAL = Limits()


def unbiased(
    at: Setting,
    effort: Effort,
    values: Iterable[float],
    truth: float,
    *,
    hits: Sequence[bool] | None = None,
    deviation: float | None = None,
    limits: Limits = USUAL,
) -> Check:
    """Return the check that a mean lies within a few Monte Carlo errors of the truth, and that intervals hold it.

    Args:
        at: Where.
        effort: How many runs, and how lenient.
        values: What each run gave.
        truth: What is so.
        hits: Whether each run's interval holds the truth; None where no interval is asked for.
        deviation: Standard deviation of a run's value where it is known; else that of the values.
        limits: What is asked of both.
    """
    found = np.fromiter(values, dtype=np.float64)
    z = in_errors(found, truth, deviation)
    most = limits.errors * effort.slack
    passed, limit = abs(z) < most, f"bias below {most:g} MC errors"
    if limits.within is not None:
        most = limits.within * effort.slack
        passed, limit = abs(found.mean() - truth) < most, f"bias below {most:.2g}"
    coverage = None
    if hits is not None:
        coverage = float(np.mean(hits))
        low, high = widened(limits.coverage, 0.95, effort.slack)
        passed = passed and low <= coverage <= high
        limit += f"; coverage {_range(low, high)}"
    return Check(
        row=at.row,
        quantity=at.quantity,
        language=at.language,
        setting=at.words,
        runs=len(found),
        truth=truth,
        mean=float(found.mean()),
        z=z,
        coverage=coverage,
        limit=limit,
        passed=bool(passed),
    )


def rate(
    at: Setting, effort: Effort, found: Sequence[bool], nominal: float, between: tuple[float, float], *, what: str
) -> Check:
    """Return the check that something happens as often as it should.

    Args:
        at: Where.
        effort: How many runs, and how lenient.
        found: Whether it happened, for each run.
        nominal: How often it should.
        between: Least and greatest share that is close enough.
        what: What happens, in a word.
    """
    share = float(np.mean(found))
    low, high = widened(between, nominal, effort.slack)
    return Check(
        row=at.row,
        quantity=at.quantity,
        language=at.language,
        setting=at.words,
        runs=len(found),
        truth=nominal,
        mean=share,
        coverage=share if what == "coverage" else None,
        limit=f"{what} {_range(low, high)}",
        passed=low <= share <= high,
    )


def in_errors(values: np.ndarray, truth: float, deviation: float | None = None) -> float:
    """Return by how many Monte Carlo standard errors the mean of values is off."""
    off = float(values.mean()) - truth
    if abs(off) < ROUNDING * max(1.0, abs(truth)):
        return 0.0
    spread = float(values.std(ddof=1)) if deviation is None else deviation
    return off * math.sqrt(len(values)) / spread if spread > 0.0 else math.copysign(math.inf, off)


def widened(between: tuple[float, float], nominal: float, slack: float) -> tuple[float, float]:
    """Return limits moved away from a nominal value by a factor, inside [0, 1]."""
    low, high = (round(nominal + slack * (end - nominal), 9) for end in between)
    return max(0.0, low), min(1.0, high)


def holds(ends: tuple[float, float] | None, truth: float) -> bool:
    """Return whether an interval holds the truth, with room for rounding; no interval holds nothing."""
    return ends is not None and ends[0] - ROUNDING <= truth <= ends[1] + ROUNDING


def _range(low: float, high: float) -> str:
    if high >= 1.0:
        return f"at least {low * 100:.3g} %" if low > 0.0 else "told, not judged"
    return f"at most {high * 100:.3g} %" if low <= 0.0 else f"{low * 100:.3g} to {high * 100:.3g} %"
