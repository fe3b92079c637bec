from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalkit.analysis.comparable import require_one_size
from evalkit.analysis.infer import curve
from evalkit.errors import StatisticsError
from evalkit.metrics.base import resolve
from evalkit.nouns import Estimand, Interval, Measurement, MetricRequest

FALLING = [[1.0, 0.8, 0.5, 0.2], [0.9, 0.7, 0.6, 0.1], [1.0, 0.9, 0.4, 0.3]]
AGREEMENT = resolve(MetricRequest(name="exact_agreement"))


def _slugs(found):
    return [caution.slug for caution in found.cautions]


def test_points_are_means_over_prompts(measured):
    """Each point is the mean over prompts, ascending in temperature, with its counts."""
    found = curve(AGREEMENT, measured(FALLING, temperatures=[1.5, 0.0, 0.5, 1.0]), seed=0)
    assert [p.temperature for p in found.points] == [0.0, 0.5, 1.0, 1.5]
    first = found.at(1.5).estimate
    assert first.value == pytest.approx(np.mean([1.0, 0.9, 1.0]))
    assert (first.n_prompts, first.n_samples, first.unit) == (3, 60, "probability")
    assert [m.prompt_id for m in found.points[0].measurements] == ["p0", "p1", "p2"]


def test_bounded_intervals_stay_inside(measured):
    """Agreement near 1 has a lopsided interval inside [0, 1]."""
    interval = curve(AGREEMENT, measured([[0.99], [1.0], [0.9], [1.0]]), seed=0).points[0].estimate.interval
    assert 0.0 <= interval.low < 0.9725 < interval.high <= 1.0
    assert 0.9725 - interval.low > interval.high - 0.9725


def test_unbounded_intervals_are_t_intervals(measured, metric_of):
    """Length over prompts has scipy's t interval."""
    found = curve(metric_of("length_words"), measured([[10.0], [14.0], [9.0]], metric="length_words"), seed=0)
    expected = stats.ttest_1samp([10, 14, 9], 0).confidence_interval(0.95)
    interval = found.points[0].estimate.interval
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_one_prompt_has_its_own_interval(measured):
    """A single prompt's interval is the one within it."""
    own = replace(measured([[0.5]])[0], interval=Interval(low=0.3, high=0.7), method="U-statistic")
    estimate = curve(AGREEMENT, [own], seed=0).points[0].estimate
    assert (estimate.interval, estimate.method) == (own.interval, "one prompt: U-statistic")


def test_each_interval_names_what_it_speaks_of(measured):
    """One prompt speaks of itself; several of prompts like these, or of these very ones when asked, more narrowly."""
    cells = [replace(m, variance=0.001) for m in measured([[0.5], [0.9], [0.2], [0.6]])]
    alone, like = curve(AGREEMENT, cells[:1], seed=0), curve(AGREEMENT, cells, seed=0)
    these = curve(AGREEMENT, cells, seed=0, estimand=Estimand.THESE_PROMPTS)
    found = [each.points[0].estimate for each in (alone, like, these)]
    assert [each.estimand.value for each in found] == ["this prompt", "prompts like these", "these prompts"]
    assert found[2].interval == found[1].these
    assert found[2].interval.width < found[1].interval.width


def test_these_prompts_have_no_interval_without_a_variance_within(measured):
    """Where the chance within prompts is not known, nothing is said of these prompts."""
    found = curve(AGREEMENT, measured([[0.5], [0.9]]), seed=0, estimand=Estimand.THESE_PROMPTS).points[0].estimate
    assert (found.interval, found.these) == (None, None)
    assert found.method.startswith("none")


def test_questions_that_agree_or_not_have_an_exact_interval(measured, metric_of):
    """A value of 0 or 1 for each prompt is a share of prompts: Clopper and Pearson's interval."""
    metric = replace(metric_of("unique_share"), bounds=(0.0, 1.0))
    interval = curve(metric, measured([[1.0]] * 3 + [[0.0]]), seed=0).points[0].estimate.interval
    expected = stats.binomtest(3, 4).proportion_ci(method="exact")
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_slope_is_the_growth_with_ln_t(measured):
    """Values that fall by 0.2 each time the temperature doubles have that slope for ln 2, T = 0 left out."""
    rows = [[9.0, 0.9, 0.7, 0.5], [9.0, 0.8, 0.6, 0.4]]
    found = curve(AGREEMENT, measured(rows, temperatures=[0.0, 0.25, 0.5, 1.0]), seed=0).trend
    assert found.slope == pytest.approx(-0.2 / np.log(2))


