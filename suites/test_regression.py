"""Today against a saved session, and one model against another: nothing that matters has changed."""

import os

import pytest

OTHER_MODEL = os.environ.get("OTHER_MODEL", "storyteller-small-2")


@pytest.mark.evalkit(suite="storytelling.yaml", temperatures=[0.3, 0.7], samples=12)
def test_stories_are_as_diverse_as_before(evalkit):
    """Against the session that --evalkit-baseline names; skipped as long as none is named."""
    before = evalkit.compare()
    assert before.not_more_diverse(within=0.2, metric="rouge_l_distance")
    assert before.not_less_diverse(within=0.2, metric="rouge_l_distance")


@pytest.mark.evalkit(suite="facts.yaml", temperatures=[0, 0.4], samples=20)
def test_facts_are_as_certain_as_before(evalkit):
    """No difference of 0.15 or more to either side, at either temperature."""
    assert evalkit.compare().equivalent(within=0.15, metric="exact_agreement")


@pytest.mark.evalkit(suite="facts.yaml", temperatures=0.4, samples=20)
def test_another_model_is_as_certain(evalkit):
    """The same questions, asked of a second model at the same address."""
    assert evalkit.compare(model=OTHER_MODEL).equivalent(within=0.15, metric="exact_agreement")
