"""Metrics of equal answers by hand: what is the same, what has no value, and faults of others that are not ours."""

from __future__ import annotations

import math
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import UnknownNameError, UsageError
from evalkit.metrics.base import bind
from evalkit.metrics.chao1_richness import chao1_richness
from evalkit.metrics.distinct_at_k import distinct_at_k
from evalkit.metrics.distinct_valid_at_k import distinct_valid_at_k
from evalkit.metrics.entropy import entropy
from evalkit.metrics.extrapolated_distinct import extrapolated_distinct
from evalkit.metrics.hill_number import hill_number
from evalkit.metrics.modal_share import modal_share
from evalkit.metrics.pass_at_k import pass_at_k
from evalkit.metrics.pass_hat_k import pass_hat_k
from evalkit.metrics.reference_agreement import reference_agreement
from evalkit.metrics.sample_coverage import sample_coverage
from evalkit.metrics.tar_at_k import tar_at_k
from evalkit.metrics.total_agreement import total_agreement
from evalkit.metrics.unique_share import unique_share
from evalkit.nouns import Panel, Undefined
from evalkit.stats.ustatistic import pair_interval

ANSWER = r'Answer\("([A-E])"\)'
NAN = math.nan
OF_TEXTS = (
    *(tar_at_k, distinct_at_k, total_agreement, unique_share, modal_share, hill_number),
    *(chao1_richness, sample_coverage, entropy, extrapolated_distinct),
)
DRIFTING = (*OF_TEXTS[2:5], *OF_TEXTS[6:])
ANSWERS = st.lists(st.sampled_from("abcdé"), min_size=5, max_size=9)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("今天天气很好。", "今天天气不错。"),
        ("الجو جميل اليوم", "الطقس حار"),
        ("\N{WHITE FLAG}\ufe0f\u200d\N{RAINBOW}", "\N{WHITE FLAG}"),
        ("", "word"),
    ],
    ids=["chinese", "arabic", "emoji", "empty"],
)
@pytest.mark.parametrize("metric", OF_TEXTS, ids=lambda metric: metric.name)
def test_any_script_and_nothing_at_all_are_answers(metric, text, other):
    """Six of one and six of another have the value of six letters and six others, whatever the texts."""
    seen, plain = [text, other] * 6, ["a", "b"] * 6
    prepared = [[metric.prepare(each) if metric.prepare else each for each in texts] for texts in (seen, plain)]

    assert metric.function(prepared[0]) == pytest.approx(metric.function(prepared[1]))


@given(answers=ANSWERS)
@pytest.mark.parametrize("metric", [tar_at_k, distinct_at_k], ids=lambda metric: metric.name)
def test_k_samples_are_the_mean_over_all_choices(metric, answers):
    """From n samples the value is the mean of what every choice of k of them gives."""
    bound = bind(metric, {"k": 4})
    each = [bound.function(list(choice)) for choice in combinations(answers, 4)]

    assert bound.function(answers) == pytest.approx(sum(each) / len(each))
    assert bound.function(answers[::-1]) == bound.function(answers)


@pytest.mark.parametrize("metric", DRIFTING, ids=lambda metric: metric.name)
def test_what_drifts_with_n_says_so(metric):
    """A metric that more samples change is off the front, and can be brought down to a common number of them."""
    assert metric.panel is Panel.LITERATURE
    assert metric.depends_on_n
    assert not bind(metric, {"rarefy": 4}).depends_on_n


@pytest.mark.parametrize("metric", [tar_at_k, distinct_at_k, distinct_valid_at_k, pass_at_k, pass_hat_k])
def test_what_is_told_of_k_does_not_drift(metric):
    """A number of k draws is told from k samples on, is a mean over subsets of k, and stands on the front."""
    bound = bind(metric, {"k": 3})

    assert (bound.min_samples, bound.order) == (3, 3)
    assert metric.panel is Panel.FRONT
    assert not metric.depends_on_n
    with pytest.raises(UsageError, match=f"{metric.name} can not take k=0"):
        bind(metric, {"k": 0})


@pytest.mark.parametrize(
    ("metric", "items"),
    [
        (tar_at_k, ["a"] * 4),
        (distinct_at_k, [0] * 9),
        (distinct_valid_at_k, [(0, 1.0)] * 9),
        (pass_at_k, [1.0] * 4),
        (pass_hat_k, [1.0] * 4),
    ],
    ids=lambda given: getattr(given, "name", ""),
)
def test_fewer_samples_than_draws_have_no_value(metric, items):
    """A number of k draws is never guessed from fewer than k samples."""
    with pytest.raises(Undefined, match=f"{len(items)} samples, fewer than"):
        metric.function(items)


