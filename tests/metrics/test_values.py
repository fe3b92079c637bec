"""Values worked out by hand, and the laws metrics obey."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.metrics.accuracy import accuracy
from evalkit.metrics.base import bind
from evalkit.metrics.edit_similarity import edit_similarity
from evalkit.metrics.prefix_agreement import prefix_agreement
from evalkit.metrics.vector_distance import vector_distance
from evalkit.metrics.word_jaccard_distance import word_jaccard_distance
from evalkit.nouns import Undefined

ANSWER = r'Answer\("([A-E])"\)'
TEXTS = st.lists(st.text(alphabet="ab .\ud800é", max_size=12), min_size=2, max_size=6)


@pytest.mark.parametrize(
    ("level", "expected"),
    [("raw", 0.0), ("whitespace", 1 / 6), ("punctuation", 1 / 2)],
)
def test_exact_agreement_grows_with_the_level(of_cell, level, expected):
    """Of six pairs one is equal but for white space, and three but for case and punctuation."""
    assert of_cell("exact_agreement", ["Blue.", "Blue. \n", "blue", "red"], level=level) == pytest.approx(expected)


def test_exact_agreement_of_answers(of_cell):
    """At the level of answers only what the pattern finds counts, and finding nothing agrees with nothing."""
    texts = ['So Answer("B")', 'Hm. Answer("B") ', "I can not say.", "I can not say."]

    assert of_cell("exact_agreement", texts, level="answer", pattern=ANSWER) == pytest.approx(1 / 6)


def test_unique_share_counts_missing_answers_apart(of_cell):
    """Each text without an answer is different from all others."""
    texts = ['Answer("B")', 'Answer("B")', "?", "?"]

    assert of_cell("unique_share", texts, level="answer", pattern=ANSWER) == pytest.approx(3 / 4)


def test_modal_share_counts_missing_answers_apart(of_cell):
    """Texts without an answer are never the commonest answer together."""
    texts = ['Answer("B")', 'Answer("B")', "?", "?", "?"]

    assert of_cell("modal_share", texts, level="answer", pattern=ANSWER) == pytest.approx(2 / 5)


def test_modal_share_without_any_answer(of_cell):
    """Where no text has an answer, each stands for itself."""
    assert of_cell("modal_share", ["?", "?"], level="answer", pattern=ANSWER) == pytest.approx(1 / 2)


def test_distinct_n_pools_over_samples(of_cell):
    """Of five bigrams four are different: "a b" comes twice, once case is dropped."""
    assert of_cell("distinct_n", ["a b c", "A b d", "e f"], tokenizer="uni_lower") == pytest.approx(4 / 5)
    assert of_cell("distinct_n", ["a b c", "A b d", "e f"]) == 1.0


def test_distinct_n_is_undefined_without_ngrams(of_cell):
    """Texts of one word have no bigram, and no share of different ones."""
    with pytest.raises(Undefined, match="n-gram"):
        of_cell("distinct_n", ["a", "b"])


def test_word_jaccard_distance_by_hand(of_cell):
    """Two of four words are shared, whatever their number, and whatever their case where that is asked for."""
    texts = ["a b c", "B c c d"]

    assert of_cell("word_jaccard_distance", texts, tokenizer="uni_lower") == pytest.approx(1 / 2)
    assert of_cell("word_jaccard_distance", texts) == pytest.approx(1 - 1 / 5)


def test_word_jaccard_distance_of_large_vocabularies(of_cell):
    """More words than fit one block are counted all the same."""
    first, second = (" ".join(f"w{i}" for i in range(start, start + 6000)) for start in (0, 3000))

    assert of_cell("word_jaccard_distance", [first, second, first]) == pytest.approx(2 / 3 * (1 - 1 / 3))


def test_edit_similarity_by_hand(of_cell):
    """Three edits make sitting of kitten, over seven characters."""
    assert of_cell("edit_similarity", ["kitten", "sitting"]) == pytest.approx(1 - 3 / 7)


def test_edit_similarity_compares_beginnings(of_cell):
    """What lies beyond the limit does not count."""
    assert of_cell("edit_similarity", ["abcX", "abcYZ"], limit=3) == 1.0


def test_prefix_agreement_by_hand(of_cell):
    """Shared words from the beginning: 2, 1 and 1."""
    assert of_cell("prefix_agreement", ["the cat sat", "the  cat ran", "the dog"]) == pytest.approx(4 / 3)


def test_prefix_agreement_keeps_case(of_cell):
    """A difference in case is a difference."""
    assert of_cell("prefix_agreement", ["The cat", "the cat"]) == 0.0


def test_compression_ratio_is_undefined_without_characters(of_cell):
    """Empty texts can not be compressed."""
    with pytest.raises(Undefined, match="empty"):
        of_cell("compression_ratio", ["", ""])


def test_compression_ratio_rises_with_repetition(of_cell):
    """The same text again and again compresses better than different ones."""
    repeated = of_cell("compression_ratio", ["It was a dark night by the sea."] * 8)

    assert repeated > 2 * of_cell("compression_ratio", [f"{i * i * 7919:x} {i**5:x}" for i in range(8)])


def test_length_words_by_hand(of_cell):
    """Mean of three words and none."""
    assert of_cell("length_words", ["a  b\nc!", ""]) == 1.5


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        ("I think it is Paris.", "paris", 1.0),
        ("Parisian life", "Paris", 0.0),
        ("about 3.5 metres", "3.5", 1.0),
        ("about 3.5 metres", "5", 0.0),
        ("it is -5.", "5", 0.0),
        ("it is **5**.", "5", 1.0),
        ("答案是巴黎。", "巴黎", 1.0),
        ("in New\n York City", "new york", 1.0),
        ("", "a", 0.0),
    ],
)
def test_accuracy_without_a_pattern_looks_for_whole_words(text, reference, expected):
    """The reference is found as whole words, and not as a part of a word or number."""
    assert accuracy.function(accuracy.prepare(text), reference) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [('First Answer("A"), no: Answer("B")', 1.0), ('Answer("B"), no: Answer("A")', 0.0), ("It is B.", 0.0)],
)
def test_accuracy_with_a_pattern_takes_the_last_answer(text, expected):
    """What the pattern finds last must equal the reference; nothing found is wrong."""
    bound = bind(accuracy, {"pattern": ANSWER})

    assert bound.function(bound.prepare(text), "b") == expected


def test_accuracy_is_undefined_for_a_reference_without_words():
    """Punctuation alone can not be looked for."""
    with pytest.raises(Undefined, match="no word"):
        accuracy.function(accuracy.prepare("a"), " ... ")


def test_vector_distance_by_hand():
    """Parallel rows are at 0, rows without a common word at 1, halfway ones between."""
    import numpy as np

    rows = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [0.0, 0.0], [0.0, 0.0]])
    expected = np.array(
        [
            [0.0, 0.0, 1.0, 0.4, 1.0, 1.0],
            [0.0, 0.0, 1.0, 0.4, 1.0, 1.0],
            [1.0, 1.0, 0.0, 0.2, 1.0, 1.0],
            [0.4, 0.4, 0.2, 0.0, 1.0, 1.0],
            [1.0, 1.0, 1.0, 1.0, 0.0, 0.0],
            [1.0, 1.0, 1.0, 1.0, 0.0, 0.0],
        ]
    )

    assert vector_distance.function.matrix(rows) == pytest.approx(expected)
    assert [[vector_distance.function(a, b) for b in rows] for a in rows] == [pytest.approx(row) for row in expected]


@settings(deadline=None)
@given(TEXTS)
@pytest.mark.parametrize("metric", [word_jaccard_distance, edit_similarity, prefix_agreement], ids=lambda m: m.name)
def test_matrix_equals_the_function_for_any_texts(metric, texts):
    """The short way over all pairs gives what the function gives, pair by pair."""
    seen = [metric.prepare(text) for text in texts]

    assert metric.function.matrix(seen).tolist() == [
        [pytest.approx(metric.function(a, b), abs=1e-12) for b in seen] for a in seen
    ]


@settings(deadline=None)
@given(TEXTS)
def test_word_jaccard_distance_obeys_the_triangle_inequality(texts):
    """A detour over a third text is never shorter."""
    distances = word_jaccard_distance.function.matrix([word_jaccard_distance.prepare(text) for text in texts])

    assert (distances[:, None, :] <= distances[:, :, None] + distances[None, :, :] + 1e-12).all()
