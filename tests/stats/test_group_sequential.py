import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.group_sequential import Seen, expected_sizes, level_at_a_look, n_fixed, next_sizes, no_nearer
from evalkit.stats.several_prompts import these_prompts

CELL = st.tuples(st.floats(0.05, 0.95), st.floats(0.0001, 0.02), st.integers(8, 40))
SEEN = st.lists(CELL, min_size=1, max_size=6).map(lambda cells: _seen(*zip(*cells, strict=True)))
AIMS = st.floats(0.02, 0.4)


def _seen(values, variances, sizes, *, pairs=True, bounds=(0.0, 1.0)):
    return Seen(values=tuple(values), variances=tuple(variances), sizes=tuple(sizes), bounds=bounds, pairs=pairs)


@given(st.floats(0.5, 0.999), st.integers(1, 12))
def test_levels_of_all_looks_multiply_to_the_level(level, looks):
    """Independent looks at this level hold together with the level that is promised."""
    assert level_at_a_look(level, looks) ** looks == pytest.approx(level)
    assert level_at_a_look(level, looks) >= level - 1e-12


def test_means_of_growing_samples_hold_at_all_looks_together():
    """Of 20,000 sums of normal draws looked at four times, at most 5 % and a bit ever lie beyond the ends."""
    draws = np.random.default_rng(1).standard_normal((20_000, 100)).cumsum(axis=1)
    z = -these_prompts([0.0], [1.0], [10**9], bounds=(-math.inf, math.inf), level=level_at_a_look(0.95, 4)).ends[0]
    missed = np.zeros(len(draws), dtype=bool)
    for n in (10, 25, 60, 100):
        missed |= np.abs(draws[:, n - 1]) > z * math.sqrt(n)
    assert 0.03 < missed.mean() < 0.0545


@given(SEEN, AIMS, st.integers(1, 3))
def test_sizes_never_shrink_and_never_pass_the_most(seen, aim, left):
    """No prompt wants fewer samples than it has, nor more than there may be."""
    wanted = next_sizes(seen, aim, most=200, level=0.98, looks_left=left)
    assert all(have <= size <= 200 for have, size in zip(seen.sizes, wanted, strict=True))
    assert sum(wanted) > sum(seen.sizes)


@given(SEEN, st.integers(2, 30))
def test_more_samples_are_expected_to_narrow(seen, more):
    """Half the width falls, or stays, as samples are added to every prompt alike."""
    n = max(seen.sizes)
    now, later = (seen.half_at([size] * len(seen.values), 0.95) for size in (n, n + more))
    assert later <= now + 1e-9


@given(SEEN, AIMS)
def test_a_fixed_plan_is_the_least_that_is_narrow(seen, aim):
    """With as many samples the interval is as narrow as asked, with one fewer it is not."""
    n, prompts = n_fixed(seen, aim, level=0.95), len(seen.values)
    assert seen.half_at([n] * prompts, 0.95) <= aim
    assert n == 2 or seen.half_at([n - 1] * prompts, 0.95) > aim


def test_samples_go_where_they_narrow_most():
    """A prompt that varies gets up to twice what one gets that does not: never less than half is left to luck."""
    seen = _seen([0.5, 1.0], [0.02, 0.0], [10, 10])
    first, second = next_sizes(seen, 0.05, most=1000, level=0.98, looks_left=1)
    assert second == pytest.approx(first / 2, abs=1)


def test_far_from_the_end_a_step_goes_a_part_of_the_way():
    """With looks left it is 2.5 times as many samples, with none left all that are expected to be needed."""
    seen = _seen([0.5, 0.5], [0.03, 0.03], [10, 10])
    step = next_sizes(seen, 0.02, most=10_000, level=0.98, looks_left=6)
    last = next_sizes(seen, 0.02, most=10_000, level=0.98, looks_left=1)
    assert sum(step) == pytest.approx(2.5 * 20, abs=2)
    assert sum(last) > 20 * sum(step)