def test_tar_counts_case_unless_told_otherwise(of_cell):
    """The first code of the rate's authors lower-cased the texts; here that is a level one asks for."""
    texts = ["Blue", "blue", "Blue ", "BLUE", "blue"]

    assert of_cell("tar_at_k", texts) == of_cell("total_agreement", texts) == 0.0
    assert of_cell("tar_at_k", texts, level="loose") == of_cell("total_agreement", texts, level="loose") == 1.0


@pytest.mark.parametrize("first", ["other", "same"])
def test_agreement_is_of_all_samples_not_with_the_first(of_cell, first):
    """A rival's scorer compares the first answer with the rest; here the place of the odd one does not matter."""
    texts = ["odd", *["a"] * 9] if first == "other" else ["a", "odd", *["a"] * 8]

    assert of_cell("tar_at_k", texts, k=2) == pytest.approx(0.8)
    assert of_cell("tar_at_k", texts) == pytest.approx(0.5)
    assert of_cell("modal_share", texts) == pytest.approx(0.9)


def test_a_missing_answer_agrees_with_none(of_cell):
    """Runs without an answer make total agreement fail, even where all of them lack it."""
    texts = ['Answer("B")'] * 4 + ["I can not say."]

    assert of_cell("total_agreement", texts, level="answer", pattern=ANSWER) == 0.0
    assert of_cell("total_agreement", ["?", "?"], level="answer", pattern=ANSWER) == 0.0
    assert of_cell("tar_at_k", texts, level="answer", pattern=ANSWER, k=2) == pytest.approx(6 / 10)
    assert of_cell("hill_number", texts, level="answer", pattern=ANSWER, q=0) == 2.0


def test_the_number_of_different_answers_counts_the_first():
    """A rival's field of that name is one less: equal samples hold one answer, not none."""
    assert distinct_at_k.function([7] * 12) == 1.0
    assert distinct_at_k.function(list(range(10))) == 10.0


def test_only_acceptable_answers_count_but_all_are_drawn():
    """Of four samples two answers are acceptable: two draws meet one in one half of the choices, the other too."""
    items = [(0, 1.0), (0, 0.2), (1, 0.5), (2, NAN)]

    assert bind(distinct_valid_at_k, {"k": 2}).function(items) == pytest.approx(1.0)
    assert bind(distinct_valid_at_k, {"k": 4}).function(items) == 2.0
    assert bind(distinct_valid_at_k, {"k": 2}).function([(0, 0.0)] * 3) == 0.0


@pytest.mark.parametrize(
    ("metric", "items"),
    [(distinct_valid_at_k, [(0, NAN)] * 10), (pass_at_k, [NAN] * 10), (pass_hat_k, [NAN] * 10)],
    ids=lambda given: getattr(given, "name", ""),
)
def test_without_any_quality_there_is_no_value(metric, items):
    """A quality that exists for no sample is no quality of 0."""
    for ask in (metric.function, lambda seen: metric.interval(seen, 0.95)):
        with pytest.raises(Undefined, match="no sample has a quality"):
            ask(items)


def test_passes_are_not_powers_of_the_share():
    """Of four samples one is right: two tries hold it in one half, where the biased formula says 7/16; never both."""
    qualities = np.array([1.0, 0.0, 0.4, NAN])

    assert bind(pass_at_k, {"k": 2}).function(qualities) == pytest.approx(1 / 2)
    assert bind(pass_hat_k, {"k": 2}).function(qualities) == 0.0


@pytest.mark.parametrize("right", range(8))
@pytest.mark.parametrize("metric", [pass_at_k, pass_hat_k], ids=lambda metric: metric.name)
def test_intervals_of_passes_hold_their_value(metric, right):
    """Whatever the number right, the interval has a width, stays in [0, 1] and holds the value."""
    qualities = [1.0] * right + [0.0] * (7 - right)
    (low, high), how = bind(metric, {"k": 3}).interval(qualities, 0.95)

    assert 0.0 <= low <= bind(metric, {"k": 3}).function(qualities) <= high <= 1.0
    assert low < high
    assert how.startswith("exact interval")


