import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.analysis.estimate import estimate
from evalkit.analysis.measure import measure_cell
from evalkit.analysis.stopping import (
    after_look,
    asked,
    can_be_asked,
    first_standings,
    level_of_a_look,
    looked_at,
    seen_at,
    sequential,
    stands,
)
from evalkit.errors import UsageError
from evalkit.metrics.base import resolve
from evalkit.nouns import (
    Curve,
    Endpoint,
    Estimand,
    Goal,
    Message,
    MetricRequest,
    Point,
    Precision,
    Prompt,
    Standing,
    Suite,
    Trend,
)

AGREEMENT = resolve(MetricRequest(name="exact_agreement"))
WORDS = resolve(MetricRequest(name="length_words"))
VARIED = ["a", "b", "a", "a", "b", "a", "a", "a", "b", "a"]
NO_TREND = Trend(statistic=None, p_value=None, direction="undecided", n_prompts=0, method="none")


def _suite(*temperatures, samples=200, prompts=2):
    return Suite(
        name="s",
        endpoint=Endpoint(model="m"),
        prompts=tuple(Prompt(id=f"p{i}", messages=(Message(role="user", content=f"{i}"),)) for i in range(prompts)),
        temperatures=temperatures or (1.0,),
        samples=samples,
        metrics=(MetricRequest(name="exact_agreement"), MetricRequest(name="length_words")),
    )


def _precision(**goal):
    return Precision(goals=(Goal(metric="exact_agreement", **goal),))


@pytest.fixture
def curve_of(cell_of):
    """Return a maker of curves of one temperature: texts of each prompt."""

    def make(*texts, metric=AGREEMENT, precision=None, level=None):
        level = level or level_of_a_look(precision or _precision(within=0.1), 0.95)
        found = [measure_cell(metric, cell_of(each, prompt=f"p{i}"), level=level) for i, each in enumerate(texts)]
        value = estimate(metric, found, usual=None, level=level, estimand=Estimand.THESE_PROMPTS)
        point = Point(temperature=1.0, estimate=value, measurements=tuple(found))
        return Curve(metric=metric, points=(point,), trend=NO_TREND)

    return make


def _looked(suite, precision, curve, *standings):
    """Return the standings after a look at one curve."""
    curves, level = {curve.metric.title: curve}, level_of_a_look(precision, 0.95)
    known = stands(curves, precision, level=0.95)
    return after_look(replace(suite, standings=standings), precision, curves, known, level=level)


def test_means_over_samples_or_pairs_can_be_asked_and_others_not():
    """What is made of all samples at once has no interval for given prompts."""
    assert can_be_asked(AGREEMENT)
    assert not can_be_asked(resolve(MetricRequest(name="distinct_n")))


def test_a_metric_is_asked_by_title_or_name_and_refused_with_those_that_can_be():
    """An unknown one is answered with what there is."""
    assert asked([WORDS, AGREEMENT], "exact_agreement") is AGREEMENT
    with pytest.raises(UsageError, match="neither width nor side") as refused:
        asked([AGREEMENT], "nonsense")
    assert "exact_agreement" in refused.value.hint


@given(st.floats(0.8, 0.99), st.integers(1, 8))
def test_all_looks_share_one_promise(level, looks):
    """More looks make each interval wider, and their levels multiply to the one that is promised."""
    precision = replace(_precision(within=0.1), looks=looks)
    assert level_of_a_look(precision, level) ** looks == pytest.approx(level)


def test_samples_that_are_there_are_looked_at_first():
    """A cell that holds more than a first look takes is looked at as it is, up to the most."""
    suite, precision = _suite(0.0, 1.0, samples=30), _precision(within=0.1)
    cold, hot = first_standings(suite, precision, {("p0", 1.0): 25, ("p1", 1.0): 99})
    assert cold.sizes == (10, 10)
    assert hot.sizes == (25, 30)


def test_what_is_narrow_enough_ends(curve_of):
    """Forty equal answers of each of two prompts are known within 0.1."""
    alike = curve_of(["a"] * 40, ["b"] * 40)
    (ended,) = _looked(_suite(), _precision(within=0.1), alike, Standing(temperature=1.0, looks=1, sizes=(40, 40)))
    assert ended.ended == "known"


