"""BLEU of token lists: one text against others, each against all others, and in pairs.

Two flavours. With *effective order* a text too short for an n-gram is judged by those it has, and an empty text is
equal to an empty one and unlike any other. Without, it is what the literature's scripts compute: three equal words are
0.56 alike, because the 4-gram they can not have counts as missed.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalkit.errors import UnknownNameError, UsageError
from evalkit.nouns import Undefined
from evalkit.text.grams import Grams, Held, Integers, Places, grams_of, lengths_of, starts_of
from evalkit.text.words import ngrams

Tokens = Sequence[str]
Similarities = NDArray[np.float64]

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

    For each n-gram only its largest count in a text, and the second largest are kept, and a text that is said twice
    is looked at once. The mean falls with variety and rises with the number of texts, whatever the model does.

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
    found = grams_of(texts)
    met = _met_by_others(found, rules.order)
    lengths, copied = found.lengths, found.times > 1
    others = np.where(copied, lengths, _closest(lengths))
    empties = int(found.times[lengths == 0].sum())
    scores = _scores(met, lengths, others, rules, empties > (lengths == 0))
    return list(map(float, scores[found.place_of]))


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
    i, j = np.triu_indices(len(texts))
    pairs = ((texts[a].grams, texts[b].grams) for a, b in zip(i.tolist(), j.tolist(), strict=True))
    shared = [[len(a & b) for a, b in zip(one, other, strict=True)] for one, other in pairs]
    met = np.array(shared, dtype=np.int64).reshape(-1, rules.order)
    lengths = np.array([text.length for text in texts], dtype=np.int64)
    there = _scores(met, lengths[i], lengths[j], rules, lengths[j] == 0)
    back = _scores(met, lengths[j], lengths[i], rules, lengths[i] == 0)
    matrix = np.zeros((len(texts), len(texts)))
    matrix[i, j] = matrix[j, i] = (there + back) / 2.0
    return matrix


def _met_by_others(found: Grams, order: int) -> Integers:
    """Return for each different text and each n how many of its n-grams another one has, (u, order).

    A copy of a text is another one.
    """
    u = len(found.lengths)
    met = np.zeros(order * u, dtype=np.int64)
    for grams in found.up_to(order):
        _add_met(met, grams)
        del grams  # before the next ones are made
    by_length = met.reshape(order, u)
    by_length[:, found.times > 1] = [found.total(n)[found.times > 1] for n in range(1, order + 1)]
    return by_length.T


def _add_met(met: Integers, grams: Held) -> None:
    sizes = grams.sizes
    shared = np.repeat(sizes > 1, sizes)
    texts, counts = grams.texts[shared], grams.counts[shared]
    met += np.bincount(texts, minlength=len(met))
    # Once is met where another text has it at all; how often the others do is asked of what a text says twice.
    twice = np.flatnonzero(counts > 1)
    if len(twice):
        group = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[shared][twice]
        more = _least_of_two(group, counts[twice]) - 1
        met += np.bincount(texts[twice], weights=more, minlength=len(met)).astype(np.int64)


def _least_of_two(group: Places, counts: Places) -> Integers:
    """Return the smaller of each count and the largest other one of its group, which is 1 where there is none."""
    starts = starts_of(group)
    place = np.repeat(np.arange(len(starts)), lengths_of(starts, len(group)))
    largest = np.maximum.reduceat(counts, starts)[place]
    is_largest = counts == largest
    second = np.maximum.reduceat(np.where(is_largest, 1, counts), starts)[place]
    alone = np.add.reduceat(is_largest.astype(np.int64), starts)[place] == 1
    return np.minimum(counts, np.where(is_largest & alone, second, largest))


def _closest(lengths: Integers) -> Integers:
    """Return for each length the nearest of the others, of two equally near the shorter, (u,); its own for one alone.

    An equal length of another text is the nearest there is.
    """
    order = np.argsort(lengths)
    ordered = lengths[order]
    if len(ordered) < 2:  # noqa: PLR2004 - one and another
        return lengths
    below, above = np.empty_like(ordered), np.empty_like(ordered)
    below[1:], above[:-1] = ordered[:-1], ordered[1:]
    below[0], above[-1] = above[0], below[-1]
    closest = np.empty_like(lengths)
    closest[order] = np.where(np.abs(above - ordered) < np.abs(ordered - below), above, below)
    return closest


def _scores(
    met: Integers, lengths: Integers, closest: Integers, rules: Rules, empty_among: NDArray[np.bool_]
) -> Similarities:
    """Return `_score` of many texts at once, (u,).

    Args:
        met: (u, order) n-grams met.
        lengths: (u,) tokens of each.
        closest: (u,) length of the nearest other.
        rules: Order, smoothing and flavour.
        empty_among: (u,) whether one of the others is empty.
    """
    smooth = _smoothing(rules.smoothing)
    orders = np.minimum(rules.order, lengths) if rules.effective_order else np.full_like(lengths, rules.order)
    scores: Similarities = (rules.effective_order & empty_among & (lengths == 0)).astype(np.float64)
    some = np.flatnonzero((lengths > 0) & (met[:, 0] > 0))
    met, lengths, closest, orders = met[some], lengths[some], closest[some], orders[some]
    n = np.arange(rules.order)
    precisions = smooth(met, np.maximum(1, lengths[:, None] - n), lengths)
    # The reference scripts leave out a precision that their smoothing left at 0, though its weight is lost.
    counts = (n < orders[:, None]) & (precisions > 0.0)
    logarithms = np.log(precisions, out=np.zeros_like(precisions), where=counts).sum(axis=1) / orders
    scores[some] = np.minimum(1.0, np.exp(1.0 - closest / lengths)) * np.exp(logarithms)
    return scores


def _score(overlap: _Overlap, rules: Rules, *, empty_among: bool) -> float:
    """Return the score of one text; `empty_among` tells whether one of the others is empty."""
    met, length, closest = (np.array([each]) for each in overlap)
    return float(_scores(met, length, closest, rules, np.array([empty_among]))[0])


def _smoothing(name: str) -> Callable[[Integers, Integers, Integers], Similarities]:
    if name not in _SMOOTHINGS:
        near = difflib.get_close_matches(name, SMOOTHINGS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(SMOOTHINGS)}"
        raise UnknownNameError(f"there is no smoothing named {name!r}", hint=hint)
    return _SMOOTHINGS[name]


def _add_epsilon(met: Integers, there: Integers, _lengths: Integers) -> Similarities:
    return np.where(met > 0, met, _EPSILON) / there


def _add_one(met: Integers, there: Integers, _lengths: Integers) -> Similarities:
    more = (np.arange(met.shape[1]) > 0).astype(np.int64)
    return np.asarray((met + more) / (there + more))


def _halve(met: Integers, there: Integers, _lengths: Integers) -> Similarities:
    return np.where(met > 0, met, 0.5 ** np.cumsum(met == 0, axis=1)) / there


def _halve_by_length(met: Integers, there: Integers, lengths: Integers) -> Similarities:
    part = np.log(lengths)[:, None] / _LOGARITHM_FACTOR
    return np.asarray(np.where(met > 0, met, 0.5 ** np.cumsum(met == 0, axis=1) * part) / there)


_SMOOTHINGS: dict[str, Callable[[Integers, Integers, Integers], Similarities]] = {
    "method1": _add_epsilon,
    "method2": _add_one,
    "method3": _halve,
    "method4": _halve_by_length,
}

SMOOTHINGS = tuple(_SMOOTHINGS)
"""Ways to count an n-gram length of which nothing is met, as B. Chen and C. Cherry (2014) and NLTK number them:
``method1`` counts 0.1, ``method2`` adds one to every length but the first, ``method3`` counts a half, then a quarter,
and so on, ``method4`` the same times a fifth of the logarithm of the text's length."""
