"""The temperature of first tokens, from samples alone: counts at a temperature against counts at a reference.

Explained in docs/statistics.md, "Effective temperature".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

from evalkit.stats.effective_temperature import EffectiveTemperature
from evalkit.stats.student import Ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

Counts = Mapping[str, int]
"""How often each first token came up."""

LEAST_SAMPLES = 200
"""Fewest samples of a question and side; with fewer, intervals miss the truth too often."""
LEAST_QUESTIONS = 5
"""Fewest questions."""
LEAST_COUNT = 3
"""Tokens that came up less often in a half of the answers, at both temperatures together, are left out of the other."""
_NEAR = 1.5
"""How far the modified likelihood's best exponent is looked for from the plain one, in logarithms."""
_WIDEST = 3.5
"""Logarithms of exponents are searched to this size."""
_ROUNDS = 60
_PRECISE = 1e-10
_LONGEST = 4.0
"""Longest step of a log-probability."""
_FLOOR = 1e-9
"""Added to expected counts, so that none vanishes far from the best exponent."""


@dataclass(frozen=True, slots=True)
class RatioTest:
    """A likelihood-ratio test of one temperature."""

    statistic: float
    """Twice the difference of log-likelihoods, 0 or more."""
    p_value: float
    """In [0, 1]: that the temperature is the one that was asked about."""


