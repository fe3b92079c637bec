"""What a test wishes for: its markers and parameters, read and checked, before anything is loaded or sent."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evalkit.errors import UsageError
from evalkit.text.levels import LEVELS

if TYPE_CHECKING:
    import pytest

MOST_SAMPLES = 200
"""Samples of a cell at which drawing until an interval is narrow enough ends, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one test wants to look at; None where it leaves that to the session or the suite."""

    node: pytest.Item = field(repr=False)
    """The test."""
    suite: str | None = None
    """Path of a suite file, from the test's folder or the root."""
    prompts: tuple[tuple[str | None, Any], ...] = ()
    """Prompts written down in the marker: name and text or messages."""
    temperatures: tuple[float, ...] | None = None
    """Temperatures."""
    samples: int | None = None
    """Samples of each cell; where precision is asked for, those of the first look."""
    model: str | None = None
    """Model."""
    base_url: str | None = None
    """Address."""
    label: str | None = None
    """Name under which answers are kept apart."""
    precision: float | None = None
    """Half-width of the interval at which drawing ends; None for a fixed number of samples."""
    max_samples: int = MOST_SAMPLES
    """Samples of a cell at which drawing ends anyhow."""
    metric: str | None = None
    """What precision is asked of; the suite's first metric that allows it when None."""
    equality: str | None = None
    """Level at which texts are the same; each metric's own when None."""
    confidence: float | None = None
    """Level of every interval; the session's when None."""
    prompt: str | None = None
    """The one prompt of a parametrised test."""
    temperature: float | None = None
    """The one temperature of a parametrised test; beside those of a marker, where it names some."""

    @property
    def names_prompts(self) -> bool:
        """Whether what is asked is known before the test runs: a suite, or prompts in the marker."""
        return self.suite is not None or bool(self.prompts)


def wish_of(node: pytest.Item) -> Wish:
    """Return what a test wishes for: of several markers the closest one decides, keyword by keyword.

    Parameters of the names ``temperature``, ``model`` and ``prompt`` narrow it: each case draws its own cells.

    Raises:
        UsageError: A keyword is unknown, or its value is none.
    """
    told: dict[str, Any] = {}
    for mark in node.iter_markers("evalkit"):
        if mark.args:
            raise UsageError("the marker evalkit takes keywords only", hint=f"it knows {', '.join(_KEYWORDS)}")
        told = _checked(mark.kwargs) | told
    parameters = getattr(getattr(node, "callspec", None), "params", {})
    told |= {name: _KEYWORDS[name](name, parameters[name]) for name in ("model",) if name in parameters}
    given = parameters.get("temperature")
    if isinstance(given, int | float) and not isinstance(given, bool):
        told["temperature"] = _number("temperature", given)
    if isinstance(parameters.get("prompt"), str):
        told["prompt"] = parameters["prompt"]
    return Wish(node=node, **told)


def _checked(keywords: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(keywords) - set(_KEYWORDS))
    if unknown:
        raise UsageError(
            f"the marker evalkit does not know {', '.join(unknown)}", hint=f"it knows {', '.join(_KEYWORDS)}"
        )
    found = {name: _KEYWORDS[name](name, value) for name, value in keywords.items() if value is not None}
    level = found.pop("level", None)
    # The field has one word for two things: how sure an interval is, and how strictly texts are held to be the same.
    if isinstance(level, str):
        found["equality"] = level
    elif level is not None:
        found["confidence"] = level
    return found


def _wrong(name: str, value: object, expected: str) -> UsageError:
    return UsageError(f"evalkit({name}={value!r}) in a marker", hint=f"expected {expected}")


def _word(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, value, "a text")
    return value


def _path(name: str, value: object) -> str:
    return _word(name, str(value))


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _wrong(name, value, "a whole number of 1 or more")
    return value


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value < math.inf:
        raise _wrong(name, value, "numbers of 0 or more, such as [0, 0.7]")
    return float(value)


def _numbers(name: str, value: object) -> tuple[float, ...]:
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    if not listed:
        raise _wrong(name, value, "one temperature or more")
    return tuple(sorted({_number(name, each) for each in listed}))


def _share(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < 1.0:
        raise _wrong(name, value, "a number between 0 and 1")
    return float(value)


def _level(name: str, value: object) -> float | str:
    if isinstance(value, str):
        if value not in LEVELS:
            raise _wrong(
                name, value, f"how sure intervals are, such as 0.95, or a level of equality: {', '.join(LEVELS)}"
            )
        return value
    return _share(name, value)


def _prompts(name: str, value: object) -> tuple[tuple[str | None, Any], ...]:
    if isinstance(value, Mapping):
        return tuple((_word(name, key), each) for key, each in value.items())
    if isinstance(value, str):
        return ((None, value),)
    if isinstance(value, Sequence) and value:
        return tuple((None, each) for each in value)
    raise _wrong(name, value, "a text, a list of texts or conversations, or a mapping from names to those")


_KEYWORDS: dict[str, Callable[[str, Any], Any]] = {
    "suite": _path,
    "prompts": _prompts,
    "temperatures": _numbers,
    "samples": _count,
    "model": _word,
    "base_url": _word,
    "label": _word,
    "precision": _share,
    "max_samples": _count,
    "metric": _word,
    "level": _level,
}
