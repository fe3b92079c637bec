"""The session that is saved as a baseline."""

from __future__ import annotations

import pytest

from calibration.alarming.truths import N_ONE, N_STORIES, N_STORY, ONE, STORY, T


@pytest.mark.evalkit(suite="short.yaml", temperatures=[T])
def test_short(evalkit):
    assert evalkit.cell("france", T).samples


@pytest.mark.evalkit(suite="facts.yaml", temperatures=[T], samples=N_ONE)
@pytest.mark.parametrize("prompt", [ONE])
def test_facts(evalkit, prompt):
    assert evalkit.cell(prompt, T).samples


@pytest.mark.evalkit(suite="stories.yaml", temperatures=[T], samples=N_STORY)
@pytest.mark.parametrize("prompt", [STORY])
def test_stories(evalkit, prompt):
    assert evalkit.cell(prompt, T).samples


@pytest.mark.evalkit(suite="all_stories.yaml", temperatures=[T], samples=N_STORIES)
def test_all_stories(evalkit):
    assert evalkit.cell(STORY, T).samples
