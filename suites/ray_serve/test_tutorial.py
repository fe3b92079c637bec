"""The tutorial's claim, put to whoever answers: at 0.1 answers are nearly always the same, at 1.1 hardly ever.

It asks the address in OPENAI_BASE_URL with the key in OPENAI_API_KEY, and the embedded endpoint where neither is set.
"""

import pytest

PROMPTS = {
    "third-date": {
        "system": "You are a helpful assistant.",
        "user": "Where should I go on a third date in San Francisco?",
    },
    "tomato": {
        "system": "You are a storyteller.",
        "user": "Tell me a two-sentence story about a tomato after some pasta.",
    },
}
pytestmark = pytest.mark.evalkit(prompts=PROMPTS, temperatures=[0.1, 1.1], samples=30)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_creative_answer_varies_more(evalkit, prompt):
    """By the interval of the difference between two readings of one question."""
    chat = evalkit(prompt)
    assert chat[1.1]["rouge_l_distance"] > chat[0.1]["rouge_l_distance"]
    assert chat[0.1]["exact_agreement"] > chat[1.1]["exact_agreement"]


def test_the_conservative_answer_is_a_habit(evalkit):
    """Of two answers at 0.1 more than half of the pairs are equal, to the byte."""
    assert evalkit.cell("third-date", 0.1)["exact_agreement"] > 0.5


def test_the_creative_answer_is_hardly_ever_the_same(evalkit):
    """Of two answers at 1.1 fewer than three in ten pairs are equal."""
    assert evalkit.cell("third-date", 1.1)["exact_agreement"] < 0.3
