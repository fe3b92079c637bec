"""Questions with one right answer: at temperature 0 there is one answer, and it is the right one."""

import pytest

pytestmark = pytest.mark.evalkit(suite="facts.yaml", temperatures=0, samples=20)


def test_equal_requests_have_equal_answers(evalkit):
    """Over all ten questions, fewer than five pairs of answers in a hundred differ, to the byte."""
    assert evalkit.floor_below(0.05)


@pytest.mark.evalkit(samples=60)
@pytest.mark.parametrize("prompt", ["capital-of-france", "largest-ocean"])
def test_the_answer_is_one(evalkit, prompt):
    """The commonest answer has a chance of 0.95 or more: 59 equal answers prove that, and 58 do not."""
    assert evalkit.cell(prompt).deterministic(level="whitespace", at_least=0.95, confidence=0.95)


@pytest.mark.parametrize("temperature", [0.0, 0.4])
def test_the_answer_is_right(evalkit, temperature):
    """The mean over all questions, by the pattern that the suite gives."""
    assert evalkit.curve("accuracy")[temperature] > 0.9


@pytest.mark.parametrize("prompt", ["capital-of-france"])
@pytest.mark.evalkit(temperatures=0.4, precision=0.2, max_samples=200, metric="exact_agreement")
def test_as_many_samples_as_it_takes(evalkit, prompt):
    """Drawn until agreement is known to within 0.2, by an interval that is valid whenever drawing stops."""
    assert evalkit.cell(prompt)["exact_agreement"] > 0.2
