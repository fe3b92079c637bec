"""Requests of the chat-completion protocol, read and checked."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evalkit.loopback.language import CONTEXT

DEFAULT_MAX_TOKENS = 256
"""Words an answer may have when the request sets no limit."""
MOST_CHOICES = 128
"""Answers one request may ask for."""
MOST_INPUTS = 2048
"""Texts one request may have embedded."""
MOST_WORDS = 300_000
"""Words the texts of one request for embeddings may have together."""
_SHOWN = 40  # letters of a number that an error repeats
ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
"""Who may speak in a conversation."""


class ProtocolError(Exception):
    """A request the endpoint refuses: status, message, type, param and code of the reply."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        """Keep what the reply will say."""
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"error": {"message": message, "type": kind, "param": param, "code": code}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for chat completions, checked."""

    messages: tuple[Mapping[str, Any], ...]
    """Role and content."""
    model: str
    """Any name; it is repeated in the reply."""
    temperature: float = 1.0
    """Divides the logits, in [0, 2]."""
    top_p: float = 1.0
    """Mass of the likeliest words that are kept, in [0, 1]."""
    n: int = 1
    """Answers wanted."""
    max_tokens: int = DEFAULT_MAX_TOKENS
    """Words after which an answer is cut."""
    stop: tuple[str, ...] = ()
    """Strings an answer ends before."""
    seed: int | None = None
    """Makes the answers a function of the request."""
    stream: bool = False
    """Whether the reply comes in pieces."""
    include_usage: bool = False
    """Whether a stream ends with the numbers of words."""
    top_logprobs: int | None = None
    """Alternatives wanted for each word, 0 to 20; None for no logprobs."""

    @property
    def identity(self) -> str:
        """Digest of all that decides the distribution of the answers, the seed included."""
        deciding = [list(self.messages), self.model, self.temperature, self.top_p, self.seed]
        return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()


def decode(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object of a request's body.

    Raises:
        ProtocolError: It is not a JSON object in UTF-8.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise ProtocolError("We could not parse the JSON body of your request.") from None
    if not isinstance(value, dict):
        raise ProtocolError("The JSON body of your request must be an object.")
    return value


def read_request(fields: Mapping[str, Any]) -> Asked:
    """Return a request for chat completions, with the protocol's defaults where it is silent.

    Fields this endpoint does not know are ignored, as most endpoints ignore them.

    Raises:
        ProtocolError: A field is missing, of the wrong type, or out of range.
    """
    older = _integer(fields, "max_tokens", DEFAULT_MAX_TOKENS, 1, 2**53)
    options = fields.get("stream_options")
    if options is not None and not isinstance(options, Mapping):
        raise _wrong("stream_options", "an object")
    return Asked(
        messages=_messages(fields.get("messages")),
        model=_model(fields.get("model")),
        temperature=_number(fields, "temperature", 1.0, 0.0, 2.0),
        top_p=_number(fields, "top_p", 1.0, 0.0, 1.0),
        n=_integer(fields, "n", 1, 1, MOST_CHOICES),
        max_tokens=min(_integer(fields, "max_completion_tokens", older, 1, 2**53), CONTEXT),
        stop=_stop(fields.get("stop")),
        seed=None if fields.get("seed") is None else _integer(fields, "seed", 0, -(2**63), 2**63 - 1),
        stream=_flag(fields, "stream"),
        include_usage=_flag(options or {}, "include_usage"),
        top_logprobs=_logprobs(fields),
    )


def texts_to_embed(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the texts of an embeddings request.

    Raises:
        ProtocolError: The input is neither a string nor a list of strings, or no model is named.
    """
    _model(fields.get("model"))
    given = fields.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise _wrong("input", "a string or a list of strings")
    if len(texts) > MOST_INPUTS:
        raise _wrong("input", f"at most {MOST_INPUTS} strings", "array_above_max_length")
    if sum(len(text.split()) for text in texts) > MOST_WORDS:
        raise _wrong("input", f"at most {MOST_WORDS} words", "max_tokens_per_request")
    if fields.get("encoding_format") not in (None, "float", "base64"):
        raise _wrong("encoding_format", "'float' or 'base64'")
    return tuple(texts)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _wrong(param: str, expected: str, code: str = "invalid_type") -> ProtocolError:
    return ProtocolError(f"Invalid value for '{param}': expected {expected}.", param=param, code=code)


def _messages(value: object) -> tuple[Mapping[str, Any], ...]:
    if value is None:
        raise ProtocolError(
            "Missing required parameter: 'messages'.", param="messages", code="missing_required_parameter"
        )
    if not isinstance(value, list) or not value:
        raise _wrong("messages", "an array of at least one message", "empty_array" if value == [] else "invalid_type")
    for place, message in enumerate(value):
        where = f"messages[{place}]"
        if not isinstance(message, dict):
            raise _wrong(where, "an object")
        if not isinstance(message.get("role"), str) or message["role"] not in ROLES:
            raise _wrong(f"{where}.role", f"one of {', '.join(sorted(ROLES))}", "invalid_value")
        if not _is_content(message.get("content"), required=message["role"] != "assistant"):
            raise _wrong(f"{where}.content", "a string or an array of text parts")
    return tuple(value)


def _is_content(content: object, *, required: bool) -> bool:
    if content is None:
        return not required
    if isinstance(content, list):
        return all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in content)
    return isinstance(content, str)


def _model(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ProtocolError("You must provide a model parameter.", param="model", code="missing_required_parameter")
    return value


def _number(fields: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(name, f"a number from {low:g} to {high:g}")
    if not (low <= value <= high and math.isfinite(value)):
        raise _wrong(name, f"a number from {low:g} to {high:g}, but got {_short(value)} instead", "invalid_value")
    return float(value)


def _integer(fields: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 2.0 is an integer in JSON
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(name, "an integer")
    if not low <= value <= high:
        raise _wrong(name, f"an integer from {low} to {high}, but got {_short(value)} instead", "integer_out_of_range")
    return value


def _short(value: float) -> str:
    text = f"{value}"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _flag(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(name, "true or false")
    return bool(value)


def _stop(value: object) -> tuple[str, ...]:
    stops = [] if value is None else [value] if isinstance(value, str) else value
    most = 4
    if not isinstance(stops, list) or len(stops) > most or not all(isinstance(s, str) and s for s in stops):
        raise _wrong("stop", "a string or up to four strings, none empty", "invalid_value")
    return tuple(stops)


def _logprobs(fields: Mapping[str, Any]) -> int | None:
    wanted = _flag(fields, "logprobs")
    if fields.get("top_logprobs") is not None and not wanted:
        raise _wrong("top_logprobs", "'logprobs' to be true as well", "invalid_value")
    return _integer(fields, "top_logprobs", 0, 0, 20) if wanted else None
