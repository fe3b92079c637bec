"""The place evalkit runs in: versions, environment, servers on this machine; what `evalkit doctor` tells."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys
from dataclasses import dataclass

from evalkit import environment
from evalkit.backends.detect import Server, detect
from evalkit.errors import UsageError

_PACKAGES = ("openai", "aiohttp", "numpy", "scipy", "scikit-learn", "matplotlib", "rapidfuzz", "pytest")
_EXTRAS = {"parquet": "pyarrow", "sentence-transformers": "sentence_transformers", "speed": "uvloop"}
_OLDEST = (3, 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    """What."""
    fine: bool
    """Whether it is as it should be."""
    told: str
    """What was found, without secrets."""
    remedy: str = ""
    """What to do, where something is to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """Everything that was looked at."""

    checks: tuple[Check, ...]
    """In the order of the work."""
    servers: tuple[Server, ...] | None
    """Servers that answer on this machine; None where nobody looked."""
    verdict: str
    """What it comes to, in one sentence."""
    export: str | None
    """The line that makes the next command ask what was found; None where there is nothing to set."""


def examine(*, look: bool = True) -> Examination:
    """Return what was found about this installation; asks nobody but ports of this machine.

    Args:
        look: Whether to look for servers; never under CI, nor where EVALKIT_NO_DETECT says so.
    """
    servers = detect() if look and environment.may_detect() else None
    checks = (_python(), _packages(), _extras(), _key(), _address())
    verdict, export = _verdict(checks, servers)
    return Examination(checks=checks, servers=servers, verdict=verdict, export=export)


def _python() -> Check:
    found = f"Python {sys.version.split()[0]} on {platform.system()} {platform.machine()}"
    return Check(name="python", fine=sys.version_info[:2] >= _OLDEST, told=found, remedy="evalkit needs Python 3.11")


def _packages() -> Check:
    versions = {name: _version(name) for name in ("evalkit", *_PACKAGES)}
    missing = [name for name, version in versions.items() if version is None]
    told = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    return Check(
        name="packages", fine=not missing, told=told, remedy=f"install {', '.join(missing)}" if missing else ""
    )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _extras() -> Check:
    there = [extra for extra, module in _EXTRAS.items() if importlib.util.find_spec(module) is not None]
    absent = [extra for extra in _EXTRAS if extra not in there]
    told = f"installed: {', '.join(there) or 'none'}; not installed: {', '.join(absent) or 'none'}"
    return Check(name="extras", fine=True, told=told)


def _key() -> Check:
    try:
        key = environment.api_key()
    except UsageError as error:
        return Check(name="key", fine=False, told=error.message, remedy=error.hint or "")
    if key is not None:
        return Check(name="key", fine=True, told="OPENAI_API_KEY is set")
    return Check(name="key", fine=True, told="OPENAI_API_KEY is not set; servers on this machine need none")


def _address() -> Check:
    if not environment.has_address():
        return Check(name="address", fine=True, told=f"OPENAI_BASE_URL is not set: {environment.DEFAULT_BASE_URL}")
    try:
        address = environment.address_of(None)
    except UsageError as error:
        return Check(name="address", fine=False, told=f"OPENAI_BASE_URL: {error.message}", remedy=error.hint or "")
    return Check(name="address", fine=True, told=address.notice or f"OPENAI_BASE_URL is {address.url}")


def _verdict(checks: tuple[Check, ...], servers: tuple[Server, ...] | None) -> tuple[str, str | None]:
    wrong = [check for check in checks if not check.fine]
    if wrong:
        return f"not ready: {'; '.join(f'{check.name}: {check.remedy}' for check in wrong)}", None
    if environment.has_address():
        return "ready: runs without an address of their own ask OPENAI_BASE_URL", None
    with_models = [server for server in servers or () if server.models]
    if with_models:
        first = with_models[0]
        line = f"export OPENAI_BASE_URL={first.base_url} OPENAI_API_KEY=local EVALKIT_MODEL={first.models[0]}"
        return f"ready: a server on port {first.port} lists {len(first.models)} models", line
    if environment.api_key() is not None:
        return f"ready: runs without an address of their own ask {environment.DEFAULT_BASE_URL}", None
    return "ready for the embedded endpoint: no key, and no server on this machine", None
