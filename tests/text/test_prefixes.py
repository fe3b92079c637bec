"""Common prefixes of sequences."""

from __future__ import annotations

import itertools
import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import UnknownNameError
from evalkit.text.prefixes import (
    UNITS,
    agreeing_pairs,
    common_prefix,
    common_prefixes,
    median_parting,
    median_shared,
    of_longer,
    prefix_sums,
    scale_of,
    units,
    units_of,
)


@given(st.lists(st.text("ab", max_size=6), min_size=1, max_size=6))
def test_all_pairs_are_the_pairs_one_by_one(texts):
    """The way over sorted neighbours gives the common prefix of every two, and lengths on the diagonal."""
    items = [tuple(text) for text in texts]
    expected = [[max(n for n in range(len(a) + 1) if b.startswith(a[:n])) for b in texts] for a in texts]

    assert common_prefixes(items).tolist() == expected
    assert [[common_prefix(a, b) for b in items] for a in items] == expected


def test_shares_of_the_longer():
    """Two of three are two thirds; empty ones are the same, and share nothing with others."""
    shared = of_longer(common_prefixes([("a", "b"), ("a", "b", "c"), (), ()]))

    assert shared[0, 1] == pytest.approx(2 / 3)
    assert shared[2].tolist() == [0.0, 0.0, 1.0, 1.0]


def test_units_cut_and_name_their_scale():
    """Words, characters and tokenizers cut alike wherever they are asked for, and anything else is refused."""
    assert [units("a, é", unit=unit) for unit in ("words", "characters", "uni")] == [
        ("a,", "é"),
        ("a", ",", " ", "é"),
        ("a", ",", "é"),
    ]
    assert {scale_of(unit, fraction=False)[0] for unit in UNITS} == {"words", "characters", "tokens"}
    assert scale_of("words", fraction=False)[1] == (0.0, math.inf)
    assert scale_of("uni", fraction=True) == ("share", (0.0, 1.0))
    with pytest.raises(UnknownNameError):
        units("a", unit="sentences")


@given(st.lists(st.text("ab", max_size=5), min_size=2, max_size=9), st.integers(1, 7))
def test_pairs_are_counted_without_being_looked_at(texts, most):
    """The pairs that agree in k places, the equal ones and the median are those of all pairs one by one."""
    items = [tuple(text) for text in texts]
    pairs = [math.inf if a == b else common_prefix(a, b) for a, b in itertools.combinations(items, 2)]
    agreeing, equal = agreeing_pairs(items)
    assert equal == pairs.count(math.inf)
    assert [*agreeing, equal] == [sum(each >= k for each in pairs) for k in range(1, len(agreeing) + 2)]
    assert agreeing_pairs(items, most=most) == (agreeing[:most], equal)
    assert median_shared(items) == statistics.median(pairs)


@given(st.lists(st.text("ab", max_size=5), min_size=2, max_size=9), st.booleans())
def test_the_median_parting_is_that_of_pairs_that_differ(texts, fraction):
    """Parted place by place, the median is that of all pairs that are not equal, as places or as a share."""
    items = [tuple(text) for text in texts]
    pairs = [
        common_prefix(a, b) / (max(len(a), len(b)) if fraction else 1)
        for a, b in itertools.combinations(items, 2)
        if a != b
    ]
    assert median_parting(items, fraction=fraction) == (statistics.median(pairs) if pairs else None)


@given(st.lists(st.text("ab", max_size=5), min_size=2, max_size=9))
def test_sums_of_prefixes_are_those_of_all_others(texts):
    """Each item's sum over the others, and the ends of all pairs, be items equal or not, counted or not."""
    items = [tuple(text) for text in texts]
    pairs = [common_prefix(a, b) for a, b in itertools.combinations(items, 2)]
    expected = [sum(common_prefix(a, b) for b in items) - len(a) for a in items]
    different = list(dict.fromkeys(items))
    counts = np.array([float(items.count(item)) for item in different])

    sums, ends = prefix_sums(items, np.ones(len(items)))
    assert sums.tolist() == expected
    assert ends == (min(pairs), max(pairs))
    assert prefix_sums(different, counts)[0].tolist() == [expected[items.index(item)] for item in different]
    assert prefix_sums(different, counts)[1] == ends


def test_a_long_text_holds_each_word_once():
    """Equal words of a text of many letters are one object."""
    found = units("word and word " * 10_000)
    assert len({id(word) for word in found}) == 2
    assert found == ("word", "and", "word") * 10_000


def test_equal_texts_are_cut_once():
    """Copies are one object, and who asks for the same texts again gets the same."""
    texts = ["a b", "c", "a b"]
    found = units_of(texts)
    assert found == [("a", "b"), ("c",), ("a", "b")]
    assert found[0] is found[2]
    assert units_of(list(texts)) is found
