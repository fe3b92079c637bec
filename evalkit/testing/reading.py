"""A reading: a value that compares by its interval, for assertions in tests."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from evalkit.analysis.comparable import require_one_size
from evalkit.analysis.difference import Difference, Scale, difference, known_of
from evalkit.errors import UsageError
from evalkit.nouns import Estimand, Form, Interval, Measurement, Metric
from evalkit.stats.one_sided import p_at_least, p_at_most
from evalkit.stats.streams import stream
from evalkit.stats.verdict import Verdict, needed
from evalkit.testing.claims import Claim, Evidence, Log
from evalkit.testing.hiding import expected
from evalkit.testing.settling import perfect, would_settle
from evalkit.testing.wording import signed

__tracebackhide__ = expected

_ADVICE = "ask for < or >: the interval decides, not the point"
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What a metric gave for a cell or a curve's point.

    ``reading < 0.2`` holds only when the upper end of the interval is below 0.2, ``reading > 0.2`` only when the
    lower end is above; when the whole interval lies on the other side it is false, and in between it is open. Of two
    readings the interval of their difference decides, paired by prompt.
    """

    metric: Metric
    """What was measured."""
    place: str
    """Where, in words, such as ``keeper at T = 0``."""
    value: float | None
    """The value; None when it does not exist."""
    interval: Interval | None
    """Its interval; None when no valid one exists."""
    n_samples: int
    """Samples it rests on."""
    reason: str = ""
    """Why there is no value or no interval; empty when both are there."""
    note: str = ""
    """What else one must know of the interval, such as that it speaks of prompts like these."""
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    """What each prompt gave, by its id."""
    wider: Interval | None = None
    """Where sampling stopped when the interval was narrow: one that two readings may be compared by, else None."""
    seed: int = 0
    """Seed of the analysis."""
    level: float = 0.95
    """Level of the interval."""
    log: Log = field(default_factory=Log)
    """Where claims are written down."""
    show: Callable[[], list[str]] = list
    """Makes the lines about the most different answers."""
    change: Callable[[], str] = str
    """Makes the change against the session's baseline, in words; empty without one."""

    def __lt__(self, other: Reading | float) -> Claim:
        """Claim that the value lies below."""
        return self.claim("<", other)

    def __gt__(self, other: Reading | float) -> Claim:
        """Claim that the value lies above."""
        return self.claim(">", other)

    def __le__(self, other: Reading | float) -> Claim:
        """Claim that the value lies below, or at the bound itself."""
        return self.claim("<=", other)

    def __ge__(self, other: Reading | float) -> Claim:
        """Claim that the value lies above, or at the bound itself."""
        return self.claim(">=", other)

    def __eq__(self, other: object) -> bool:
        """Refuse: two measured values are never known to be equal."""
        raise UsageError(f"{self.metric.title} is measured, and no measured value equals another", hint=_ADVICE)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        """Refuse: a measured value is neither true nor false."""
        raise UsageError(f"{self.metric.title} is a number with an interval, neither true nor false", hint=_ADVICE)

    def __repr__(self) -> str:
        """Return name, value and interval."""
        if self.value is None:
            return f"{self.metric.title} undefined ({self.reason})"
        if self.interval is None:
            return f"{self.metric.title}={self.value:.3f} [no interval: {self.reason}]"
        return f"{self.metric.title}={self.value:.3f} [{self.interval.low:.3f}, {self.interval.high:.3f}]"

    def claim(self, op: str, other: Reading | float, *, mirrored: bool = False) -> Claim:
        """Return the claim that this reading stands so to a number, or to another reading.

        Args:
            op: ``<``, ``<=``, ``>`` or ``>=``.
            other: What it is held against.
            mirrored: Whether the reading stood on the right of the operator.

        Raises:
            StatisticsError: The metric changes with the number of samples, and these rest on different ones.
            UsageError: The other reading is of another metric.
        """
        op = _MIRRORED[op] if mirrored else op
        if isinstance(other, Reading):
            return self._against(op, other)
        found = self._held_against(op, float(other))
        return Claim(
            text=f"{self.metric.title} of {self.place} {op} {other:g}", evidence=found, log=self.log, show=self.show
        )

    def _held_against(self, op: str, bound: float) -> Evidence:
        above = op in {">", ">="}
        lines, verdict, p_value = [f"there is no interval: {self.reason}"], Verdict.INCONCLUSIVE, None
        if self.value is not None and self.interval is not None:
            ends = self.interval.low, self.interval.high
            end, name = (ends[0], "lower") if above else (ends[1], "upper")
            verdict = _decided(ends, bound, op)
            lines = self._why(verdict, bound, f"the {name} end {end:.3f}", above=above)
            p_value = (p_at_least if above else p_at_most)(self.value, ends, bound, level=self.level)
        return self._evidence(verdict, (repr(self), lines), p_value)

    def _why(self, verdict: Verdict, bound: float, end: str, *, above: bool) -> list[str]:
        side, other = ("above", "below") if above else ("below", "above")
        if verdict is Verdict.PASS:
            return [f"{end} is {side} {bound:g}"]
        if verdict is Verdict.FAIL:
            return [f"the whole interval lies {other} {bound:g}"]
        best = perfect(self.metric, self.measurements, bound, above=above, level=self.level)
        if best is not None:
            return [f"{end} is not {side} {bound:g}", best]
        if self.value is None or self.interval is None or (self.value < bound) is above:
            return [f"the value is not {side} {bound:g}, but the interval reaches there"]
        found = needed(self.value, (self.interval.low, self.interval.high), bound, n=self.n_samples)
        return [f"{end} is not {side} {bound:g}; {would_settle(found, self.n_samples, len(self.measurements))}"]

    def _against(self, op: str, other: Reading) -> Claim:
        if other.metric.title != self.metric.title:
            raise UsageError(
                f"{self.metric.title} and {other.metric.title} are two things", hint="compare readings of one metric"
            )
        require_one_size(self.metric, (m.n_samples for each in (self, other) for m in each.measurements.values()))
        text = f"{self.metric.title} of {self.place} {op} that of {other.place}"
        shown = f"{self!r} against {other!r}"
        found = self.difference(other)
        verdict, p_value = Verdict.INCONCLUSIVE, None
        if isinstance(found, str):
            lines = [found]
        elif found.ends is None:
            lines = [f"there is no interval of the difference: {found.method}"]
        else:
            above = op in {">", ">="}
            verdict = _decided(found.ends, 0.0, op)
            told = signed(found.value, found.ends)
            word = {Verdict.PASS: "excludes 0", Verdict.FAIL: "lies on the other side of 0"}.get(verdict, "holds 0")
            lines = [f"the interval of the difference {told} {word}", f"({found.method})"]
            if verdict is Verdict.INCONCLUSIVE and (found.value > 0.0) is above:
                settled = needed(found.value, found.ends, 0.0, n=found.n_units)
                lines[0] += f"; {would_settle(settled, found.n_units, 1, unit=found.unit)}"
            if found.p_value is not None:
                p_value = found.p_value if (found.value > 0.0) is above else 1.0
        evidence = self._evidence(verdict, (shown, lines), p_value)
        return Claim(text=text, evidence=evidence, log=self.log, show=self.show)

    def difference(self, other: Reading) -> Difference | str:
        """Return this reading minus the other, or why there is none."""
        if self.wider is not None or other.wider is not None:
            return _of_wider(self, other)
        one = len(self.measurements) == len(other.measurements) == 1
        common = [key for key in self.measurements if key in other.measurements]
        if not (one or common):
            return next((each.reason for each in (self, other) if each.reason), "they have no prompt in common")
        # Two cells are compared as they are; two means over prompts prompt by prompt.
        first, second = (
            [known_of(m) for key, m in each.measurements.items() if one or key in common] for each in (self, other)
        )
        scale = Scale(self.metric.bounds, self.metric.form is Form.PAIR, self.level)
        rng = stream(self.seed, "assertion", self.metric.title, self.place, other.place)
        return difference(first, second, rng, scale=scale, estimand=Estimand.THESE_PROMPTS)

    def _evidence(self, verdict: Verdict, said: tuple[str, list[str]], p_value: float | None) -> Evidence:
        shown, (head, *more) = said
        samples = f"{shown}, {self.n_samples:,} samples"
        return Evidence(
            verdict=verdict,
            lines=(head, samples, *more, *([self.note] if self.note else [])),
            metric=self.metric.title,
            place=self.place,
            value=self.value,
            interval=self.interval,
            n_samples=self.n_samples,
            p_value=self._adjustable(p_value),
            change=self.change(),
        )

    def _adjustable(self, p_value: float | None) -> float | None:
        """Return a p-value that an adjustment over many claims may use.

        Of a mean without bounds nothing is known about chances far smaller than its interval's own, whatever the
        samples: its p-value stops at that one, so that it holds by itself, and stays open among many.

        References:
            R. R. Bahadur, L. J. Savage, "The Nonexistence of Certain Statistical Procedures in Nonparametric
            Problems", Annals of Mathematical Statistics 27(4), 1115-1122 (1956).
        """
        if p_value is None or all(map(math.isfinite, self.metric.bounds)):
            return p_value
        return max(p_value, 1.0 - self.level)


