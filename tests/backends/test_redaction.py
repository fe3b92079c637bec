"""Log records hold no key: whoever writes them, whichever handler takes them."""

import io
import logging

import pytest

from evalkit.backends.redaction import hide

KEY = "sk-redaction-0123456789abcdefgh"


@pytest.fixture
def written():
    """Return what a handler of the user's own on the root logger was given, from the lowest level on."""
    hide(KEY)
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("name", [None, "openai", "httpcore.http11", "made.after.the.key"])
def test_no_logger_says_the_key(written, name):
    """In the message, in its arguments and in headers among them; everything else is said."""
    log = logging.getLogger(name)
    log.debug("key %s", KEY)
    log.info("headers %r", {"Authorization": f"Bearer {KEY}"})
    log.warning(f"in the message itself: {KEY}")  # noqa: G004 - what others do
    said = written.getvalue()
    assert KEY not in said
    assert said.count("[key]") == 3
    assert "headers {'Authorization': 'Bearer [key]'}" in said


def test_no_traceback_says_the_key(written):
    """The chain of an exception is written without it."""
    outer = RuntimeError("outer")
    outer.__cause__ = ValueError(KEY)
    logging.getLogger("aiohttp.client").error("it failed", exc_info=outer, stack_info=True)
    said = written.getvalue()
    assert KEY not in said
    assert "ValueError: [key]" in said
    assert "RuntimeError: outer" in said


def test_a_record_that_does_not_fit_its_arguments_is_left_to_logging(written):
    """A mistake in somebody's logging is logging's to tell, unless that would tell the key."""
    logging.getLogger("x").warning("%d", KEY)
    assert written.getvalue() == "('%d', ('[key]',))\n"
    record = logging.getLogger("x").makeRecord("x", logging.INFO, "f", 1, "%d", ("word",), None)
    assert (record.msg, record.args) == ("%d", ("word",))


def test_records_without_the_key_are_what_they_were():
    """Message and arguments of other records stay apart, as other handlers expect them."""
    hide(KEY)
    record = logging.getLogger("x").makeRecord("x", logging.INFO, "f", 1, "%s and %s", ("a", "b"), None)
    assert (record.msg, record.args) == ("%s and %s", ("a", "b"))
