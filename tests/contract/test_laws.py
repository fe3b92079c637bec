"""Laws that hold of every metric, whatever the texts; a new file in evalkit/metrics is held to them by being there."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from contract.cells import measured
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from evalkit import registry
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import JSON, Form, Metric, MetricRequest

SMALL: dict[str, JSON] = {"k": 3}
"""Options that let a few samples of a few words be enough."""
PIECES = (
    *("a", "B", "The cat ", "sat on", "42", " ", "\n", ".", "\t"),
    *("猫", "坐在", "。", "日本", "ก็", "قطة ", "،", "שָ"),
    *("\N{ROCKET}", "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}", "\N{WAVING WHITE FLAG}\ufe0f\u200d\N{RAINBOW}", "\u200d"),
    *("\u00e9", "e\u0301", "\uff21", "\u00df", "\u0130", "\ud800", "\udfff", "\ufffd", "\x00", "\u202e"),
)
ALPHABETS = ("猫坐在日本人", "قطعمنه", "жщюбдф", "🚀🎈👍🌧🎻🍕", "กขคงจฉ")
OF_BYTES = {"compression_ratio", "normalised_compression_distance"}
"""Metrics that see how a word is spelt, in bytes."""


def small(name: str) -> Metric:
    """Return a metric of that name for cells of a few samples."""
    metric = resolve(MetricRequest(name=name))
    options = SMALL | ({"m": 2} if name == "rarefied_distinct_n" else {})
    return bind(metric, {option: value for option, value in options.items() if option in dict(metric.defaults)})


METRICS = tuple(small(name) for name in registry.names("metrics"))
UNBIASED = tuple(m for m in METRICS if m.order and not m.depends_on_n)
RAREFIED = tuple(m for m in METRICS if "rarefy" in dict(m.defaults) and m.depends_on_n)


def of(*metrics: Metric) -> pytest.MarkDecorator:
    """Return the mark that puts each of the metrics to the test."""
    return pytest.mark.parametrize("metric", metrics, ids=[metric.title for metric in metrics])


def few(number: int) -> settings:
    """Return the settings of a test that costs time with each of its examples."""
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    phases = [Phase.explicit, Phase.generate, Phase.shrink]
    return settings(max_examples=number, deadline=None, derandomize=True, suppress_health_check=slow, phases=phases)


def cells(least: int = 2, most: int = 6) -> st.SearchStrategy[list[str]]:
    """Return texts of many scripts, empty ones among them, with repetitions."""
    texts = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
    pools = st.lists(texts, min_size=1, max_size=4)
    return pools.flatmap(lambda pool: st.lists(st.sampled_from(pool), min_size=least, max_size=most))


def value(metric: Metric, texts: Sequence[str]) -> float | None:
    """Return the value for a cell that holds these texts."""
    (found,) = measured(metric, texts)
    return found.value


def near(expected: float | tuple[float, ...] | None) -> object:
    """Return what equals a value but for the order of additions; None is near to None."""
    return None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-9)


@of(*METRICS)
@few(20)
@given(texts=cells(least=1))
def test_a_value_is_within_bounds_and_inside_its_interval(metric: Metric, texts: list[str]) -> None:
    """What has no value says why; what has one is in its range, and its interval has a width and holds it."""
    (found,) = measured(metric, texts)
    low, high = metric.bounds

    assert (found.value is None) == bool(found.undefined)
    if found.value is None:
        assert found.interval is None
        return
    assert math.isfinite(found.value)
    assert low <= found.value <= high
    assert found.method
    if found.interval is not None:
        assert low <= found.interval.low <= found.value <= found.interval.high <= high
        assert found.interval.low < found.interval.high


@of(*METRICS)
@few(10)
@given(orders=cells(least=3).flatmap(lambda texts: st.tuples(st.just(texts), st.permutations(texts))))
@example(orders=(["a", "a", "a.", "a.", "a", "a."], ["a.", "a", "a", "a.", "a.", "a"]))
def test_samples_have_no_order(metric: Metric, orders: tuple[list[str], list[str]]) -> None:
    """Shuffling the samples of a cell changes neither the value, nor the interval, nor the reason for none."""
    (one,), (other,) = (measured(metric, texts) for texts in orders)

    assert one.value == near(other.value)
    assert (one.undefined, one.n_samples, one.method) == (other.undefined, other.n_samples, other.method)
    assert (one.interval is None) == (other.interval is None)
    if one.interval is not None and other.interval is not None:
        assert (one.interval.low, one.interval.high) == near((other.interval.low, other.interval.high))


@of(*UNBIASED)
@few(6)
@given(texts=cells(least=4))
def test_a_mean_over_subsets_is_the_mean_of_those_that_leave_one_out(metric: Metric, texts: list[str]) -> None:
    """A value that does not hang on n is on average the same when a sample is taken away, whichever it is."""
    whole, *rest = measured(metric, texts, *(texts[:place] + texts[place + 1 :] for place in range(len(texts))))
    assume(whole.n_samples == len(texts) and all(part.value is not None for part in rest))

    assert whole.value == near(math.fsum(part.value or 0.0 for part in rest) / len(rest))


@of(*(m for m in METRICS if m.form is Form.SAMPLE))
@few(5)
@given(texts=cells())
def test_a_mean_over_samples_stays_when_each_is_there_twice(metric: Metric, texts: list[str]) -> None:
    """Twice the same samples have the same mean."""
    once, twice = measured(metric, texts, texts * 2)

    assert twice.value == near(once.value)


@of(*(m for m in METRICS if m.form is Form.PAIR))
@few(8)
@given(texts=cells())
def test_a_mean_over_pairs_moves_by_the_pairs_of_copies(metric: Metric, texts: list[str]) -> None:
    """Of the pairs of 2n samples, each there twice, one in 2n - 1 is a copy's; the others are those of before."""
    n = len(texts)
    once, twice, *copies = measured(metric, texts, texts * 2, *([text, text] for text in texts))
    of_copies = math.fsum(copy.value or 0.0 for copy in copies) / n

    assert once.value is not None
    assert twice.value == near((2 * (n - 1) * once.value + of_copies) / (2 * n - 1))


