"""A build that shows output obeys nothing in it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.text.unobeyed import unobeyed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error file=x::y", r"\u003a:error file=x::y"),
        ("a\n  ::set-output name=x::1", "a\n  \\u003a:set-output name=x::1"),
        ("a ##[group]b", r"a \u0023#[group]b"),
        ("##vso[task.setvariable]", r"\u0023#vso[task.setvariable]"),
        ("##teamcity[testFailed]", r"\u0023#teamcity[testFailed]"),
        ("a::b\n## heading\n[x](y)", "a::b\n## heading\n[x](y)"),
    ],
)
def test_commands_lose_their_first_sign(text, expected):
    """Only where a build would obey; everything else is as it was."""
    assert unobeyed(text) == expected


@given(st.lists(st.text("a:#[]\n \\")))
def test_json_stays_the_same_json(texts):
    """An export for a program holds what it held."""
    assert json.loads(unobeyed(json.dumps(texts))) == texts
