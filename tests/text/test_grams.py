"""N-grams of many texts as numbers."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import UsageError
from evalkit.text.bleu import self_bleu
from evalkit.text.grams import Grams, grams_of
from evalkit.text.remembered import forget
from evalkit.text.words import ngrams, tokens

WORDS = st.sampled_from(["a", "b", "c", "猫", "\ud800", "", "e\u0301"])
TEXTS = st.lists(st.lists(WORDS, max_size=9).map(tuple), max_size=8)


def plain(texts, n):
    """Return for each different n-gram how often the different texts hold it, by the definition, in any order."""
    rows = defaultdict(list)
    for place, text in enumerate(dict.fromkeys(texts)):
        for gram, count in Counter(ngrams(text, n)).items():
            rows[gram].append((place, count))
    return Counter(map(tuple, rows.values()))


def told(found, n):
    """Return the same of the numbers."""
    held = found.held(n)
    rows = list(zip(held.texts.tolist(), held.counts.tolist(), strict=True))
    ends = [*held.starts.tolist(), len(rows)]
    return Counter(tuple(rows[a:b]) for a, b in itertools.pairwise(ends))


@settings(deadline=None, max_examples=200)
@given(TEXTS, st.permutations([1, 2, 3, 4, 5, 9]))
def test_numbers_say_what_the_ngrams_say(texts, lengths):
    """Whichever lengths are asked for, in whatever order, copies and empty texts among the texts."""
    found = Grams(texts)
    for n in lengths:
        assert told(found, n) == plain(texts, n)
        pooled = sum((Counter(ngrams(text, n)) for text in texts), Counter())
        assert sorted(found.pooled(n).tolist()) == sorted(pooled.values())
        assert (found.times * found.total(n)).sum() == pooled.total()


def test_numbers_too_large_for_their_bits_are_made_small():
    """With thousands of words and texts, a run of eight as a number would have hundreds of bits."""
    rng = np.random.default_rng(3)
    texts = [tuple(f"w{word}" for word in rng.zipf(1.3, size=12) % 5_000) for _ in range(700)]
    found = Grams([*texts, *texts[:200]])
    for n in (8, 2, 3, 4, 1, 5):
        assert told(found, n) == plain(texts, n)


def test_the_last_texts_are_not_numbered_again():
    """Metrics of one cell share them, until they are forgotten."""
    texts = [tokens("a b a"), tokens("c")]
    found = grams_of(texts)
    assert grams_of(list(texts)) is found
    assert grams_of(texts[:1]) is not found
    forget()
    assert grams_of(texts) is not found


@settings(deadline=None)
@given(TEXTS, st.data())
def test_some_of_the_texts_are_looked_up_among_all(texts, data):
    """What is known of all texts says what would be found of some, in any order, copies among them or not."""
    grams_of(texts)
    some = data.draw(st.lists(st.sampled_from(texts), max_size=8) if texts else st.just([]))
    found, alone = grams_of(some), Grams(some)
    assert np.array_equal(found.lengths[found.place_of], alone.lengths[alone.place_of])
    assert np.array_equal(found.times[found.place_of], alone.times[alone.place_of])
    for n in (1, 2, 5):
        assert sorted(found.pooled(n).tolist()) == sorted(alone.pooled(n).tolist())
    if len(some) > 1:
        assert self_bleu(some) == pytest.approx(self_bleu([[*text] for text in some]), abs=1e-12)


def test_no_ngram_is_shorter_than_a_word():
    """It would be a mistake in a suite."""
    with pytest.raises(UsageError):
        Grams([("a",)]).held(0)
