"""A reading compares by its interval."""

from dataclasses import replace

import pytest

from evalkit.errors import StatisticsError, UsageError
from evalkit.nouns import Interval
from evalkit.reading import Reading


def reading(value=0.5, low=0.4, high=0.6, reason=""):
    """Return a reading of twenty samples."""
    interval = None if low is None else Interval(low=low, high=high)
    return Reading(metric="m", value=value, interval=interval, n_samples=20, reason=reason)


@pytest.mark.parametrize(("bound", "below", "above"), [(0.7, True, False), (0.5, False, False), (0.3, False, True)])
def test_the_whole_interval_decides(bound, below, above):
    """Between the ends a comparison holds in neither direction."""
    assert ((reading() < bound), (reading() > bound)) == (below, above)


def test_ends_count_for_inclusive_comparisons():
    """At most and at least include the end itself."""
    assert reading() <= 0.6
    assert reading() >= 0.4
    assert not reading() < 0.6


def test_two_readings_compare_by_their_facing_ends():
    """Intervals that overlap decide nothing."""
    assert reading(0.2, 0.1, 0.3) < reading()
    assert not reading(0.45, 0.35, 0.55) < reading()


def test_a_drifting_metric_is_refused_across_numbers_of_samples():
    """Where more samples alone move a value, two numbers of them are an error that says how to go on."""
    few, many = (replace(reading(), drifts=True, size=size) for size in (10, 20))
    with pytest.raises(StatisticsError, match="rest on 10 and 20") as caught:
        assert few < many
    assert "rarefy=10" in caught.value.hint
    assert not replace(few, size=20) < many
    assert not replace(few, drifts=False) < replace(many, drifts=False)


def test_without_an_interval_nothing_holds():
    """A value without interval is neither above nor below anything."""
    bare = reading(low=None, reason="one sample")
    assert not bare < 1
    assert not bare > 0
    assert bare.explain("<", bare, 1.0)[-1] == "inconclusive: one sample"


def test_a_number_on_the_left_works_too():
    """Python turns the comparison round."""
    assert reading() < 0.7


def test_truth_and_equality_are_refused():
    """A measured value has neither."""
    with pytest.raises(UsageError):
        bool(reading())
    with pytest.raises(UsageError):
        assert reading() == 0.5


def test_an_inconclusive_comparison_estimates_the_samples_needed():
    """Half the distance needs four times the samples."""
    known = reading()
    assert "about 80 samples" in known.explain("<", known, 0.55)[-1]


def test_a_value_on_the_wrong_side_is_called_false():
    """The whole interval is beyond the bound."""
    known = reading()
    assert known.explain("<", known, 0.35)[-1] == "false: the whole interval lies above 0.35"


def test_a_bound_inside_the_interval_is_never_called_false():
    """A value beyond the bound is inconclusive as long as its interval holds the bound."""
    known = reading()
    assert known.explain("<", known, 0.45)[-1].startswith("inconclusive")
