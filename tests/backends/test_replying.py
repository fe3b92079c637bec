"""Whole and streamed answers under a status of success."""

import pytest

from evalkit.backends.replying import reply_of
from evalkit.errors import MalformedReplyError

WHOLE = b'{"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}]}'
EVENTS = b'data: {"choices": [{"index": 0, "delta": {"content": "yes"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("raw", [WHOLE, EVENTS])
def test_what_came_decides_how_it_is_read(raw, streamed):
    """Some servers stream unasked, and some do not when asked."""
    assert reply_of(raw, 201, None, streamed=streamed).completions[0].text == "yes"


def test_an_error_knows_the_status():
    """Whatever a gateway called it."""
    with pytest.raises(MalformedReplyError) as told:
        reply_of(b"<html>", 206, None, streamed=False)
    assert (told.value.status, told.value.raw) == (206, b"<html>")