def _decided(ends: tuple[float, float], bound: float, op: str) -> Verdict:
    """Return the verdict on a bound: the end that faces it decides, the bound itself only where it is included."""
    low, high = ends if op in {">", ">="} else (-ends[1], -ends[0])
    bound = bound if op in {">", ">="} else -bound
    included = op.endswith("=")
    if low > bound or (included and low == bound):
        return Verdict.PASS
    return Verdict.FAIL if high < bound or (high == bound and not included) else Verdict.INCONCLUSIVE


def _of_wider(first: Reading, second: Reading) -> Difference | str:
    """Return the difference where sampling stopped by what was seen: intervals of both, valid together at any time."""
    a, b = first.wider, second.wider
    if first.value is None or second.value is None or a is None or b is None:
        return next((each.reason for each in (first, second) if each.reason), "one of them has no interval for that")
    ends = a.low - b.high, a.high - b.low
    method = "two confidence sequences that hold together, whenever sampling stopped"
    n = min(first.n_samples, second.n_samples)
    value = first.value - second.value
    p_value = (
        p_at_least(value, ends, 0.0, level=first.level) if value > 0 else p_at_most(value, ends, 0.0, level=first.level)
    )
    return Difference(value, ends, p_value, 0.0, 0.0, float("inf"), Estimand.THESE_PROMPTS, "samples", n, method)
