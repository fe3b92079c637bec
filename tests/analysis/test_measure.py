import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalkit.analysis.measure import clipped, measure_cell, values_of
from evalkit.errors import StatisticsError
from evalkit.metrics.base import pair_metric, sample_metric, set_metric
from evalkit.nouns import FinishReason, Undefined

SEEN: list[object] = []


def _noted(text: str) -> str:
    SEEN.append(text)
    return text.upper()


@pair_metric(unit="words", bounds=(-math.inf, math.inf))
def length_difference(a: str, b: str) -> float:
    """Return how much longer one text is than the other.

    References:
        Definition by this project.
    """
    return float(abs(len(a) - len(b)))


@pair_metric(unit="similarity", bounds=(0.0, 1.0), prepare=_noted)
def same_capitals(a: str, b: str) -> float:
    """Return 1 when two texts are equal in capitals.

    References:
        Definition by this project.
    """
    SEEN.append((a, b))
    return float(a == b)


@sample_metric(unit="share", bounds=(0.0, 1.0))
def share_of_a(text: str) -> float | None:
    """Return the share of the letter a; None for a text without letters.

    References:
        Definition by this project.
    """
    return text.count("a") / len(text) if text else None


@set_metric(unit="words", bounds=(0.0, math.inf), depends_on_n=False)
def mean_length(texts: list[str]) -> float:
    """Return the mean length.

    References:
        Definition by this project.
    """
    return sum(map(len, texts)) / len(texts)


@set_metric(unit="words", bounds=(0.0, math.inf), depends_on_n=False)
def no_number(texts: list[str]) -> float:
    """Return what is no number.

    References:
        Definition by this project.
    """
    return float("nan") * len(texts)


@set_metric(unit="words", bounds=(0.0, math.inf), depends_on_n=False)
def of_four(texts: list[str]) -> float:
    """Return the number of texts, four or more.

    References:
        Definition by this project.
    """
    if len(texts) < 4:
        raise Undefined("fewer than four")
    return float(len(texts))


def test_sample_form_is_a_mean_with_the_interval_of_a_tail(cell_of, metric_of):
    """Length in words is the mean over samples, and its interval reaches further up than down."""
    found = measure_cell(metric_of("length_words"), cell_of(["one", "one two", "one two three four"]))
    assert found.value == pytest.approx(7 / 3)
    assert found.interval.high - found.value > found.value - found.interval.low > 0
    assert (found.n_samples, found.method) == (3, "t ends on a logarithmic scale and bootstrap-t over samples")


def test_sample_form_without_bounds_has_a_t_interval(cell_of, metric_of):
    """What is bounded nowhere has scipy's t interval."""
    metric = replace(metric_of("length_words"), bounds=(-math.inf, math.inf))
    found = measure_cell(metric, cell_of(["one", "one two", "one two three four"]))
    expected = stats.ttest_1samp([1, 2, 4], 0).confidence_interval(0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((expected.low, expected.high))


def test_right_or_wrong_is_clopper_pearson(cell_of, metric_of):
    """Accuracy of 19 in 20 has the exact binomial interval."""
    found = measure_cell(metric_of("accuracy"), cell_of(["B"] * 19 + ["C"], reference="B"))
    expected = stats.binomtest(19, 20).proportion_ci(0.95)
    assert found.value == pytest.approx(0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((expected.low, expected.high))


def test_all_right_is_not_certain(cell_of, metric_of):
    """Twenty right answers of twenty leave room for wrong ones."""
    found = measure_cell(metric_of("accuracy"), cell_of(["B"] * 20, reference="B"))
    assert (found.interval.low, found.interval.high) == (pytest.approx(0.025 ** (1 / 20)), 1.0)


def test_no_reference_is_undefined(cell_of, metric_of):
    """Accuracy without a gold answer has a reason, not a value."""
    found = measure_cell(metric_of("accuracy"), cell_of(["B"] * 3))
    assert (found.value, found.undefined) == (None, "the prompt has no reference")


def test_bounded_share_stays_inside(cell_of):
    """A share that is neither 0 nor 1 throughout has an interval inside its bounds."""
    found = measure_cell(share_of_a, cell_of(["ab", "aab", "b", "a"]))
    assert 0.0 <= found.interval.low < found.value < found.interval.high <= 1.0


def test_equal_shares_inside_have_the_exact_bound(cell_of):
    """Equal shares of one half may be wrong on both sides."""
    found = measure_cell(share_of_a, cell_of(["ab"] * 10))
    other = 0.5 * (1 - 0.05**0.1)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.5 - other, 0.5 + other))


