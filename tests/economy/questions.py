"""What is asked of the shipped suites: chosen before any figure was seen."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.nouns import Goal


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to a suite, at each of its temperatures."""

    suite: str
    """Name of the suite."""
    metric: str
    """Name of a metric of it."""
    words: str
    """The question."""
    within: float | None = None
    """Half the width that its interval may have."""
    against: float | None = None
    """What it shall be told from."""
    least: float = 0.1
    """The smallest difference from `against` that is of interest."""
    level: str = ""
    """Level of the texts, for exact agreement."""
    rare: float = 0.0
    """Share of answers that go another way, where the endpoint has the habit `rare-branch`."""

    @property
    def goal(self) -> Goal:
        """The goal of a run that stops."""
        return Goal(metric=self.metric, within=self.within, against=self.against)

    @property
    def is_verdict(self) -> bool:
        """Whether a side is asked for."""
        return self.against is not None


def _verdict(suite: str, metric: str, against: float, words: str, **more: str) -> Question:
    """Return a question for a side, which is left open where the mean is known to lie closer than 0.1."""
    return Question(suite=suite, metric=metric, against=against, within=0.07, words=words, **more)


QUESTIONS = (
    Question(
        suite="quick_chat",
        metric="rouge_l_distance",
        within=0.05,
        words="how far are two answers apart, ± 0.05",
    ),
    _verdict("quick_chat", "exact_agreement", 0.5, "do two answers agree more often than not"),
    Question(
        suite="storytelling", metric="rouge_l_distance", within=0.05, words="how far are two stories apart, ± 0.05"
    ),
    _verdict("storytelling", "validity", 0.9, "are nine of ten stories made of sentences"),
    Question(suite="facts", metric="accuracy", within=0.05, words="how many answers are right, ± 0.05"),
    _verdict("facts", "accuracy", 0.9, "are nine of ten answers right"),
    Question(
        suite="code",
        metric="exact_agreement",
        level="whitespace",
        within=0.05,
        words="how often are two programs the same but for white space, ± 0.05",
    ),
    _verdict("code", "exact_agreement", 0.5, "are two programs the same more often than not", level="whitespace"),
    Question(
        suite="determinism", metric="exact_agreement", within=0.05, words="how often do two answers agree, ± 0.05"
    ),
    Question(
        suite="determinism",
        metric="exact_agreement",
        against=0.95,
        least=0.05,
        words="do two answers agree in 95 of 100 cases",
    ),
    Question(
        suite="determinism",
        metric="exact_agreement",
        against=0.95,
        least=0.05,
        rare=0.008,
        words="the same of an endpoint with the habit `rare-branch`",
    ),
    Question(suite="floor", metric="rouge_l_distance", within=0.05, words="how far are two answers apart, ± 0.05"),
    _verdict("floor", "exact_agreement", 0.5, "do two answers agree more often than not"),
)
"""In the order of the page."""
