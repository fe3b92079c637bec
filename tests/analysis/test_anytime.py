import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from evalkit.analysis.anytime import anytime, narrow_enough
from evalkit.analysis.measure import measure_cell
from evalkit.errors import StatisticsError
from evalkit.loopback.enumerable import EnumerableLanguage
from evalkit.metrics.base import pair_metric, sample_metric
from evalkit.stats.sequential import BinarySequence, BoundedSequence, pair_rounds

ROWS = ((1.0, 0.0, -0.5), (0.3, 1.2, 0.4), (0.8, -0.4, 0.9))
LANGUAGE = EnumerableLanguage(words=("sun", "rain"), logits=ROWS, max_tokens=4)
TEXTS = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=2, max_size=24)


@sample_metric(unit="share", bounds=(0.0, 1.0))
def share_of_a(text: str) -> float | None:
    """Return the share of the letter a; None for a text without letters.

    References:
        Definition by this project.
    """
    return text.count("a") / len(text) if text else None


@pair_metric(unit="letters", bounds=(0.0, 1.0))
def beyond_its_bounds(a: str, b: str) -> float:
    """Return a difference in letters, which is not between the bounds.

    References:
        Definition by this project.
    """
    return float(abs(len(a) - len(b)))


def _edits(texts):
    return np.array([[Levenshtein.normalized_distance(a, b) for b in texts] for a in texts])


def _source(name, temperature):
    """Return a law and what a metric of one or two of its answers is in the mean."""
    law = LANGUAGE.at(temperature)
    if name == "exact_agreement":
        return law, law.agreement
    if name == "empty_share":
        return law, float(law.probabilities[LANGUAGE.texts.index("")])
    return law, law.expect_pair(_edits(LANGUAGE.texts)).mean


def _answers(law, rng, n):
    return [LANGUAGE.texts[place] for place in law.draw(rng, n)]


@pytest.mark.parametrize(
    ("name", "temperatures"),
    [
        ("exact_agreement", [0.4]),
        ("exact_agreement", [0.4, 1.5]),
        ("edit_distance", [0.7]),
        ("empty_share", [0.3, 1.0]),
    ],
)
def test_the_truth_is_ever_missed_as_seldom_as_promised(cell_of, metric_of, name, temperatures):
    """Of two hundred streams looked at four times each, no more miss their truth at any look than one in five."""
    rng, metric, missed = np.random.default_rng(7), metric_of(name), 0
    sources = [_source(name, t) for t in temperatures]
    truth = float(np.mean([mean for _, mean in sources]))
    for _ in range(200):
        texts = [_answers(law, rng, 32) for law, _ in sources]
        looks = (anytime(metric, [cell_of(t[:n]) for t in texts], level=0.8) for n in (6, 12, 20, 32))
        missed += any(truth not in look.interval for look in looks)
    assert missed <= 0.2 * 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # they only make cells and metrics
@given(texts=TEXTS, name=st.sampled_from(["exact_agreement", "edit_distance", "empty_share"]))
def test_the_value_is_the_usual_one_and_in_its_interval(cell_of, metric_of, texts, name):
    """Value and samples are those of the cell's measurement; the interval holds the value and has width."""
    metric, cell = metric_of(name), cell_of(texts)
    found, usual = anytime(metric, [cell]), measure_cell(metric, cell)
    assert (found.value, found.n_samples) == (usual.value, usual.n_samples)
    assert found.value in found.interval
    assert 0.0 <= found.interval.low < found.interval.high <= 1.0
    assert found.reason == ""


def test_over_prompts_it_is_the_mean_of_their_values(cell_of, metric_of):
    """Prompts have equal weight, however many samples; rounds are as many as the smallest has."""
    metric, cells = metric_of("exact_agreement"), [cell_of("aab", prompt="p1"), cell_of("aaaaaa", prompt="p2")]
    found = anytime(metric, cells)
    assert found.value == pytest.approx((1 / 3 + 1) / 2)
    assert (found.n_samples, found.n_rounds) == (9, 1)
    assert found.method == (
        "confidence sequence over 1 round of disjoint pairs, one of each of 2 prompts: valid whenever sampling stopped"
    )


def test_the_rounds_of_pairs_are_those_of_the_matrices(cell_of, metric_of):
    """The interval of two prompts is that of the stream that their whole matrices would give."""
    metric = metric_of("edit_distance")
    texts = [[("ab" * place)[place % 3 :] for place in range(size)] for size in (11, 8)]
    sequence = BoundedSequence()
    for value in pair_rounds([_edits(each) for each in texts]).tolist():
        sequence.add(value)
    found = anytime(metric, [cell_of(each, prompt=f"p{i}") for i, each in enumerate(texts)])
    assert (found.interval.low, found.interval.high) == pytest.approx(sequence.ends)
    assert found.n_rounds == 4


