"""Means over pairs that part, against all pairs one by one."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.partings import END, Sequenced, partings


def value_at(prefix):
    """Return a value that hangs on what came before, as a source's would."""
    return float(sum((place + 2) * ord(step) for place, step in enumerate(prefix)) % 7)


def sequence(text, *, cut=False):
    """Return a sequence of letters with the values of its places."""
    steps = (*text, *(() if cut else (END,)))
    return Sequenced(steps=steps, values=tuple(value_at(text[:place]) for place in range(len(text))))


def one_by_one(sequences):
    """Return the value of the first place in which each pair differs; nothing for pairs that do not."""
    found = []
    for a, b in combinations(sequences, 2):
        place = next((i for i, (x, y) in enumerate(zip(a.steps, b.steps, strict=False)) if x != y), None)
        if place is not None:
            found.append(next(s.values[place] for s in (a, b) if place < len(s.values)))
    return found


@given(st.lists(st.tuples(st.text("abc", max_size=4), st.booleans()), min_size=2, max_size=8))
def test_the_mean_is_that_of_all_pairs(told):
    """Walking together gives what looking at each pair gives, with and without each sequence."""
    sequences = [sequence(text, cut=cut) for text, cut in told]
    found, pairs = partings(sequences), one_by_one(sequences)
    assert found.n_pairs == len(pairs)
    assert found.mean == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)
    without = [one_by_one([*sequences[:i], *sequences[i + 1 :]]) for i in range(len(sequences))]
    if all(without):
        assert found.left_out == pytest.approx([sum(some) / len(some) for some in without])
    else:
        assert found.left_out == ()


def test_a_place_whose_value_is_not_known_does_not_count():
    """Pairs that part at such a place are left out, for there is nothing to take the mean of."""
    bare = [Sequenced(steps=(step, END), values=(None,)) for step in "ab"]
    assert partings(bare).mean is None
    assert partings([*bare, sequence("ab"), sequence("ac")]).n_pairs == 6


def test_few_that_part_have_no_interval():
    """Two of many that go their own way tell nothing of how their mean varies; six do."""
    assert partings([*[sequence("aaaa")] * 20, sequence("b"), sequence("aab")]).interval(0.95) is None
    several = [sequence(text) for text in ("b", "ab", "aab", "c", "abb", "ba")]
    low, high = partings([*[sequence("aaaa")] * 20, *several]).interval(0.95)
    assert low < high
