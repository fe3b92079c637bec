"""Short stories: they vary more the hotter it is, and up to a point they are still stories."""

import pytest

pytestmark = pytest.mark.evalkit(suite="storytelling.yaml", temperatures=[0, 0.3, 0.7, 1], samples=12)


def test_stories_vary_more_when_hot(evalkit):
    """A test of trend over all temperatures, each prompt compared with itself."""
    assert evalkit.curve("rouge_l_distance").rises(alpha=0.01)
    assert evalkit.curve("exact_agreement").falls()


def test_hot_is_more_diverse_than_cold(evalkit):
    """The interval of the difference decides, not whether two intervals overlap."""
    robot = evalkit("robot")
    cold, hot = robot[0], robot[1]
    assert hot["rouge_l_distance"] > cold["rouge_l_distance"]


def test_diversity_is_neither_too_little_nor_too_much(evalkit):
    """Not the same story again and again, and no noise."""
    assert evalkit.curve("rouge_l_distance").between(0.3, 0.95, at=[0.7, 1])


@pytest.mark.parametrize("temperature", [0.3, 0.7])
@pytest.mark.parametrize("prompt", ["dragon", "lighthouse"])
def test_warm_stories_are_stories(evalkit, prompt, temperature):
    """What is valid stands in the suite: sentences from a capital letter to their mark."""
    assert evalkit.cell(prompt, temperature).valid_share(at_least=0.6)
