import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalkit.stats.jonckheere import jonckheere_terpstra
from evalkit.stats.streams import stream

GROUPED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=3, max_size=15)


def test_few_values_are_counted():
    """Two groups of two in order: a third of the 24 orders are as far from the middle."""
    found = jonckheere_terpstra([0, 0, 1, 1], [1, 2, 3, 4], stream(1))
    assert (found.JT, found.mean, found.p_value) == (4.0, 2.0, pytest.approx(8 / 24))


def test_counted_and_approximated_agree():
    """With five values a group the normal approximation is near what permutations give."""
    groups, values = [0] * 5 + [1] * 5 + [2] * 5, [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]
    near, drawn = jonckheere_terpstra(groups, values), jonckheere_terpstra(groups, values, stream(1))
    assert near.p_value == pytest.approx(drawn.p_value, abs=0.01)


@pytest.mark.parametrize(("groups", "values"), [([0, 0], [1, 2]), ([0, 1], [2, 2])])
def test_nothing_to_order_is_refused(groups, values):
    """One group, or values that are all equal, have no trend."""
    with pytest.raises(ValueError, match="different"):
        jonckheere_terpstra(groups, values)


@given(GROUPED)
def test_mirrored_values_mirror_the_statistic(grouped):
    """With the values' signs changed the statistic lies as far on the other side of its mean."""
    groups, values = zip(*grouped, strict=True)
    assume(len(set(groups)) > 1)
    assume(len(set(values)) > 1)
    ours, other = jonckheere_terpstra(groups, values), jonckheere_terpstra(groups, [-v for v in values])
    assert ours.JT - ours.mean == pytest.approx(other.mean - other.JT)
    assert ours.p_value == pytest.approx(other.p_value)