@pytest.mark.parametrize("texts", [["a"] * 10, list("abcdefghij"), list("aaaaabbbcd"), ["", *"aaaaaaaaa"]])
@pytest.mark.parametrize("metric", [tar_at_k, modal_share, extrapolated_distinct], ids=lambda metric: metric.name)
def test_intervals_within_a_prompt_hold_their_value_in_any_order(metric, texts):
    """Samples that all agree, all differ or neither give an interval with a width that no order of them changes."""
    bound = bind(metric, {"m": 5}) if metric is extrapolated_distinct else metric
    (low, high), _ = bound.interval(texts, 0.95)

    assert low <= bound.function(texts) <= high
    assert low < high
    assert bound.interval(texts[::-1], 0.95)[0] == (low, high)


@pytest.mark.parametrize("classes", [[0] * 12, list(range(12)), [0, 0, 0, 1, 1, 2] * 2])
def test_intervals_of_different_answers_hold_their_value(classes):
    """The number of different answers lies in its interval, and that of acceptable ones too, all of them or half."""
    for metric, items in (
        (distinct_at_k, classes),
        (distinct_valid_at_k, [(each, 1.0) for each in classes]),
        (distinct_valid_at_k, [(each, float(place % 2)) for place, each in enumerate(classes)]),
    ):
        (low, high), _ = metric.interval(items, 0.95)

        assert metric.bounds[0] <= low <= metric.function(items) <= high <= metric.bounds[1]
        assert low < high


def test_extrapolation_beyond_the_samples_has_no_interval():
    """What was never seen has no spread that the samples could tell."""
    assert extrapolated_distinct.interval(["a", "b"], 0.95)[0] is None


def test_extrapolation_ends_at_twice_the_samples():
    """Twice as many samples can be guessed from these, more can not; a number of one's own is no drift."""
    assert extrapolated_distinct.function(["a"] * 5) == 1.0
    assert not bind(extrapolated_distinct, {"m": 10}).depends_on_n
    with pytest.raises(Undefined, match="11 samples are more than twice the 5"):
        bind(extrapolated_distinct, {"m": 11}).function(["a"] * 5)


def test_hill_number_inverts_the_interval_of_agreement():
    """The interval of order 2 is that of two samples agreeing, upside down; none where they may never agree."""
    low, high = pair_interval(np.ones((20, 20)), equality=True)

    assert hill_number.interval(["a"] * 20, 0.95)[0] == (1 / high, 1 / low)
    assert hill_number.interval(list("abcdef"), 0.95)[0] is None
    assert bind(hill_number, {"q": 1.0}).interval(["a", "a", "b"], 0.95)[0] is None


def test_hill_number_drifts_unless_it_is_rarefied():
    """The inverse of an unbiased chance is too large with few samples: over all throws of a coin 2.5 at n = 3."""
    means = {n: np.mean([hill_number.function(throw) for throw in product("ab", repeat=n)]) for n in (3, 12)}
    assert means == {3: pytest.approx(2.5), 12: pytest.approx(2.0, abs=0.03)}
    assert hill_number.depends_on_n
    assert bind(hill_number, {"q": 1.0}).depends_on_n
    assert not bind(hill_number, {"q": 1.0, "rarefy": 4}).depends_on_n
    assert bind(bind(hill_number, {"q": 1.0, "rarefy": 4}), {"rarefy": None}).depends_on_n


def test_an_estimator_is_one_of_four():
    """A misspelt estimator is answered with the one that was meant."""
    with pytest.raises(UnknownNameError, match="did you mean 'chao_shen'"):
        bind(entropy, {"estimator": "chao_shan"})


def test_one_sample_tells_nothing_of_others():
    """Coverage, entropy and richness of one sample do not exist."""
    for metric in (sample_coverage, entropy, chao1_richness):
        with pytest.raises(Undefined):
            metric.function(["a"])


@pytest.mark.parametrize(
    ("text", "level", "expected"),
    [("Paris.", "raw", 1.0), ("paris.", "raw", 0.0), ("paris. ", "loose", 1.0), ("", "raw", 0.0)],
)
def test_reference_agreement_is_with_a_known_output(text, level, expected):
    """A sample is the reference output at a level, or not."""
    bound = bind(reference_agreement, {"level": level})

    assert bound.function(bound.prepare(text), "Paris.") == expected


def test_reference_agreement_of_answers():
    """Both answers are looked for by the pattern; a reference without one gives no value."""
    bound = bind(reference_agreement, {"level": "answer", "pattern": ANSWER})

    assert bound.function(bound.prepare('So Answer("B")'), 'Answer("B")') == 1.0
    assert bound.function(bound.prepare("?"), 'Answer("B")') == 0.0
    with pytest.raises(Undefined, match="holds nothing at the level 'answer'"):
        bound.function("b", "B")
    with pytest.raises(Undefined, match="no reference"):
        bound.function("b", None)
