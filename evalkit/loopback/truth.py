"""What is true of a law's answers, computed without sampling one.

A graph is deterministic, so an answer fixes its walk and the probability of the answer is the
product of its steps. Sums over all answers then factor over the steps and are found by dynamic
programming over states. Below, M is the matrix of step probabilities between states without
END, e the probability of END in each state, d_k the distribution of the state after k words of
answers still going on, and L the limit of words.

References:
    L. E. Baum and T. Petrie, "Statistical inference for probabilistic functions of finite
    state Markov chains", Annals of Mathematical Statistics 37 (1966), for the recursions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.loopback.language import CONTEXT, Law
from evalkit.loopback.repertoire import law_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Truth:
    """Exact properties of answers drawn independently from a law, cut after a number of words."""

    law: Law
    """Where answers come from."""
    max_tokens: int = 256
    """Words after which an answer is cut."""
    _power_sums: dict[int, float] = field(default_factory=dict, repr=False)

    @property
    def limit(self) -> int:
        """Words an answer can have at most."""
        return min(self.max_tokens, CONTEXT)

    @cached_property
    def rows(self) -> Vector:
        """Probability of each token in each state; shape (states, vocabulary)."""
        return np.stack([self.law.probabilities(state) for state in range(len(self.law.language.graph))])

    @property
    def targets(self) -> NDArray[np.int64]:
        """State after each token in each state, -1 after END; shape (states, vocabulary)."""
        return self.law.language.targets

    @property
    def agreement(self) -> float:
        """Probability that two answers are equal."""
        return self.power_sum(2)

    def power_sum(self, order: int) -> float:
        """Return the probability that so many answers are all equal.

        The sum over answers of p to the power of `order`: with every step raised to it, the mass
        that ends plus the mass still walking after L words.
        """
        if order not in self._power_sums:
            powers = self._steps(self.rows**order)
            self._power_sums[order] = sum(self._ends(powers, self.rows[:, 0] ** order)) + float(powers[-1].sum())
        return self._power_sums[order]

    def distinct(self, n: int) -> float:
        """Return the expected number of different answers in n draws, n from 1 to 30.

        The sum over answers of 1 - (1 - p)^n, by the binomial theorem over power sums; rounding
        eats the alternating sum beyond.
        """
        return float(sum((-1) ** (k + 1) * math.comb(n, k) * self.power_sum(k) for k in range(1, n + 1)))

    def coverage(self, n: int) -> float:
        """Return the expected chance that one more answer is among the n drawn before, n from 1 to 30."""
        return 1.0 - float(sum((-1) ** k * math.comb(n, k) * self.power_sum(k + 1) for k in range(n + 1)))

    @cached_property
    def entropy_nats(self) -> float:
        """Entropy of an answer: the sum over k < L of d_k times the entropy of a step.

        References:
            C. E. Shannon, "A mathematical theory of communication", Bell System Technical
            Journal 27 (1948), section 7: the entropy of a walk is that of its steps.
        """
        logs = np.log(self.rows, where=self.rows > 0, out=np.zeros_like(self.rows))
        of_step = -(self.rows * logs).sum(axis=1)
        return float(sum(float(d @ of_step) for d in self._walk[:-1]))

    @cached_property
    def expected_length(self) -> float:
        """Expected number of words: the sum over k = 1 .. L of the mass that has k words."""
        return float(sum(float(d.sum()) for d in self._walk[1:]))

    @cached_property
    def expected_prefix(self) -> float:
        """Expected number of leading words that two answers share: the sum of `survival`."""
        return float(self.survival.sum())

    @cached_property
    def survival(self) -> Vector:
        """Probability that the first k words of two answers are there and equal, k = 1 .. L; shape (L,).

        The mass still walking after k squared steps.
        """
        return np.array([float(d.sum()) for d in self._steps(self.rows**2)[1:]])

    @cached_property
    def modal_probability(self) -> float:
        """Probability of the likeliest answer: the same recursion with a maximum for the sum.

        References:
            A. J. Viterbi, "Error bounds for convolutional codes and an asymptotically optimum
            decoding algorithm", IEEE Transactions on Information Theory 13 (1967).
        """
        matrix = np.zeros((len(self.rows), len(self.rows)))
        states, tokens = np.nonzero(self.rows[:, 1:])
        np.maximum.at(matrix, (states, self.targets[states, tokens + 1]), self.rows[states, tokens + 1])
        best = np.zeros(len(self.rows))
        best[0], likeliest = 1.0, 0.0
        for _ in range(self.limit):
            likeliest = max(likeliest, float((best * self.rows[:, 0]).max()))
            best = (best[:, None] * matrix).max(axis=0)
        return max(likeliest, float(best.max()))

    def length_distribution(self) -> Vector:
        """Return the probability of each number of words, 0 to L; shape (L + 1,), sum 1."""
        return np.array([*self._ends(self._walk, self.rows[:, 0]), float(self._walk[-1].sum())])

    def word_distribution(self, k: int) -> Mapping[str | None, float]:
        """Return the distribution of the k-th word, from 1; None stands for no such word.

        d_(k-1) times the step probabilities; words of probability 0 are left out.

        Raises:
            ValueError: k is below 1.
        """
        if k < 1:
            raise ValueError(f"words are counted from 1, not {k}")
        if k > self.limit:
            return {None: 1.0}
        here = self._walk[k - 1]
        mass = here @ self.rows
        words = self.law.language.vocabulary
        there: dict[str | None, float] = {words[i]: float(mass[i]) for i in np.flatnonzero(mass) if i}
        missing = float(mass[0]) + 1.0 - float(here.sum())
        return {**there, None: missing} if missing > 0 else there

    @cached_property
    def _walk(self) -> list[Vector]:
        return self._steps(self.rows)

    def _steps(self, weights: Vector) -> list[Vector]:
        """Return the mass in each state after 0 .. L steps of these weights."""
        states = len(weights)
        matrix = np.zeros((states, states))
        rows, tokens = np.nonzero(weights[:, 1:])
        np.add.at(matrix, (rows, self.targets[rows, tokens + 1]), weights[rows, tokens + 1])
        mass = np.zeros(states)
        mass[0] = 1.0
        walk = [mass]
        for _ in range(self.limit):
            mass = mass @ matrix
            walk.append(mass)
        return walk

    def _ends(self, walk: Sequence[Vector], end: Vector) -> list[float]:
        return [float(mass @ end) for mass in walk[:-1]]


def truth_of(
    messages: Sequence[Mapping[str, Any]],
    *,
    temperature: float,
    top_p: float | None = None,
    max_tokens: int = 256,
) -> Truth:
    """Return the truth of the answers the endpoint gives to these messages.

    Stop strings are no part of it.

    Args:
        messages: Role and content, as in a request.
        temperature: At or above 0.
        top_p: In (0, 1]; None as 1.
        max_tokens: Words after which an answer is cut, at least 1.
    """
    return _truth(law_for(messages, float(temperature), None if top_p is None else float(top_p)), max_tokens)


@lru_cache(maxsize=64)
def _truth(law: Law, max_tokens: int) -> Truth:
    return Truth(law, max_tokens)
