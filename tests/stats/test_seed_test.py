import numpy as np
import pytest

from evalkit.stats.seed_test import label_test
from evalkit.stats.streams import stream


def test_all_exchanges_are_counted_where_they_are_few():
    """Three equal answers of one seed and three others are one of 20 choices, and the only one as extreme."""
    found = label_test([[(7, "a"), (7, "a"), (7, "a"), (1, "b"), (2, "c"), (3, "d")]], stream(1))
    assert (found.same, found.different) == (1.0, 0.0)
    assert (found.n_same, found.n_different) == (3, 12)
    assert found.test.exact
    assert found.test.p_value == pytest.approx(1 / 20)


def test_several_questions_are_exchanged_within():
    """Two questions are a mean over both, with labels exchanged inside each; the exchanges are drawn."""
    question = [(7, "a"), (7, "a"), (7, "a"), (1, "b"), (2, "c"), (3, "d")]
    found = label_test([question, question], stream(1))
    assert not found.test.exact
    assert found.test.p_value == pytest.approx(1 / 400, abs=0.0015)
    assert found.n_same == 6


def test_several_seeds_may_repeat():
    """Pairs are the test, not groups: five seeds of two answers each do as well."""
    found = label_test([[(i // 2, f"answer {i // 2}") for i in range(10)]], stream(1))
    assert found.same == 1.0
    assert found.test.p_value < 0.01


def test_an_ignored_seed_is_no_alarm():
    """Where the seed does nothing the test keeps its level."""
    rng = stream(1, "ignored")
    alarms = []
    for _ in range(100):
        texts = rng.choice(list("abcd"), p=(0.4, 0.3, 0.2, 0.1), size=10).tolist()
        found = label_test([list(zip([0] * 5 + list(range(1, 6)), texts, strict=True))], rng)
        alarms.append(found.test is not None and found.test.p_value < 0.05)
    assert np.mean(alarms) < 0.12


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        ([], "no question"),
        ([[(1, "a"), (2, "b")]], "no question"),
        ([[(1, "a"), (1, "b")]], "no question"),
        ([[(1, "a"), (1, "a"), (2, "a"), (3, "a")]], "all answers are equal"),
    ],
)
def test_what_can_not_be_told_says_so(questions, said):
    """Without pairs of both kinds, or without any variety, there is no test but a reason."""
    found = label_test(questions, stream(1))
    assert found.test is None
    assert said in found.reason
