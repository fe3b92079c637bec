"""Whether an error is the refusal of a temperature: by the parameter that it names, else by its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_NAMED = re.compile(r"\btemperature\b", re.IGNORECASE)
_REFUSES = re.compile(
    r"\b(support|unsupported|invalid|must|should|may only|can only|only|range|between|deprecated|not allowed|allowed|"
    r"greater than|less than|at most|at least|positive|fixed|illegal|out of|cannot be|not accepted|not permitted)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(max_tokens|max_completion_tokens|max_new_tokens|top_p|top_k|min_p|stop|seed|logprobs|top_logprobs|logit_bias|"
    r"\w+_penalty|messages?\[|prompt|context|content|tokens|quota|balance|filter\w*|policy)\b",
    re.IGNORECASE,
)
"""What else a message may be about: one that names temperature among others refuses no temperature."""
_VALIDATION = re.compile(r"'loc': \(\s*'body',\s*'temperature'\s*\)")
"""How some servers print what their own checks found, under status 500."""


_HOLDERS = ("error", "message", "detail", "details", "errors")
_DEEPEST = 4


def refuses_temperature(words: str, param: str | None, told: object) -> bool:
    """Return whether an error says that the temperature is the reason.

    Args:
        words: The server's message, in one line.
        param: The parameter it names; None or empty when it names none.
        told: The body as it was read, for lists of what a check found, each with its place.
    """
    if param:
        return _last(param) == "temperature"
    places = list(_places(told))
    if places:
        return places == ["temperature"] * len(places)
    if not _NAMED.search(words) or _OTHERS.search(words):
        return False
    return _REFUSES.search(words) is not None


def failed_check_of_temperature(words: str) -> bool:
    """Return whether a message holds what a server's check of a body found, and it is about the temperature alone."""
    return _VALIDATION.search(words) is not None and words.count("'loc':") == 1


def _last(param: str) -> str:
    return re.split(r"[.\[\]/]", param.strip("`'\"]/"))[-1].lower()


def _places(told: object) -> Iterator[str]:
    """Yield the last name of each place that a list of findings names, such as ``["body", "temperature"]``."""
    found: Any = told
    for _ in range(_DEEPEST):
        if isinstance(found, list):
            break
        if not isinstance(found, Mapping):
            return
        found = next((found[name] for name in _HOLDERS if isinstance(found.get(name), Mapping | list)), None)
    for each in found if isinstance(found, list) else ():
        place = each.get("loc") if isinstance(each, Mapping) else None
        if isinstance(place, list) and place:
            names = [part for part in place if isinstance(part, str)]
            yield names[-1].lower() if names else ""
