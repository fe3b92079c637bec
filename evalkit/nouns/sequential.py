"""Sampling that stops when enough is known: what is asked for, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass

MOST_LOOKS = 4
"""Looks at a temperature when nobody says how many; the last one is the end."""
FIRST_LOOK = 10
"""Samples of each cell at the first look when nobody says how many."""
MOST_SAMPLES = 200
"""Most samples of each cell when nobody says how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is to be known of one metric at every temperature; either is enough."""

    metric: str
    """Title of a metric of the suite."""
    within: float | None = None
    """Half the width that its interval may have, in units of the metric, above 0; None for no such wish."""
    against: float | None = None
    """A value that the interval shall exclude, on either side; None for no such wish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """When sampling may stop before the suite's number of samples."""

    goals: tuple[Goal, ...]
    """At least one; a temperature is sampled until each is reached there."""
    first: int = FIRST_LOOK
    """Samples of each cell at the first look, 2 or more."""
    looks: int = MOST_LOOKS
    """Most looks at each temperature, 1 or more, told before the first: every interval pays for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the sampling of one temperature has come."""

    temperature: float
    """The temperature."""
    looks: int
    """Looks for which samples were wanted, the one they are now wanted for among them."""
    sizes: tuple[int, ...]
    """Samples wanted of each prompt, in the suite's order."""
    ended: str = ""
    """Why no further samples are wanted: ``known``, ``looks``, ``samples`` or ``nothing``; empty while they are."""

    @property
    def n_samples(self) -> int:
        """Samples wanted of all prompts."""
        return sum(self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """What is known of one goal at one temperature."""

    goal: Goal
    """What is to be known."""
    temperature: float
    """The temperature."""
    value: float | None
    """Mean over the prompts; None where there is none."""
    low: float | None = None
    """Lower end of its interval, which holds whenever sampling stopped; None where there is none."""
    high: float | None = None
    """Upper end."""
    reason: str = ""
    """Why there is no interval; empty where there is one."""
    n_fixed: int | None = None
    """Samples of each cell that a plan without looks would have needed here for as much, by what is known now; None
    where that can not be told."""

    @property
    def half(self) -> float | None:
        """Half the interval's width; None where there is none."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2.0

    @property
    def is_narrow(self) -> bool:
        """Whether the interval is as narrow as it is wanted."""
        return self.half is not None and self.goal.within is not None and self.half <= self.goal.within

    @property
    def side(self) -> int:
        """Where the mean lies: 1 above what it is held against, -1 below, 0 where that is open or not asked."""
        against = self.goal.against
        if against is None or self.low is None or self.high is None:
            return 0
        return int(self.low > against) - int(self.high < against)

    @property
    def is_reached(self) -> bool:
        """Whether no further samples are needed for it."""
        return self.is_narrow or self.side != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequential:
    """What came of sampling that stops when enough is known."""

    precision: Precision
    """What was asked for."""
    standings: tuple[Standing, ...]
    """One for each temperature, ascending."""
    stands: tuple[Stand, ...]
    """One for each goal and temperature."""
    level: float
    """What the intervals promise for all looks together, in (0, 1)."""
    level_at_a_look: float
    """Level of each interval, in (`level`, 1)."""
    n_fixed: int | None = None
    """Samples of each cell that a plan without looks would have needed for as much, everywhere; None where that can not
    be told."""

    @property
    def n_samples(self) -> int:
        """Samples that were wanted."""
        return sum(standing.n_samples for standing in self.standings)

    @property
    def n_samples_fixed(self) -> int | None:
        """Samples of a plan without looks: as many of each cell as the neediest takes."""
        n_cells = sum(len(standing.sizes) for standing in self.standings)
        return None if self.n_fixed is None else self.n_fixed * n_cells


def in_words(goal: Goal) -> str:
    """Return a goal in words, such as ``exact_agreement within 0.05``."""
    parts = []
    if goal.within is not None:
        parts.append(f"within {goal.within:g}")
    if goal.against is not None:
        parts.append(f"above or below {goal.against:g}")
    return f"{goal.metric} {' or '.join(parts)}"