def test_texts_without_a_value_are_left_out_and_counted(cell_of):
    """Of four texts one has no letters: the mean rests on three."""
    found = measure_cell(share_of_a, cell_of(["ab", "", "a", "b"]))
    assert (found.value, found.n_samples) == (pytest.approx(0.5), 3)


def test_no_text_with_a_value_is_undefined(cell_of):
    """Where no text has a value there is a reason."""
    found = measure_cell(share_of_a, cell_of(["", ""]))
    assert (found.value, found.undefined) == (None, "only 0 samples of 2 have a value")


def test_equal_lengths_have_no_interval(cell_of, metric_of):
    """Equal values without an upper bound have no interval, and the method says so."""
    found = measure_cell(metric_of("length_words"), cell_of(["one two"] * 5))
    assert (found.value, found.interval) == (2.0, None)
    assert "all values are equal" in found.method


def test_pair_form_is_the_mean_over_pairs(cell_of, metric_of):
    """Agreement of aab is one pair in three, without bias."""
    found = measure_cell(metric_of("exact_agreement"), cell_of(["a", "a", "b"]))
    assert found.value == pytest.approx(1 / 3)
    assert found.interval.low < 1 / 3 < found.interval.high


@given(texts=st.lists(st.sampled_from(["a b", "a c", "b", ""]), min_size=2, max_size=8))
def test_short_way_and_pairs_agree(texts):
    """The matrix of a metric and its pairs one by one give the same value."""
    from evalkit.metrics.word_jaccard_distance import word_jaccard_distance as metric
    from evalkit.nouns import Cell, CellOutcomes, Decoding, Draw, Endpoint, Prompt, Sample

    cell = Cell(endpoint=Endpoint(model="m"), prompt=Prompt(id="p", messages=()), decoding=Decoding())
    outcomes = CellOutcomes(
        cell=cell, samples=tuple(Sample(draw=Draw(cell=cell, replicate=i), text=t) for i, t in enumerate(texts))
    )
    pairwise = replace(metric, function=metric.function.function)
    assert measure_cell(pairwise, outcomes).value == pytest.approx(measure_cell(metric, outcomes).value)


def test_each_text_is_prepared_once_and_each_pair_asked_once(cell_of):
    """Twelve texts of three kinds are prepared three times, and compared no more often than needed."""
    SEEN.clear()
    found = measure_cell(same_capitals, cell_of(["a", "b"] * 5 + ["A", "c"]))
    prepared = [seen for seen in SEEN if isinstance(seen, str)]
    asked = [seen for seen in SEEN if isinstance(seen, tuple)]
    assert sorted(prepared) == ["A", "a", "b", "c"], "each different text once"
    assert len(asked) == 6 + 2, "six pairs of different texts, and two texts that repeat"
    expected = np.mean([a == b for a, b in combinations("AB" * 5 + "AC", 2)])
    assert found.value == pytest.approx(expected)


def test_what_a_metric_looks_at_is_looked_at_once(cell_of):
    """Samples of one text and one mark have one value, and a cell's values are kept for who asks again."""
    asked = []

    @sample_metric(unit="share", bounds=(0.0, 1.0), needs="samples", sees=("text", "refused"))
    def marked(sample):
        """Return whether it is marked."""
        asked.append(sample.text)
        return float(sample.refused)

    cell = cell_of(["a", "b", "a", "a"])
    odd = replace(cell.samples[3], finish_reason=FinishReason.CONTENT_FILTER)
    cell = replace(cell, samples=(*cell.samples[:3], odd))
    assert measure_cell(marked, cell).value == 0.25
    assert sorted(asked) == ["a", "a", "b"]
    assert values_of(marked, cell) == [0.0, 0.0, 0.0, 1.0]
    assert len(asked) == 3


