"""The page about what stopping saves: that it is of these questions, and that what makes it is what a run does."""

from __future__ import annotations

import numpy as np
import pytest

from economy.__main__ import PAGE, laws_of
from economy.betting import samples_of_bets
from economy.laws import metric_of, outcomes, suite_of, texts_of
from economy.questions import QUESTIONS
from economy.table import key, page, ratios
from economy.trying import tried
from evalkit.analysis.measure import measure_cell
from evalkit.nouns import Precision
from evalkit.stats.streams import stream

FACTS = next(each for each in QUESTIONS if key(each) == "facts: are nine of ten answers right")
CHAT = QUESTIONS[0]


@pytest.fixture(scope="module")
def found():
    """Return what came of one question, asked twenty times."""
    return tried(FACTS, laws_of(FACTS, pool=50), runs=20, precision=Precision(goals=()))


def test_looks_end_with_what_was_asked(found):
    """Twenty runs reach their goals with intervals that hold the truth, and fewer samples than a plan that is sure."""
    assert all(all(tally.reached) for tally in found.sequential.values())
    assert np.mean([hit for tally in found.sequential.values() for hit in tally.covered]) > 0.95
    assert found.ratio(found.worst) < 0.8


def test_page_has_a_row_for_every_question(found):
    """What is written is of the questions that are asked now, in both tables."""
    text = PAGE.read_text(encoding="utf-8")
    assert [key(each) for each in QUESTIONS if text.count(f"| {each.suite} | {each.words} ") < 2] == []
    fresh = page([found], {key(FACTS): 99.0}, "over HTTP", version="1", runs=20)
    assert f"| facts | {FACTS.words} | " in fresh
    assert "{" not in fresh


def test_ratios_are_means_over_the_questions_of_a_suite(found):
    """One question alone is its suite's mean."""
    assert ratios([found, found], "worst") == {"facts": pytest.approx(found.ratio(found.worst))}


@pytest.mark.parametrize("question", [QUESTIONS[0], QUESTIONS[1], FACTS], ids=key)
def test_a_pool_measures_as_the_product_does(question):
    """Each answer of the pool drawn once has the value and the variance that a cell with those texts has."""
    suite = suite_of(question)
    texts = texts_of(suite, suite.prompts[0], 0.7, 30)
    law = laws_of(question, pool=30)[0.7][0]
    places = np.repeat(np.arange(len(law.chances)), np.rint(law.chances * 30).astype(int))
    product = measure_cell(metric_of(question, suite), outcomes(suite.prompts[0], 0.7, texts))
    pool = law.measured(places, level=0.95, alone=False)
    assert pool.value == pytest.approx(product.value)
    assert pool.variance == pytest.approx(product.variance)


def test_truth_is_the_mean_over_what_may_be_drawn():
    """A mean over many draws of a pool is near what is said to be true of it."""
    law = laws_of(CHAT, pool=40)[0.7][0]
    drawn = law.draw(stream(1, "truth"), 4000)
    assert law.measured(drawn, level=0.95, alone=False).value == pytest.approx(law.truth, abs=0.02)


def test_bets_take_more_than_one_look():
    """Answers that are all alike are known within 0.05 after some sixty pairs, looked at now and then."""
    laws = laws_of(CHAT, pool=5)[0.0]
    assert 100 < samples_of_bets(laws, 0.05, stream(1, "bets")) < 200
