"""Which writing systems a text is written in."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.text.scripts import scripts_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("1 + 2 = 3!", set()),
        ("Hello, wörld", {"Latin"}),
        ("Hello мир", {"Latin", "Cyrillic"}),
        ("今日はいい天気ですね。コーヒー", {"Han"}),
        ("今天天气很好。", {"Han"}),
        ("오늘 날씨", {"Hangul"}),
        ("ﾊﾝｶｸ ＦＵＬＬ", {"Han", "Latin"}),
        ("مرحبا 👩‍👩‍👧 สวัสดี", {"Arabic", "Thai"}),
        ("5 µm, ℵ₀, 𝐱", {"Latin"}),
        ("π r²", {"Greek", "Latin"}),
        ("\ud800", set()),
    ],
)
def test_letters_tell_the_script(text, expected):
    """Letters count, by the script of their names; digits, marks, emoji and symbols do not."""
    assert scripts_of(text) == expected


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_text_is_latin_or_of_no_script(text):
    """The names of the characters say the same."""
    names = [unicodedata.name(each, "").split() for each in text if each.isalpha()]
    assert scripts_of(text) == {name[0].capitalize() for name in names}
