"""What habits make of a request before it is answered: other settings, or a refusal."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from evalkit.loopback.language import CONTEXT
from evalkit.loopback.repertoire import text_of
from evalkit.loopback.wire import MOST_CHOICES, ROLES, Asked, ProtocolError, read_request

_DROPPED: Mapping[str, tuple[str, ...]] = {
    "top-p-ignored": ("top_p",),
    "n-ignored": ("n",),
    "seed-ignored": ("seed",),
    "stop-ignored": ("stop",),
    "logprobs-none": ("logprobs", "top_logprobs"),
    "max-tokens-ignored": ("max_tokens",),
    "max-completion-tokens-ignored": ("max_completion_tokens",),
    "no-stream-usage": ("stream_options",),
}
"""Fields that a habit takes no notice of, once they are found proper."""

_KNOWN = frozenset(
    {
        *("messages", "model", "temperature", "top_p", "n", "max_tokens", "max_completion_tokens", "stop", "seed"),
        *("stream", "stream_options", "logprobs", "top_logprobs", "frequency_penalty", "presence_penalty", "user"),
        *("logit_bias", "response_format", "tools", "tool_choice", "parallel_tool_calls", "service_tier", "store"),
        *("metadata", "modalities", "reasoning_effort", "prediction", "audio", "functions", "function_call"),
    }
)
"""Fields of the protocol."""


def altered(fields: Mapping[str, Any], habits: Mapping[str, float]) -> Asked:
    """Return a request as an endpoint with these habits understands it.

    Raises:
        ProtocolError: A field is wrong, or a habit refuses the request.
    """
    if "strict-fields" in habits and (unknown := fields.keys() - _KNOWN):
        raise _detail(f"Unexpected fields in the request: {sorted(unknown)}")
    if "accepts-anything" in habits:
        fields = _sensible(fields)
    asked = read_request(fields)
    _refuse(asked, fields, habits)
    dropped = {name for habit, names in _DROPPED.items() if habit in habits for name in names}
    if dropped:
        fields = {name: value for name, value in fields.items() if name not in dropped}
        asked = read_request(fields)
    if dropped & {"max_tokens", "max_completion_tokens"} and not _limited(fields):
        asked = replace(asked, max_tokens=CONTEXT)
    absent = fields.get("temperature") is None
    return replace(asked, temperature=effective(asked.temperature, habits, absent=absent))


def effective(temperature: float, habits: Mapping[str, float], *, absent: bool = False) -> float:
    """Return the temperature that is sampled at; absent: whether none was sent.

    The default comes first, then the factor, then the limit; sampling at 1 or at 0 whatever is sent comes last.
    """
    if absent:
        temperature = habits.get("default-temperature", temperature)
    temperature = min(temperature * habits.get("rescaled", 1.0), habits.get("clamped", math.inf))
    return 0.0 if "greedy" in habits else 1.0 if "ignored" in habits else temperature


def _refuse(asked: Asked, fields: Mapping[str, Any], habits: Mapping[str, float]) -> None:
    only = "Unsupported value: '{}' does not support {} with this model. Only the default (1) value is supported."
    for habit, name, value in (("refused", "temperature", asked.temperature), ("n-refused", "n", asked.n)):
        if habit in habits and value != 1:
            message = only.format(name, fields[name])
            raise ProtocolError(message, param=name, code="unsupported_value")


def _limited(fields: Mapping[str, Any]) -> bool:
    return any(fields.get(name) is not None for name in ("max_tokens", "max_completion_tokens"))


def _detail(message: str) -> ProtocolError:
    error = ProtocolError(message, status=422)
    error.body = {"detail": message}
    return error


def _sensible(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request with the nearest values that make sense for those that make none."""
    found: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    for name, mend in _MENDED.items():
        if name in found:
            found[name] = mend(found[name])
    found.setdefault("model", "unnamed")
    found["messages"] = _messages(found.get("messages"))
    if not found.get("logprobs"):
        found.pop("top_logprobs", None)
    return {name: value for name, value in found.items() if value is not None}


def _within(low: float, high: float, *, whole: bool = False) -> Callable[[object], float | None]:
    def mend(value: object) -> float | None:
        try:
            number = float(value) if isinstance(value, str | int | float) else math.nan
        except (ValueError, OverflowError):
            return None
        if not math.isfinite(number):
            return None
        exact = value if isinstance(value, int) else int(number)
        return min(max(exact, int(low)), int(high)) if whole else min(max(number, low), high)

    return mend


def _messages(value: object) -> list[dict[str, str]]:
    given = [message for message in (value if isinstance(value, list) else []) if isinstance(message, dict)]
    found = [{"role": _role(message.get("role")), "content": text_of(message.get("content"))} for message in given]
    return found or [{"role": "user", "content": ""}]


def _role(value: object) -> str:
    return value if isinstance(value, str) and value in ROLES else "user"


def _strings(value: object) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str) and each][:4]


_MENDED: Mapping[str, Callable[[Any], object]] = {
    "temperature": _within(0.0, 2.0),
    "top_p": _within(0.0, 1.0),
    "n": _within(1, MOST_CHOICES, whole=True),
    "max_tokens": _within(1, CONTEXT, whole=True),
    "max_completion_tokens": _within(1, CONTEXT, whole=True),
    "seed": _within(-(2**63), 2**63 - 1, whole=True),
    "top_logprobs": _within(0, 20, whole=True),
    "stop": _strings,
    "stream": bool,
    "logprobs": bool,
    "model": lambda value: value if isinstance(value, str) and value else "unnamed",
    "stream_options": lambda value: (
        {"include_usage": bool(value.get("include_usage"))} if isinstance(value, dict) else {}
    ),
}
