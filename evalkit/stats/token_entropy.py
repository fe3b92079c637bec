"""How open a model is about the next token, from its probabilities: entropies in nats.

Explained in docs/statistics.md, "What the next token could have been".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import optimize, special

from evalkit.stats.student import Ends

_ROUNDING = 1e-12


def token_entropy(p: Sequence[float]) -> float:
    """Return the entropy of a next token, in [0, log V] nats.

    Args:
        p: (V,) probabilities of every token, summing to 1.

    References:
        C. E. Shannon, "A Mathematical Theory of Communication", Bell System Technical Journal 27(3), 379-423 (1948).
    """
    return float(special.entr(np.asarray(p, dtype=np.float64)).sum())


def varentropy(p: Sequence[float]) -> float:
    """Return the variance of a token's information, 0 or more, in squared nats.

    It is how fast entropy rises with the logarithm of temperature, and what one sampled token tells of that
    logarithm; 0 where the model is certain and where all tokens are equal.

    Args:
        p: (V,) probabilities of every token, summing to 1.

    References:
        I. Kontoyiannis, S. Verdu, "Optimal Lossless Data Compression: Non-Asymptotics and Asymptotics", IEEE
        Transactions on Information Theory 60(2), 777-795 (2014), definition of the varentropy.
    """
    shares = np.asarray(p, dtype=np.float64)
    shares = shares[shares > 0.0]
    logs = np.log(shares)
    return float((shares * (logs - (shares * logs).sum()) ** 2).sum())


def perplexity(p: Sequence[float]) -> float:
    """Return the number of equally likely tokens that would be as open, in [1, V]: exp of the entropy.

    Args:
        p: (V,) probabilities of every token, summing to 1.

    References:
        F. Jelinek, R. L. Mercer, L. R. Bahl, J. K. Baker, "Perplexity: A Measure of the Difficulty of Speech
        Recognition Tasks", Journal of the Acoustical Society of America 62(S1), S63 (1977).
    """
    return math.exp(token_entropy(p))


def top_gap(logprobs: Sequence[float]) -> float | None:
    """Return by how much the likeliest token leads the second, 0 or more, in nats; None when there is one only.

    Args:
        logprobs: Natural logarithms of the probabilities of tokens, in any order; the two likeliest are enough.

    References:
        Definition by this project.
    """
    if len(logprobs) < 2:  # noqa: PLR2004 - a lead is over another
        return None
    first, second = sorted(logprobs, reverse=True)[:2]
    return float(first - second)


def entropy_bracket(top: Sequence[float], *, vocabulary: int) -> Ends:
    """Return the least and the greatest entropy that the likeliest tokens' probabilities leave open, in nats.

    The rest of the probability is one further token at least, and spread evenly over all other tokens at most.

    Args:
        top: (k,) probabilities of the likeliest tokens, summing to 1 at most.
        vocabulary: Number of tokens there are, k or more.

    References:
        Definition by this project, from the concavity of entropy.
    """
    known = token_entropy(top)
    rest, others = max(0.0, 1.0 - math.fsum(top)), vocabulary - len(top)
    low = known + float(special.entr(rest))
    return low, low + rest * math.log(others) if others > 0 else low


def drawn_bracket(top: Sequence[float], temperature: float, *, vocabulary: int | None = None) -> Ends:
    """Return between which ends the entropy of a token lies that is drawn at a temperature, in nats.

    The probabilities that are told are those of temperature 1; drawn is in proportion to their power 1/T. The tokens
    that are not listed share the rest r, each with the least listed probability m at most. Where s = 1/T is 1 or less
    the entropy is least when they are r/m even ones, and greatest when they are all others, even; both ends are
    reached, but for the rounding of r/m. Above 1 it is greatest for some number of even ones between, at the one root
    of its slope. The least is bounded by letting them weigh as little together as even ones do, and by the least
    entropy that this weight allows: 0, or that of tokens as likely as the least listed one.

    Args:
        top: (k,) probabilities at temperature 1 of the likeliest tokens, above 0, summing to 1 at most.
        temperature: T, above 0.
        vocabulary: Number of tokens there are, k or more; without it the upper end is infinite at T of 1 or more.

    References:
        Definition by this project; J. L. W. V. Jensen, "Sur les fonctions convexes et les inégalités entre les valeurs
        moyennes", Acta Mathematica 30, 175-193 (1906), for the even spread as the extreme at a given weight.
    """
    power, greatest = 1.0 / temperature, max(top)
    logs = np.log(np.asarray(top, dtype=np.float64) / greatest)
    rest, others = max(0.0, 1.0 - math.fsum(top)) / greatest, math.inf if vocabulary is None else vocabulary - len(top)
    weights = np.exp(power * logs)
    whole, surprise, least = float(weights.sum()), -float(weights @ logs), float(logs.min())
    listed = token_entropy((weights / whole).tolist())
    if rest <= _ROUNDING or others <= 0:
        return listed, listed
    log_rest = math.log(rest)
    fewest, most = min(max(0.0, log_rest - least), math.log(others)), math.log(others)

    def even(log_number: float) -> float:
        """Return the entropy where the rest is so many even tokens."""
        weight = math.exp(power * log_rest + (1.0 - power) * log_number)
        return _parts(whole, listed, weight, log_number)

    if power <= 1.0:
        return even(fewest), math.inf if math.isinf(most) else even(most)

    def slope(log_number: float) -> float:
        """Return a number that falls, with the sign of the slope of `even`."""
        weight = math.exp(power * log_rest + (1.0 - power) * log_number)
        return whole + weight - power * (power - 1.0) * (whole * (log_number - log_rest) - surprise)

    lightest = 0.0 if math.isinf(most) else math.exp(power * log_rest + (1.0 - power) * most)
    alone = max(0.0, math.log(lightest) - power * least) if lightest > 0.0 else 0.0
    return _parts(whole, listed, lightest, alone), even(_root(slope, fewest, most))


def _parts(whole: float, listed: float, weight: float, within: float) -> float:
    """Return the entropy of a listed part and the rest, by their weights and the entropy within each."""
    share = weight / (whole + weight)
    return token_entropy([share, 1.0 - share]) + (1.0 - share) * listed + share * within


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Return where a falling function is 0, or the end that is nearer to it."""
    if falling(low) <= 0.0:
        return low
    if math.isinf(high):
        high = next(end for step in itertools.count() if falling(end := low + 2.0**step) <= 0.0)
    if falling(high) >= 0.0:
        return high
    return float(optimize.brentq(falling, low, high, xtol=1e-12))
