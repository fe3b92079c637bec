"""BLEU of token lists: one text against others, each against all others, and in pairs.

Two flavours. With *effective order* a text too short for an n-gram is judged by those it has, and an empty text is
equal to an empty one and unlike any other. Without, it is what the literature's scripts compute: three equal words are
0.56 alike, because the 4-gram they can not have counts as missed.
"""

from __future__ import annotations

import bisect
import difflib
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalkit.errors import UnknownNameError, UsageError
from evalkit.nouns import Undefined
from evalkit.text.words import ngrams

Tokens = Sequence[str]
Similarities = NDArray[np.float64]
Counts = NDArray[np.int64]

_EPSILON = 0.1
_LOGARITHM_FACTOR = 5.0
_MOST_ORDER = 64  # each length takes a pass over the words, though no two texts share so long a run


class Rules(NamedTuple):
    """How precisions become a score."""

    order: int = 4
    """Longest n-gram, 1 or more; all lengths weigh the same."""
    smoothing: str = "method1"
    """One of `SMOOTHINGS`."""
    effective_order: bool = True
    """Whether only n-grams count that the text is long enough for, and empty texts are equal to each other."""


class _Overlap(NamedTuple):
    """What a text of a length has in common with others: for each n, n-grams met and n-grams there are."""

    met: list[int]
    length: int
    closest: int
    """Length of the other text that is nearest in length."""


def sentence_bleu(text: Tokens, others: Sequence[Tokens], rules: Rules = Rules()) -> float:  # noqa: B008 - immutable
    """Return how much of a text's n-grams stand in others, shortness being punished, in [0, 1].

    Args:
        text: Tokens to judge.
        others: Tokens of each text to judge by, at least one.
        rules: Order, smoothing and flavour.

    References:
        K. Papineni, S. Roukos, T. Ward, W.-J. Zhu, "BLEU: a Method for Automatic Evaluation of Machine Translation",
        ACL (2002), section 2.3. Without effective order it is the sentence score of NLTK.
    """
    met = []
    for n in range(1, rules.order + 1):
        most: Counter[tuple[str, ...]] = Counter()
        for other in others:
            most |= Counter(ngrams(other, n))
        met.append((Counter(ngrams(text, n)) & most).total())
    closest = min((len(other) for other in others), key=lambda length: (abs(length - len(text)), length))
    return _score(_Overlap(met, len(text), closest), rules, empty_among=not all(others))


def self_bleu(texts: Sequence[Tokens], rules: Rules = Rules()) -> list[float]:  # noqa: B008 - immutable
    """Return each text's BLEU against all others, in [0, 1], in time linear in the number of tokens.

    For each n-gram only its largest count in a text, and the second largest are kept. The mean falls
    with variety and rises with the number of texts, whatever the model does.

    Args:
        texts: Tokens of each text, two texts or more.
        rules: Order, smoothing and flavour.

    Raises:
        Undefined: There are fewer than two texts.

    References:
        Y. Zhu et al., "Texygen: A Benchmarking Platform for Text Generation Models", SIGIR (2018), arXiv 1802.01886,
        section 3.1. The linear algorithm: definition by this project.
    """
    if len(texts) < 2:  # noqa: PLR2004 - one and another
        raise Undefined("one text has no others to be compared with")
    met = _met_by_others(texts, rules.order)
    lengths = sorted(map(len, texts))
    empties = lengths.count(0)
    return [
        _score(_Overlap(each, len(text), _closest(lengths, len(text))), rules, empty_among=empties > (not text))
        for text, each in zip(texts, met, strict=True)
    ]


def checked_order(order: int) -> int:
    """Return the longest n-gram to look at, as it is.

    Raises:
        UsageError: It is below 1, or so long that counting up to it would never end.
    """
    if not 1 <= order <= _MOST_ORDER:
        raise UsageError(f"BLEU of n-grams up to {order} words does not exist", hint=f"n is 1 to {_MOST_ORDER}")
    return order


class Numbered(NamedTuple):
    """N-grams of a text, made once for all its pairs."""

    grams: tuple[frozenset[object], ...]
    """For n = 1, 2, and so on its n-grams, the second and later ones of a kind marked: those that two texts have in
    common are an intersection."""
    length: int
    """Number of tokens."""


def numbered(text: Tokens, order: int) -> Numbered:
    """Return the n-grams of a text up to an order, ready for `pairwise_bleu`.

    Args:
        text: Tokens of a text.
        order: Longest n-gram, 1 or more.

    Raises:
        UsageError: See `checked_order`.
    """
    found: list[frozenset[object]] = []
    for n in range(1, checked_order(order) + 1):
        counts = Counter(ngrams(text, n))
        found.append(frozenset((gram, time) for gram, count in counts.items() for time in range(count)))
    return Numbered(tuple(found), len(text))


def pairwise_bleu(one: Numbered, other: Numbered, rules: Rules = Rules()) -> float:  # noqa: B008 - immutable
    """Return the mean of the BLEU of two texts in both directions, in [0, 1]. It does not drift with their number.

    Args:
        one: N-grams of a text, up to the order of the rules.
        other: Those of another.
        rules: Order, smoothing and flavour.

    References:
        T. Shen, M. Ott, M. Auli, M. Ranzato, "Mixture Models for Diverse Machine Translation: Tricks of the Trade",
        ICML (2019), arXiv 1902.07816, section 4.1.
    """
    met = [len(a & b) for a, b in zip(one.grams, other.grams, strict=True)]
    there = _score(_Overlap(met, one.length, other.length), rules, empty_among=other.length == 0)
    return (there + _score(_Overlap(met, other.length, one.length), rules, empty_among=one.length == 0)) / 2.0


