"""A metric against temperature, as a test speaks of it: whether it moves, and where it stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalkit.errors import UsageError
from evalkit.nouns import Curve, Interval, Metric
from evalkit.stats.verdict import Verdict
from evalkit.testing.claims import Claim, Evidence
from evalkit.testing.hiding import expected
from evalkit.testing.looks import Look
from evalkit.testing.reading import Reading
from evalkit.text.visible import visible

__tracebackhide__ = expected


@dataclass(frozen=True, slots=True)
class CurveReading:
    """A metric against temperature: a reading at each, and claims about all of them."""

    look: Look
    """What the test looks at."""
    name: str | Metric
    """The metric."""
    prompts: Sequence[str]
    """Ids of the prompts it is the mean over."""

    @property
    def curve(self) -> Curve:
        """The curve itself."""
        return self.look.curve(self.name, self.prompts)

    def __getitem__(self, temperature: float) -> Reading:
        """Return the reading at a temperature: the mean over prompts."""
        return self.look.point(self.curve, temperature, self.prompts)

    def rises(self, *, alpha: float = 0.05) -> Claim:
        """Claim that the metric rises with temperature, by the trend test at level alpha, paired by prompt."""
        return self._moves("rises", alpha)

    def falls(self, *, alpha: float = 0.05) -> Claim:
        """Claim that the metric falls with temperature, by the trend test at level alpha, paired by prompt."""
        return self._moves("falls", alpha)

    def between(self, low: float, high: float, *, at: float | Sequence[float] | None = None) -> Claim:
        """Claim that the metric lies between two values, both included.

        Args:
            low: The least value.
            high: The greatest value.
            at: Temperatures it is claimed of; all of the curve when None.
        """
        chosen = (
            [p.temperature for p in self.curve.points] if at is None else [at] if isinstance(at, int | float) else at
        )
        parts = [self[t].claim(op, bound) for t in chosen for op, bound in ((">=", low), ("<=", high))]
        where = "everywhere" if at is None else f"at T = {', '.join(f'{t:g}' for t in chosen)}"
        return every(f"{self._title} lies between {low:g} and {high:g} {where}", parts)

    def floor_below(self, bound: float) -> Claim:
        """Claim that what varies at temperature 0 is less than a bound: the disagreement of equal requests.

        Args:
            bound: The greatest share that passes, such as 0.02.

        Raises:
            UsageError: The metric is none of diversity between 0 and 1.
        """
        reading = self[0.0]
        metric = reading.metric
        if not metric.diversity or metric.bounds != (0.0, 1.0):
            raise UsageError(
                f"{metric.title} has no floor", hint="exact_agreement has, or a metric of diversity between 0 and 1"
            )
        # Agreement falls as diversity grows: the floor is what it lacks to 1.
        return (reading if metric.diversity > 0 else _lacking(reading)).claim("<", bound)

    @property
    def _title(self) -> str:
        return self.curve.metric.title

    def _moves(self, verb: str, alpha: float) -> Claim:
        curve = self.curve
        trend, sign = curve.trend, 1.0 if verb == "rises" else -1.0
        verdict, p_value = Verdict.INCONCLUSIVE, None
        if trend.p_value is None or trend.statistic is None:
            lines = [f"the trend can not be told: {trend.method.removeprefix('none: ')}"]
        else:
            along = sign * trend.statistic > 0.0
            shown = trend.p_value <= alpha
            verdict = (Verdict.PASS if along else Verdict.FAIL) if shown else Verdict.INCONCLUSIVE
            # Held against the session's level like all others: alpha is this claim's own.
            p_value = (trend.p_value if along else 1.0) * (1.0 - self.look.level) / alpha
            p = "p < 0.001" if trend.p_value < 0.001 else f"p = {trend.p_value:.3f}"  # noqa: PLR2004 - as pages show it
            move = "rises" if trend.statistic > 0.0 else "falls"
            told = f"it {move}, tau {trend.statistic:+.2f}, {p}"
            lines = [
                told if shown else f"no trend is shown: tau {trend.statistic:+.2f}, {p}, not at or below {alpha:g}"
            ]
            lines.append(f"({trend.method})")
        lines.append(f"values: {', '.join(self._value(p.temperature) for p in curve.points)}")
        n_samples = sum(p.estimate.n_samples for p in curve.points)
        evidence = Evidence(
            verdict=verdict,
            lines=tuple(lines),
            metric=self._title,
            place=_over(self.prompts),
            value=trend.statistic,
            n_samples=n_samples,
            p_value=None if p_value is None else min(1.0, p_value),
        )
        text = f"{self._title} of {_over(self.prompts)} {verb} with temperature"
        return Claim(text=text, evidence=evidence, log=self.look.bench.log, show=lambda: [*self.look.foot])

    def _value(self, temperature: float) -> str:
        return f"T = {temperature:g}: {repr(self[temperature]).partition('=')[2] or 'undefined'}"

    def __repr__(self) -> str:
        """Return the metric and its temperatures."""
        return visible(f"<{self._title} of {_over(self.prompts)}>", keep="")


def every(text: str, parts: Sequence[Claim]) -> Claim:
    """Return the claim that all of several claims hold; the evidence is that of the one which decides.

    It holds when all do, which is no more likely by chance than the least likely of them; it is false when one is.
    """
    worst = {Verdict.FAIL: 0, Verdict.INCONCLUSIVE: 1, Verdict.PASS: 2}
    least = min(parts, key=lambda claim: (worst[claim.evidence.verdict], -(claim.evidence.p_value or 0.0)))
    p_values = [claim.evidence.p_value for claim in parts]
    found = least.evidence
    held = sum(claim.evidence.verdict is Verdict.PASS for claim in parts)
    whole = [f"{held} of {len(parts)} parts hold"] if len(parts) > 1 else []
    lines = (f"{found.lines[0]} ({least.text})", *found.lines[1:], *whole)
    evidence = Evidence(
        verdict=found.verdict,
        lines=lines,
        metric=found.metric,
        place=found.place,
        value=found.value,
        interval=found.interval,
        n_samples=found.n_samples,
        p_value=None if any(p is None for p in p_values) else max(p or 0.0 for p in p_values),
        change=found.change,
    )
    return Claim(text=text, evidence=evidence, log=least.log, show=least.show)


def _lacking(reading: Reading) -> Reading:
    """Return what a reading of agreement lacks to 1: disagreement."""
    ends = reading.interval
    return replace(
        reading,
        metric=replace(reading.metric, name="disagreement"),
        value=None if reading.value is None else 1.0 - reading.value,
        interval=None if ends is None else Interval(low=1.0 - ends.high, high=1.0 - ends.low, level=ends.level),
        change=str,
    )


def _over(prompts: Sequence[str]) -> str:
    return prompts[0] if len(prompts) == 1 else f"{len(prompts)} prompts"