def test_all_equal_texts_have_a_bound(cell_of, metric_of):
    """Twenty equal texts: the chance that two agree is 0.74 at least."""
    found = measure_cell(metric_of("exact_agreement"), cell_of(["same"] * 20))
    assert (found.interval.low, found.interval.high) == (pytest.approx(0.05**0.1), 1.0)
    assert found.method.startswith("exact bound")


def test_all_different_texts_have_a_bound(cell_of, metric_of):
    """Twenty different texts: the chance that two agree is 0.062 at most."""
    found = measure_cell(metric_of("exact_agreement"), cell_of([str(i) for i in range(20)]))
    assert (found.interval.low, found.interval.high) == (0.0, pytest.approx(0.061868, abs=1e-6))


def test_pairs_without_bounds_have_no_interval(cell_of):
    """A pair metric without a lower bound has a value and a reason for no interval."""
    found = measure_cell(length_difference, cell_of(["a", "ab", "abcd"]))
    assert (found.value, found.interval, found.method) == (2.0, None, "none: the metric has no lower bound")


def test_equal_words_in_common_have_no_interval(cell_of, metric_of):
    """Equal counts without an upper bound have no interval, never one of width zero."""
    found = measure_cell(metric_of("prefix_agreement"), cell_of(["one two"] * 5))
    assert (found.value, found.interval) == (2.0, None)


def test_vectors_stand_for_texts(cell_of, metric_of):
    """Rows at right angles are at distance 1, equal rows at 0."""
    rows = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    found = measure_cell(metric_of("vector_distance"), cell_of(["a", "a", "b"]), derived={"vectors": rows})
    assert found.value == pytest.approx(2 / 3)


@pytest.mark.parametrize("vectors", [None, np.zeros((2, 1))])
def test_missing_vectors_are_refused(cell_of, metric_of, vectors):
    """A metric of vectors does not guess them."""
    derived = {} if vectors is None else {"vectors": vectors}
    with pytest.raises(StatisticsError, match="row for each of 3 samples"):
        measure_cell(metric_of("vector_distance"), cell_of(["a", "b", "c"]), derived=derived)


@pytest.mark.parametrize("name", ["unique_share", "distinct_n", "total_agreement", "compression_ratio"])
def test_set_form_that_hangs_on_n_has_no_interval(cell_of, metric_of, name):
    """No resampling of replicates, ever: the value stands alone and the method says why."""
    found = measure_cell(metric_of(name), cell_of(["a b c", "a b d", "a b c", "e f"] * 3))
    assert found.value is not None
    assert found.interval is None
    assert found.method.startswith("none: ")


