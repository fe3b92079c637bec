"""A key is found in every form, and nothing else is touched."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.text.redacting import HIDDEN, forms_of, redacted, redacted_text

KEY = "sk-test-01/23+45=6789abcdefgh"


@pytest.mark.parametrize("before", ["", "x", "xy", "Bearer ", "user:"])
def test_base64_is_found_wherever_the_key_begins(before):
    """A key encoded with what stands before and behind it loses all but the letters it shares with them."""
    packed = base64.b64encode(f"{before}{KEY}:x".encode())
    assert HIDDEN.encode() in redacted(packed, forms_of(KEY))


def test_addresses_json_and_the_end_that_servers_repeat_are_found():
    """Servers write a key into addresses and JSON, and the last letters of one they refuse."""
    for said in (KEY, quote(KEY, safe=""), KEY.replace("/", "\\/"), json.dumps({"key": KEY}), f"sk-***{KEY[-8:]}"):
        shown = redacted_text(f"<{said}>", forms_of(KEY))
        assert HIDDEN in shown
        assert KEY[-8:] not in shown


@pytest.mark.parametrize("key", [None, "", "none", "test", "loopback"])
def test_words_are_no_keys(key):
    """Hiding a word would change answers that hold it."""
    assert forms_of(key) == ()


@pytest.mark.parametrize("key", ["sk-no-key-required", "not-required", "placeholder-anything"])
def test_a_key_of_words_hides_no_word_of_an_answer(key):
    """What servers that ask for no key are given often ends in a word; the whole of it is hidden all the same."""
    text = "No key is required, anything goes."
    assert redacted_text(f"{text} {key}", forms_of(key)) == f"{text} {HIDDEN}"


def test_a_short_key_with_digits_is_a_key():
    """Nobody writes it by chance."""
    assert redacted_text("it is abc12345.", forms_of("abc12345")) == f"it is {HIDDEN}."


@given(st.text(alphabet=st.characters(categories=None)))
def test_other_texts_stay_as_they_are(text):
    """What does not hold the key is not altered, lone surrogates neither."""
    assert redacted_text(text, forms_of("sk-" + "\x7f" * 20)) == text