def test_what_lies_on_one_side_ends_though_it_is_wide(curve_of):
    """Ten equal answers of each prompt are above 0.2, and not within 0.1 of anything."""
    alike, standing = curve_of(["a"] * 10, ["b"] * 10), Standing(temperature=1.0, looks=1, sizes=(10, 10))
    assert _looked(_suite(), _precision(against=0.2), alike, standing)[0].ended == "known"
    assert _looked(_suite(), _precision(within=0.1), alike, standing)[0].ended == ""


def test_the_next_look_asks_for_more_of_what_varies(curve_of):
    """The prompt whose answers vary gets more than the one whose answers are alike, and neither gets fewer."""
    varied, standing = curve_of(VARIED, ["b"] * 10), Standing(temperature=1.0, looks=1, sizes=(10, 10))
    (after,) = _looked(_suite(), _precision(within=0.05), varied, standing)
    assert (after.looks, after.ended) == (2, "")
    assert after.sizes[0] > after.sizes[1] >= 10


def test_sampling_ends_with_the_looks_or_with_the_samples(curve_of):
    """Whichever is used up first is the reason."""
    varied, precision = curve_of(VARIED, VARIED), _precision(within=0.01)
    last = Standing(temperature=1.0, looks=4, sizes=(10, 10))
    assert _looked(_suite(), precision, varied, last)[0].ended == "looks"
    assert _looked(_suite(samples=10), precision, varied, replace(last, looks=2))[0].ended == "samples"


def test_what_has_ended_stays_as_it_is(curve_of):
    """No look opens a temperature again."""
    ended = Standing(temperature=1.0, looks=2, sizes=(10, 10), ended="known")
    assert _looked(_suite(), _precision(within=0.01), curve_of(VARIED, VARIED), ended) == (ended,)


def test_lost_draws_double_all_prompts_alike(curve_of):
    """Where cells hold fewer than was wanted, variances say nothing of who needs more."""
    varied, standing = curve_of(VARIED[:9], VARIED), Standing(temperature=1.0, looks=1, sizes=(10, 10))
    assert _looked(_suite(), _precision(within=0.01), varied, standing)[0].sizes == (20, 20)


def test_nothing_is_decided_by_a_handful(curve_of):
    """Below eight samples of each prompt there is no stand, and the reason says so."""
    (stand,) = stands({"exact_agreement": curve_of(["a"] * 7, ["b"] * 7)}, _precision(against=0.1), level=0.95)
    assert (stand.low, stand.side, stand.reason) == (None, 0, "too few samples")


def test_a_mean_that_lies_on_the_value_has_no_plan(curve_of):
    """How many samples find the side of a value that the mean has is not to be told."""
    alike = {"exact_agreement": curve_of(["a"] * 10, ["b"] * 10)}
    (stand,) = stands(alike, _precision(against=1.0), level=0.95)
    assert stand.n_fixed is None


def test_what_is_seen_is_of_every_prompt_or_of_none(curve_of):
    """A prompt without a variance leaves the mean's unknown."""
    varied = curve_of(VARIED, VARIED)
    assert seen_at(AGREEMENT, varied.points[0]).sizes == (10, 10)
    assert seen_at(AGREEMENT, curve_of(VARIED, ["a", "b"]).points[0]) is None


def test_a_plan_without_looks_takes_what_the_neediest_takes(curve_of):
    """Its samples are those of the goal that needs most; its interval pays for no looks, so they may be fewer."""
    precision = Precision(goals=(Goal(metric="exact_agreement", within=0.2), Goal(metric="length_words", within=9.0)))
    curves = {"exact_agreement": curve_of(VARIED, VARIED), "length_words": curve_of(VARIED, VARIED, metric=WORDS)}
    known = stands(curves, precision, level=0.95)
    suite = replace(_suite(), standings=(Standing(temperature=1.0, looks=1, sizes=(10, 10)),))
    found = sequential(suite, precision, known, level=0.95)
    assert found.n_fixed == max(stand.n_fixed for stand in known if stand.n_fixed is not None)
    assert math.isclose(found.level_at_a_look**4, 0.95)


def test_the_page_is_warned_where_sampling_stopped_by_what_was_seen():
    """A fixed plan needs no such words."""
    standing = Standing(temperature=1.0, looks=2, sizes=(10, 25))
    stopped = replace(_suite(), precision=_precision(within=0.1), standings=(standing,))
    assert "10 to 25 samples" in looked_at(stopped)[0].fact
    assert looked_at(_suite()) == ()
