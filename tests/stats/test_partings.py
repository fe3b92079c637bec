"""Means over pairs that part, against all pairs one by one."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
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


def told_ties(texts):
    """Return sequences whose values are 1 where they part late, else 0."""
    return [Sequenced(steps=(*t, END), values=tuple(float(k > 0) for k in range(len(t)))) for t in texts]


def test_few_that_part_have_no_interval():
    """Two of many that go their own way tell nothing of how a share varies; six do, also where all are of one kind."""
    assert partings(told_ties([*["aaaa"] * 20, "b", "aab"])).interval_of_share(0.95) is None
    low, high = partings(told_ties([*["aaaa"] * 20, "b", "ab", "aab", "c", "abb", "ba"])).interval_of_share(0.95)
    assert 0.0 < low < high < 1.0
    low, high = partings(told_ties("bcdefghijk")).interval_of_share(0.95)
    assert (low, high > 0.3) == (0.0, True)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_the_interval_covers_the_true_share(seed):
    """Of a source of three letters, whose true share is a finite sum, 9 of 10 intervals or more hold it."""
    rng = np.random.default_rng(seed)
    chances = {prefix: rng.dirichlet([0.6] * 3) for k in range(4) for prefix in product(range(3), repeat=k)}
    mass = {(): 1.0}
    for prefix, p in chances.items():
        mass |= {(*prefix, step): mass[prefix] * p[step] for step in range(3)}
    ties = {prefix: float(np.diff(np.sort(np.log(p)))[-1] < 0.5) for prefix, p in chances.items()}
    parting = {prefix: mass[prefix] ** 2 * (1.0 - float(p @ p)) for prefix, p in chances.items()}
    truth = sum(parting[each] * ties[each] for each in chances) / sum(parting.values())

    def drawn():
        taken = ()
        while len(taken) < 4:
            taken = (*taken, int(rng.choice(3, p=chances[taken])))
        return Sequenced(steps=(*map(str, taken), END), values=tuple(ties[taken[:k]] for k in range(4)))

    ends = [partings([drawn() for _ in range(20)]).interval_of_share(0.95) for _ in range(200)]
    known = [each for each in ends if each is not None]
    assert len(known) > 180
    assert sum(low <= truth <= high for low, high in known) / len(known) >= 0.9
