"""Distances by words."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.features.likeness import word_distances


def between(a, b):
    """Return the distance of two texts."""
    return word_distances([a, b])[0, 1]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Paris", "paris.", 0.0),
        ("The answer is 4", "The answer is 5", 1.0),
        ("It costs 3.50", "It costs 3.5", 1.0),
        ("It is -5", "It is 5", 1.0),
        ("Yes", "Yes, it is", 2 / 3),
        ("東京です", "東京だ", 1 - 2 / 5),
        ("...", "?!", 0.0),
        ("...", "Paris", 1.0),
    ],
)
def test_short_texts(a, b, expected):
    """Case and punctuation do not count, numbers do, and Chinese and Japanese fall into characters."""
    assert between(a, b) == pytest.approx(expected)


def test_numbers_are_details_of_long_texts():
    """In a page, one number more or less is a word like any other."""
    page = " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")

    assert between(f"{page} 4", f"{page} 5") == pytest.approx(2 / 28)


def test_is_symmetric_with_zeros_on_the_diagonal():
    """A pair has no first and second, and a text is at 0 from itself."""
    distances = word_distances(["a b", "b c", "\ud800 c", ""])

    assert (distances == distances.T).all()
    assert (np.diagonal(distances) == 0.0).all()
