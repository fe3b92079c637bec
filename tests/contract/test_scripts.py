"""Chinese, Arabic, emoji and empty answers through every metric: what a human knows of their diversity comes out."""

from __future__ import annotations

import itertools
import math

import pytest
from contract.cells import measured

from evalkit import registry
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import Form, Metric, MetricRequest

APART = {
    # The Thousand Character Classic and the old order of the Arabic alphabet say no character twice.
    "chinese": ("天地玄黃", "宇宙洪荒", "日月盈昃", "辰宿列張", "寒來暑往", "秋收冬藏", "閏餘成歲", "律呂調陽"),
    "arabic": ("أ ب ج د", "ه و ز", "ح ط ي", "ك ل م ن", "س ع ف ص", "ق ر ش ت", "ث خ ذ", "ض ظ غ"),
    "emoji": ("🚀🎈🍕", "🐱🐶🐭", "🎻🎺🥁", "👍👎👌", "🌧🌈🌙", "😂😭😡", "🍎🍋🍇", "🚗🚕🚌"),
}
SAME = {
    "chinese": ("天地玄黃",) * 8,
    "arabic": ("القطة تجلس على السجادة",) * 8,
    "emoji": ("👩\u200d💻❤\ufe0f👍🏽🇩🇪",) * 8,
    "empty": ("",) * 8,
}
MIXED = (
    "",
    "猫坐在垫子上。",
    "",
    "القطة تجلس على السجادة",
    "",
    "👩\u200d👩\u200d👧\u200d👦❤\ufe0f",
    "猫坐在垫子上。",
    "",
)
SETS = (
    {f"{name} apart": texts for name, texts in APART.items()}
    | {f"{name} same": texts for name, texts in SAME.items()}
    | {"mixed": MIXED}
)
STEPS = {
    # All the same; one word of three differs; one of three is shared; none is.
    "chinese": (
        ("猫吃鱼", "猫吃鱼", "猫吃鱼", "猫吃鱼"),
        ("猫吃鱼", "猫吃肉", "猫吃米", "猫吃草"),
        ("猫吃鱼", "猫要肉", "猫买米", "猫看草"),
        ("猫吃鱼", "狗要肉", "人买米", "牛看草"),
    ),
    "english": (
        ("cats eat fish", "cats eat fish", "cats eat fish", "cats eat fish"),
        ("cats eat fish", "cats eat meat", "cats eat rice", "cats eat grass"),
        ("cats eat fish", "cats want meat", "cats buy rice", "cats watch grass"),
        ("cats eat fish", "dogs want meat", "people buy rice", "cows watch grass"),
    ),
}
OF_WORDS = (
    *("distinct_n", "expectation_adjusted_distinct", "self_bleu", "pairwise_bleu", "rouge_l_distance"),
    *("word_jaccard_distance", "ngram_cosine_distance", "vector_distance", "vendi_score", "prefix_agreement"),
)
ENDS: dict[str, tuple[float | None, float | None]] = {
    "distinct_at_k": (1.0, 5.0),
    "distinct_n": (1 / 8, 1.0),
    "entropy": (0.0, None),
    "hill_number": (1.0, None),
    "modal_share": (1.0, 1 / 8),
    "semantic_entropy": (0.0, None),
    "self_bleu": (1.0, None),
    "tar_at_k": (1.0, 0.0),
    "total_agreement": (1.0, 0.0),
    "unique_share": (1 / 8, 1.0),
    "vendi_pairs": (1.0, None),
    "vendi_score": (1.0, 8.0),
    "weighted_distance": (0.0, 1.0),
}
"""What a metric of sets is of equal and of unlike samples; None where it has no value, or only a small one."""
OF_LENGTH = {"prefix_agreement", "first_divergence"}
"""Metrics whose end without diversity is the length of the texts."""
SHARED = {("normalised_compression_distance", script) for script in APART} | {
    ("edit_distance", "arabic"),
    ("edit_similarity", "arabic"),
}
"""Where answers without a word in common do share something: bytes of a script, blanks between words."""


