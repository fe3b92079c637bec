"""Two languages whose every probability is known, as a source of texts at one temperature.

The short one lists its 1,365 answers, so any sum over answers or pairs is finite. The long one is a topic of the
embedded endpoint: its answers can not be listed, and what is true of them comes from sums over states.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np

from evalkit.loopback.enumerable import WEATHER, EnumerableLaw
from evalkit.loopback.language import Law
from evalkit.loopback.repertoire import law_of
from evalkit.loopback.topics import TOPICS
from evalkit.loopback.truth import Truth

TEMPERATURES = (0.25, 0.5, 0.7, 1.0, 1.5, 2.0)
SHORT, LONG = "short", "long"
LONG_TOPIC = "code/even"


class Source(Protocol):
    """What gives texts, and knows what is true of them."""

    name: str
    temperature: float

    def texts(self, rng: np.random.Generator, n: int) -> list[str]:
        """Return n answers drawn independently."""

    def scored(self, rng: np.random.Generator, n: int) -> list[tuple[str, tuple[float, ...]]]:
        """Return n answers with the log-probability of each step, the end among them."""

    def beginnings_agree(self, length: int, answers: int = 2) -> float:
        """Return the chance that two answers or more, cut after so many words, are all equal."""

    @property
    def truth(self) -> EnumerableLaw | Truth:
        """What is exactly so."""


@dataclass(frozen=True, eq=False)
class Short:
    """The listed language."""

    temperature: float
    name: str = SHORT

    @cached_property
    def truth(self) -> EnumerableLaw:
        """What is exactly so."""
        return WEATHER.at(self.temperature)

    def places(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """Return the places of n answers in the list."""
        return self.truth.draw(rng, n)

    def texts(self, rng: np.random.Generator, n: int) -> list[str]:
        """Return n answers drawn independently."""
        return [WEATHER.texts[place] for place in self.places(rng, n)]

    def scored(self, rng: np.random.Generator, n: int) -> list[tuple[str, tuple[float, ...]]]:
        """Return n answers with the log-probability of each step, the end among them."""
        _, columns = WEATHER.steps
        return [
            (WEATHER.texts[place], tuple(self.truth.logprobs[place][columns[place] >= 0].tolist()))
            for place in self.places(rng, n)
        ]

    def beginnings_agree(self, length: int, answers: int = 2) -> float:
        """Return the chance that two answers or more, cut after so many words, are all equal."""
        chances: Counter[tuple[int, ...]] = Counter()
        for answer, p in zip(WEATHER.answers, self.truth.probabilities.tolist(), strict=True):
            chances[answer[:length]] += p
        return sum(p**answers for p in chances.values())


@dataclass(frozen=True, eq=False)
class Long:
    """A topic of the embedded endpoint, its answers drawn side by side."""

    temperature: float
    name: str = LONG
    topic: str = LONG_TOPIC

    @cached_property
    def law(self) -> Law:
        """Where answers come from."""
        return law_of(next(topic for topic in TOPICS if topic.name == self.topic), self.temperature)

    @cached_property
    def truth(self) -> Truth:
        """What is exactly so."""
        return Truth(self.law)

    @cached_property
    def _levels(self) -> np.ndarray:
        levels = np.cumsum(self.truth.rows, axis=1)
        return levels[:, :-1] / levels[:, -1:]

    def _walks(self, rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return states and tokens of n answers drawn side by side; each (n, steps), tokens -1 after the end."""
        state = np.zeros(n, dtype=np.int64)
        states, tokens = [], []
        for _ in range(self.truth.limit):
            if (state < 0).all():
                break
            token = (self._levels[state] <= rng.random(n)[:, None]).sum(axis=1)
            states.append(state)
            tokens.append(np.where(state < 0, -1, token))
            state = np.where(state < 0, -1, self.truth.targets[state, token])
        return np.stack(states, axis=1), np.stack(tokens, axis=1)

    def texts(self, rng: np.random.Generator, n: int) -> list[str]:
        """Return n answers drawn independently."""
        return [self._text(tokens) for tokens in self._walks(rng, n)[1].tolist()]

    def scored(self, rng: np.random.Generator, n: int) -> list[tuple[str, tuple[float, ...]]]:
        """Return n answers with the log-probability of each step, the end among them."""
        states, tokens = self._walks(rng, n)
        logprobs = np.log(self.truth.rows[states, tokens])
        return [
            (self._text(said), tuple(each[: sum(token >= 0 for token in said)]))
            for said, each in zip(tokens.tolist(), logprobs.tolist(), strict=True)
        ]

    def beginnings_agree(self, length: int, answers: int = 2) -> float:
        """Return the chance that two answers or more, cut after so many words, are all equal."""
        return Truth(self.law, length).power_sum(answers)

    def _text(self, tokens: Sequence[int]) -> str:
        return " ".join(self.law.language.vocabulary[token] for token in tokens if token > 0)


@lru_cache(maxsize=64)
def source(name: str, temperature: float) -> Short | Long:
    """Return a language at a temperature."""
    return Short(temperature) if name == SHORT else Long(temperature)


@lru_cache(maxsize=8)
def kernel(name: str) -> np.ndarray:
    """Return a function of all pairs of the short language's answers, from its tokens and letters.

    Edits are counted by the library that evalkit uses; a test holds it to plain dynamic programming.

    Args:
        name: ``equal``, ``edit``, ``jaccard`` or ``lcs``; the last three are distances.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import Indel, Levenshtein

    if name == "equal":
        return np.eye(len(WEATHER.texts))
    if name == "jaccard":
        return _jaccard([frozenset(answer) for answer in WEATHER.answers])
    letters = ["".join(chr(ord("a") + token) for token in answer) for answer in WEATHER.answers]
    texts, scorer = (
        (WEATHER.texts, Levenshtein.normalized_distance) if name == "edit" else (letters, Indel.normalized_distance)
    )
    return process.cdist(texts, texts, scorer=scorer, dtype=np.float64, workers=1)


def _jaccard(sets: Sequence[frozenset[int]]) -> np.ndarray:
    kinds = list(dict.fromkeys(sets))
    few = np.array([[1 - len(a & b) / len(a | b) if a | b else 0.0 for b in kinds] for a in kinds])
    index = [kinds.index(each) for each in sets]
    return few[np.ix_(index, index)]
