"""Whatever a server answered, read as far as it can be read: to a probe, an error is an answer too."""

from __future__ import annotations

import json
import math
from typing import Any

from evalkit.backends.wire import text_or_none, usage_of
from evalkit.nouns import Heard, Token

_SHOWN = 300  # characters of a body that is no completion
_OK = 200
_FAR = -1e4
"""Log-probability of a token that is not there, however a server writes it: -inf, -9999 or null."""


def heard_of(status: int, body: bytes, *, started: float, done: float) -> Heard:
    """Return what a body under a status says.

    Args:
        status: HTTP status.
        body: The body as it came, without secrets.
        started: Monotonic time of sending, in seconds.
        done: Monotonic time of the last byte.
    """
    text = body.decode("utf-8", "backslashreplace")
    latency_s = done - started
    streamed = text.lstrip().startswith(("data:", "event:", ":"))
    value = _put_together(text) if streamed else _json(text)
    choices = value.get("choices") if isinstance(value, dict) else None
    if status != _OK or not isinstance(choices, list) or not choices or not all(isinstance(c, dict) for c in choices):
        return Heard(
            status=status,
            problem=_problem(status, value, text),
            body=text[:_SHOWN],
            started=started,
            latency_s=latency_s,
            raw=body,
        )
    return Heard(
        status=status,
        texts=tuple(_text(choice) for choice in choices),
        ends=tuple(text_or_none(choice.get("finish_reason")) for choice in choices),
        tokens=_tokens(choices[0].get("logprobs")),
        usage=usage_of(value.get("usage")) if isinstance(value.get("usage"), dict) else None,
        fingerprint=text_or_none(value.get("system_fingerprint")),
        model=text_or_none(value.get("model")),
        response_id=text_or_none(value.get("id")),
        done="[DONE]" in text if streamed else None,
        started=started,
        latency_s=latency_s,
        raw=body,
    )


def _json(text: str) -> Any:  # noqa: ANN401 - whatever a server may send
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _put_together(text: str) -> dict[str, Any]:
    """Return the events of a stream as one answer; a choice that was cut has no finish reason."""
    whole: dict[str, Any] = {}
    choices: dict[int, dict[str, Any]] = {}
    for line in text.split("\n"):
        event = _json(line[5:]) if line.startswith("data:") else None
        if not isinstance(event, dict):
            continue
        whole |= {name: each for name, each in event.items() if name != "choices" and each is not None}
        for piece in event.get("choices") or ():
            if not isinstance(piece, dict):
                continue
            kept = choices.setdefault(piece.get("index") or 0, {"message": {"content": ""}, "finish_reason": None})
            delta = piece.get("delta")
            kept["message"]["content"] += (delta.get("content") or "") if isinstance(delta, dict) else ""
            kept["finish_reason"] = piece.get("finish_reason") or kept["finish_reason"]
    return whole | {"choices": [choices[index] for index in sorted(choices)]}


def _text(choice: dict[str, Any]) -> str:
    message = choice.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _tokens(told: Any) -> tuple[Token, ...] | None:  # noqa: ANN401 - as above
    content = told.get("content") if isinstance(told, dict) else None
    if not isinstance(content, list) or not content:
        return None
    return tuple(
        Token(
            text=str(each.get("token", "")),
            logprob=_number(each.get("logprob")),
            top=tuple((str(t.get("token", "")), _number(t.get("logprob"))) for t in each.get("top_logprobs") or ()),
        )
        for each in content
        if isinstance(each, dict)
    )


def _number(value: object) -> float:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if usable else _FAR  # type: ignore[arg-type]


def _problem(status: int, value: Any, text: str) -> str:  # noqa: ANN401 - as above
    error = value.get("error", value.get("detail", value)) if isinstance(value, dict) else text
    said = error.get("message", error) if isinstance(error, dict) else error
    line = " ".join(str(said).split())[:_SHOWN] or "an empty body"
    return f"status {status}: {line}".encode("unicode_escape").decode("ascii")
