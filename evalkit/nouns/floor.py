"""The floor: what differs at temperature 0 already, by what else the server is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.nouns.comparison import Contrast
    from evalkit.nouns.design import Load
    from evalkit.nouns.estimate import Estimate
    from evalkit.nouns.fork import Fork
    from evalkit.nouns.measurement import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorLevel:
    """A metric at temperature 0 under one load."""

    load: Load
    """What else the server was doing."""
    estimate: Estimate
    """The mean over prompts."""

    def __str__(self) -> str:
        """Return load, value and interval in one line."""
        return f"{self.load.value}: {self.estimate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadContrast:
    """One load against that of the floor: whether it matters."""

    load: Load
    """The load that is held against the floor's."""
    contrast: Contrast
    """The floor is its baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFloor:
    """One metric: its floor, and how far loads and temperatures lie from it."""

    metric: Metric
    """What was measured."""
    level: FloorLevel
    """The floor: serial where that was drawn, else burst, else mixed."""
    others: tuple[FloorLevel, ...]
    """The other loads at temperature 0."""
    loads: tuple[LoadContrast, ...]
    """Each of the other loads minus the floor, paired by prompt."""
    above: tuple[Contrast, ...]
    """Each temperature minus the floor, paired by prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadArm:
    """What the answers at temperature 0 look like under one load."""

    load: Load
    """What else the server was doing."""
    n_prompts: int
    """Prompts with at least two samples."""
    n_samples: int
    """Samples of these."""
    n_failed: int
    """Draws without one, of all prompts."""
    distinct: float | None
    """Mean over prompts of the number of different answers; None without prompts."""
    commonest: float | None
    """Mean over prompts of the share of the commonest answer, in (0, 1]; None without prompts."""
    n_parting: int
    """Prompts whose answers are not all the same."""
    first_parting: int | None
    """Fewest words that all answers to a prompt share before they part; None where none part."""
    forks: tuple[Fork, ...] = ()
    """Where the answers to the first prompts that part do so; none for the grid's cells, which have theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintSplit:
    """Whether answers at temperature 0 agree less where the server named another configuration of itself.

    Pairs are of one cell each, so that prompt and load are the same in both kinds.
    """

    n_fingerprints: int
    """Different system fingerprints."""
    n_same: int
    """Pairs of answers that bear the same one."""
    n_different: int
    """Pairs of answers that bear different ones."""
    same: Estimate
    """Share of the former that are the same text, mean over prompts."""
    different: Estimate
    """Share of the latter that are the same text, mean over prompts."""
    difference: float | None
    """Same minus different over the prompts that have both; None where none has."""
    p_value: float | None
    """Two-sided p-value, fingerprints changing places within their cell; None where there is no difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What differs at temperature 0 already, and what temperature adds to it."""

    arms: tuple[LoadArm, ...]
    """One for each load that was asked for; empty where none was."""
    metrics: tuple[MetricFloor, ...]
    """One for each metric of the front that compares answers with one another."""
    fingerprints: FingerprintSplit | None
    """None where the server named one configuration at the most."""
    level: float = 0.95
    """Level of the intervals, in (0, 1)."""

    def of(self, title: str) -> MetricFloor | None:
        """Return the floor of a metric; None where there is none."""
        return next((each for each in self.metrics if each.metric.title == title), None)
