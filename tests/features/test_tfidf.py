"""TF-IDF vectors."""

from __future__ import annotations

import collections
import gzip
import itertools
import json
import math
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from evalkit.features.tfidf import tfidf, tfidf_rows
from evalkit.stats.rows import Rows
from evalkit.text.words import words

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "recorded" / "gpt-35-turbo.jsonl.gz"
CLOSE = 1e-12


def test_weights_by_hand():
    """A word of one text of two weighs ln(3/2) + 1 against 1, before the row is scaled to length 1."""
    rare = math.log(3 / 2) + 1
    rows = tfidf(["a b", "a a"])

    assert rows[0] == pytest.approx([1 / math.hypot(1, rare), rare / math.hypot(1, rare)])
    assert rows[1] == pytest.approx([1.0, 0.0])


def test_rows_have_length_one_or_none():
    """A text without words is a row of zeros."""
    rows = tfidf(["The cat, sat.", "", " \n", "\ud800 dog"])

    assert np.linalg.norm(rows, axis=1) == pytest.approx([1.0, 0.0, 0.0, 1.0])


def test_words_without_a_place_in_the_vocabulary_do_not_count():
    """A text of words that were not fitted is a row of zeros."""
    rows = tfidf(["a b"], ["c", "a c"])

    assert rows == pytest.approx(np.array([[0.0, 0.0], [1.0, 0.0]]))


@pytest.mark.parametrize("texts", [None, ["a", "b"]], ids=["same", "others"])
def test_no_word_at_all_gives_no_columns(texts):
    """Where no fitted text holds a word there is a row for each text, and nothing in it."""
    assert tfidf(["", " "], texts).shape == (2, 0)


def test_no_text_gives_no_rows():
    """No text to turn into a row gives none."""
    assert tfidf(["a b"], []).shape == (0, 2)


def test_same_texts_same_bits():
    """The order of fitting and repetition change nothing."""
    texts = ["the cat sat", "a dog ran", "the dog sat down"]

    assert (tfidf(texts[::-1], texts) == tfidf(texts)).all()


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(["", "a b", "A b!", "b b é", "日本 \ud800"]), st.text(max_size=20)), max_size=12
    ),
    st.one_of(st.none(), st.lists(st.sampled_from(["", "a", "b c é", "日本"]), max_size=4)),
)
def test_weights_are_those_of_scikit_learn(fit_texts, texts):
    """Whatever the texts and however often they came, its vectorizer says the same."""
    wanted = fit_texts if texts is None else texts
    if any(words(text) for text in fit_texts) and wanted:
        plain = TfidfVectorizer(analyzer=words).fit(fit_texts).transform(wanted).toarray()
    else:
        plain = np.zeros((len(wanted), len({word for text in fit_texts for word in words(text)})))

    assert tfidf(fit_texts, texts) == pytest.approx(plain, abs=CLOSE)


def test_many_texts_are_held_without_zeros():
    """Above a million numbers the zeros are left out, and the numbers are the same."""
    texts = [f"the {k} cat {k % 7}" for k in range(1_100)] + ["", "the cat"] * 50
    rows = tfidf_rows(texts)

    assert isinstance(rows, Rows)
    assert np.asarray(rows) == pytest.approx(TfidfVectorizer(analyzer=words).fit_transform(texts).toarray(), abs=CLOSE)


def test_very_many_texts_are_counted_in_parts():
    """More than ten thousand different texts, of few words, have the same weights as all at once."""
    said = [f"word{k}" for k in range(24)]
    texts = [" ".join(three) for three in itertools.product(said, repeat=3)]
    plain = TfidfVectorizer(analyzer=words).fit_transform(texts)

    assert len(texts) > 13_000
    assert np.asarray(tfidf_rows(texts)) == pytest.approx(plain.toarray(), abs=CLOSE)


def test_cosines_of_recorded_answers_are_the_published_ones():
    """Fitted on ten answers with scikit-learn's own words, the mean cosine is 0.541 at 1.0 and 0.131 at 1.5.

    References:
        Data of M. Renze, E. Guven, "The Effect of Sampling Temperature on Problem Solving in Large Language
        Models", Findings of EMNLP (2024); values computed from them with scikit-learn alone.
    """
    if not RECORDED.exists():
        pytest.skip("the recorded answers (../shared/data/recorded) are not here")
    cells = collections.defaultdict(list)
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        for answer in map(json.loads, lines):
            cells[answer["temperature"], answer["prompt_id"]].append(answer["text"])
    cosines = collections.defaultdict(list)
    for (temperature, _), texts in cells.items():
        if temperature in {1.0, 1.5} and len(texts) > 1:
            rows = tfidf(texts, tokenize=lambda text: re.findall(r"\b\w\w+\b", text.lower()))
            cosines[temperature].append(np.mean([a @ b for a, b in combinations(rows, 2)]))

    assert {t: round(float(np.mean(found)), 3) for t, found in cosines.items()} == {1.0: 0.541, 1.5: 0.131}