def test_all_prompts_agree_is_a_bound(measured):
    """Three prompts of twenty equal answers: 30 disjoint pairs bound the mean agreement."""
    found = curve(AGREEMENT, measured([[1.0]] * 3), seed=0)
    interval = found.points[0].estimate.interval
    assert (interval.low, interval.high) == (pytest.approx(0.05 ** (1 / 30)), 1.0)
    assert found.cautions == ()


def test_all_right_is_a_bound(measured, metric_of):
    """Three prompts of twenty right answers: 60 trials bound the mean accuracy at 0.951."""
    found = curve(metric_of("accuracy"), measured([[1.0]] * 3), seed=0)
    assert found.points[0].estimate.interval.low == pytest.approx(0.951, abs=5e-4)


@pytest.mark.parametrize(("name", "value"), [("unique_share", 1.0), ("exact_agreement", 0.9), ("self_bleu", 1.0)])
def test_equal_values_between_bounds_count_prompts_as_trials(measured, metric_of, name, value):
    """Five prompts that gave the same bound the chance of it: no further than 1 - 0.05 ** (1/5) of the way."""
    estimate = curve(metric_of(name), measured([[value]] * 5), seed=0).points[0].estimate
    other = 1 - 0.05 ** (1 / 5)
    assert estimate.interval.low == pytest.approx(value * (1 - other))
    assert estimate.interval.high == pytest.approx(value + other * (1 - value))
    assert estimate.estimand is Estimand.PROMPTS_LIKE_THESE


def test_a_mean_over_some_prompts_has_a_caution(measured, metric_of):
    """Where a metric exists for one of three prompts the reader is told; where for none, the reason says it."""
    found = curve(metric_of("entropy"), measured([[0.5, None], [None, None], [None, None]]), seed=0)
    assert [(c.slug, c.temperatures) for c in found.cautions] == [("partly-undefined", (0.0,))]
    assert "1 of 3 prompts" in found.cautions[0].fact


def test_equal_values_without_a_bound_have_a_caution(measured, metric_of):
    """Equal values that no exact bound fits have no interval, and the reader is told."""
    found = curve(metric_of("length_words"), measured([[7.0, 0.7], [7.0, 1.4]]), seed=0)
    assert found.points[0].estimate.interval is None
    assert found.cautions[0].slug == "degenerate-data"
    assert found.cautions[0].temperatures == (0.0,)


def test_one_prompt_of_equal_values_has_a_caution(cell_of, metric_of):
    """One prompt whose answers are all as long has no interval, and the reader is told."""
    from evalkit.analysis.measure import measure_cell

    metric = metric_of("length_words")
    assert _slugs(curve(metric, [measure_cell(metric, cell_of(["a b"] * 4))], seed=0)) == ["degenerate-data"]


def test_one_prompt_without_interval_for_its_form_has_none(cell_of, metric_of):
    """That a form has no interval within a prompt is no degeneracy of the data."""
    from evalkit.analysis.measure import measure_cell

    metric = metric_of("unique_share")
    found = curve(metric, [measure_cell(metric, cell_of(["a", "b", "a"]))], seed=0)
    assert (found.points[0].estimate.interval, found.cautions) == (None, ())


def test_undefined_prompts_are_left_out_and_counted(measured):
    """A prompt without a value does not count; a point without any says why."""
    found = curve(AGREEMENT, measured([[0.5, None], [None, None], [0.7, None]]), seed=0)
    here, nowhere = (point.estimate for point in found.points)
    assert (here.n_prompts, here.value) == (2, pytest.approx(0.6))
    assert (nowhere.value, nowhere.interval, nowhere.undefined) == (None, None, "nothing was measured")


def test_trend_falls(measured):
    """Three prompts that fall at four temperatures are a falling trend."""
    trend = curve(AGREEMENT, measured(FALLING), seed=0).trend
    assert (trend.direction, trend.n_prompts) == ("falls", 3)
    assert trend.p_value == pytest.approx(2 / 24**3)


def test_trend_rises(measured):
    """The same upside down is a rising trend."""
    trend = curve(AGREEMENT, measured([[1 - v for v in row] for row in FALLING]), seed=0).trend
    assert (trend.direction, trend.statistic) == ("rises", pytest.approx(1.0))


def test_trend_undecided(measured):
    """Values that go up and down are no trend."""
    trend = curve(AGREEMENT, measured([[0.1, 0.9, 0.1, 0.8], [0.5, 0.2, 0.6, 0.1]]), seed=0).trend
    assert trend.direction == "undecided"
    assert trend.p_value > 0.05


def test_trend_leaves_still_prompts_out(measured):
    """A prompt that gives the same everywhere has no tau, and the method says how many there are."""
    trend = curve(AGREEMENT, measured([*FALLING, [1.0] * 4, [0.0] * 4]), seed=0).trend
    assert trend.n_prompts == 3
    assert "2 prompts without variation" in trend.method


