"""A claim: what an assertion comes to, three-valued, with what it rests on and what would settle it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from evalkit.nouns import Interval
from evalkit.stats.verdict import Verdict
from evalkit.testing.hiding import expected
from evalkit.text.visible import visible

__tracebackhide__ = expected

WORDS = {Verdict.PASS: "holds", Verdict.FAIL: "false", Verdict.INCONCLUSIVE: "inconclusive"}
"""A verdict as a reader meets it."""


class InconclusiveWarning(UserWarning):
    """An assertion that the data leave open, in a session that was told to warn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found, and what it means."""

    verdict: Verdict
    """Whether the claim holds, does not, or is open."""
    lines: tuple[str, ...]
    """Why, in words; the first line stands for the rest where there is room for one."""
    metric: str
    """Title of the metric."""
    place: str
    """Where it was measured, in words."""
    value: float | None = None
    """The value; None when it does not exist."""
    interval: Interval | None = None
    """Its interval; None when no valid one exists."""
    n_samples: int = 0
    """Samples it rests on."""
    p_value: float | None = None
    """p-value at or below 1 - level exactly where the claim holds; None where nothing was tested."""
    change: str = ""
    """The change against the baseline, in words; empty without one."""


@dataclass(slots=True, kw_only=True)
class Log:
    """Every claim of a session that was asked for its truth, by test, and what an open one does."""

    inconclusive: str = "fail"
    """``fail``, ``warn`` or ``skip``."""
    of_test: dict[str, list[Claim]] = field(default_factory=dict)
    """Claims by the test's name."""
    test: str = ""
    """The test that runs."""

    def add(self, claim: Claim) -> None:
        """Keep a claim of the test that runs; the same one counts once."""
        claims = self.of_test.setdefault(self.test, [])
        if all(each is not claim for each in claims):
            claims.append(claim)

    def begin(self, test: str) -> None:
        """Forget what an earlier try of a test claimed."""
        self.test = test
        self.of_test.pop(test, None)


@dataclass(slots=True, kw_only=True, eq=False)
class Claim:
    """What an assertion says, and the evidence for it; true only when it holds.

    An open claim is false too, unless the session was told to warn or to skip: ``not claim`` is no proof of the
    opposite.
    """

    text: str
    """What is claimed, such as ``exact_agreement of keeper at T = 0 > 0.9``."""
    evidence: Evidence
    """What was found."""
    log: Log
    """Where it is written down."""
    show: Callable[[], list[str]] = list
    """Makes the lines that help to understand a failure, such as the most different answers; asked for on failure."""

    def __bool__(self) -> bool:
        """Return whether the claim holds; what an open one does is the session's choice."""
        self.log.add(self)
        if self.evidence.verdict is not Verdict.INCONCLUSIVE or self.log.inconclusive == "fail":
            return self.evidence.verdict is Verdict.PASS
        if self.log.inconclusive == "skip":
            pytest.skip(self._open())
        warnings.warn(self._open(), InconclusiveWarning, stacklevel=2)
        return True

    def __repr__(self) -> str:
        """Return the claim and its verdict in one line."""
        return visible(f"<{self.text}: {WORDS[self.evidence.verdict]}>", keep="")

    def _open(self) -> str:
        return visible(f"inconclusive: {self.text}: {self.evidence.lines[0]}", keep="")

    def explain(self) -> list[str]:
        """Return what pytest shows when the claim did not hold, the claim first."""
        head, *more = self.evidence.lines
        lines = [self.text, f"{WORDS[self.evidence.verdict]}: {head}", *more]
        return [visible(line, keep="") for line in (*lines, *self.show())]

    def record(self) -> dict[str, Any]:
        """Return the claim as plain values, for the session's summary and for files."""
        found = self.evidence
        return {
            "claim": self.text,
            "metric": found.metric,
            "place": found.place,
            "value": found.value,
            "low": None if found.interval is None else found.interval.low,
            "high": None if found.interval is None else found.interval.high,
            "level": None if found.interval is None else found.interval.level,
            "n_samples": found.n_samples,
            "verdict": WORDS[found.verdict],
            "why": found.lines[0],
            "p_value": found.p_value,
            "change": found.change,
        }
