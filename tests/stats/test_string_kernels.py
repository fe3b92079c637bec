import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.string_kernels import exact_match, padded_hamming, spectrum_cosine

TEXTS = st.lists(st.text(alphabet="ab 日é🙂", max_size=6), min_size=1, max_size=6)
KERNELS = [exact_match, padded_hamming, spectrum_cosine]


@pytest.mark.parametrize("kernel", KERNELS)
@given(texts=TEXTS)
def test_a_kernel_is_a_similarity(kernel, texts):
    """Values lie in [0, 1], the matrix is symmetric, equal texts have 1."""
    matrix = kernel(texts)
    assert matrix.shape == (len(texts), len(texts))
    assert np.allclose(matrix, matrix.T)
    assert (matrix >= 0.0).all()
    assert (matrix <= 1.0).all()
    assert np.allclose(matrix[exact_match(texts) == 1.0], 1.0)


@pytest.mark.parametrize("kernel", KERNELS)
def test_an_empty_text_is_like_itself_only(kernel):
    """Two empty texts are equal, and an empty text has nothing of any other."""
    assert kernel(["", "", "ab"]) == pytest.approx(np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]]))


def test_padding_is_no_agreement():
    """Short texts of different characters have nothing in common, however long a third one is."""
    assert padded_hamming(["a", "b", "x" * 100])[0, 1] == 0.0


def test_a_place_that_one_text_lacks_is_disagreement():
    """A text agrees with its first half in half of the places."""
    assert padded_hamming(["abab", "ab"])[0, 1] == 0.5


def test_places_are_code_points():
    """An emoji and a Chinese character are one place each."""
    assert padded_hamming(["🙂日", "🙂月"])[0, 1] == 0.5


@given(TEXTS)
def test_the_scale_of_the_literature_counts_pads(texts):
    """Padded to a common length, a pair agrees wherever neither text has a character."""
    padded = [text.ljust(8, "\0") for text in texts]
    plain = [[sum(x == y for x, y in zip(a, b, strict=True)) / 8 for b in padded] for a in padded]
    assert padded_hamming(texts, length=8) == pytest.approx(np.array(plain))


def test_a_length_that_cuts_is_refused():
    """A text is never cut to fit."""
    with pytest.raises(ValueError, match="3 code points"):
        padded_hamming(["abc"], length=2)


def test_the_cosine_counts_runs():
    """Of the runs of two in "abab", two of three are "ab"."""
    assert spectrum_cosine(["abab", "ab"], n=2)[0, 1] == pytest.approx(2.0 / np.sqrt(5.0))


def test_a_run_needs_a_length():
    """Runs of no code point compare nothing."""
    with pytest.raises(ValueError, match="none"):
        spectrum_cosine(["a"], n=0)