def test_trend_that_can_not_be_significant_is_not_tested(measured):
    """Three temperatures of one prompt can not give a p-value below 0.05, so none is given."""
    trend = curve(AGREEMENT, measured([[0.9, 0.5, 0.1]]), seed=0).trend
    assert (trend.p_value, trend.direction, trend.statistic) == (None, "undecided", pytest.approx(-1.0))
    assert "0.33" in trend.method


@pytest.mark.parametrize(
    ("rows", "reason"),
    [([[1.0, 1.0]], "differs"), ([[1.0]], "two temperatures"), ([], "two temperatures"), ([[None]], "two")],
)
def test_trend_without_data_says_why(measured, rows, reason):
    """Equal values, one temperature, or no value at all are no trend and no zero."""
    trend = curve(AGREEMENT, measured(rows), seed=0).trend
    assert (trend.statistic, trend.p_value, trend.direction) == (None, None, "undecided")
    assert reason in trend.method


def test_each_metric_draws_from_its_own_stream(measured, metric_of):
    """The same seed and metric give the same p-value; other metrics do not move it."""
    rows = np.random.default_rng(1).random((12, 6)).tolist()
    first = curve(AGREEMENT, measured(rows), seed=3).trend
    curve(metric_of("modal_share"), measured(rows), seed=3)
    assert curve(AGREEMENT, measured(rows), seed=3).trend == first
    assert curve(metric_of("modal_share"), measured(rows), seed=3).trend.p_value != first.p_value


def test_values_that_hang_on_n_are_compared_at_one_n(measured, metric_of):
    """Cells with another number of samples are left out of point and trend, and the reader is told."""
    cells = measured([[0.1, 0.4, 0.6, 0.9]] * 3)
    cells[0] = replace(cells[0], n_samples=3, value=0.99)
    found = curve(metric_of("unique_share"), cells, seed=0)
    assert found.points[0].estimate.n_prompts == 2
    assert "1 cell with another number of samples left out" in found.trend.method
    assert [(c.slug, c.temperatures) for c in found.cautions if c.slug == "incomplete"] == [("incomplete", (0.0,))]


def test_a_point_of_another_number_is_refused_with_the_way_on(measured, metric_of):
    """A temperature at which all cells have fewer samples has no point, and the reason says how to get one."""
    cells = [replace(m, n_samples=15) if m.temperature == 3.0 else m for m in measured(FALLING)]
    found = curve(metric_of("unique_share"), cells, seed=0)
    refused = found.at(3.0).estimate
    assert (refused.value, refused.interval, refused.n_prompts) == (None, None, 0)
    assert "15 here, 20 elsewhere" in refused.undefined
    assert "unique_share:rarefy=15" in refused.undefined
    assert "3 cells with another number" in found.trend.method


def test_a_rarefied_value_is_compared_at_any_number(measured, metric_of):
    """What is brought down to one number of samples has its point and its place in the trend."""
    cells = [replace(m, n_samples=15) if m.temperature == 3.0 else m for m in measured(FALLING)]
    found = curve(metric_of("unique_share", rarefy=15), cells, seed=0)
    assert found.at(3.0).estimate.n_prompts == 3
    assert found.trend.direction == "falls"


def test_comparing_different_numbers_is_an_error_that_says_how(metric_of):
    """Two sizes of a drifting metric are refused; one size, and a metric that does not drift, pass."""
    with pytest.raises(StatisticsError, match="rest on 10 and 20") as caught:
        require_one_size(metric_of("distinct_n"), [20, 10, 20])
    assert "distinct_n:rarefy=10" in caught.value.hint
    require_one_size(metric_of("distinct_n"), [20, 20])
    require_one_size(metric_of("distinct_n", rarefy=10), [20, 10])
    require_one_size(AGREEMENT, [20, 10])


def test_values_that_do_not_are_all_compared(measured):
    """Agreement is comparable at any number of samples."""
    cells = measured(FALLING)
    cells[0] = replace(cells[0], n_samples=3)
    found = curve(AGREEMENT, cells, seed=0)
    assert (found.points[0].estimate.n_prompts, found.cautions) == (3, ())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.integers(2, 30))
def test_no_interval_is_without_width(values, n_samples):
    """Whatever prompts give, an interval over them has width and holds the mean."""
    cells = [
        Measurement(
            metric="exact_agreement",
            prompt_id=str(i),
            temperature=0.0,
            value=value,
            undefined=None,
            n_samples=n_samples,
        )
        for i, value in enumerate(values)
    ]
    estimate = curve(AGREEMENT, cells, seed=0).points[0].estimate
    if estimate.interval is not None:
        assert estimate.interval.low < estimate.interval.high
        assert estimate.interval.low - 1e-9 <= estimate.value <= estimate.interval.high + 1e-9
