"""Validity: how often a sample is what was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from evalkit.errors import UsageError
from evalkit.metrics.base import sample_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import JSON, Sample
from evalkit.text.degeneration import signs_of
from evalkit.text.levels import canonical_json
from evalkit.text.words import counted_words


def _checked(options: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Refuse what no text can be checked by when the metric is asked for, not after the sampling."""
    pattern = options["pattern"]
    try:
        re.compile(str(pattern or ""))
    except re.error as error:
        raise UsageError(f"{pattern!r} is no regular expression: {error}", hint="see Python's re module") from error
    return at_least("validity", options, max_words=1)


@sample_metric(unit="share", bounds=(0.0, 1.0), needs="samples", of_options=_checked)
def validity(
    sample: Sample,
    *,
    pattern: str | None = None,
    contains: str | None = None,
    max_words: int | None = None,
    json: bool = False,
) -> float:
    """Return 1 when a sample passes every check, else 0: the quality that needs neither a model nor a reference.

    Always: it is not empty, the server did not mark it as refused or filtered, and it shows no sign of
    `degeneration` at that metric's usual limits. Further checks by option: the regular expression `pattern` is found
    in it; it `contains` a text, as it stands; it has `max_words` words at most, each character of a script written
    without blanks being one; with `json` it is a JSON value, which may stand in a fenced code block.

    In [0, 1], up is better; it says nothing of variety and does not hang on the number of samples. A refusal in
    plain words that the server did not mark passes: name what an answer must hold. An answer cut by the token limit
    passes too, if it passes the checks; `truncation_share` counts those. Without options it asks for very little,
    and rewards wild but readable text.

    References:
        Definition by this project.
    """
    text = sample.text
    if not text.strip() or sample.refused:
        return 0.0
    if pattern is not None and re.search(pattern, text) is None:
        return 0.0
    if contains is not None and contains not in text:
        return 0.0
    if max_words is not None and len(counted_words(text)) > max_words:
        return 0.0
    if json and canonical_json(text) is None:
        return 0.0
    question = "\n".join(message.content for message in sample.draw.cell.prompt.messages)
    return float(not signs_of(text, question))