def test_all_alike_goes_on_to_where_the_side_is_known():
    """Ten equal answers to one question say little: 0.95 is excluded when the exact bound passes it."""
    seen = _seen([1.0], [0.0], [10])
    (n,) = next_sizes(seen, 0.0, most=10_000, level=0.98, looks_left=3, against=0.95)
    low, _ = seen.ends_at([n], 0.98)
    assert low > 0.95
    assert seen.ends_at([n - 2], 0.98)[0] <= 0.95


def test_side_may_be_clear_long_before_the_interval_is_narrow():
    """A mean of 0.9 is told from 0.2 with few samples; within 0.02 it takes a hundred times as many."""
    seen = _seen([0.9, 0.9], [0.01, 0.01], [10, 10])
    assert n_fixed(seen, 0.02, level=0.95, against=0.2) < 10
    assert n_fixed(seen, 0.02, level=0.95) > 300


def test_a_side_needs_samples_with_the_square_of_its_distance():
    """Half the distance takes about four times the samples."""
    seen = _seen([0.5] * 4, [0.03] * 4, [10] * 4)
    far, near = (n_fixed(seen, 0.0, level=0.95, against=0.5 - away) for away in (0.1, 0.05))
    assert near / far == pytest.approx(4.0, rel=0.1)


def test_a_rare_answer_that_differs_little_ends_no_nearer_than_none_at_all():
    """Two prompts of 49 answers, one of them barely different: the mean may still be as high as if it had not come."""
    rare = these_prompts([0.0024, 0.0], [5.5e-6, 0.0], [49, 49], level=0.98).ends
    alike = these_prompts([0.0, 0.0], [0.0, 0.0], [49, 49], level=0.98).ends
    held = no_nearer(rare, [49, 49], bounds=(0.0, 1.0), level=0.98, pairs=True)
    assert rare[1] < 0.1 * alike[1]
    assert held == pytest.approx((rare[0], alike[1]))
    assert no_nearer((1 - rare[1], 1 - rare[0]), [49, 49], bounds=(0.0, 1.0), level=0.98, pairs=True)[0] == (
        pytest.approx(1 - alike[1])
    )


@given(SEEN)
def test_ends_are_only_ever_moved_out(seen):
    """What is no nearer to a bound is no narrower either, and a mean in the middle stays as it was."""
    ends = these_prompts(seen.values, seen.variances, seen.sizes, level=0.9).ends
    low, high = no_nearer(ends, seen.sizes, bounds=(0.0, 1.0), level=0.9, pairs=True)
    assert low <= ends[0] < ends[1] <= high
    assert no_nearer((0.4, 0.6), [40, 40], bounds=(0.0, 1.0), level=0.9, pairs=True) == (0.4, 0.6)


def test_one_prompt_and_what_has_no_bounds_keep_their_ends():
    """The interval of one prompt has guards of its own, and without bounds there is nothing to be near to."""
    assert no_nearer((0.01, 0.02), [10], bounds=(0.0, 1.0), level=0.95, pairs=True) == (0.01, 0.02)
    assert no_nearer((1.0, 2.0), [10, 10], bounds=(0.0, math.inf), level=0.95, pairs=False) == (1.0, 2.0)


def test_no_number_is_told_where_none_is_enough():
    """A mean that lies just on the value has no side, and without bounds and variance there is no interval."""
    assert n_fixed(_seen([0.5], [0.03], [10]), 0.0, level=0.95, against=0.5) is None
    bare = _seen([3.0], [0.0], [10], bounds=(-math.inf, math.inf))
    assert bare.half_at([100], 0.95) == math.inf
    assert n_fixed(bare, 0.1, level=0.95, most=1000) is None


def test_expected_looks_end_where_the_aim_is_met():
    """A wide aim is met at the first look; a narrow one takes further ones, and no more than there are."""
    seen = _seen([0.5] * 4, [0.01] * 4, [10] * 4)
    how = {"first": 10, "looks": 4, "most": 1000, "level": 0.98}
    assert expected_sizes(seen, 0.3, **how) == ((10,) * 4, 1)
    sizes, looks = expected_sizes(seen, 0.03, **how)
    assert seen.half_at(sizes, 0.98) <= 0.03
    assert 1 < looks <= 4
