"""How a run went: whether answers changed while it was going on, how long they were and how long they took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.nouns.estimate import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One part of a run: neighbouring replicates."""

    first: int
    """Its first replicate, from 0."""
    last: int
    """Its last replicate."""
    value: float | None
    """Mean over prompts; None when no prompt has samples in every part."""
    interval: Interval | None
    """Interval of the mean within prompts, differences between them taken out; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One quantity over the run, at one temperature."""

    quantity: str
    """``words``, ``likeness`` (to the answers of the first part) or ``latency``."""
    unit: str
    """Unit of the values: ``words``, ``share`` or ``s``."""
    temperature: float
    """Where."""
    stretches: tuple[Stretch, ...]
    """The parts of the run, in order of time."""
    statistic: float | None
    """What was tested, in [-1, 1]: mean over prompts of a rank correlation with time, or of the correlation of
    unlikeness with distance in time; None when nothing can be tested."""
    p_value: float | None
    """Of that statistic, before it is adjusted; None when nothing can be tested."""
    p_adjusted: float | None
    """The same, adjusted for all tests of its kind; None when nothing can be tested."""
    undefined: str | None
    """Why nothing can be tested; None when there is a test."""
    n_prompts: int
    """Prompts in the test."""
    n_samples: int
    """Samples in the test."""
    level: float = 0.95
    """Level of the intervals; drift counts as shown where the adjusted p-value is at most one minus it."""

    @property
    def drifts(self) -> bool:
        """Whether drift is shown; where it is not, that is no proof that there is none."""
        return self.p_adjusted is not None and self.p_adjusted <= 1.0 - self.level + 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Courses:
    """Every quantity at every temperature."""

    courses: tuple[Course, ...]
    """By quantity, then by ascending temperature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How samples spread in one quantity, at one temperature."""

    quantity: str
    """``words`` or ``latency``."""
    unit: str
    """Unit of the values: ``words`` or ``s``."""
    temperature: float
    """Where."""
    low: float
    """The value below which one sample in twenty lies."""
    lower: float
    """Lower quartile."""
    median: float
    """Median."""
    upper: float
    """Upper quartile."""
    high: float
    """The value above which one sample in twenty lies."""
    n: int
    """Samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads:
    """Every quantity at every temperature."""

    spreads: tuple[Spread, ...]
    """By quantity, then by ascending temperature."""
