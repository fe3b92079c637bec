"""The one place that reads the environment: the key, the address, our own settings, where a build's summary goes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

from evalkit.errors import UsageError

DEFAULT_BASE_URL = "https://api.openai.com/v1"
"""Address of the protocol's author, used when nothing else is said."""

LOOPBACK = "loopback"
"""The word that stands for the embedded endpoint."""

_CALL = "/chat/completions"
_EXAMPLE = "such as http://127.0.0.1:8000/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where requests go."""

    url: str
    """Base address without a final slash, or ``loopback``."""
    notice: str | None = None
    """What was repaired, in one sentence; None when nothing was."""


class Key(str):
    """A key that is sent, and hides itself where values of variables are shown, as in tracebacks."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return that here is a key, not which."""
        return "'[key]'"


def api_key() -> Key | None:
    """Return OPENAI_API_KEY; None when it is absent or empty.

    Raises:
        UsageError: It holds what no header can carry.
    """
    return key_of(os.environ.get("OPENAI_API_KEY"))


def key_of(text: str | None) -> Key | None:
    """Return a key without the blanks and line ends around it, which a file leaves there; None when nothing is left.

    Raises:
        UsageError: It holds what no header can carry.
    """
    key = (text or "").strip()
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise UsageError(
            "the key holds a blank, a line end or a letter that no header can carry",
            hint="see OPENAI_API_KEY; it is not shown here",
        )
    return Key(key) if key else None


def has_key() -> bool:
    """Return whether OPENAI_API_KEY says something."""
    return bool((os.environ.get("OPENAI_API_KEY") or "").strip())


def step_summary() -> Path | None:
    """Return the file to which a build's job adds its summary; None where there is none."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    return Path(path) if path else None


def setting(name: str) -> str | None:
    """Return what a variable of ours, such as EVALKIT_MODEL, says; None when it is absent or empty."""
    return (os.environ.get(name) or None) if name.startswith("EVALKIT_") else None


def may_detect() -> bool:
    """Return whether servers of this machine may be looked for: not in a build, nor where EVALKIT_NO_DETECT is set."""
    return not (os.environ.get("CI") or setting("EVALKIT_NO_DETECT"))


def has_address() -> bool:
    """Return whether OPENAI_BASE_URL says something."""
    return bool(os.environ.get("OPENAI_BASE_URL"))


def address_of(given: str | None) -> Address:
    """Return the address to use: the suite's, else OPENAI_BASE_URL, else the default.

    Args:
        given: The suite's ``base_url``; None when it has none.

    Returns:
        The repaired address, with a notice when it was repaired.

    Raises:
        UsageError: The address carries a password or a query, or is no address.
    """
    return repair_base_url(given or os.environ.get("OPENAI_BASE_URL") or DEFAULT_BASE_URL)


def repair_base_url(url: str) -> Address:
    """Return the address with what people forget put right.

    A missing ``/v1`` is added, a final ``/chat/completions`` is cut: the client adds it.

    Args:
        url: Any address a user may paste.

    Returns:
        The address, with a notice when it differs by more than a final slash.

    Raises:
        UsageError: The address carries a password or a query, or is no address.
    """
    plain = url.strip().rstrip("/")
    if plain == LOOPBACK:
        return Address(url=plain)
    parts = _split(plain if "://" in url else f"http://{plain}")
    _check(parts.scheme, parts.hostname, secret=bool(parts.username or parts.password or parts.query or parts.fragment))
    path = parts.path.removesuffix(_CALL).rstrip("/") or "/v1"
    repaired = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    notice = None if repaired == plain else f"base_url {plain} was read as {repaired}."
    return Address(url=repaired, notice=notice)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - it is read when it is asked for, and may be none
    except ValueError:
        raise UsageError("base_url is no http or https address", hint=_EXAMPLE) from None
    return parts


def _check(scheme: str, host: str | None, *, secret: bool) -> None:
    # The address itself is not shown: what is wrong with it may be a password.
    if secret:
        raise UsageError(
            "base_url carries a password, a query or a fragment",
            hint="put the key in OPENAI_API_KEY and the plain address in base_url",
        )
    if scheme not in {"http", "https"} or not host:
        raise UsageError("base_url is no http or https address", hint=_EXAMPLE)
