"""Two questions of a chat: the conservative answer is nearly always the same, the creative one hardly ever."""

import pytest

pytestmark = pytest.mark.evalkit(suite="quick_chat.yaml", temperatures=[0.1, 1.1], samples=30)


def test_the_conservative_answer_is_a_habit(evalkit):
    """Most answers are one text; the low end of the interval decides, not the point."""
    date = evalkit.cell("third-date", 0.1)
    assert date["exact_agreement"] > 0.4
    assert date.deterministic(at_least=0.6)


def test_the_creative_answer_is_hardly_ever_the_same(evalkit):
    """Two readings are held against one another by the interval of their difference."""
    date = evalkit("third-date")
    assert date[1.1]["exact_agreement"] < 0.2
    assert date[1.1]["rouge_l_distance"] > date[0.1]["rouge_l_distance"]


@pytest.mark.parametrize("prompt", ["third-date", "tomato"])
def test_conservative_answers_are_sentences(evalkit, prompt):
    """What is valid stands in the suite; each case has the cells of its own prompt only."""
    assert evalkit.cell(prompt, 0.1).valid_share(at_least=0.8)


@pytest.mark.evalkit(temperatures=0.1, samples=10)
def test_a_question_that_is_in_no_file(evalkit):
    """Any text or conversation may be asked; the suite's endpoint and decoding hold for it, too."""
    answers = evalkit("Tell me a two-sentence story about a robot.")
    assert answers["rouge_l_distance"] < 0.9
    assert len(answers.texts) == 10
