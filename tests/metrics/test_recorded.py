"""Metrics of answers recorded from a hosted model, against figures computed from them by other code."""

from __future__ import annotations

import collections
import gzip
import json
import statistics
from pathlib import Path

import pytest

from evalkit.metrics.base import resolve
from evalkit.nouns import MetricRequest

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "recorded" / "gpt-35-turbo.jsonl.gz"


@pytest.fixture(scope="module")
def cells():
    """Return the texts of each prompt by temperature; skips where the recorded answers are absent."""
    if not RECORDED.exists():
        pytest.skip("the recorded answers (../shared/data/recorded) are not here")
    texts = collections.defaultdict(lambda: collections.defaultdict(list))
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        for answer in map(json.loads, lines):
            texts[answer["temperature"]][answer["prompt_id"]].append(answer["text"])
    return texts


@pytest.mark.parametrize(
    ("temperature", "jaccard", "distinct", "fork"),
    [(0.3, 0.627, 0.206, 7), (0.7, 0.518, 0.295, 4), (1.0, 0.434, 0.393, 3)],
)
def test_curves_of_recorded_answers_are_the_published_ones(cells, of_prepared, temperature, jaccard, distinct, fork):
    """On lower-cased words the mean Jaccard similarity, distinct-2 and the median first different word are known.

    References:
        Data of M. Renze, E. Guven, "The Effect of Sampling Temperature on Problem Solving in Large Language
        Models", Findings of EMNLP (2024); values computed from them by other code.
    """
    of_prompts = [texts for texts in cells[temperature].values() if len(texts) > 1]

    def over(name, **options):
        metric = resolve(MetricRequest(name=name, options=tuple(options.items())))
        return [of_prepared(metric, list(map(metric.prepare, texts))) for texts in of_prompts]

    distances = over("word_jaccard_distance", tokenizer="uni_lower")
    assert 1 - statistics.mean(distances) == pytest.approx(jaccard, abs=5e-4)
    assert statistics.mean(over("distinct_n", tokenizer="uni_lower")) == pytest.approx(distinct, abs=5e-4)
    assert statistics.median(over("first_divergence", unit="uni_lower")) + 1 == fork


def test_what_drifts_with_the_number_of_samples_and_what_does_not(cells, of_prepared):
    """From five samples to ten distinct-2 falls by a fifth; among 100 drawn bigrams and between pairs little moves."""
    some = [texts for texts in list(cells[1.0].values())[:30] if len(texts) > 9]

    def ratio(name):
        metric = resolve(MetricRequest(name=name))
        prepared = [list(map(metric.prepare, texts)) for texts in some]
        few, many = ([of_prepared(metric, texts[:n]) for texts in prepared] for n in (5, 10))
        return statistics.mean(many) / statistics.mean(few)

    assert ratio("distinct_n") < 0.85
    assert ratio("self_bleu") > 1.15
    for name in ("rarefied_distinct_n", "rouge_l_distance", "word_jaccard_distance", "edit_distance"):
        assert ratio(name) == pytest.approx(1.0, abs=0.05)