def small(name: str) -> Metric:
    """Return a metric of that name that eight samples are enough for."""
    metric = resolve(MetricRequest(name=name))
    options = {"k": 5} | ({"m": 8} if name == "rarefied_distinct_n" else {})
    return bind(metric, {option: value for option, value in options.items() if option in dict(metric.defaults)})


METRICS = {name: small(name) for name in registry.names("metrics")}
DIRECTED = [name for name, metric in METRICS.items() if metric.diversity]


@pytest.mark.parametrize("texts", SETS.values(), ids=SETS)
@pytest.mark.parametrize("name", METRICS)
def test_every_script_has_a_sensible_value_or_a_reason(name: str, texts: tuple[str, ...]) -> None:
    """A value is finite and within bounds, its interval has a width; no value says why."""
    metric = METRICS[name]
    (found,) = measured(metric, texts)

    if found.value is None:
        assert len((found.undefined or "").split()) > 2
        assert found.interval is None
    else:
        assert math.isfinite(found.value)
        assert metric.bounds[0] <= found.value <= metric.bounds[1]
        assert found.interval is None or found.interval.low < found.interval.high


@pytest.mark.parametrize("script", SAME)
@pytest.mark.parametrize("name", DIRECTED)
def test_equal_answers_are_at_the_end_without_diversity(name: str, script: str) -> None:
    """Eight times the same answer is the least diverse there is, in every script and for nothing at all."""
    metric = METRICS[name]
    (found,) = measured(metric, SAME[script])
    end, _ = ENDS.get(name, (metric.bounds[metric.diversity < 0], None))

    if (
        name in {*ENDS, *(name for name in DIRECTED if metric.form is Form.PAIR)} - OF_LENGTH
        and found.value is not None
    ):
        assert found.value == pytest.approx(end, abs=0.25 if name == "distinct_n" and script == "emoji" else 1e-9)


@pytest.mark.parametrize("script", APART)
@pytest.mark.parametrize("name", DIRECTED)
def test_answers_without_anything_in_common_are_at_the_other_end(name: str, script: str) -> None:
    """Answers that share no character are as diverse as can be, and more so than equal ones."""
    metric = METRICS[name]
    apart, same = measured(metric, APART[script], APART[script][:1] * 8)
    _, end = ENDS.get(name, (None, metric.bounds[metric.diversity > 0]))

    if apart.value is None or same.value is None:
        assert apart.undefined or same.undefined
        return
    assert metric.diversity * (apart.value - same.value) > 0
    if end is not None and (name in ENDS or metric.form is Form.PAIR) and (name, script) not in SHARED:
        assert apart.value == pytest.approx(end, abs=1e-9)


@pytest.mark.parametrize("name", OF_WORDS)
def test_a_pattern_is_worth_the_same_in_chinese_as_in_english(name: str) -> None:
    """A character of Chinese is a word: the same pattern has the same value, and more variety more of it."""
    metric = METRICS[name]
    chinese, english = ([found.value for found in measured(metric, *STEPS[script])] for script in STEPS)
    ranked = [metric.diversity * (value or 0.0) for value in chinese]

    assert None not in chinese
    assert chinese == pytest.approx(english, abs=1e-9)
    assert ranked[0] < ranked[1] < ranked[-1]
    assert all(less <= more for less, more in itertools.pairwise(ranked))


@pytest.mark.parametrize("script", STEPS)
@pytest.mark.parametrize("name", DIRECTED)
def test_more_variety_is_never_less_diverse(name: str, script: str) -> None:
    """From equal answers to answers that share nothing, no metric with a direction goes the other way."""
    metric = METRICS[name]
    ranked = [metric.diversity * found.value for found in measured(metric, *STEPS[script]) if found.value is not None]

    assert ranked == pytest.approx(sorted(ranked), abs=1e-9)