@pytest.mark.parametrize(
    ("name", "factor"), [("unique_share", 0.5), ("distinct_n", 0.5), ("modal_share", 1.0), ("total_agreement", 1.0)]
)
@few(20)
@given(texts=cells())
def test_shares_of_a_cell_that_is_there_twice(name: str, factor: float, texts: list[str]) -> None:
    """Copies bring nothing new: what counts different things among all halves, what compares counts stays."""
    once, twice = measured(small(name), texts, texts * 2)

    assert twice.value == near(None if once.value is None else factor * once.value)


@pytest.mark.parametrize(("name", "end"), [("sample_coverage", 1.0), ("self_bleu", 1.0)])
@few(15)
@given(texts=cells())
def test_with_every_sample_there_twice_nothing_looks_new(name: str, end: float, texts: list[str]) -> None:
    """Where each sample has a copy, none is the only one of its kind."""
    assert value(small(name), texts * 2) == near(end)


@few(15)
@given(texts=cells())
def test_richness_of_what_is_there_twice_is_what_was_seen(texts: list[str]) -> None:
    """Without an answer seen only once, nothing is guessed to be unseen."""
    assert value(small("chao1_richness"), texts * 2) == near(len(set(texts)))


@of(*(m for m in UNBIASED if m.diversity))
@few(5)
@given(text=st.lists(st.sampled_from(PIECES), max_size=5).map("".join), n=st.integers(3, 8))
def test_one_more_copy_of_equal_samples_changes_no_value_and_narrows_no_less(metric: Metric, text: str, n: int) -> None:
    """Equal samples stay without diversity however many they are, and more of them say it more surely."""
    few_of_them, more = measured(metric, [text] * n, [text] * (2 * n))

    assert more.value == near(few_of_them.value)
    if few_of_them.value in metric.bounds and all(map(math.isfinite, metric.bounds)):
        assert few_of_them.interval is not None
        assert more.interval is not None
        assert more.interval.high - more.interval.low < few_of_them.interval.high - few_of_them.interval.low


@of(*RAREFIED)
@few(6)
@given(texts=cells(least=3))
def test_rarefied_to_all_samples_is_the_plain_value(metric: Metric, texts: list[str]) -> None:
    """There is one subset of n of n samples."""
    rarefied = bind(metric, {"rarefy": len(texts)})

    assert value(rarefied, texts) == near(value(metric, texts))
    assert not rarefied.depends_on_n


