"""Nouns to and from what a database can keep, exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.errors import StoreError
from evalkit.nouns import (
    JSON,
    Cell,
    Decoding,
    Endpoint,
    Load,
    Message,
    MetricRequest,
    Mode,
    Prompt,
    Provenance,
    Quota,
    Suite,
    ToolRequest,
)
from evalkit.store import precisions

_LARGEST = 2**63


def put(text: str | None) -> str | bytes | None:
    """Return what keeps a string exactly: itself, or its bytes when it holds a NUL or a lone surrogate."""
    if text is None:
        return None
    if "\0" not in text:
        if text.isascii():
            return text
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return text.encode("utf-8", "surrogatepass")


def get(value: str | bytes) -> str:
    """Return the string that `put` was given."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogatepass")


def get_optional(value: str | bytes | None) -> str | None:
    """Return the string that `put` was given, or None."""
    return None if value is None else get(value)


def put_count(number: int | None) -> int | None:
    """Return a count that fits a column; None for a number no count can be, which the raw bytes still hold."""
    return number if number is not None and -_LARGEST <= number < _LARGEST else None


def printable(text: str) -> str:
    """Return a text with lone surrogates written as escapes; for columns that are read by people only."""
    return text.encode("utf-8", "backslashreplace").decode()


def suite_json(suite: Suite) -> str:
    """Return the one JSON text of a suite.

    Raises:
        StoreError: A number of the suite is not finite.
    """
    return _dumps(
        {
            "name": suite.name,
            "endpoint": _endpoint(suite.endpoint),
            "prompts": [_prompt(prompt) for prompt in suite.prompts],
            "temperatures": list(suite.temperatures),
            "send_temperature": suite.send_temperature,
            "samples": suite.samples,
            "metrics": [{"name": m.name, "options": _pairs(m.options)} for m in suite.metrics],
            "embedding": _tool(suite.embedding),
            "judge": None if suite.judge is None else _tool(suite.judge),
            "decoding": _decoding(suite.decoding),
            "mode": suite.mode.value,
            "load": [load.value for load in suite.load],
            "seed": suite.seed,
            "concurrency": suite.concurrency,
            "limits": {
                "requests_per_minute": suite.limits.requests_per_minute,
                "tokens_per_minute": suite.limits.tokens_per_minute,
            },
            "timeout_s": suite.timeout_s,
            **precisions.told(suite),
            "source": suite.source,
        }
    )


def suite_of(text: str) -> Suite:
    """Return the suite that `suite_json` was given."""
    data = json.loads(text)
    judge = data.get("judge")
    return Suite(
        name=data["name"],
        endpoint=Endpoint(**data["endpoint"]),
        prompts=tuple(_prompt_of(prompt) for prompt in data["prompts"]),
        temperatures=tuple(data["temperatures"]),
        send_temperature=data.get("send_temperature", True),
        samples=data["samples"],
        metrics=tuple(MetricRequest(name=m["name"], options=_pairs_of(m["options"])) for m in data["metrics"]),
        # Absent from suites that were written before there was a choice.
        embedding=ToolRequest(**data.get("embedding", {"source": "tfidf"})),
        judge=None if judge is None else ToolRequest(**judge),
        decoding=_decoding_of(data["decoding"]),
        mode=Mode(data["mode"]),
        load=tuple(Load(name) for name in data.get("load", ())),
        seed=data["seed"],
        concurrency=data["concurrency"],
        limits=Quota(**data.get("limits", {})),
        timeout_s=data["timeout_s"],
        **precisions.read(data),
        source=data["source"],
    )


def cell_json(cell: Cell) -> str:
    """Return the JSON text of a cell: everything its samples have in common."""
    return _dumps(
        {
            "endpoint": _endpoint(cell.endpoint),
            "prompt": {"id": cell.prompt.id, "messages": _messages(cell.prompt)},
            "decoding": _decoding(cell.decoding),
            "mode": cell.mode.value,
            **({} if cell.load is None else {"load": cell.load.value}),
        }
    )


