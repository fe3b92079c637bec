"""A difference between two runs, and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from evalkit.nouns.estimate import Interval

if TYPE_CHECKING:
    from evalkit.nouns.caution import Caution


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Baseline against candidate."""

    baseline: str
    """Label of the earlier run."""
    candidate: str
    """Label of the later run."""
    contrasts: tuple[Contrast, ...]
    """By metric, then temperature."""
    cautions: tuple[Caution, ...] = ()
    """What may mislead the reader."""
