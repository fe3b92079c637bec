"""A reading compares by its interval."""

import pytest

from evalkit.errors import UsageError
from evalkit.nouns import Interval
from evalkit.stats.verdict import Verdict
from evalkit.testing.measuring import metric_of
from evalkit.testing.reading import Reading


@pytest.fixture
def reading(suite_of):
    """Return a maker of readings of twenty samples."""

    def make(value=0.5, low=0.4, high=0.6, reason="", metric="exact_agreement"):
        interval = None if low is None else Interval(low=low, high=high)
        found = metric_of(metric, suite_of())
        return Reading(metric=found, place="p", value=value, interval=interval, n_samples=20, reason=reason)

    return make


@pytest.mark.parametrize(
    ("bound", "below", "above"),
    [(0.7, "PASS", "FAIL"), (0.5, "INCONCLUSIVE", "INCONCLUSIVE"), (0.3, "FAIL", "PASS")],
)
def test_the_whole_interval_decides(reading, bound, below, above):
    """Beyond the bound a claim holds, on the other side it is false, and in between it is open."""
    assert (reading() < bound).evidence.verdict is Verdict[below]
    assert (reading() > bound).evidence.verdict is Verdict[above]


def test_ends_count_for_inclusive_comparisons(reading):
    """At most and at least include the end itself; less and more do not."""
    assert reading() <= 0.6
    assert reading() >= 0.4
    assert not reading() < 0.6
    assert not reading() > 0.4


def test_a_number_on_the_left_is_the_same_claim(reading):
    """Python turns the comparison round."""
    made = 0.3 < reading()  # noqa: SIM300 - the point
    assert made
    assert made.text == (reading() > 0.3).text


@pytest.mark.parametrize("op", ["<", ">", "<=", ">="])
@pytest.mark.parametrize("bound", [0.05, 0.3, 0.4, 0.45, 0.6, 0.7, 0.95])
def test_the_p_value_says_what_the_interval_says(reading, op, bound):
    """It is at or below 0.05 exactly where the claim holds."""
    found = reading().claim(op, bound).evidence
    touching = bound in {0.4, 0.6}  # an end at the bound itself: p is 0.05 on both sides of the rule
    assert found.p_value is not None
    assert touching or (found.p_value <= 0.05) is (found.verdict is Verdict.PASS)


def test_without_an_interval_nothing_is_decided(reading):
    """A value without interval is neither above nor below anything, and the reason is told."""
    bare = reading(low=None, reason="one sample")
    for made in (bare < 1, bare > 0, bare > 2):
        assert made.evidence.verdict is Verdict.INCONCLUSIVE
        assert made.evidence.p_value is None
        assert made.evidence.lines[0] == "there is no interval: one sample"


def test_truth_and_equality_are_refused(reading):
    """A measured value has neither."""
    with pytest.raises(UsageError, match="neither true nor false"):
        bool(reading())
    with pytest.raises(UsageError, match="no measured value equals"):
        assert reading() == 0.5
    with pytest.raises(UsageError, match="no measured value equals"):
        assert reading() != 0.5


def test_readings_of_two_metrics_are_not_compared(reading):
    """They are numbers of two things."""
    with pytest.raises(UsageError, match="two things"):
        assert reading() < reading(metric="rouge_l_distance")


def test_an_open_claim_estimates_the_samples_that_would_settle_it(reading):
    """Half the distance needs four times the samples."""
    assert "about 80 samples would settle it" in (reading() < 0.55).evidence.lines[0]


def test_a_value_on_the_wrong_side_is_told_from_one_that_is_merely_unsure(reading):
    """The whole interval beyond the bound is false; a value beyond it, with the bound inside, is open."""
    assert (reading() < 0.35).evidence.lines[0] == "the whole interval lies above 0.35"
    assert (reading() < 0.45).evidence.lines[0] == "the value is not below 0.45, but the interval reaches there"


def test_a_reading_shows_its_interval_or_why_there_is_none(reading):
    """What stands in an assertion is readable."""
    assert repr(reading()) == "exact_agreement=0.500 [0.400, 0.600]"
    assert repr(reading(low=None, reason="one sample")) == "exact_agreement=0.500 [no interval: one sample]"
    assert repr(reading(value=None, low=None, reason="no answer")) == "exact_agreement undefined (no answer)"
