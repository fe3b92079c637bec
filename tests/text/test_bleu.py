"""BLEU of token lists."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import UnknownNameError
from evalkit.nouns import Undefined
from evalkit.text.bleu import SMOOTHINGS, Rules, numbered, pairwise_bleu, pairwise_bleu_matrix, self_bleu, sentence_bleu

TEXTS = st.lists(st.text("ab c", max_size=9).map(list), min_size=2, max_size=6)
RULES = st.builds(Rules, st.integers(1, 5), st.sampled_from(SMOOTHINGS), st.booleans())


def pair(one, other, rules=Rules()):  # noqa: B008 - immutable
    """Return the pairwise BLEU of two lists of tokens."""
    return pairwise_bleu(numbered(one, rules.order), numbered(other, rules.order), rules)


@given(TEXTS, RULES)
def test_linear_time_is_leaving_one_out(texts, rules):
    """The fast scores are those of each text against a list of all others, empty texts among them or not."""
    plain = [sentence_bleu(text, texts[:i] + texts[i + 1 :], rules) for i, text in enumerate(texts)]
    assert self_bleu(texts, rules) == pytest.approx(plain, abs=1e-12)


@given(TEXTS, RULES)
def test_pairs_are_the_mean_of_both_directions(texts, rules):
    """The matrix holds what two scores of single texts average to, and is symmetric."""
    grams = [numbered(text, rules.order) for text in texts]
    matrix = pairwise_bleu_matrix(grams, rules)
    for i, one in enumerate(texts):
        for j, other in enumerate(texts):
            mean = (sentence_bleu(one, [other], rules) + sentence_bleu(other, [one], rules)) / 2
            assert matrix[i, j] == pytest.approx(mean, abs=1e-12)
            assert pairwise_bleu(grams[i], grams[j], rules) == matrix[i, j] == matrix[j, i]


@given(TEXTS, RULES)
def test_order_of_texts_changes_nothing(texts, rules):
    """Scores follow their texts, and lie between 0 and 1."""
    scores = self_bleu(texts, rules)
    assert self_bleu(texts[::-1], rules)[::-1] == pytest.approx(scores)
    assert all(0.0 <= score <= 1.0 + 1e-12 for score in scores)


@given(TEXTS, st.sampled_from(SMOOTHINGS), st.integers(1, 5))
def test_texts_said_twice_are_wholly_alike(texts, smoothing, order):
    """With effective order every text that has an equal one scores 1, however short, empty ones too."""
    assert self_bleu(texts * 2, Rules(order, smoothing)) == pytest.approx([1.0] * (2 * len(texts)))


@pytest.mark.parametrize(("length", "score"), [(1, 0.1**0.75), (2, 0.1**0.5), (3, 0.1**0.25), (4, 1.0)])
def test_the_literature_flavour_keeps_its_artefact(length, score):
    """Equal texts shorter than the order score less than 1 in the literature's flavour, and 1 in ours."""
    texts = [["a", "b", "c", "d"][:length]] * 3
    assert self_bleu(texts, Rules(effective_order=False)) == pytest.approx([score] * 3)
    assert self_bleu(texts) == pytest.approx([1.0] * 3)


def test_empty_texts_are_alike_and_unlike_any_other():
    """Two empty texts score 1, an empty and another 0; the literature's flavour scores both 0."""
    assert (pair([], []), pair([], ["a"]), pair(["a"], [])) == (1.0, 0.0, 0.0)
    assert self_bleu([[], [], ["a"]]) == [1.0, 1.0, 0.0]
    assert self_bleu([[], [], ["a"]], Rules(effective_order=False)) == [0.0] * 3


def test_brevity_is_punished_by_the_nearest_length():
    """Two of three words, all met, score exp(1 - 3/2); of two equally near lengths the shorter counts."""
    assert sentence_bleu(["a", "b"], [["a", "b", "c"]]) == pytest.approx(math.exp(-0.5))
    assert sentence_bleu(["a", "b"], [["a", "b", "c"], ["a"]]) == pytest.approx(1.0)


def test_nothing_in_common_is_zero():
    """Texts without a common word score 0, whatever the smoothing."""
    assert [pair(["a", "b"], ["c", "d"], Rules(smoothing=name)) for name in SMOOTHINGS] == [0.0] * 4


def test_one_text_has_no_self_bleu():
    """There is nothing to compare a single text with."""
    with pytest.raises(Undefined, match="no others"):
        self_bleu([["a"]])


def test_an_unknown_smoothing_names_the_nearest():
    """A name mistyped is an error that says which was meant."""
    with pytest.raises(UnknownNameError, match="'method1'"):
        pair(["a"], ["a"], Rules(smoothing="metod1"))
