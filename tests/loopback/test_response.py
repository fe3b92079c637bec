"""The embedded language answers temperature as a model does: warmer is more varied, in truth and as measured."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from evalkit import registry
from evalkit.analysis.measure import measure_cell
from evalkit.deriving import derived
from evalkit.loopback.repertoire import law_of
from evalkit.loopback.topics import TOPICS, Topic
from evalkit.loopback.truth import Truth
from evalkit.metrics.base import resolve
from evalkit.nouns import (
    Cell,
    CellOutcomes,
    Decoding,
    Draw,
    Endpoint,
    Form,
    Message,
    Metric,
    MetricRequest,
    Prompt,
    Sample,
)
from evalkit.nouns.ports import Tools
from evalkit.stats.page import page_trend

GRID = tuple(round(0.1 * step, 1) for step in range(1, 20, 2))
"""Temperatures of the truth."""
COLD_TO_HOT = (0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5)
"""Temperatures that are sampled."""
LIMIT = 48
"""Words after which an answer is cut."""
SAMPLES = 10
SLIGHT = 1e-4
"""Where hardly two answers agree, heat may end some earlier, and short answers agree a little more: less than this."""
SAMPLED = TOPICS[::7]
PAIRS = tuple(
    metric
    for name in registry.names("metrics")
    if (metric := resolve(MetricRequest(name=name))).diversity and metric.form is Form.PAIR
)
OF_SETS = tuple(resolve(MetricRequest(name=name)) for name in ("distinct_at_k", "unique_share", "vendi_score"))


@pytest.fixture(scope="module", params=TOPICS, ids=[topic.name for topic in TOPICS])
def truths(request: pytest.FixtureRequest) -> list[Truth]:
    """Return what is true of a topic at each temperature."""
    return [Truth(law_of(request.param, temperature), LIMIT) for temperature in GRID]


@pytest.fixture(scope="module")
def cells() -> list[list[CellOutcomes]]:
    """Return for each of some topics a cell of sampled answers at each temperature."""
    return [[sampled(topic, temperature) for temperature in COLD_TO_HOT] for topic in SAMPLED]


def sampled(topic: Topic, temperature: float) -> CellOutcomes:
    """Return a cell of answers on a topic, the same ones each time."""
    prompt = Prompt(id=topic.name, messages=(Message(role="user", content=topic.name),))
    cell = Cell(endpoint=Endpoint(model="m"), prompt=prompt, decoding=Decoding(temperature=temperature))
    law, uniform = law_of(topic, temperature), random.Random(f"{topic.name} {temperature}").random  # noqa: S311 - repeatable on purpose
    texts = [law.answer(uniform, LIMIT).text for _ in range(SAMPLES)]
    samples = tuple(Sample(draw=Draw(cell=cell, replicate=place), text=text) for place, text in enumerate(texts))
    return CellOutcomes(cell=cell, samples=samples)


def test_agreement_falls_and_entropy_rises(truths: list[Truth]) -> None:
    """On every topic, each step of temperature makes two answers agree less and an answer less certain."""
    agreements = [truth.agreement for truth in truths]
    entropies = [truth.entropy_nats for truth in truths]

    assert all(warmer < colder + SLIGHT for colder, warmer in itertools.pairwise(agreements))
    assert agreements[-1] < 0.01 < agreements[0]
    assert all(colder < warmer for colder, warmer in itertools.pairwise(entropies))


def test_different_answers_rise(truths: list[Truth]) -> None:
    """On every topic, five answers hold more different ones on average the warmer it is."""
    distinct = [truth.distinct(5) for truth in truths[::3]]

    assert all(colder < warmer + SLIGHT for colder, warmer in itertools.pairwise(distinct))
    assert 1.0 <= distinct[0] < distinct[-1] <= 5.0


@pytest.mark.parametrize("metric", [*PAIRS, *OF_SETS], ids=lambda metric: metric.name)
def test_what_is_measured_follows(metric: Metric, cells: list[list[CellOutcomes]]) -> None:
    """Over topics, every metric of pairs, and some of sets, has the trend of the truth by Page's test."""
    table = []
    for row in cells:
        found = derived(row, [metric], Tools())
        table.append([measure_cell(metric, cell, derived=rows).value for cell, (rows,) in found])
    trend = page_trend(np.array(table, dtype=np.float64), falling=metric.diversity < 0)

    assert trend.p_value < 1e-6
    assert trend.effect > 0.6
