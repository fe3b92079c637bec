"""Signs that a text is no language any more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import UsageError
from evalkit.text.degeneration import Limits, repetition, signs_of, vocabulary_of

QUESTION = "Where is the cat?"
PLAIN = "The cat sat on the mat, and the dog sat beside it until the rain was over."


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        (PLAIN, ()),
        ("", ()),
        ("今日はいい天気ですね。", ()),
        ("La réponse est π, или нет", ("scripts",)),
        ("The c\ufffdt", ("replacement",)),
        ("no " * 12, ("repetition",)),
        ("no no no no no no", ("repetition",)),
        ("no no no no no", ()),
        ("a" * 501, ("looping",)),
        ("a" * 500, ()),
        ("The cat sat. " * 60, ("repetition", "looping")),
    ],
)
def test_each_sign_has_a_text(text, signs):
    """Loops, lost bytes and a third script are seen; plain, short and Japanese answers pass."""
    assert signs_of(text, QUESTION) == signs


@given(st.lists(st.sampled_from("abcdefgh"), max_size=30).map(" ".join), st.floats(-0.5, 1.0))
def test_many_different_words_tell_that_nothing_is_said_again(text, limit):
    """Where they do not, runs are counted: the sign is that of the definition, whatever the limit."""
    shown = (repetition(text) or 0.0) > limit
    assert ("repetition" in signs_of(text, "", Limits(repetition=limit, compression=1e9))) == shown


def test_the_scripts_of_the_question_count():
    """An answer may use the scripts of its question and one more; without a question nothing is compared."""
    answer = "cat, кот, γάτα"
    assert signs_of(answer, "Name the cat in Russian: кот") == ()
    assert signs_of(answer, "") == ()
    assert signs_of(answer, "1 + 1 = ?") == ("scripts",)
    assert signs_of(answer, QUESTION, Limits(extra_scripts=2)) == ()


def test_words_are_looked_up_only_in_a_given_vocabulary(tmp_path):
    """More than twenty words, more than 35 % of them unknown, and a vocabulary to say so."""
    path = tmp_path / "words.txt"
    path.write_text("The\ncat\nsat\n", encoding="utf-8")
    known = Limits(vocabulary=str(path))
    assert signs_of("the cat SAT, 5! zorp" * 7, QUESTION, known) == ("repetition",)
    nonsense = "the cat sat " + " ".join(f"zor{letter}" for letter in "abcdefghijklmnopqr")
    assert signs_of(nonsense, QUESTION, known) == ("unknown_words",)
    assert signs_of(nonsense.removesuffix(" zorr"), QUESTION, known) == ()
    assert signs_of(nonsense, QUESTION) == ()


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_vocabulary_without_words_is_refused(tmp_path, content):
    """A file that is missing, empty or no UTF-8 is an error that names it."""
    path = tmp_path / "words.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"words\.txt"):
        vocabulary_of(str(path))


def test_repetition_counts_what_came_before():
    """Of the three pairs of words in "a b a b" two are different; a text that is too short has no value."""
    assert repetition("a b a b", n=2) == pytest.approx(1 / 3)
    assert repetition("a b a") is None


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("name", ["cjk", "disjoint", "identical", "short_answers", "single"])
def test_repetition_matches_other_code(oracle, name, n):
    """The mean over the texts that have n tokens is the published one."""
    found = [share for text in oracle["sets"][name]["texts"] if (share := repetition(text, n=n)) is not None]
    expected = oracle["sets"][name]["metrics"]["repetition_uni"][f"mean_rep_{n}"]
    assert (sum(found) / len(found) if found else None) == pytest.approx(expected, abs=1e-9)
