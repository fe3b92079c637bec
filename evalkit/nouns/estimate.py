"""Values and how well they are known: interval, estimate, point, trend, curve."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalkit.nouns.advice import ChangePoint
    from evalkit.nouns.caution import Caution
    from evalkit.nouns.floor import FloorLevel
    from evalkit.nouns.measurement import Measurement, Metric

_SAME_TEMPERATURE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Two ends and a level."""

    low: float
    """Lower end."""
    high: float
    """Upper end; never equal to the lower."""
    level: float = 0.95
    """Share of repeated experiments whose interval covers the truth, in (0, 1)."""

    def __contains__(self, value: float) -> bool:
        """Return whether a value lies between the ends, ends included."""
        return self.low <= value <= self.high

    @property
    def width(self) -> float:
        """Distance between the ends."""
        return self.high - self.low


class Estimand(Enum):
    """What an interval speaks of: what would be drawn anew in another experiment."""

    THIS_PROMPT = "this prompt"
    """Fresh samples of one prompt."""
    THESE_PROMPTS = "these prompts"
    """Fresh samples of the same prompts."""
    PROMPTS_LIKE_THESE = "prompts like these"
    """Fresh prompts of the same kind, with fresh samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value and how well it is known."""

    value: float | None
    """Point estimate; None when it does not exist."""
    interval: Interval | None
    """Its interval; None when no valid one exists."""
    n_prompts: int
    """Prompts it rests on."""
    n_samples: int
    """Samples it rests on, over all prompts."""
    method: str
    """How the interval was made, or why there is none."""
    undefined: str | None = None
    """Why there is no value; None when there is one."""
    unit: str = ""
    """Unit in words."""
    estimand: Estimand = Estimand.PROMPTS_LIKE_THESE
    """What the interval speaks of."""
    these: Interval | None = None
    """The interval of the mean over these very prompts, fresh samples only; None when it is not known."""

    def __str__(self) -> str:
        """Return value and interval, such as ``0.41 [0.36, 0.46]``."""
        if self.value is None:
            return f"undefined ({self.undefined})"
        if self.interval is None:
            return f"{self.value:.3g} [no interval]"
        return f"{self.value:.3g} [{self.interval.low:.3g}, {self.interval.high:.3g}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A curve at one temperature."""

    temperature: float
    """Where."""
    estimate: Estimate
    """The mean over prompts."""
    measurements: tuple[Measurement, ...] = ()
    """What each prompt gave, in the suite's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Whether a metric moves with temperature, paired by prompt."""

    statistic: float | None
    """Mean over prompts of Kendall's tau-b of value against temperature, in [-1, 1]."""
    p_value: float | None
    """Two-sided p-value; None when it can not be computed."""
    direction: str
    """``rises``, ``falls`` or ``undecided`` at the 5 % level."""
    n_prompts: int
    """Prompts it rests on."""
    method: str
    """The test, or why there is none."""
    slope: float | None = None
    """Mean over prompts of the growth with each unit of ln T, from T = 0.2 on; None where no prompt has two such."""
    slope_interval: Interval | None = None
    """Its interval, for prompts like these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """The temperature at which a curve is largest, among those that were asked."""

    temperature: float | None
    """Where the mean over prompts is largest; None when that can not be told."""
    low: float | None
    """Lower end of its interval; None when there is none."""
    high: float | None
    """Upper end of its interval, never equal to the lower; None when there is none."""
    level: float = 0.95
    """Level of the interval, in (0, 1)."""
    kind: str
    """``interior``, ``flat`` (any temperature may be the best), ``rises to the end``, ``best at the edge`` (the lowest
    is), ``open`` (the interval reaches an end of the temperatures, and too far from it to say so) or ``unknown``."""
    n_prompts: int
    """Prompts it rests on."""
    method: str
    """How the interval was made, or why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A metric against temperature."""

    metric: Metric
    """What was measured."""
    points: tuple[Point, ...]
    """By ascending temperature."""
    trend: Trend
    """Whether it moves."""
    optimum: Optimum | None = None
    """Where it is largest; None for a metric of which that is not asked."""
    limit: ChangePoint | None = None
    """The temperature beyond which quality falls, by whichever metric of quality shows it first; drawn as a shade."""
    floor: FloorLevel | None = None
    """Its value at temperature 0 with the load that disturbs least; None where no load was asked for."""
    cautions: tuple[Caution, ...] = ()
    """What may mislead the reader."""

    def at(self, temperature: float) -> Point | None:
        """Return the point at a temperature; None when there is none."""
        return next((p for p in self.points if abs(p.temperature - temperature) < _SAME_TEMPERATURE), None)

    def plot(self, ax: Any = None) -> Any:  # noqa: ANN401 - matplotlib's axes, which a noun can not name
        """Return the matplotlib axes on which the curve was drawn: those given, or the present ones of pyplot."""
        from evalkit import notebook

        return notebook.drawn(self, ax)

    def _repr_html_(self) -> str:
        """Return the curve as a notebook shows it."""
        from evalkit import notebook

        return notebook.card(self)

    def rises(self, *, alpha: float = 0.05) -> bool:
        """Return whether the trend test finds a rise at level alpha."""
        return self._moves(alpha, sign=1)

    def falls(self, *, alpha: float = 0.05) -> bool:
        """Return whether the trend test finds a fall at level alpha."""
        return self._moves(alpha, sign=-1)

    def _moves(self, alpha: float, *, sign: int) -> bool:
        trend = self.trend
        if trend.p_value is None or trend.statistic is None:
            return False
        return trend.p_value < alpha and trend.statistic * sign > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Quality and diversity over the same temperatures, to be drawn against one another."""

    quality: Curve
    """How good."""
    diversity: Curve
    """How different, among the good."""

    @property
    def steps(self) -> tuple[tuple[float, Estimate, Estimate], ...]:
        """Temperature, quality and diversity wherever both have a value, by ascending temperature."""
        other = {point.temperature: point.estimate for point in self.diversity.points}
        both = ((p.temperature, p.estimate, other.get(p.temperature)) for p in self.quality.points)
        return tuple((t, q, d) for t, q, d in both if d is not None and None not in {q.value, d.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalCurve:
    """How many pairs of answers are still the same after so many words, at one temperature."""

    temperature: float
    """Where."""
    shares: tuple[float, ...]
    """Mean over prompts of the share of pairs whose first k words are the same, for k = 1, 2, ...; never rises."""
    intervals: tuple[Interval | None, ...]
    """One for each share, for prompts like these; None where there is none."""
    n_prompts: int
    """Prompts with at least two samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """Where answers part, at every temperature."""

    curves: tuple[SurvivalCurve, ...]
    """By ascending temperature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRow:
    """Disagreement at one temperature and one level of equality."""

    temperature: float
    """Where."""
    level: str
    """Name of the level, such as ``whitespace``."""
    agreement: float
    """Mean over prompts of the share of pairs that are equal at this level, in [0, 1]."""
    n_differing: int
    """Prompts with at least one pair that differs at this level."""
    n_prompts: int
    """Prompts with at least two samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the draws at one temperature; a sample may be empty, cut and refused at once."""

    temperature: float
    """Where."""
    n_wanted: int
    """Draws planned."""
    n_samples: int
    """Draws that gave a sample, be it empty, cut or refused."""
    n_error: int
    """Draws that gave none; left out of every metric."""
    n_unsupported: int = 0
    """Draws that can give none, for the endpoint refuses the temperature."""
    n_empty: int
    """Samples without a visible character; they count as texts."""
    n_truncated: int
    """Samples cut by the token limit; they count as they stand."""
    n_refused: int
    """Samples the server marked as refused or filtered."""
