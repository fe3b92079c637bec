"""Classes of texts that count as the same."""

from evalkit.text.classes import class_counts


def test_classes_are_counted_from_the_largest():
    """The order of the keys does not show."""
    assert class_counts("abbccc") == class_counts("cbcabc") == [3, 2, 1]


def test_a_missing_key_is_a_class_of_its_own():
    """Keys that are None have nothing in common, not even with each other."""
    assert class_counts([None, "a", None, "a"]) == [2, 1, 1]


def test_an_empty_text_is_a_key_like_any_other():
    """Two empty texts are the same."""
    assert class_counts(["", "", "a"]) == [2, 1]


def test_nothing_has_no_class():
    """No keys, no counts."""
    assert class_counts([]) == []
