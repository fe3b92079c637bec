"""A streamed answer: server-sent events put together again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from evalkit.backends.wire import finish_reason_of, text_or_none, usage_of
from evalkit.errors import MalformedReplyError
from evalkit.nouns import Completion, Reply

_DONE = "[DONE]"


def read_stream(raw: bytes, *, status: int = 200, first_byte: float | None = None) -> Reply:
    """Return the reply that a body of server-sent events holds.

    A choice without a finish reason was cut: some servers never send ``[DONE]``, and some
    stop in the middle under status 200, so the reason is the only sign of wholeness.

    Args:
        raw: The whole body.
        status: HTTP status, for the record.
        first_byte: Monotonic time of the first byte, in seconds.

    Returns:
        The reply, its choices by index.

    Raises:
        MalformedReplyError: Broken events, an error event, no choices, or a choice that was cut.
    """
    texts: dict[int, list[str]] = {}
    ends: dict[int, object] = {}
    refusals: dict[int, str] = {}
    logprobs: dict[int, list[Any]] = {}
    calls: dict[int, dict[int, dict[str, Any]]] = {}
    spoken: set[int] = set()
    head: dict[str, Any] = {}
    for event in _events(raw):
        head |= {name: event[name] for name in ("id", "model", "system_fingerprint", "usage") if event.get(name)}
        for choice in event.get("choices") or ():
            index = choice.get("index") or 0
            delta = choice.get("delta") or {}
            texts.setdefault(index, []).append(delta.get("content") or "")
            spoken |= {index} if isinstance(delta.get("content"), str) else set()
            _call(calls.setdefault(index, {}), delta.get("tool_calls"))
            if delta.get("refusal"):
                refusals[index] = refusals.get(index, "") + delta["refusal"]
            if told := _tokens_told(choice):
                logprobs.setdefault(index, []).extend(told)
            if choice.get("finish_reason") is not None:
                ends[index] = choice["finish_reason"]
    if not texts or set(texts) != set(ends):
        raise MalformedReplyError("the stream ended before the answer did", slug="cut-stream", status=200, raw=raw)
    return Reply(
        raw=raw,
        completions=tuple(
            Completion(
                text="".join(texts[i]),
                finish_reason=finish_reason_of(ends[i]),
                refusal=refusals.get(i),
                logprobs={"content": logprobs[i]} if i in logprobs else None,
                is_null=i not in spoken,
                tool_calls=list(calls[i].values()) or None,
            )
            for i in sorted(texts)
        ),
        status=status,
        response_id=text_or_none(head.get("id")),
        model=text_or_none(head.get("model")),
        system_fingerprint=text_or_none(head.get("system_fingerprint")),
        usage=usage_of(head.get("usage")),
        first_byte=first_byte,
    )


def _call(known: dict[int, dict[str, Any]], pieces: object) -> None:
    """Put the pieces of calls of tools to those that came before: names come once, arguments bit by bit."""
    for piece in pieces if isinstance(pieces, list) else ():
        if not isinstance(piece, dict):
            continue
        place, function = piece.get("index"), piece.get("function")
        call = known.setdefault(place if isinstance(place, int) else len(known), {})
        call |= {name: value for name, value in piece.items() if name not in {"index", "function"}}
        if isinstance(function, dict):
            made = call.setdefault("function", {})
            said = f"{made.get('arguments') or ''}{function.get('arguments') or ''}"
            made |= {**{name: value for name, value in function.items() if value}, "arguments": said}


def _tokens_told(choice: dict[str, Any]) -> list[Any]:
    """Return what a piece of a choice tells of its tokens' log-probabilities; nothing where it tells nothing."""
    told = choice.get("logprobs")
    content = told.get("content") if isinstance(told, dict) else None
    return content if isinstance(content, list) else []


def _events(raw: bytes) -> Iterator[dict[str, Any]]:
    try:
        # Only these end a line of server-sent events; str.splitlines knows many more.
        for line in raw.decode("utf-8").replace("\r\n", "\n").split("\n"):
            if not line.startswith("data:") or line[5:].strip() == _DONE:
                continue
            event = json.loads(line[5:])
            if not isinstance(event, dict) or event.get("error"):
                raise MalformedReplyError("the stream holds an error", slug="error-in-200", status=200, raw=raw)
            yield event
    except (ValueError, RecursionError):
        raise MalformedReplyError("the stream holds a broken event", slug="not-json", status=200, raw=raw) from None
