"""What a test session can be told: one table of settings, and which of four places decides each of them.

Loaded in every test session, so it needs nothing but pytest and the standard library.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from evalkit import environment

_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


def _flag(text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError("expected yes or no")
    return text.lower() in _TRUE


def _count(text: str) -> int:
    if int(text) < 1:
        raise ValueError("expected 1 or more")
    return int(text)


def _requests(text: str) -> int:
    if int(text) < 0:
        raise ValueError("expected 0 or more")
    return int(text)


def _amount(text: str) -> float:
    if not 0.0 <= float(text) < math.inf:
        raise ValueError("expected an amount of 0 or more")
    return float(text)


def _numbers(text: str) -> tuple[float, ...]:
    found = tuple(sorted({float(part) for part in text.replace(",", " ").split()}))
    if not found or not all(0.0 <= each < math.inf for each in found):
        raise ValueError("expected numbers of 0 or more, such as 0,0.7,1")
    return found


def _share(text: str) -> float:
    if not 0.0 < float(text) < 1.0:
        raise ValueError("expected a number between 0 and 1, such as 0.95")
    return float(text)


def _prices(text: str) -> tuple[float, float]:
    parts = text.split("/")
    if len(parts) != 2:  # noqa: PLR2004 - questions and answers
        raise ValueError("expected USD for a million tokens of questions and of answers, such as 0.15/0.60")
    return _amount(parts[0]), _amount(parts[1])


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"expected {', '.join(words[:-1])} or {words[-1]}")
        return text

    return read


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a session can be told."""

    name: str
    """Its name: option ``--evalkit-NAME``, variable ``EVALKIT_NAME``, ini ``evalkit_NAME``."""
    read: Callable[[str], Any]
    """Makes a value of its text; ValueError says what was expected."""
    metavar: str
    """What stands for the value in the help; empty for a flag."""
    help: str
    """What it does."""
    default: Any = None
    """What holds where nobody says anything."""

    @property
    def option(self) -> str:
        """The option's name on the command line."""
        return f"--evalkit-{self.name.replace('_', '-')}"

    @property
    def ini(self) -> str:
        """The name in an ini file."""
        return f"evalkit_{self.name}"

    @property
    def variable(self) -> str:
        """The name in the environment."""
        return f"EVALKIT_{self.name.upper()}"


SETTINGS = (
    Setting("model", str, "NAME", "model, instead of the suite's"),
    Setting("base_url", str, "URL", "address, instead of the suite's; loopback is the embedded endpoint"),
    Setting("samples", _count, "N", "samples of each cell, instead of the suite's"),
    Setting(
        "precision", _share, "HALF", "draw until intervals of shares reach no farther to either side, such as 0.05"
    ),
    Setting("temperatures", _numbers, "T,T", "temperatures, instead of the suite's"),
    Setting("level", _share, "P", "level of every interval (0.95)", 0.95),
    Setting("run", _flag, "", "buy what is not recorded from real endpoints, too", False),
    Setting("fresh", _flag, "", "draw everything anew, whatever is recorded", False),
    Setting("label", str, "NAME", "keep this session's answers apart, under this name"),
    Setting("store", str, "FILE", "where answers are kept (.evalkit.sqlite)", ".evalkit.sqlite"),
    Setting("baseline", str, "NAME", "compare with what was saved under this name; FILE@NAME for another store"),
    Setting("save", str, "NAME", "save the session's answers as a baseline; FILE@NAME for another store"),
    Setting("report", str, "PATH", "write the comparison, or else the run's page, to this file (.html, .md, .json)"),
    Setting("junit", _one_of("on", "off"), "on|off", "each assertion as a property in JUnit files (on)", "on"),
    Setting("max_requests", _requests, "N", "buy nothing when more requests than this are missing"),
    Setting("max_cost", _amount, "USD", "buy nothing when it might cost more than this; needs a price"),
    Setting("price", _prices, "IN/OUT", "USD for a million tokens of questions and of answers, such as 0.15/0.60"),
    Setting(
        "inconclusive", _one_of("fail", "warn", "skip"), "WHAT", "what an open assertion does: fail, warn, skip", "fail"
    ),
    Setting(
        "preflight",
        _one_of("auto", "on", "off"),
        "WHEN",
        "ask real endpoints about themselves first: auto (where that is a tenth of the purchase at most), on, off",
        "auto",
    ),
    Setting("adjust", _one_of("none", "holm"), "HOW", "holm: hold all assertions of the session to one level", "none"),
)
"""Every setting."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds in a session, and who said so."""

    values: dict[str, Any]
    """By name."""
    sources: dict[str, str]
    """Who said so, of those that somebody did: ``option``, ``environment`` or ``ini``."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - each setting has a type of its own
        """Return the value of a setting."""
        return self.values[name]


def add_options(parser: pytest.Parser) -> None:
    """Add an option and an ini option for each setting."""
    group = parser.getgroup("evalkit", "how much a model's answers vary")
    for each in SETTINGS:
        shape: dict[str, Any] = {"metavar": each.metavar} if each.metavar else {"action": "store_const", "const": "yes"}
        group.addoption(each.option, dest=each.ini, default=None, help=each.help, **shape)
        parser.addini(each.ini, each.help, type="string", default="")


def settings_of(config: pytest.Config) -> Settings:
    """Return the settings of a session: an option goes before the environment, that before an ini file.

    Raises:
        pytest.UsageError: A value can not be read; names where it stands and what was expected.
    """
    values, sources = {}, {}
    for each in SETTINGS:
        values[each.name] = each.default
        for source, name, text in (
            ("option", each.option, config.getoption(each.ini)),
            ("environment", each.variable, environment.setting(each.variable)),
            ("ini", each.ini, config.getini(each.ini)),
        ):
            if text not in {None, ""}:
                values[each.name], sources[each.name] = _read(each, name, str(text)), source
                break
    return Settings(values, sources)


def _read(setting: Setting, name: str, text: str) -> Any:  # noqa: ANN401 - each setting has a type of its own
    try:
        return setting.read(text)
    except ValueError as error:
        expected = str(error) if str(error).startswith("expected") else "expected a number"
        raise pytest.UsageError(f"{name}={text}: {expected}") from None
