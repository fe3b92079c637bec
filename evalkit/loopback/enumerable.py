"""A language so small that every answer it can give is listed, with its probability.

Words follow one another by a table of logits: one row for the beginning and one for each word before, one
column for each word and one for the end. A temperature divides the logits, token by token, as in a model; an
answer is cut after a number of tokens. With a thousand answers or so, what a statistic aims at is a finite sum.

References:
    D. H. Ackley, G. E. Hinton, T. J. Sejnowski, "A Learning Algorithm for Boltzmann Machines", Cognitive Science
    9(1), 147-169 (1985), for temperature. The language: definition by this project.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EnumerableLanguage:
    """An order-1 Markov language over a few words."""

    words: tuple[str, ...]
    """What can be said; W of them, all different."""
    logits: tuple[tuple[float, ...], ...]
    """(1 + W, W + 1): rows for the beginning and after each word, columns for each word and the end."""
    max_tokens: int
    """Words after which an answer is cut."""

    @cached_property
    def answers(self) -> tuple[tuple[int, ...], ...]:
        """Every answer as places of its words, the shortest first; the empty one among them."""
        lengths = range(self.max_tokens + 1)
        return tuple(
            itertools.chain.from_iterable(itertools.product(range(len(self.words)), repeat=k) for k in lengths)
        )

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Every answer, its words joined by one space."""
        return tuple(" ".join(self.words[token] for token in answer) for answer in self.answers)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Words of every answer; shape (answers,)."""
        return np.array([len(answer) for answer in self.answers], dtype=np.int64)

    @cached_property
    def steps(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of every step of every answer, the end among them, -1 after it; each (answers, max_tokens)."""
        end = len(self.words)
        columns = np.full((len(self.answers), self.max_tokens), -1, dtype=np.int64)
        for place, answer in enumerate(self.answers):
            said = (*answer, end)[: self.max_tokens]
            columns[place, : len(said)] = said
        rows = np.concatenate([np.zeros((len(columns), 1), dtype=np.int64), columns[:, :-1] + 1], axis=1)
        return np.where(columns >= 0, rows, -1), columns

    def at(self, temperature: float) -> EnumerableLaw:
        """Return the distribution of answers at a temperature above 0."""
        return EnumerableLaw(self, temperature)


@dataclass(frozen=True, slots=True)
class PairMoments:
    """What a function of two independent answers is on average, and how it varies."""

    mean: float
    """Expected value."""
    zeta1: float
    """Variance of the expected value given one of the two answers."""
    zeta2: float
    """Variance of the value."""

    def variance(self, n: int) -> float:
        """Return the variance of the mean over all pairs of n answers.

        References:
            W. Hoeffding, "A Class of Statistics with Asymptotically Normal Distribution", Annals of Mathematical
            Statistics 19(3), 293-325 (1948), equation 5.13.
        """
        return (4.0 * (n - 2) * self.zeta1 + 2.0 * self.zeta2) / (n * (n - 1))


