"""A difference between two runs, and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from evalkit.nouns.estimate import Estimand, Interval

if TYPE_CHECKING:
    from evalkit.nouns.advice import Match
    from evalkit.nouns.caution import Caution
    from evalkit.nouns.estimate import Curve


class Verdict(Enum):
    """What the data say of a difference; no difference found is not no difference."""

    HIGHER = "higher"
    """The candidate's value lies above the baseline's."""
    LOWER = "lower"
    """The candidate's value lies below the baseline's."""
    EQUIVALENT = "equivalent"
    """The difference lies within the stated margin."""
    INCONCLUSIVE = "inconclusive"
    """The data do not carry an answer."""


class Quantity(Enum):
    """What of two curves is contrasted."""

    VALUE = "value"
    """The value at one temperature."""
    MEAN = "mean"
    """The mean over the temperatures in common, by the trapezoidal rule: the area under the curve over its width."""
    SLOPE = "slope"
    """The growth with each unit of ln T, from T = 0.2 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A difference of two estimates, candidate minus baseline."""

    metric: str
    """Title of the metric."""
    temperature: float | None
    """Where; None for a contrast of whole curves."""
    difference: float | None
    """Candidate minus baseline; None when it does not exist."""
    interval: Interval | None
    """Its interval."""
    p_adjusted: float | None
    """p-value, adjusted over all contrasts of the comparison."""
    verdict: Verdict
    """What may be said."""
    n_prompts: int
    """Prompts it rests on."""
    method: str
    """How it was made."""
    quantity: Quantity = Quantity.VALUE
    """What of the curves is contrasted."""
    baseline: float | None = None
    """The baseline's mean over these prompts."""
    candidate: float | None = None
    """The candidate's mean over these prompts."""
    p_value: float | None = None
    """p-value of this contrast alone, of two sides."""
    margin: float | None = None
    """The greatest difference that does not matter; None where there is none to be stated."""
    n_needed: int | None = None
    """About how many would settle it; None when it is settled, or when no number is known to."""
    needed_of: str = ""
    """What there would have to be so many of: ``prompts`` or ``samples of each prompt``."""
    n_units: int = 0
    """How many of those there are."""
    estimand: Estimand = Estimand.THESE_PROMPTS
    """What interval and p-value speak of."""
    left_out: tuple[str, ...] = ()
    """Common prompts without a value to compare on both sides."""
    undefined: str | None = None
    """Why there is no difference; None when there is one."""

    def is_of(self, metric: str) -> bool:
        """Return whether it is of a metric, given by its title or by its name for all its options."""
        return metric in {self.metric, self.metric.partition("(")[0]}

    def __str__(self) -> str:
        """Return the contrast in one line."""
        where = f"{self.quantity.value} of the curve" if self.temperature is None else f"at T = {self.temperature:g}"
        if self.difference is None:
            return f"{self.metric} {where}: {self.undefined}"
        ends = "no interval" if self.interval is None else f"{self.interval.low:+.3g}, {self.interval.high:+.3g}"
        return f"{self.metric} {where}: {self.difference:+.3g} [{ends}], {self.verdict.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """Whether two runs answer alike at one temperature, in any respect that a likeness of texts can see."""

    kernel: str
    """Name of the likeness: ``exact_match`` or ``padded_hamming``."""
    temperature: float
    """Where."""
    value: float
    """Squared maximum mean discrepancy without bias, mean over prompts; around 0 when both answer alike. Of more than
    500 answers of a side to a prompt, of 500 drawn by chance."""
    floor: float | None
    """Noise floor: 95 of 100 random splits of the baseline into halves stay below; None with too few samples."""
    p_value: float
    """Permutation p-value, answers changing sides within their prompt."""
    p_adjusted: float
    """The same, adjusted over all discrepancies of the comparison."""
    differs: bool
    """Whether a difference is shown."""
    n_prompts: int
    """Prompts with two samples or more on each side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDifference:
    """A setting in which two runs differ: what a difference of answers may come from."""

    name: str
    """What it is, such as ``top_p``."""
    baseline: str
    """The baseline's, in words."""
    candidate: str
    """The candidate's, in words."""

    def __str__(self) -> str:
        """Return the difference in one line, such as ``top_p: 1.0 -> 0.5``."""
        return f"{self.name}: {self.baseline} -> {self.candidate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What only one of two runs has, and no contrast rests on."""

    what: str
    """``prompt``, ``temperature`` or ``cell``."""
    side: str
    """Who has it: ``baseline`` or ``candidate``."""
    names: tuple[str, ...]
    """Which, by name."""

    def __str__(self) -> str:
        """Return the count and the first names in one line."""
        shown = ", ".join(self.names[:5]) + (", ..." if len(self.names) > 5 else "")  # noqa: PLR2004 - one line
        return f"{len(self.names)} {self.what}{'' if len(self.names) == 1 else 's'} only in the {self.side}: {shown}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Baseline against candidate."""

    baseline: str
    """Label of the earlier run."""
    candidate: str
    """Label of the later run."""
    contrasts: tuple[Contrast, ...]
    """By metric, then temperature; those of whole curves behind them."""
    cautions: tuple[Caution, ...] = ()
    """What may mislead the reader."""
    settings: tuple[SettingDifference, ...] = ()
    """In what the runs differ before any answer is looked at."""
    left_out: tuple[LeftOut, ...] = ()
    """What is not compared."""
    discrepancies: tuple[Discrepancy, ...] = ()
    """Whether they answer alike, by likeness of texts and temperature."""
    matches: tuple[Match, ...] = ()
    """At which temperature the candidate is as diverse as the baseline, by metric and the baseline's temperature."""
    baseline_curves: tuple[Curve, ...] = ()
    """The baseline's curve of each metric, on the prompts in common."""
    candidate_curves: tuple[Curve, ...] = ()
    """The candidate's, in the same order."""
    prompts: tuple[str, ...] = ()
    """Ids of the prompts in common, in the baseline's order."""
    temperatures: tuple[float, ...] = ()
    """Temperatures in common, ascending."""
    level: float = 0.95
    """Level of every interval; 1 less it is the chance of any false HIGHER or LOWER."""

    def _repr_html_(self) -> str:
        """Return the comparison as a notebook shows it."""
        from evalkit import notebook

        return notebook.card(self)

    def count(self, verdict: Verdict) -> int:
        """Return how many contrasts have a verdict; those without a difference do not count."""
        return sum(each.verdict is verdict and each.difference is not None for each in self.contrasts)

    def of(self, metric: str) -> tuple[Contrast, ...]:
        """Return the contrasts of a metric, by its title or by its name for all its options."""
        return tuple(each for each in self.contrasts if each.is_of(metric))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How far one prompt moved from the baseline to the candidate."""

    prompt: str
    """Id of the prompt."""
    distance: float
    """Mean over temperatures of the absolute difference of the metric."""
    n_temperatures: int
    """Temperatures at which both have a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """The differences of one metric, to be drawn beside one another."""

    words: str
    """The metric as readers know it."""
    unit: str
    """Its unit in words."""
    contrasts: tuple[Contrast, ...]
    """At each temperature, then over all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """Two curves of one metric over one another."""

    baseline: Curve
    """The earlier run's."""
    candidate: Curve
    """The later run's."""
    labels: tuple[str, str]
    """Labels of the runs, the baseline's first."""