class Profile:
    """Log-likelihood of an exponent b on counts at two temperatures, at the best log-probabilities for each b.

    Questions are rows, tokens columns: those that came up on either side, none of them merged.
    """

    def __init__(self, questions: Sequence[tuple[Counts, Counts]]) -> None:
        """Keep counts at the reference and at the temperature, of each question."""
        named = [sorted({t for side in pair for t, count in side.items() if count > 0}) for pair in questions]
        k = max(map(len, named), default=0)
        self.c, self.d = np.zeros((len(named), k)), np.zeros((len(named), k))
        for i, (tokens, (reference, seen)) in enumerate(zip(named, questions, strict=True)):
            self.c[i, : len(tokens)] = [reference.get(token, 0) for token in tokens]
            self.d[i, : len(tokens)] = [seen.get(token, 0) for token in tokens]
        self.there = self.c + self.d > 0.0
        self.n, self.m = self.c.sum(axis=1, keepdims=True), self.d.sum(axis=1, keepdims=True)
        self.theta = np.log(np.where(self.there, self.c + self.d, 1.0))
        self.fitted = math.nan

    def at(self, b: float) -> float:
        """Return the log-likelihood at an exponent, by damped Newton steps for all questions at once."""
        if b == self.fitted:
            return float(self._values(self.theta, b).sum())
        value = self._values(self.theta, b)
        for _ in range(_ROUNDS):
            step = self._solve(b, self.c - self.n * self._p + b * (self.d - self.m * self._q))
            size = np.minimum(
                1.0, _LONGEST / np.maximum(np.abs(step).max(axis=1, keepdims=True, initial=0.0), _LONGEST)
            )
            while ((lost := self._values(self.theta + size * step, b) < value - _PRECISE) & (size > _PRECISE)).any():
                size = np.where(lost, size / 2.0, size)
            self.theta = self.theta + size * step
            value = self._values(self.theta, b)
            if float(np.abs(size * step).max(initial=0.0)) < _PRECISE:
                break
        self.theta = np.where(self.there, self.theta - self._shares(self.theta)[1], 0.0)
        self.fitted = b
        self._values(self.theta, b)
        return float(value.sum())

    def score(self, b: float) -> float:
        """Return its slope in b."""
        self.at(b)
        return float(((self.d - self.m * self._q) * self.theta).sum())

    def information(self, b: float) -> float:
        """Return what the counts tell of b once the log-probabilities are paid for."""
        self.at(b)
        apart = np.where(self.there, self.theta - (self._q * self.theta).sum(axis=1, keepdims=True), 0.0)
        of_b = self.m * self._q * apart
        cross = b * of_b
        return float((of_b * apart).sum() - (cross * self._solve(b, cross)).sum())

    def maximum(self) -> float:
        """Return the logarithm of the best exponent; infinite where it lies outside of what is searched."""
        direction = 1.0 if self.score(1.0) > 0.0 else -1.0
        near = far = 0.0
        while self.score(math.exp(far)) * direction > 0.0:
            near, far = far, far + direction / 2.0
            if abs(far) > _WIDEST:
                return direction * math.inf
        low, high = sorted((near, far))
        return low if low == high else float(optimize.brentq(lambda x: self.score(math.exp(x)), low, high))

    def keep_best(self, b: float) -> None:
        """Keep the best exponent and its probabilities, which the modified likelihood is held to."""
        self.at(b)
        self.best = (b, self._p, self._q)

    def modified(self, b: float) -> float:
        """Return the log-likelihood less what fitting all the log-probabilities pretends to know of b."""
        value = self.at(b)
        best, p, q = self.best
        own = self._log_cofactors(self.n * self._p, self._p, b * b * self.m * self._q, self._q)
        shared = self._log_cofactors(self.n * p, p, b * best * self.m * q, q)
        return value + own / 2.0 - shared

    def _log_cofactors(
        self, n_p: NDArray[np.float64], p: NDArray[np.float64], m_q: NDArray[np.float64], q: NDArray[np.float64]
    ) -> float:
        """Return the logarithm of the determinant of the information on all log-probabilities but one, of all."""
        diagonal = np.where(self.there, n_p + m_q + _FLOOR, 1.0)
        weights = np.where(self.there, diagonal, 0.0)
        total = weights.sum(axis=1)
        squares = np.stack((np.sqrt(n_p * p), np.sqrt(m_q * q), weights / np.sqrt(total)[:, None]), axis=2)
        middle = np.diag((-1.0, -1.0, 1.0)) + np.einsum("pki,pkj->pij", squares / diagonal[:, :, None], squares)
        inner = np.abs(np.linalg.det(middle))
        return float(np.log(diagonal).sum() + np.log(inner).sum() - np.log(total).sum())

    def _values(self, theta: NDArray[np.float64], b: float) -> NDArray[np.float64]:
        """Return the log-likelihood of each question (P, 1), and keep the probabilities at both sides."""
        (self._p, of_cold), (self._q, of_hot) = self._shares(theta), self._shares(b * theta)
        sums = ((self.c + b * self.d) * theta).sum(axis=1, keepdims=True)
        found: NDArray[np.float64] = sums - self.n * of_cold - self.m * of_hot
        return found

    def _shares(self, theta: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return probabilities (P, k) in proportion to exponentials, and the logarithms of their sums (P, 1)."""
        known = np.where(self.there, theta, -np.inf)
        top = known.max(axis=1, keepdims=True)
        raised = np.exp(known - top)
        sums = raised.sum(axis=1, keepdims=True)
        return raised / sums, top + np.log(sums)

    def _solve(self, b: float, right: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the information on log-probabilities, inverted, times what is on the right of each question.

        It is a diagonal less two squares; it does not see what shifts all log-probabilities of a question alike, and a
        third square, added, keeps that still.
        """
        diagonal = np.where(self.there, self.n * self._p + self.m * b * b * self._q + _FLOOR, 1.0)
        weights = np.where(self.there, diagonal, 0.0)
        third = weights / np.sqrt(weights.sum(axis=1, keepdims=True))
        squares = np.stack((np.sqrt(self.n) * self._p, np.sqrt(self.m) * b * self._q, third), axis=2)
        scaled = squares / diagonal[:, :, None]
        middle = np.diag((1.0, 1.0, -1.0)) - np.einsum("pki,pkj->pij", squares, scaled)
        inner = np.linalg.solve(middle, np.einsum("pki,pk->pi", scaled, right)[:, :, None])
        found: NDArray[np.float64] = right / diagonal + np.einsum("pki,pi->pk", scaled, inner[:, :, 0])
        return np.where(self.there, found, 0.0)


def from_counts(
    questions: Sequence[tuple[Counts, Counts]],
    rng: np.random.Generator,
    *,
    reference: float = 1.0,
    level: float = 0.95,
    least_samples: int = LEAST_SAMPLES,
    least_questions: int = LEAST_QUESTIONS,
) -> EffectiveTemperature:
    """Return the temperature of first tokens, from their counts at it and at a reference temperature.

    Only the ratio of the two temperatures shows in counts: an endpoint that rescales both by one factor gives what an
    obedient one gives. Each question's answers are halved at random; tokens that came up in one half, on both sides
    together, often enough are counted in the other half, and the other way round, so that no token is chosen for the
    very luck it is counted by. No tokens are merged. The likelihood is that of the exponent, modified for the many
    log-probabilities that are fitted with it.

    Args:
        questions: Counts at the reference and at the temperature, by token, of each question.
        rng: Halves the answers.
        reference: The reference temperature.
        level: Of the interval, in (0, 1).
        least_samples: Fewest answers to each question at each of both; with fewer there is no estimate.
        least_questions: Fewest questions.

    References:
        T. A. Severini, "An Approximation to the Modified Profile Likelihood Function", Biometrika 85(2), 403-411
        (1998), equation 6, after O. E. Barndorff-Nielsen, "On a Formula for the Distribution of the Maximum Likelihood
        Estimator", Biometrika 70(2), 343-365 (1983); D. R. Cox, "A Note on Data-Splitting for the Evaluation of
        Significance Levels", Biometrika 62(2), 441-444 (1975), for choosing with one half. Their use here, and the
        limits: definition by this project.
    """
    said = _too_few(questions, least_samples, least_questions)
    if said is not None:
        return EffectiveTemperature(None, said, None, None, 0, 0.0)
    profile = Profile(_halved(questions, rng))
    n = round(float(profile.m.sum()))
    if n == 0:
        return EffectiveTemperature(None, "no two tokens of a question came up often enough", None, None, 0, 0.0)
    half = float(special.chdtri(1, 1.0 - level)) / 2.0
    log_b = profile.maximum()
    if math.isinf(log_b):
        known = math.copysign(_WIDEST, log_b)
        low, high = _ends(lambda x: profile.at(math.exp(x)), known, profile.at(math.exp(known)) - half)
        ends = (reference * math.exp(-high), reference * math.exp(-low))
        said = f"below {ends[1]:.3g}" if log_b > 0.0 else f"above {ends[0]:.3g}"
        return EffectiveTemperature(None, f"{said}: the counts have no best temperature", ends, None, n, 0.0)
    profile.keep_best(math.exp(log_b))
    bounds = (log_b - _NEAR, log_b + _NEAR)
    best = optimize.minimize_scalar(lambda x: -profile.modified(math.exp(x)), bounds=bounds, method="bounded")
    low, high = _ends(lambda x: profile.modified(math.exp(x)), float(best.x), -float(best.fun) - half)
    b = math.exp(float(best.x))
    information = b * b * profile.information(b)
    ends = (reference * math.exp(-high), reference * math.exp(-low))
    return EffectiveTemperature(reference / b, None, ends, 1.0 / math.sqrt(information), n, information)


def ratio_test(
    questions: Sequence[tuple[Counts, Counts]], temperature: float, *, reference: float = 1.0
) -> RatioTest | None:
    """Return the test that first tokens were sampled at this temperature; None where the counts have no best one.

    All tokens count. Where many of them came up a few times only it finds differences that are not there: the interval
    of `from_counts` is the one to go by.

    Args:
        questions: Counts at the reference and at the temperature, by token, of each question.
        temperature: Above 0.
        reference: The reference temperature.

    References:
        S. S. Wilks, "The Large-Sample Distribution of the Likelihood Ratio for Testing Composite Hypotheses", Annals
        of Mathematical Statistics 9(1), 60-62 (1938).
    """
    profile = Profile(questions)
    log_b = profile.maximum()
    if math.isinf(log_b):
        return None
    statistic = max(0.0, 2.0 * (profile.at(math.exp(log_b)) - profile.at(reference / temperature)))
    return RatioTest(statistic, float(special.chdtrc(1, statistic)))


def two_tokens(reference: tuple[int, int], seen: tuple[int, int]) -> tuple[float, float] | None:
    """Return the exponent from the odds of two tokens, and its standard error; None where a count is 0 or odds even.

    In closed form, to plan with: the exponent is the ratio of the log-odds, and 1 over it the temperature.

    Args:
        reference: Counts of both at the reference temperature.
        seen: Counts of both at the temperature.

    References:
        B. Woolf, "On Estimating the Relation Between Blood Group and Disease", Annals of Human Genetics 19(4), 251-253
        (1955), for the variance of log-odds; that of their ratio by the delta method, as in E. C. Fieller, "Some
        Problems in Interval Estimation", Journal of the Royal Statistical Society B 16(2), 175-185 (1954).
    """
    if min(*reference, *seen) <= 0 or reference[0] == reference[1]:
        return None
    odds = math.log(reference[0] / reference[1])
    b = math.log(seen[0] / seen[1]) / odds
    variance = 1.0 / seen[0] + 1.0 / seen[1] + b * b * (1.0 / reference[0] + 1.0 / reference[1])
    return b, math.sqrt(variance) / abs(odds)


def _too_few(questions: Sequence[tuple[Counts, Counts]], least_samples: int, least_questions: int) -> str | None:
    if len(questions) < least_questions:
        return f"{len(questions)} questions were asked, and it takes {least_questions}"
    least = min((sum(side.values()) for pair in questions for side in pair), default=0)
    if least < least_samples:
        return f"a question was answered {least} times at a temperature, and it takes {least_samples} at both"
    return None


def _halved(questions: Sequence[tuple[Counts, Counts]], rng: np.random.Generator) -> list[tuple[Counts, Counts]]:
    """Return counts of either half of each question's answers, of tokens that are not rare in the other half."""
    kept: list[tuple[Counts, Counts]] = []
    for first, second in questions:
        tokens = sorted({*first, *second})
        sides = [np.array([side.get(token, 0) for token in tokens], dtype=np.int64) for side in (first, second)]
        halves = [rng.multivariate_hypergeometric(side, int(side.sum()) // 2) for side in sides]
        others = [side - half for side, half in zip(sides, halves, strict=True)]
        for chosen_by, counted in ((halves, others), (others, halves)):
            often = np.flatnonzero(sum(chosen_by) >= LEAST_COUNT)
            pair = [{tokens[i]: int(side[i]) for i in often} for side in counted]
            if len(often) > 1 and all(sum(side.values()) > 0 for side in pair):
                kept.append((pair[0], pair[1]))
    return kept


def _ends(log_likelihood: Callable[[float], float], best: float, drop: float) -> Ends:
    """Return where a log-likelihood has fallen so far to either side of its best; infinite where it never does."""
    found = []
    for direction in (-1.0, 1.0):
        near, far = best, best + direction / 8.0
        while log_likelihood(far) > drop and abs(far) <= _WIDEST:
            near, far = far, far + direction / 8.0
        low, high = sorted((near, far))
        reached = log_likelihood(far) <= drop
        found.append(
            float(optimize.brentq(lambda x: log_likelihood(x) - drop, low, high, xtol=1e-6))
            if reached
            else direction * math.inf
        )
    return found[0], found[1]
