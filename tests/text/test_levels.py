"""The ladder of equality."""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import UnknownNameError, UsageError
from evalkit.text.levels import LEVELS, at_level, level_of

ANYTHING = st.text(alphabet=st.characters(categories=None) | st.sampled_from(" .-5aA\n"))


def test_levels_stand_in_order():
    """The strictest level comes first."""
    assert LEVELS == ("raw", "nfc_strip", "whitespace", "loose", "punctuation", "json", "answer")


def test_raw_changes_nothing():
    """At the strictest level a text is itself, lone surrogates included."""
    assert at_level(" A\ud800\n") == " A\ud800\n"


def test_whitespace_forgets_blanks_only():
    """Runs of white space become a blank, and none is left at the ends."""
    assert at_level("\n A \t\u00a0b.\r\n\n", level="whitespace") == "A b."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Blue.**", "blue"),
        ("`x` _y_", "x y"),
        ("don't — stop", "don t stop"),
        ("Straße ﬁn Ａ", "strasse fin a"),
        ("e\u0301", "\u00e9"),
        ("-5", "-5"),
        ("\N{MINUS SIGN}5", "-5"),
        ("x-5", "x 5"),
        ("(3.5, 1,000)", "3.5 1,000"),
        ("-.5 .25", "-.5 .25"),
        ("It is 5.", "it is 5"),
        ("10:30 … 12", "10:30 12"),
        ("C++", "c++"),
        ("!?", ""),
    ],
)
def test_punctuation_goes_and_no_number_changes(text, expected):
    """Punctuation goes, unless a number would become another."""
    assert at_level(text, level="punctuation") == expected


MARKED = re.compile(r"(?P<number>(?<=\d)[^\w\s](?=\d)|(?<![\w-])-(?=\.?\d)|(?<![\w.])\.(?=\d))|[^\w\s]|_")


def without_mark(mark):
    """Return what becomes of a mark, by the definition of the level."""
    stays = mark["number"] or (mark[0] != "`" and not unicodedata.category(mark[0]).startswith("P"))
    return mark[0] if stays else " "


@settings(deadline=None, max_examples=400)
@given(ANYTHING | st.text(alphabet="12-.,:_ `$a\u0663\u2212\u2013\x1d\n"))
def test_levels_are_what_they_are_defined_as(text):
    """Short ways for plain text, and marks taken away all at once, change nothing."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    loose = " ".join(folded.split())
    assert at_level(text, level="loose") == loose
    marked = MARKED.sub(without_mark, loose.replace("\N{MINUS SIGN}", "-"))
    assert at_level(text, level="punctuation") == " ".join(marked.split())


def unique(pairs):
    """Return an object of JSON, which names no key twice."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


@settings(deadline=None, max_examples=400)
@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), st.lists, max_leaves=4).map(
        json.dumps
    )
    | st.text(alphabet='tfrueals n\t\x0b`[]{}"-1.0,:NI', max_size=8)
    | st.sampled_from(["true ", "nullx", "\ufefftrue", "NaN", "-Infinity", "```\ntrue\n```", "```json\n[1]```"])
)
def test_what_can_be_no_json_is_not_tried(text):
    """A text is told from JSON by its beginning only where no JSON begins so."""
    fenced = re.fullmatch(r"```[a-zA-Z0-9]*\n(.*?)\n?```", text.strip(), re.DOTALL)
    try:
        value = json.loads(fenced[1] if fenced else text, object_pairs_hook=unique, parse_constant=int)
        holds = True
    except ValueError:
        value, holds = None, False
    found = at_level(text, level="json")
    assert (found is not None) == holds
    assert not holds or json.loads(found) == value


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [(r"Answer: (\w+)", "c"), (r"Answer: \w+", "answer c"), (r"Question: (\w+)", None), (r"Ans|(zzz)", None)],
)
def test_answer_takes_the_last_match(pattern, expected):
    """The first group of the last match counts, the whole match where there is no group, None where nothing is."""
    assert at_level("Answer: B. No, wait. Answer: C!", level="answer", pattern=pattern) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("e\u0301\n", "\u00e9"), ("\u00e9 ", "\u00e9"), ("Ａ  b", "Ａ  b")],
)
def test_nfc_strip_composes_and_trims(text, expected):
    """Composed and decomposed letters are the same, blanks at the ends go, inner ones and full-width forms stay."""
    assert at_level(text, level="nfc_strip") == expected


def test_loose_forgets_case_and_compatibility_forms():
    """Case, full-width forms and runs of blanks go; punctuation stays."""
    assert at_level(" Straße\n ﬁn Ａ! ", level="loose") == "strasse fin a!"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"b": 1.0, "a": [true]}', '{"a":[true],"b":1}'),
        ('```json\n{"a": [true], "b": 1}\n```', '{"a":[true],"b":1}'),
        ('"\\u00e9"', '"\\u00e9"'),
        ("not json", None),
        ('{"a": 1, "a": 2}', None),
        ("NaN", None),
        ("[" * 100_000, None),
        ("", None),
    ],
)
def test_json_compares_values(text, expected):
    """Key order, blanks and the spelling of numbers do not count; what is no JSON has no value."""
    assert at_level(text, level="json") == expected


@settings(deadline=None)
@given(ANYTHING, ANYTHING)
def test_levels_only_ever_loosen(first, second):
    """Texts that are equal at a level are equal at the next one."""
    steps = [level_of(name) for name in ("raw", "nfc_strip", "whitespace", "loose", "punctuation")]

    for strict, lax in pairwise(steps):
        assert lax(first) == lax(strict(first) or "")
        assert strict(first) != strict(second) or lax(first) == lax(second)


@settings(deadline=None)
@given(ANYTHING)
@pytest.mark.parametrize("level", ["raw", "nfc_strip", "whitespace"])
def test_a_level_is_reached_in_one_step(level, text):
    """Bringing a text to a level twice is bringing it there once."""
    once = at_level(text, level=level)

    assert at_level(once or "", level=level) == once


def test_unknown_level_names_the_nearest():
    """A misspelt level is answered with the one that was meant."""
    with pytest.raises(UnknownNameError, match="did you mean 'whitespace'"):
        level_of("white space")


def test_unknown_level_lists_what_there_is():
    """A level unlike any other is answered with all there are."""
    with pytest.raises(UnknownNameError, match="known: raw, nfc_strip, whitespace, loose, punctuation, json, answer"):
        level_of("zzz")


def test_answer_needs_a_pattern():
    """Without a pattern nobody knows what the answer is."""
    with pytest.raises(UsageError, match="needs a pattern"):
        level_of("answer")


def test_pattern_belongs_to_answer():
    """A pattern at another level would be ignored in silence, so it is refused."""
    with pytest.raises(UsageError, match="'loose' takes no pattern"):
        level_of("loose", pattern="x")


def test_broken_pattern_is_refused_at_once():
    """What is no regular expression is an error before any text is read."""
    with pytest.raises(UsageError, match="no regular expression"):
        level_of("answer", pattern="(")
