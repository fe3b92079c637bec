import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.sequential import BinarySequence, BoundedSequence, pair_rounds, settled
from evalkit.stats.ustatistic import pair_mean

BITS = st.lists(st.integers(0, 1), min_size=1, max_size=30)
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@given(BITS, st.sampled_from([0.8, 0.95]))
def test_binary_intervals_are_nested_and_have_width(bits, level):
    """Each interval lies in the one before, and never closes."""
    sequence, before = BinarySequence(level=level), (0.0, 1.0)
    for bit in bits:
        ends = sequence.add(bit)
        if ends is None:
            break
        assert before[0] <= ends[0] < ends[1] <= before[1]
        before = ends


@given(SHARES, st.sampled_from([0.8, 0.95]))
def test_bounded_intervals_are_nested_and_have_width(values, level):
    """Each interval lies in the one before, and never closes."""
    sequence, before = BoundedSequence(level=level), (0.0, 1.0)
    for value in values:
        ends = sequence.add(value)
        if ends is None:
            break
        assert before[0] <= ends[0] < ends[1] <= before[1]
        before = ends


@given(BITS)
def test_without_memory_an_interval_is_of_the_counts(bits):
    """Not intersected, the interval hangs on how many there were, not on their order, and holds their share."""
    forth, back = BinarySequence(intersect=False), BinarySequence(intersect=False)
    for a, b in zip(bits, reversed(bits), strict=True):
        forth.add(a)
        back.add(b)
    assert forth.ends == back.ends
    assert forth.ends[0] <= np.mean(bits) <= forth.ends[1]


@given(SHARES)
def test_bounds_only_rescale(values):
    """A stream from -10 to 10 has the intervals of its shares, stretched."""
    small, large = BoundedSequence(), BoundedSequence(bounds=(-10.0, 10.0))
    for value in values:
        ends, stretched = small.add(value), large.add(20.0 * value - 10.0)
    assert (ends is None) == (stretched is None)
    assert ends is None or stretched == pytest.approx((20.0 * ends[0] - 10.0, 20.0 * ends[1] - 10.0), abs=0.05)


@pytest.mark.parametrize("make", [BinarySequence, BoundedSequence])
def test_before_the_first_value_all_is_possible(make):
    """Nothing seen rules nothing out."""
    assert make().ends == (0.0, 1.0)


@pytest.mark.parametrize("make", [BinarySequence, BoundedSequence])
def test_a_stream_that_turns_round_fits_no_mean(make):
    """A hundred zeros and then hundreds of ones are of no constant mean, and nothing is claimed of one."""
    sequence = make()
    for value in [0] * 100 + [1] * 900:
        sequence.add(value)
    assert sequence.ends is None


@pytest.mark.parametrize(("make", "value"), [(BinarySequence, 0.5), (BoundedSequence, 1.5), (BoundedSequence, np.nan)])
def test_a_value_out_of_place_is_refused(make, value):
    """What can not be in the stream is an error, not a value."""
    with pytest.raises(ValueError, match="a stream"):
        make().add(value)


def _misses(make, truth, values):
    """Return the share of streams whose sequence ever leaves the truth out."""
    missed = 0
    for stream in values:
        sequence = make(0.9)
        missed += any(not (ends := sequence.add(x)) or not ends[0] <= truth <= ends[1] for x in stream)
    return missed / len(values)


def test_binary_sequences_ever_miss_as_seldom_as_promised():
    """At level 0.9 fewer than one stream in ten is ever missed, at any of a hundred looks."""
    values = np.random.default_rng(3).random((150, 100)) < 0.8
    assert _misses(lambda level: BinarySequence(level=level), 0.8, values.astype(int)) < 0.1


def test_bounded_sequences_ever_miss_as_seldom_as_promised():
    """At level 0.9 fewer than one stream in ten is ever missed, at any of a hundred looks."""
    values = np.random.default_rng(4).beta(2.0, 1.0, (150, 100))
    assert _misses(lambda level: BoundedSequence(level=level, points=201), 2.0 / 3.0, values) < 0.1


def test_rounds_share_no_sample():
    """A round takes the first two samples of each prompt, the next one the next two; an odd one is left over."""
    first = np.arange(25.0).reshape(5, 5)
    second = np.arange(36.0).reshape(6, 6)
    assert pair_rounds([first]) == pytest.approx([first[0, 1], first[2, 3]])
    assert pair_rounds([first, second]) == pytest.approx([(1.0 + 1.0) / 2, (13.0 + 15.0) / 2])
    assert len(pair_rounds([np.ones((1, 1)), second])) == len(pair_rounds([])) == 0


def test_rounds_have_the_mean_of_all_pairs():
    """Over all orders of the samples, disjoint pairs average to the mean over pairs."""
    rng = np.random.default_rng(6)
    values = rng.random(8)
    matrix = np.abs(values[:, None] - values[None, :])
    orders = [rng.permutation(8) for _ in range(4000)]
    found = np.mean([pair_rounds([matrix[np.ix_(order, order)]]).mean() for order in orders])
    assert found == pytest.approx(pair_mean(matrix), abs=0.01)


def test_sampling_stops_when_the_question_is_settled():
    """A threshold outside settles, as does a narrow interval or a stream of no mean; otherwise it goes on."""
    assert settled((0.91, 1.0), threshold=0.9)
    assert not settled((0.89, 1.0), threshold=0.9)
    assert settled((0.4, 0.45), width=0.1)
    assert not settled((0.4, 0.55), threshold=0.5, width=0.1)
    assert not settled((0.4, 0.55))
    assert settled(None, threshold=0.5)
