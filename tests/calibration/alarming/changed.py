"""Real changes: whether they are caught."""

from __future__ import annotations

import pytest

from calibration.alarming.truths import COLD, HOT, N_HOT, N_ONE, N_STORIES, N_STORY, ONE, STORY, T
from evalkit.nouns import Comparison, Quantity


def note(record, found: Comparison):
    """Hand on the verdict of every contrast of values."""
    record("verdicts", " ".join(each.verdict.name for each in found.contrasts if each.quantity is Quantity.VALUE))


@pytest.mark.evalkit(suite="facts.yaml", temperatures=[COLD, HOT], samples=N_HOT)
def test_hotter(evalkit):
    agreement = evalkit.curve("exact_agreement")
    assert agreement[HOT] < agreement[COLD]


@pytest.mark.evalkit(suite="cut/facts.yaml", temperatures=[T], samples=N_ONE)
@pytest.mark.parametrize("prompt", [ONE])
def test_likeliest_words(evalkit, prompt, record_property):  # noqa: ARG001 - narrows the suite
    against = evalkit.compare("before")
    note(record_property, against.comparison("exact_agreement"))
    assert against.not_less_diverse(metric="exact_agreement")


@pytest.mark.evalkit(suite="cut/stories.yaml", temperatures=[T], samples=N_STORY)
@pytest.mark.parametrize("prompt", [STORY])
def test_likeliest_words_of_a_story(evalkit, prompt, record_property):  # noqa: ARG001 - narrows the suite
    against = evalkit.compare("before")
    note(record_property, against.comparison("rouge_l_distance"))
    assert against.not_less_diverse(metric="rouge_l_distance")


@pytest.mark.evalkit(suite="cut/all_stories.yaml", temperatures=[T], samples=N_STORIES)
def test_likeliest_words_of_all_stories(evalkit, record_property):
    against = evalkit.compare("before")
    note(record_property, against.comparison("rouge_l_distance"))
    assert against.not_less_diverse(metric="rouge_l_distance")