def cell_of(text: str) -> Cell:
    """Return the cell that `cell_json` was given, without its prompt's reference and tags."""
    data = json.loads(text)
    messages = tuple(Message(**message) for message in data["prompt"]["messages"])
    return Cell(
        endpoint=Endpoint(**data["endpoint"]),
        prompt=Prompt(id=data["prompt"]["id"], messages=messages),
        decoding=_decoding_of(data["decoding"]),
        mode=Mode(data["mode"]),
        load=None if data.get("load") is None else Load(data["load"]),
    )


def provenance_json(provenance: Provenance) -> str:
    """Return the JSON text of a provenance."""
    return _dumps(
        {
            "evalkit_version": provenance.evalkit_version,
            "python": provenance.python,
            "platform": provenance.platform,
            "packages": [list(package) for package in provenance.packages],
            "commit": provenance.commit,
            "source": provenance.source,
        }
    )


def provenance_of(text: str) -> Provenance:
    """Return the provenance that `provenance_json` was given."""
    data = json.loads(text)
    return Provenance(**data | {"packages": tuple((name, version) for name, version in data["packages"])})


def _dumps(value: Mapping[str, JSON]) -> str:
    # Not in ASCII: a pair of surrogates that stand side by side would come back as one letter.
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    except ValueError as error:
        raise StoreError(f"the suite can not be written down: {error}", hint="use finite numbers only") from error


def _endpoint(endpoint: Endpoint) -> dict[str, JSON]:
    return {"model": endpoint.model, "base_url": endpoint.base_url, "backend": endpoint.backend}


def _tool(tool: ToolRequest) -> dict[str, JSON]:
    return {"source": tool.source, "model": tool.model, "base_url": tool.base_url}


def _messages(prompt: Prompt) -> list[JSON]:
    return [{"role": message.role, "content": message.content} for message in prompt.messages]


def _prompt(prompt: Prompt) -> dict[str, JSON]:
    return {
        "id": prompt.id,
        "messages": _messages(prompt),
        "reference": prompt.reference,
        "tags": list(prompt.tags),
    }


def _prompt_of(data: dict[str, Any]) -> Prompt:
    messages = tuple(Message(**message) for message in data["messages"])
    return Prompt(id=data["id"], messages=messages, reference=data["reference"], tags=tuple(data["tags"]))


def _decoding(decoding: Decoding) -> dict[str, JSON]:
    return {
        "temperature": decoding.temperature,
        "top_p": decoding.top_p,
        "max_tokens": decoding.max_tokens,
        "seed": decoding.seed,
        "stop": list(decoding.stop),
        "extra": _pairs(decoding.extra),
    }


def _decoding_of(data: dict[str, Any]) -> Decoding:
    return Decoding(**data | {"stop": tuple(data["stop"]), "extra": _pairs_of(data["extra"])})


def _pairs(pairs: Sequence[tuple[str, JSON]]) -> list[JSON]:
    return [[name, _tagged(value)] for name, value in pairs]


def _pairs_of(data: Sequence[Any]) -> tuple[tuple[str, JSON], ...]:
    return tuple((name, _untagged(value)) for name, value in data)


def _tagged(value: JSON) -> JSON:
    # JSON has one kind of sequence, Python two that are never equal.
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {"mapping": {name: _tagged(item) for name, item in value.items()}}
    if isinstance(value, tuple):
        return {"tuple": [_tagged(item) for item in value]}
    return [_tagged(item) for item in value] if isinstance(value, Sequence) else value


def _untagged(value: JSON) -> JSON:
    if isinstance(value, list):
        return [_untagged(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "tuple" in value:
        return tuple(_untagged(item) for item in value["tuple"])
    return {str(name): _untagged(item) for name, item in value["mapping"].items()}
