"""A reading: a value that compares by its interval, for assertions in tests."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evalkit.errors import StatisticsError, UsageError
from evalkit.nouns import Interval

_ADVICE = "ask for < or >: the interval decides, not the point"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What a metric gave for a cell or a curve's point.

    ``reading < 0.2`` holds only when the upper end of the interval is below 0.2, ``reading > 0.2``
    only when the lower end is above. Between the two nothing is known, and both are false. Two
    readings compare by the ends that face each other, which is cautious.
    """

    metric: str
    """Title of the metric."""
    value: float | None
    """The value; None when it does not exist."""
    interval: Interval | None
    """Its interval; None when no valid one exists."""
    n_samples: int
    """Samples it rests on."""
    reason: str
    """Why there is no value or no interval; empty when both are there."""
    drifts: bool = False
    """True when the value changes with the number of samples behind it, so that only equal numbers compare."""
    size: int | None = None
    """Samples of each prompt behind it; None when it is not told."""

    def __lt__(self, other: Reading | float) -> bool:
        """Return whether the whole interval lies below."""
        return self._high() < self._low_of(other)

    def __gt__(self, other: Reading | float) -> bool:
        """Return whether the whole interval lies above."""
        return self._low() > self._high_of(other)

    def __le__(self, other: Reading | float) -> bool:
        """Return whether the whole interval lies below or at."""
        return self._high() <= self._low_of(other)

    def __ge__(self, other: Reading | float) -> bool:
        """Return whether the whole interval lies above or at."""
        return self._low() >= self._high_of(other)

    def __eq__(self, other: object) -> bool:
        """Refuse: two measured values are never known to be equal."""
        raise UsageError(f"{self.metric} is measured, and no measured value equals another", hint=_ADVICE)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        """Refuse: a measured value is neither true nor false."""
        raise UsageError(f"{self.metric} is a number with an interval, neither true nor false", hint=_ADVICE)

    def __repr__(self) -> str:
        """Return name, value and interval."""
        if self.value is None:
            return f"{self.metric} undefined ({self.reason})"
        if self.interval is None:
            return f"{self.metric}={self.value:.3f} [no interval: {self.reason}]"
        return f"{self.metric}={self.value:.3f} [{self.interval.low:.3f}, {self.interval.high:.3f}]"

    def explain(self, op: str, left: object, right: object) -> list[str]:
        """Return the lines pytest shows when ``left op right`` did not hold."""
        lines = [f"{left!r} {op} {right!r}"]
        if self.value is None or self.interval is None:
            return [*lines, f"inconclusive: {self.reason}"]
        other = right if left is self else left
        bound = other if isinstance(other, int | float) else None
        if bound is None:
            return [*lines, "inconclusive: the intervals overlap, or lie the other way round"]
        below = (op in {"<", "<="}) == (left is self)
        end, name = (self.interval.high, "upper") if below else (self.interval.low, "lower")
        beyond = self.interval.low > bound if below else self.interval.high < bound
        word = "below" if below else "above"
        if beyond:
            return [*lines, f"false: the whole interval lies {'above' if below else 'below'} {bound:g}"]
        if (self.value < bound) != below:
            return [*lines, f"inconclusive: the value is not {word} {bound:g}, but the interval reaches there"]
        return [*lines, f"inconclusive: the {name} end {end:.3f} is not {word} {bound:g}; {self._would_settle(bound)}"]

    def _would_settle(self, bound: float) -> str:
        """Say how many samples would settle a comparison, were the value to stay what it is."""
        value, interval = self.value, self.interval
        if value is None or interval is None:
            return "no number of samples is known to settle it"
        from evalkit.stats.verdict import LOGARITHM, needed  # only where an assertion fails

        found = needed(value, (interval.low, interval.high), bound, n=self.n_samples)
        if found is None:
            return "the value is at the limit itself"
        if found.law == LOGARITHM:
            return f"it can not pass with {self.n_samples} samples, and needs at least {found.n:,}"
        return f"about {found.n:,} samples would settle it (there are {self.n_samples})"

    def _low(self) -> float:
        return math.nan if self.interval is None else self.interval.low

    def _high(self) -> float:
        return math.nan if self.interval is None else self.interval.high

    def _low_of(self, other: Reading | float) -> float:
        return self._beside(other)._low() if isinstance(other, Reading) else float(other)  # noqa: SLF001 - of its own kind

    def _high_of(self, other: Reading | float) -> float:
        return self._beside(other)._high() if isinstance(other, Reading) else float(other)  # noqa: SLF001 - of its own kind

    def _beside(self, other: Reading) -> Reading:
        """Return the other reading, or refuse where the numbers of samples make the difference."""
        sizes = sorted({each.size for each in (self, other) if each.size is not None})
        if (self.drifts or other.drifts) and len(sizes) > 1:
            raise StatisticsError(
                f"{self.metric} changes with the number of samples, and these rest on {sizes[0]} and {sizes[1]}",
                hint=f"ask for it rarefied where it has that option (rarefy={sizes[0]}), or for a metric that does not"
                " drift, such as exact_agreement",
            )
        return other
