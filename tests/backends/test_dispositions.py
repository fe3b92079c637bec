"""What a wrong answer means."""

from datetime import UTC, datetime

import openai
import pytest

from evalkit.backends.dispositions import error_of, retry_after_s
from evalkit.backends.openai import DISPOSITIONS
from evalkit.errors import EndpointError, MalformedReplyError, RejectedError, TransientError

QUOTA = b'{"error": {"message": "no money", "code": "insufficient_quota"}}'

PUBLIC = sorted(
    (
        found
        for name in dir(openai)
        if not name.startswith("_")
        and isinstance(found := getattr(openai, name), type)
        and issubclass(found, openai.OpenAIError)
    ),
    key=lambda found: found.__name__,
)


@pytest.mark.parametrize("found", PUBLIC, ids=lambda found: found.__name__)
def test_every_public_error_of_the_client_has_a_disposition(found):
    """A new error class of the client must be placed by hand before a user meets it."""
    assert DISPOSITIONS[found] in {TransientError, RejectedError, MalformedReplyError, EndpointError}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *[(status, TransientError) for status in (301, 307, 408, 409, 425, 429, 500, 502, 503, 504, 529)],
        *[(status, EndpointError) for status in (401, 402, 403, 404, 405, 410)],
        *[(status, RejectedError) for status in (400, 413, 422)],
        *[(status, MalformedReplyError) for status in (101, 199)],
    ],
)
def test_a_status_decides_what_happens_next(status, kind):
    """Each status has one of four dispositions."""
    error = error_of(status, b"{}", {})
    assert type(error) is kind
    assert error.status == status


def test_an_exhausted_quota_stops_the_run():
    """A 429 that speaks of quota is no rate limit: waiting does not help."""
    assert error_of(429, QUOTA, {}).slug == "quota"


def test_a_refused_temperature_has_its_own_slug():
    """A model that refuses the temperature says so by the parameter's name."""
    body = b'{"error": {"message": "Unsupported value", "param": "temperature"}}'
    assert error_of(400, body, {}).slug == "unsupported-temperature"


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[" * 100_000, b'"text"', b'{"detail": [{"msg": "x"}]}', b'{"error": null}']
)
def test_any_body_gives_a_message(body):
    """Whatever a server sends along with an error, the line is printable."""
    assert error_of(503, body, {}).message.isprintable()


def test_terminal_codes_in_a_servers_words_are_removed():
    """The server's words end on a terminal, so control characters go."""
    assert "\x1b" not in str(error_of(503, b"\x1b[31mred", {}))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "1"}, 1.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Tue, 24 Nov 2026 00:00:10 GMT"}, 10.0),
        ({"retry-after": "Tue, 24 Nov 2020 00:00:10 GMT"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, None),
        ({"retry-after": "9" * 5000}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers, seconds):
    """Seconds, milliseconds and dates count; the past and nonsense do not."""
    assert retry_after_s(headers, now=datetime(2026, 11, 24, tzinfo=UTC)) == seconds
