"""An outcome as a line of JSON: what an export writes, and what a full disk could not take."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from evalkit.nouns import Failure, Outcome, Sample

HEX = "_hex"
"""What the name of a field ends in that gives another's UTF-8 bytes, where JSON can not say it exactly."""
BEGIN = '{"slot": '
"""What each line begins with, wherever it stands."""

_SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def line_of(outcome: Outcome) -> str:
    """Return the JSON line of an outcome, in ASCII, without a line end.

    Lone surrogates and NUL survive as escapes. Two surrogates side by side would be read back as one letter, so a field
    that holds such a pair is also given as its UTF-8 bytes, in hexadecimal digits.
    """
    draw = outcome.draw
    sample = outcome if isinstance(outcome, Sample) else None
    data: dict[str, object] = {
        "slot": f"{draw.cell.key}:{draw.replicate}",
        "status": outcome.kind if isinstance(outcome, Failure) else "ok",
        "text": sample.text if sample and not sample.is_null else None,
        "response_id": sample and sample.response_id,
        "model": draw.cell.endpoint.model,
        "prompt_id": draw.cell.prompt.id,
        "temperature": draw.cell.decoding.temperature,
        "load": draw.cell.load and draw.cell.load.value,
        "replicate": draw.replicate,
        "finish_reason": sample and sample.finish_reason.value,
        "attempts": outcome.attempts,
    }
    more = _of_sample(sample) if sample else _of_failure(outcome)
    data |= {name: value for name, value in more if value is not None}
    exact = {
        f"{name}{HEX}": value.encode("utf-8", "surrogatepass").hex()
        for name, value in data.items()
        if isinstance(value, str) and _SPLIT_PAIR.search(value)
    }
    return json.dumps(data | exact)


def _of_sample(sample: Sample) -> Iterator[tuple[str, object]]:
    yield "refusal", sample.refusal
    yield "tool_calls", sample.tool_calls and json.loads(sample.tool_calls)
    yield "answered_by", sample.model
    yield "system_fingerprint", sample.system_fingerprint
    yield "prompt_tokens", sample.usage.prompt_tokens
    yield "completion_tokens", sample.usage.completion_tokens
    yield "latency_s", sample.latency_s
    yield "logprobs", sample.logprobs and json.loads(sample.logprobs)


def _of_failure(outcome: Outcome) -> Iterator[tuple[str, object]]:
    if isinstance(outcome, Failure):
        yield "error", outcome.error
        yield "message", outcome.message
