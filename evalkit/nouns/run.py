"""One execution of a plan, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evalkit.nouns.caution import Caution, merged
from evalkit.nouns.probe import Occasion, Probing
from evalkit.nouns.suite import Suite


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a run came from: enough to do it again."""

    evalkit_version: str
    """Version that began the run."""
    python: str
    """Python version."""
    platform: str
    """Operating system and processor."""
    packages: tuple[tuple[str, str], ...] = ()
    """Names and versions of the packages that matter."""
    commit: str | None = None
    """Commit of the working directory, when it is a repository."""
    source: str = "run"
    """``run``, ``import`` or ``replay``, with what it was read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a plan, as it stands in the store."""

    label: str
    """Unique in its store."""
    plan_key: str
    """Identity of the plan."""
    suite: Suite
    """What was asked for, endpoint resolved."""
    provenance: Provenance
    """Where it came from."""
    created_at: str
    """UTC time, ISO 8601."""
    n_draws: int
    """Draws planned."""
    n_samples: int = 0
    """Draws filled."""
    n_failures: int = 0
    """Draws whose last outcome is a failure, those at refused temperatures apart."""
    n_unsupported: int = 0
    """Draws without a sample because the endpoint refuses their temperature: settled, never sent again."""
    first_at: str | None = None
    """UTC time of the first request; None when none was sent."""
    last_at: str | None = None
    """UTC time of the last request."""

    probings: tuple[Probing, ...] = ()
    """What was found out about its endpoint, oldest first."""

    @property
    def newest(self) -> Mapping[Occasion, Probing]:
        """The newest probing of each kind; one that was given up has no findings."""
        return {each.occasion: each for each in self.probings}

    @property
    def conduct(self) -> tuple[Caution, ...]:
        """What the endpoint does that may mislead the reader, as the newest probing of each kind has it."""
        return merged(caution for each in self.newest.values() for caution in each.cautions)

    @property
    def complete(self) -> bool:
        """True when every planned draw holds a sample, or can have none because its temperature is refused."""
        return self.n_samples + self.n_unsupported >= self.n_draws
