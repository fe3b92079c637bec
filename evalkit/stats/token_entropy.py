"""How open a model is about the next token, from its probabilities: entropies in nats.

Explained in docs/statistics.md, "What the next token could have been".
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from evalkit.stats.student import Ends


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