def pairwise_bleu_matrix(texts: Sequence[Numbered], rules: Rules = Rules()) -> Similarities:  # noqa: B008 - immutable
    """Return `pairwise_bleu` of every two texts, (n, n), symmetric; the diagonal is that of a text with itself.

    Args:
        texts: N-grams of each text, up to the order of the rules.
        rules: Order, smoothing and flavour.

    References:
        T. Shen, M. Ott, M. Auli, M. Ranzato, "Mixture Models for Diverse Machine Translation: Tricks of the Trade",
        ICML (2019), arXiv 1902.07816, section 4.1.
    """
    matrix = np.zeros((len(texts), len(texts)))
    for i, one in enumerate(texts):
        for j in range(i, len(texts)):
            matrix[i, j] = matrix[j, i] = pairwise_bleu(one, texts[j], rules)
    return matrix


def _met_by_others(texts: Sequence[Tokens], order: int) -> list[list[int]]:
    """Return for each text and each n the n-grams it has in common with the others, each as often as in one of them.

    N-grams are numbers: that of the run one shorter, and the token after it. Sorting them takes the time.
    """
    kinds: dict[str, int] = {}
    flat = np.array([kinds.setdefault(token, len(kinds)) for text in texts for token in text], dtype=np.int64)
    lengths = np.array([len(text) for text in texts])
    owners = np.repeat(np.arange(len(texts)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(flat))  # tokens from here to the end of the text
    met = np.zeros((order, len(texts)), dtype=np.int64)
    grams, places = flat, np.arange(len(flat))
    for n in range(1, order + 1):
        if n > 1:
            kept = left[places] >= n
            places = places[kept]
            longer = grams[kept] * len(kinds) + flat[places + n - 1]
            grams = np.unique(longer, return_inverse=True)[1].reshape(-1)
        if not len(places):
            break
        met[n - 1] = _met(grams, owners[places], len(texts))
    return met.T.tolist()


def _met(grams: Counts, owners: Counts, n: int) -> Counts:
    """Return for each of n texts how many of its n-grams another one has, (n,)."""
    held, counts = np.unique(grams * n + owners, return_counts=True)
    gram, text = np.divmod(held, n)
    starts = np.flatnonzero(np.diff(gram, prepend=-1))
    group = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(gram)))
    largest = np.maximum.reduceat(counts, starts)[group]
    is_largest = counts == largest
    second = np.maximum.reduceat(np.where(is_largest, 0, counts), starts)[group]
    alone = np.add.reduceat(is_largest.astype(np.int64), starts)[group] == 1
    others = np.where(is_largest & alone, second, largest)
    return np.bincount(text, weights=np.minimum(counts, others), minlength=n).astype(np.int64)


def _closest(lengths: Sequence[int], own: int) -> int:
    """Return the nearest of the other lengths, sorted with one's own among them; of two equally near the shorter."""
    place = bisect.bisect_left(lengths, own)
    beside = [*lengths[max(0, place - 1) : place], *lengths[place + 1 : place + 2]]
    return min(beside, key=lambda length: (abs(length - own), length))


def _score(overlap: _Overlap, rules: Rules, *, empty_among: bool) -> float:
    """Return the score; `empty_among` tells whether one of the others is empty."""
    smooth = _smoothing(rules.smoothing)
    if overlap.length == 0:
        return float(rules.effective_order and empty_among)
    if overlap.met[0] == 0:
        return 0.0
    order = min(rules.order, overlap.length) if rules.effective_order else rules.order
    there = [max(1, overlap.length - n) for n in range(order)]
    precisions = smooth(overlap.met[:order], there, overlap.length)
    brevity = min(1.0, math.exp(1.0 - overlap.closest / overlap.length))
    # The reference scripts leave out a precision that their smoothing left at 0, though its weight is lost.
    return brevity * math.exp(math.fsum(math.log(each) / order for each in precisions if each > 0.0))


def _smoothing(name: str) -> Callable[[list[int], list[int], int], list[float]]:
    if name not in _SMOOTHINGS:
        near = difflib.get_close_matches(name, SMOOTHINGS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(SMOOTHINGS)}"
        raise UnknownNameError(f"there is no smoothing named {name!r}", hint=hint)
    return _SMOOTHINGS[name]


def _add_epsilon(met: list[int], there: list[int], _length: int) -> list[float]:
    return [(m or _EPSILON) / t for m, t in zip(met, there, strict=True)]


def _add_one(met: list[int], there: list[int], _length: int) -> list[float]:
    return [(m + (n > 0)) / (t + (n > 0)) for n, (m, t) in enumerate(zip(met, there, strict=True))]


def _halve(met: list[int], there: list[int], _length: int) -> list[float]:
    missed = iter(range(1, len(met) + 1))
    return [(m or 0.5 ** next(missed)) / t for m, t in zip(met, there, strict=True)]


def _halve_by_length(met: list[int], there: list[int], length: int) -> list[float]:
    missed = iter(range(1, len(met) + 1))
    part = math.log(length) / _LOGARITHM_FACTOR
    return [(m or 0.5 ** next(missed) * part) / t for m, t in zip(met, there, strict=True)]


_SMOOTHINGS: dict[str, Callable[[list[int], list[int], int], list[float]]] = {
    "method1": _add_epsilon,
    "method2": _add_one,
    "method3": _halve,
    "method4": _halve_by_length,
}

SMOOTHINGS = tuple(_SMOOTHINGS)
"""Ways to count an n-gram length of which nothing is met, as B. Chen and C. Cherry (2014) and NLTK number them:
``method1`` counts 0.1, ``method2`` adds one to every length but the first, ``method3`` counts a half, then a quarter,
and so on, ``method4`` the same times a fifth of the logarithm of the text's length."""
