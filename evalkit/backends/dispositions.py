"""What a wrong answer means: tried again, recorded, or the end of the run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from evalkit.backends.refusals import failed_check_of_temperature, refuses_temperature
from evalkit.errors import BackendError, EndpointError, MalformedReplyError, RejectedError, TransientError
from evalkit.nouns import REDIRECT, UNSUPPORTED
from evalkit.text.visible import visible

_WAIT_CODES = frozenset({408, 409, 425, 429})
_QUOTA_WORDS = ("insufficient_quota", "billing_hard_limit_reached")
_SHOWN = 200  # characters of the server's own words in a message
_LOOKED_AT = 10_000  # a server may send a page of megabytes
_BLANKS = re.compile(r"[ \t\r\n]+")
SUCCESS = range(200, 300)
"""Statuses under which the body is read: it was made and paid for, whatever a gateway calls that."""
_REDIRECTS = range(300, 400)
_SERVER_SIDE = 500
_STOPS = {
    401: ("key", "the endpoint does not accept the key", "set OPENAI_API_KEY"),
    402: ("quota", "the endpoint asks for money", "run again when it is paid"),
    403: ("forbidden", "the endpoint forbids this key or model", "see the key's rights"),
    404: ("not-found", "the endpoint knows no such model or address", "see model and base_url"),
    405: ("not-found", "the endpoint takes no chat completions at this address", "see base_url"),
    410: ("not-found", "the endpoint no longer has this model or address", "see model and base_url"),
}


def error_of(status: int, body: bytes, headers: Mapping[str, str]) -> BackendError:
    """Return the error that a status other than a success means; its class is what happens next.

    Args:
        status: HTTP status, none of `SUCCESS`.
        body: The body as it came.
        headers: Headers, names in lower case.

    Returns:
        EndpointError for 401 to 405, 410 and an exhausted quota; TransientError for redirects, 408, 409,
        425, 429 and 5xx; MalformedReplyError for 1xx; RejectedError for the rest, and for a 500 that says
        the temperature did not pass the server's check.
    """
    words, code, param, told = _words(body)
    if status == 429 and any(word in code for word in _QUOTA_WORDS):  # noqa: PLR2004 - too many requests
        return EndpointError(
            f"the quota is used up: {words}",
            slug="quota",
            status=status,
            raw=body,
            hint="run again when it is refilled",
        )
    if status in _STOPS:
        slug, what, hint = _STOPS[status]
        return EndpointError(f"{what} ({status}: {words})", slug=slug, status=status, raw=body, hint=hint)
    if status in _REDIRECTS:
        return TransientError(
            f"the endpoint redirects ({status}) to {headers.get('location', 'nowhere')[:_SHOWN]!r}; not followed",
            slug=REDIRECT,
            status=status,
            raw=body,
            hint="set base_url to the final address if you trust it",
        )
    checked = status == _SERVER_SIDE and failed_check_of_temperature(words)
    if status in _WAIT_CODES or (status >= _SERVER_SIDE and not checked):
        return TransientError(
            f"status {status}: {words}",
            slug="rate-limited" if status == 429 else "server-error" if status >= _SERVER_SIDE else "conflict",  # noqa: PLR2004
            status=status,
            raw=body,
            retry_after_s=retry_after_s(headers),
        )
    if status < _REDIRECTS.start:
        return MalformedReplyError(f"status {status} instead of 200", slug="wrong-status", status=status, raw=body)
    refused = checked or refuses_temperature(words, param, told)
    return RejectedError(
        f"status {status}: {words}", slug=UNSUPPORTED if refused else "rejected", status=status, raw=body
    )


def _words(body: bytes) -> tuple[str, str, str, object]:
    """Return the server's message, its code and type, the parameter it names, and all it says."""
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return _line(body.decode("utf-8", "backslashreplace")) or "no message", "", "", None
    error = value.get("error", value.get("detail", value)) if isinstance(value, dict) else value
    if not isinstance(error, dict):
        return _line(str(error)), "", "", value
    code = f"{error.get('code')} {error.get('type')}"
    return _line(str(error.get("message") or error)), code, str(error.get("param") or ""), value


def _line(text: str) -> str:
    # One line, nothing that is obeyed: the server's words go to a terminal.
    return visible(_BLANKS.sub(" ", text[:_LOOKED_AT]).strip(), keep="")[:_SHOWN]


def retry_after_s(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Return the seconds a server asks to wait; None when it does not say, or says nonsense.

    Args:
        headers: Headers, names in lower case: ``retry-after-ms``, ``retry-after`` in seconds or as a date.
        now: Present time, for dates; the clock's when None.

    Returns:
        Seconds, 0 or more; not limited.
    """
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            seconds = float(value) * unit_s
        except ValueError:
            seconds = _until(value, now or datetime.now(UTC))
        if 0 <= seconds < float("inf"):
            return seconds
    return None


def _until(date: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):  # a year of twenty digits is a date to the parser
        return -1.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
