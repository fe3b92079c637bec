"""The chat-completion messages: a request as bytes, an answer's bytes as completions."""

from __future__ import annotations

import contextlib
import json
from typing import Any, NoReturn, TypeAlias

import msgspec

from evalkit.errors import MalformedReplyError
from evalkit.nouns import JSON, Cell, Completion, FinishReason, Mode, Reply, Request, Usage

_SHOWN = 120  # characters of a wrong answer in a message
_REASONS = {reason.value: reason for reason in FinishReason}


class _Message(msgspec.Struct):
    content: str | list[dict[str, Any]] | None = None
    refusal: Any = None
    tool_calls: Any = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: Any = None
    logprobs: Any = None


class _Answer(msgspec.Struct):
    choices: list[_Choice] | None = None
    id: Any = None
    model: Any = None
    system_fingerprint: Any = None
    usage: Any = None
    error: Any = None


Reader: TypeAlias = msgspec.json.Decoder[_Answer]
_DECODER: Reader = msgspec.json.Decoder(_Answer)


def stem_of(cell: Cell) -> str:
    """Return the part of a body that all draws of a cell share: JSON in ASCII without its last brace."""
    decoding = cell.decoding
    body: dict[str, JSON] = {
        "model": cell.endpoint.model,
        "messages": [{"role": m.role, "content": m.content} for m in cell.prompt.messages],
        "max_tokens": decoding.max_tokens,
    }
    if decoding.temperature is not None:
        body["temperature"] = decoding.temperature
    if decoding.top_p is not None:
        body["top_p"] = decoding.top_p
    if decoding.stop:
        body["stop"] = list(decoding.stop)
    if cell.mode is Mode.STREAM:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return json.dumps(body | dict(decoding.extra), separators=(",", ":"), allow_nan=False).removesuffix("}")


def body_of(request: Request, stem: str) -> bytes:
    """Return the body of a request: the cell's stem, then ``n`` and ``seed``, which differ."""
    rest = f',"n":{request.n}' if request.n > 1 else ""
    seed = request.cell.decoding.seed_of(request.replicates[0])
    rest += "" if seed is None else f',"seed":{seed}'
    return f"{stem}{rest}}}".encode("ascii")


def read_answer(raw: bytes, *, status: int = 200, first_byte: float | None = None) -> Reply:
    """Return the reply that a body under status 200 holds.

    Args:
        raw: The body as it came.
        status: HTTP status, for the record.
        first_byte: Monotonic time of the first byte, in seconds.

    Returns:
        The reply, with as many completions as came.

    Raises:
        MalformedReplyError: The body is no chat completion: broken or empty JSON, wrong bytes, a page,
            an error, no choices.
    """
    answer = _decode(raw)
    if answer.error is not None:
        _malformed(raw, "an error under status 200", slug="error-in-200")
    if not answer.choices:
        _malformed(raw, "an answer without choices", slug="no-choices")
    return Reply(
        raw=raw,
        completions=tuple(_completion(choice) for choice in answer.choices),
        status=status,
        response_id=text_or_none(answer.id),
        model=text_or_none(answer.model),
        system_fingerprint=text_or_none(answer.system_fingerprint),
        usage=usage_of(answer.usage),
        first_byte=first_byte,
    )


def _decode(raw: bytes) -> _Answer:
    try:
        return _DECODER.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # The fast reader refuses lone surrogates, which are text a model can write;
        # the standard library's reader takes them.
        return _decode_slowly(raw)


def _decode_slowly(raw: bytes) -> _Answer:
    try:
        value = json.loads(raw.decode("utf-8-sig"), parse_constant=_not_json)
        return msgspec.convert(_readable(value), _Answer)
    except UnicodeDecodeError:
        _malformed(raw, "bytes that are no UTF-8", slug="not-utf8")
    except RecursionError:
        _malformed(raw, "JSON nested too deep", slug="too-deep")
    except msgspec.ValidationError as error:
        _malformed(raw, f"JSON that is no chat completion: {error}", slug="wrong-shape")
    except ValueError:
        _malformed(raw, "text that is no JSON" if raw.strip() else "an empty body", slug="not-json")


def _readable(value: Any) -> Any:  # noqa: ANN401 - JSON of a server
    """Return an answer without those of its choices that are none: the others were paid for, too."""
    choices = value.get("choices") if isinstance(value, dict) else None
    if not isinstance(choices, list):
        return value
    kept = []
    for choice in choices:
        with contextlib.suppress(msgspec.ValidationError):
            kept.append(msgspec.convert(choice, _Choice))
    return {**value, "choices": kept} if kept else value


def _not_json(name: str) -> NoReturn:
    raise ValueError(name)


def _malformed(raw: bytes, what: str, *, slug: str) -> NoReturn:
    start = raw[:_SHOWN].decode("utf-8", "backslashreplace").encode("unicode_escape").decode("ascii")
    raise MalformedReplyError(
        f"the endpoint sent {what}, starting with {start!r}" if raw.strip() else f"the endpoint sent {what}",
        slug=slug,
        status=200,
        raw=raw,
    ) from None


def _completion(choice: _Choice) -> Completion:
    message = choice.message
    content = message.content
    if isinstance(content, list):  # some servers send the parts form
        content = "".join(str(part.get("text") or "") for part in content)
    return Completion(
        text=content or "",
        finish_reason=finish_reason_of(choice.finish_reason),
        refusal=text_or_none(message.refusal),
        logprobs=choice.logprobs,
        is_null=content is None,
        tool_calls=message.tool_calls or None,
    )


def finish_reason_of(name: object) -> FinishReason:
    """Return the finish reason of that name; UNKNOWN for null and for a server's own words."""
    return _REASONS.get(name, FinishReason.UNKNOWN) if isinstance(name, str) else FinishReason.UNKNOWN


def usage_of(value: object) -> Usage:
    """Return the tokens a server counted; None where it told none or nonsense."""
    if not isinstance(value, dict):
        return Usage()
    return Usage(
        prompt_tokens=_count(value.get("prompt_tokens")), completion_tokens=_count(value.get("completion_tokens"))
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def text_or_none(value: object) -> str | None:
    """Return a value when it is text; servers send numbers and null here, too."""
    return value if isinstance(value, str) else None
