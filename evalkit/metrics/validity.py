"""Validity: how often a sample is what was asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from evalkit import registry
from evalkit.errors import StatisticsError, UsageError
from evalkit.metrics.base import sample_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import JSON, Sample
from evalkit.text.degeneration import signs_of
from evalkit.text.json_schema import json_schema_check
from evalkit.text.levels import canonical_json
from evalkit.text.visible import visible
from evalkit.text.words import counted_words


def _checked(options: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Refuse what no text can be checked by when the metric is asked for, not after the sampling."""
    pattern = options["pattern"]
    try:
        re.compile(str(pattern or ""))
    except re.error as error:
        raise UsageError(f"{pattern!r} is no regular expression: {error}", hint="see Python's re module") from error
    schema, check = options["json_schema"], options["check"]
    if isinstance(schema, dict):
        json_schema_check(schema)
    if check is not None:
        _offered(str(check))
    return at_least("validity", options, max_words=1)


@sample_metric(
    unit="share", bounds=(0.0, 1.0), quality=1, needs="samples", sees=("text", "refused"), of_options=_checked
)
def validity(
    sample: Sample,
    *,
    pattern: str | None = None,
    contains: str | None = None,
    max_words: int | None = None,
    json: bool = False,
    json_schema: dict[str, Any] | None = None,
    check: str | None = None,
) -> float:
    """Return 1 when a sample passes every check, else 0: the quality that needs neither a model nor a reference.

    Always: it is not empty, the server did not mark it as refused or filtered, and it shows no sign of
    `degeneration` at that metric's usual limits. Further checks by option: the regular expression `pattern` is found
    in it; it `contains` a text, as it stands; it has `max_words` words at most, each character of a script written
    without blanks being one; with `json` it is a JSON value, which may stand in a fenced code block, and with
    `json_schema` one that satisfies that schema, of which nothing is fetched; the function `check`, which another
    package offers by the entry point ``evalkit.checks``, says True of its text.

    In [0, 1], up is better; it says nothing of variety and does not hang on the number of samples. A refusal in
    plain words that the server did not mark passes: name what an answer must hold. An answer cut by the token limit
    passes too, if it passes the checks; `truncation_share` counts those. Without options it asks for very little,
    and rewards wild but readable text.

    References:
        Definition by this project.
    """
    text = sample.text
    passed = (
        bool(text.strip())
        and not sample.refused
        and (pattern is None or re.search(pattern, text) is not None)
        and (contains is None or contains in text)
        and (max_words is None or len(counted_words(text)) <= max_words)
        and (not json or canonical_json(text) is not None)
        and (json_schema is None or json_schema_check(json_schema)(text))
        and (check is None or _passes(check, sample))
    )
    messages = sample.draw.cell.prompt.messages
    question = messages[0].content if len(messages) == 1 else "\n".join(message.content for message in messages)
    return float(passed and not signs_of(text, question))


def _offered(name: str) -> Callable[[str], Any]:
    """Return the function that another package offers by that name."""
    try:
        found = registry.load("checks", name)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"check {name!r} can not be loaded: {visible(str(error), limit=200)}") from error
    if not callable(found):
        raise UsageError(f"check {name!r} is no function", hint="it takes a text and returns True or False")
    function: Callable[[str], Any] = found
    return function


def _passes(name: str, sample: Sample) -> bool:
    cell = sample.draw.cell
    place = f"check {name!r}, asked of an answer to {cell.prompt.id} at T = {cell.temperature:g},"
    try:
        verdict = _offered(name)(sample.text)
    except Exception as error:
        reason = visible(f"{type(error).__name__}: {error}", limit=200)
        raise StatisticsError(f"{place} failed: {reason}", hint="mend it; an error is no answer") from error
    if not isinstance(verdict, bool):
        raise StatisticsError(f"{place} gave {type(verdict).__name__}", hint="it returns True or False")
    return verdict