@dataclass(frozen=True, eq=False)
class EnumerableLaw:
    """The distribution of an enumerable language's answers at one temperature."""

    language: EnumerableLanguage
    """What is spoken."""
    temperature: float
    """Divides the logits; above 0."""

    @cached_property
    def rows(self) -> Matrix:
        """Probability of each token after each; shape (1 + W, W + 1), rows sum to 1."""
        scaled = np.array(self.language.logits, dtype=np.float64) / self.temperature
        weights: Matrix = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        return weights

    @cached_property
    def logprobs(self) -> Matrix:
        """Natural logarithm of the probability of every step; shape (answers, max_tokens), 0 after the end."""
        before, token = self.language.steps
        logs: Matrix = np.where(token >= 0, np.log(self.rows)[before, token], 0.0)
        return logs

    @cached_property
    def probabilities(self) -> Vector:
        """Probability of every answer; shape (answers,), sum 1."""
        chances: Vector = np.exp(self.logprobs.sum(axis=1))
        return chances

    def draw(self, rng: np.random.Generator, n: int) -> NDArray[np.int64]:
        """Return the places of n answers drawn independently; shape (n,)."""
        return np.searchsorted(self._cumulative, rng.random(n), side="right").astype(np.int64)

    @cached_property
    def _cumulative(self) -> Vector:
        levels: Vector = np.cumsum(self.probabilities)
        levels /= levels[-1]
        return levels[:-1]  # without the last one every number below 1 has a place

    def power_sum(self, order: float) -> float:
        """Return the sum of p to the power of `order`: for a whole one the chance that so many answers agree."""
        return float((self.probabilities**order).sum())

    @property
    def agreement(self) -> float:
        """Probability that two answers are equal."""
        return self.power_sum(2)

    @cached_property
    def entropy_nats(self) -> float:
        """Entropy of an answer."""
        return -float(self.probabilities @ self.logprobs.sum(axis=1))

    @property
    def modal_probability(self) -> float:
        """Probability of the likeliest answer."""
        return float(self.probabilities.max())

    @property
    def expected_length(self) -> float:
        """Expected number of words."""
        return float(self.probabilities @ self.language.lengths)

    def distinct(self, n: int, *, among: NDArray[np.bool_] | None = None) -> float:
        """Return the expected number of different answers in n draws, of those `among` where given."""
        chances = self.probabilities if among is None else self.probabilities[among]
        return float((1.0 - (1.0 - chances) ** n).sum())

    def coverage(self, n: int) -> float:
        """Return the expected chance that one more answer is among the n drawn before."""
        return 1.0 - float((self.probabilities * (1.0 - self.probabilities) ** n).sum())

    def expect(self, values: Vector) -> tuple[float, float]:
        """Return mean and variance of a number that every answer has; shape (answers,)."""
        mean = float(self.probabilities @ values)
        return mean, float(self.probabilities @ (values - mean) ** 2)

    def expect_pair(self, matrix: Matrix) -> PairMoments:
        """Return the moments of a symmetric function of two answers; shape (answers, answers)."""
        given_one = matrix @ self.probabilities
        mean = float(self.probabilities @ given_one)
        square = float(self.probabilities @ (matrix**2 @ self.probabilities))
        return PairMoments(mean, float(self.probabilities @ (given_one - mean) ** 2), square - mean * mean)

    @cached_property
    def survival(self) -> Vector:
        """Probability that two answers share their first 1, 2, .. words, both having as many; (max_tokens,)."""
        chances: dict[tuple[int, ...], float] = {}
        for answer, p in zip(self.language.answers, self.probabilities.tolist(), strict=True):
            for length in range(1, len(answer) + 1):
                chances[answer[:length]] = chances.get(answer[:length], 0.0) + p
        shared = np.zeros(self.language.max_tokens)
        for beginning, p in chances.items():
            shared[len(beginning) - 1] += p * p
        return shared

    @property
    def expected_prefix(self) -> float:
        """Expected number of leading words that two answers share."""
        return float(self.survival.sum())

    @cached_property
    def occupancy(self) -> Vector:
        """Expected number of steps taken after the beginning and after each word; shape (1 + W,)."""
        before, _ = self.language.steps
        taken = np.zeros(len(self.rows))
        np.add.at(taken, before[before >= 0], np.broadcast_to(self.probabilities[:, None], before.shape)[before >= 0])
        return taken


WEATHER = EnumerableLanguage(
    words=("rain", "sunshine", "fog", "wind"),
    logits=(
        (3.0, 1.8, 0.9, -0.4, -2.0),
        (-0.6, 0.9, 0.2, 2.6, 1.0),
        (0.3, -0.9, 0.7, 0.1, 2.2),
        (1.1, 1.9, -1.0, 0.4, 0.8),
        (0.2, 1.4, -0.3, -1.2, 2.9),
    ),
    max_tokens=5,
)
"""Forecasts of one to five words: 1,365 answers."""