def test_set_form_that_does_not_has_a_jackknife(cell_of):
    """A functional that does not hang on n has the delete-one interval, for a mean the t interval."""
    found = measure_cell(mean_length, cell_of(["a", "ab", "abcd", "abcdef"]))
    expected = stats.ttest_1samp([1, 2, 4, 6], 0).confidence_interval(0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((max(0, expected.low), expected.high))
    assert found.method == "delete-one jackknife over samples"


def test_set_form_with_vectors_is_jackknifed_by_rows(cell_of):
    """Leaving out a sample leaves out its row."""
    metric = replace(mean_length, needs=("vectors",), function=lambda rows: float(rows.mean()))
    found = measure_cell(metric, cell_of(["a", "b", "c"]), derived={"vectors": np.array([[1.0], [2.0], [4.0]])})
    expected = stats.ttest_1samp([1, 2, 4], 0).confidence_interval(0.95)
    assert found.interval.high == pytest.approx(expected.high)


@pytest.mark.parametrize(
    ("metric", "texts", "method"),
    [
        (mean_length, ["ab"] * 4, "none: all values are equal, and nothing is known of their spread"),
        (mean_length, ["ab"], "none: too few samples for a spread"),
        (of_four, ["a", "ab", "b", "c"], "none: too few samples for a spread"),
    ],
)
def test_set_form_without_a_spread_has_no_interval(cell_of, metric, texts, method):
    """Equal values, one sample, or values undefined without a sample have no interval."""
    found = measure_cell(metric, cell_of(texts))
    assert (found.interval, found.method) == (None, method)


def test_no_number_is_undefined(cell_of):
    """A metric that gives no number has a reason, not a value."""
    assert measure_cell(no_number, cell_of(["a"])).undefined == "the metric gave a number that is not finite"


def test_no_number_of_a_pair_is_undefined(cell_of):
    """A matrix with a hole is no value."""
    metric = replace(length_difference, function=lambda a, b: math.inf if a != b else 0.0)
    assert "not finite" in measure_cell(metric, cell_of(["a", "b"])).undefined


def test_a_hole_in_the_matrix_is_undefined(cell_of, metric_of):
    """A vector that holds no number leaves the cell without a value."""
    rows = np.array([[1.0, 0.0], [np.nan, 0.0]])
    assert (
        "not finite"
        in measure_cell(metric_of("vector_distance"), cell_of(["a", "b"]), derived={"vectors": rows}).undefined
    )


def test_none_of_a_pair_is_undefined(cell_of):
    """A pair without a value leaves the cell without one."""
    metric = replace(length_difference, function=lambda a, b: None)  # noqa: ARG005 - of two texts
    assert measure_cell(metric, cell_of(["a", "b"])).undefined == "the metric gave none"


@pytest.mark.parametrize(("texts", "reason"), [([], "0 samples, fewer"), (["a"], "1 sample, fewer")])
def test_too_few_samples_are_undefined(cell_of, metric_of, texts, reason):
    """One sample makes no pair: a reason, never 0 or 1."""
    found = measure_cell(metric_of("exact_agreement"), cell_of(texts, failures=3))
    assert (found.value, found.interval, found.n_samples) == (None, None, len(texts))
    assert found.undefined.startswith(reason)


def test_a_pair_metric_that_asks_for_one_still_needs_two(cell_of):
    """Whatever a metric claims, one sample makes no pair."""
    metric = replace(length_difference, min_samples=1)
    assert measure_cell(metric, cell_of(["a"])).undefined == "one sample makes no pair"


def test_cut_refused_and_empty_texts_count(cell_of, metric_of):
    """Every sample is a text, whatever ended it; failures are none."""
    outcomes = cell_of(["", "", "I can not"], finish_reason=FinishReason.LENGTH, refusal="no", failures=2)
    assert measure_cell(metric_of("exact_agreement"), outcomes).n_samples == 3


def test_level_goes_through(cell_of, metric_of):
    """An interval of a lower level is shorter and says its level."""
    cell = cell_of(["a", "b", "a", "c", "a", "a", "b"])
    wide, narrow = (measure_cell(metric_of("exact_agreement"), cell, level=level).interval for level in (0.95, 0.5))
    assert (wide.level, narrow.level) == (0.95, 0.5)
    assert narrow.width < wide.width


@pytest.mark.parametrize("name", ["exact_agreement", "edit_similarity", "word_jaccard_distance", "length_words"])
@given(texts=st.lists(st.sampled_from(["a b", "a", "b a", "\ud800"]), min_size=1, max_size=9))
def test_no_interval_is_without_width(texts, name):
    """Whatever the texts, an interval has width and holds the value."""
    from evalkit.metrics.base import resolve
    from evalkit.nouns import Cell, CellOutcomes, Decoding, Draw, Endpoint, MetricRequest, Prompt, Sample

    cell = Cell(endpoint=Endpoint(model="m"), prompt=Prompt(id="p", messages=()), decoding=Decoding())
    samples = tuple(Sample(draw=Draw(cell=cell, replicate=i), text=text) for i, text in enumerate(texts))
    found = measure_cell(resolve(MetricRequest(name=name)), CellOutcomes(cell=cell, samples=samples))
    assert (found.value is None) == (found.undefined is not None)
    if found.interval is not None:
        assert found.interval.low < found.interval.high
        assert found.interval.low - 1e-9 <= found.value <= found.interval.high + 1e-9


def test_clipping_to_nothing_is_none():
    """An interval that lies outside its bounds is none."""
    assert (clipped((2.0, 3.0), (0.0, 1.0)), clipped(None, (0.0, 1.0))) == (None, None)


def test_answers_of_some_texts_only_agree_as_far_as_there_are_any(cell_of, metric_of):
    """Texts without an answer agree with nothing, not even with one another, and are no error."""
    metric = metric_of("exact_agreement", level="answer", pattern=r"Answer: (\w+)")
    found = measure_cell(metric, cell_of(["Answer: A", "Answer: A", "no", "none", "Answer: B"]))
    assert found.value == pytest.approx(1 / 10)
    assert found.interval is not None