@of(*RAREFIED)
@few(5)
@given(texts=cells(least=4))
def test_rarefied_is_the_mean_over_subsets(metric: Metric, texts: list[str]) -> None:
    """Rarefying to n - 1 is the mean of the values of the cells that lack one sample."""
    n = len(texts)
    rarefied = bind(metric, {"rarefy": n - 1})
    whole, *rest = measured(rarefied, texts, *(texts[:place] + texts[place + 1 :] for place in range(n)))
    parts = [part.value for part in rest]
    assume(None not in parts)

    assert whole.value == near(math.fsum(part or 0.0 for part in parts) / n)


@of(*(m for m in METRICS if m.name not in OF_BYTES))
@few(5)
@given(
    answers=st.lists(st.lists(st.integers(0, 5), max_size=6), min_size=3, max_size=6),
    words=st.sampled_from(ALPHABETS).flatmap(st.permutations),
)
def test_which_words_are_said_does_not_matter(metric: Metric, answers: list[list[int]], words: list[str]) -> None:
    """Other words of the same length in their place, of whatever script, give the same value and interval."""
    one, other = (measured(metric, [" ".join(of[i] for i in said) for said in answers])[0] for of in ("uvwxyz", words))

    assert one.value == near(other.value)
    assert (one.interval is None) == (other.interval is None)
    if one.interval is not None and other.interval is not None:
        assert (one.interval.low, one.interval.high) == near((other.interval.low, other.interval.high))


@pytest.mark.parametrize("name", ["qd_index", "weighted_distance"])
@pytest.mark.parametrize("distance", ["vectors", "rouge_l"])
@few(10)
@given(texts=st.lists(st.lists(st.sampled_from(("cat", "dog", "猫", "ran")), min_size=1).map(" ".join), min_size=3))
def test_quality_changes_nothing_where_all_samples_are_good(name: str, distance: str, texts: list[str]) -> None:
    """Diversity among acceptable samples is diversity, where all are acceptable."""
    plain = small({"vectors": "vector_distance", "rouge_l": "rouge_l_distance"}[distance])
    assume(value(small("validity"), texts) == 1.0)

    assert value(bind(small(name), {"distance": distance}), texts) == near(value(plain, texts))


@pytest.mark.parametrize(("name", "sign"), [("exact_agreement", 1), ("modal_share", 1), ("unique_share", -1)])
@few(20)
@given(texts=cells())
def test_agreement_climbs_the_ladder(name: str, sign: int, texts: list[str]) -> None:
    """Texts that are equal at a strict level are so at each looser one."""
    levels = ("raw", "nfc_strip", "whitespace", "loose", "punctuation")
    found = [sign * (value(bind(small(name), {"level": level}), texts) or 0.0) for level in levels]

    assert found == sorted(found)


@pytest.mark.parametrize(
    ("one", "options", "other", "others", "relation"),
    [
        ("tar_at_k", {"k": 2}, "exact_agreement", {}, lambda u: u),
        ("distinct_at_k", {"k": 2, "equivalence": "loose"}, "exact_agreement", {"level": "loose"}, lambda u: 2 - u),
        ("cluster_agreement", {"equivalence": "raw"}, "exact_agreement", {}, lambda u: u),
        ("hill_number", {}, "exact_agreement", {}, lambda u: 1 / u if u else None),
        ("hill_number", {"q": 1.0}, "entropy", {"estimator": "plug_in"}, lambda h: None if h is None else math.exp(h)),
        ("semantic_entropy", {"equivalence": "raw"}, "entropy", {}, lambda h: h),
        ("edit_similarity", {}, "edit_distance", {}, lambda d: 1 - d),
        ("pass_at_k", {"k": 1}, "quality_mean", {}, lambda q: q),
        ("pass_hat_k", {"k": 1}, "validity", {}, lambda q: q),
        ("quality_mean", {"quality": "empty_share"}, "empty_share", {}, lambda share: share),
        ("vendi_pairs", {"power": 1}, "vector_distance", {}, lambda d: 1 / (1 - d) if d < 1 else None),
    ],
)
@few(12)
@given(texts=cells(least=3))
def test_metrics_that_are_one_thing_agree(one, options, other, others, relation, texts) -> None:
    """Two ways to the same number give it."""
    found, expected = value(bind(small(one), options), texts), value(bind(small(other), others), texts)
    if one == "hill_number" and expected is None:
        return

    assert found == near(relation(expected))