def test_whether_two_are_the_same_is_a_stream_of_yes_and_no(cell_of, metric_of):
    """Equality of one prompt's samples has the sequence of a probability, and other metrics that of bounded values."""
    chance, bounded = BinarySequence(), BoundedSequence()
    for _ in range(20):
        chance.add(1)
        bounded.add(1)
    same = anytime(metric_of("exact_agreement"), [cell_of(["a"] * 40)])
    empty = anytime(metric_of("empty_share"), [cell_of([""] * 20)])
    assert (same.interval.low, same.interval.high) == chance.ends
    assert (empty.interval.low, empty.interval.high) == bounded.ends
    assert same.method == "confidence sequence over 20 disjoint pairs: valid whenever sampling stopped"
    assert empty.method == "confidence sequence over 20 samples: valid whenever sampling stopped"


def test_features_come_with_each_cell(cell_of, metric_of):
    """Rows of features are paired as texts are."""
    metric, labels = metric_of("cluster_agreement"), [[0, 0, 1, 1], [0, 1, 0, 1]]
    cells = [cell_of("abcd", prompt=f"p{i}") for i in range(2)]
    found = anytime(metric, cells, derived=[{"meanings": np.array(each)} for each in labels])
    sequence = BoundedSequence()
    for value in (0.5, 0.5):  # always the first prompt's pair agrees, and the second's does not
        sequence.add(value)
    assert (found.interval.low, found.interval.high) == pytest.approx(sequence.ends)
    assert found.value == pytest.approx(1 / 3)


def test_equal_answers_stop_early(cell_of, metric_of):
    """Where all answers are equal, 140 of them know the agreement to 0.05, and of varied ones they do not."""
    metric, rng = metric_of("exact_agreement"), np.random.default_rng(3)
    varied = ["ab"[place] for place in rng.integers(0, 2, 140)]
    assert not narrow_enough(anytime(metric, [cell_of(["a"] * 130)]), 0.05)
    assert narrow_enough(anytime(metric, [cell_of(["a"] * 140)]), 0.05)
    assert not narrow_enough(anytime(metric, [cell_of(varied)]), 0.05)
    assert narrow_enough(anytime(metric, [cell_of(varied)]), 0.2)


def test_another_level_is_another_interval(cell_of, metric_of):
    """More certainty costs width, and the interval says its level."""
    metric, cell = metric_of("edit_distance"), cell_of(["a", "b", "ab", "a"] * 8)
    usual, surer = anytime(metric, [cell]), anytime(metric, [cell], level=0.99)
    assert surer.interval.low <= usual.interval.low
    assert surer.interval.high > usual.interval.high
    assert surer.interval.level == 0.99


@pytest.mark.parametrize(
    ("name", "texts", "why"),
    [
        ("unique_share", "abab", "no mean over independent rounds"),
        ("length_words", "abab", "no bounds on both sides"),
        ("exact_agreement", "a", "prompt p1 has no value: 1 sample, fewer than the 2 it takes"),
        ("accuracy", "ab", "prompt p1 has no value: the prompt has no reference"),
    ],
)
def test_what_has_no_interval_says_why(cell_of, metric_of, name, texts, why):
    """There is no interval where there are no bounded rounds, and the reason is told; it is never narrow."""
    found = anytime(metric_of(name), [cell_of(texts)])
    assert found.interval is None
    assert why in found.reason
    assert found.method == f"none: {found.reason}"
    assert found.n_rounds == 0
    assert not narrow_enough(found, math.inf)


def test_classes_that_hang_on_the_number_of_samples_have_no_rounds(cell_of, metric_of):
    """Linked classes part as samples come, so that no constant mean is behind them."""
    metric = metric_of("cluster_agreement", equivalence="lexical")
    found = anytime(metric, [cell_of("abcd")], derived=[{"meanings": np.array([0, 0, 1, 1])}])
    assert found.value == pytest.approx(1 / 3)
    assert "changes with the number of samples" in found.reason


def test_a_sample_without_a_value_leaves_no_interval(cell_of):
    """To leave it out would be another question; the value says what the others have."""
    found = anytime(share_of_a, [cell_of(["a", "", "ab"])])
    assert found.value == pytest.approx(0.75)
    assert found.reason == "1 of 3 samples of prompt p1 have no value"


def test_a_metric_that_leaves_its_bounds_is_told(cell_of):
    """A number beyond the bounds makes no interval."""
    found = anytime(beyond_its_bounds, [cell_of(["a", "aaaa"])])
    assert found.interval is None
    assert found.reason == "the metric gave 3, which is not between its bounds"


def test_a_source_that_changes_fits_no_mean(cell_of, metric_of):
    """A hundred equal answers and then hundreds of different ones are of no constant agreement."""
    texts = ["a"] * 100 + [str(place) for place in range(600)]
    found = anytime(metric_of("exact_agreement"), [cell_of(texts)])
    assert found.interval is None
    assert found.value is not None
    assert "the source changed" in found.reason


def test_without_a_cell_there_is_nothing(metric_of):
    """No cell, no value."""
    found = anytime(metric_of("exact_agreement"), [])
    assert (found.value, found.interval, found.reason) == (None, None, "there is no cell")


def test_cells_of_two_temperatures_are_refused(cell_of, metric_of):
    """A mean over temperatures is no question that was asked."""
    with pytest.raises(StatisticsError, match="one temperature"):
        anytime(metric_of("exact_agreement"), [cell_of("ab"), cell_of("ab", temperature=0.5)])
