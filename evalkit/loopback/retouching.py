"""What habits change on a proper reply, or on each chunk of a stream."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from typing import Any

from evalkit.loopback.repertoire import fingerprint
from evalkit.loopback.replies import Completion

Retouch = Callable[[dict[str, Any], Completion, float, int], None]
"""Changes an object in place, given what it was made of, the habit's value and the number of earlier replies."""


def retouch(reply: dict[str, Any], completion: Completion, habits: Mapping[str, float], earlier: int) -> dict[str, Any]:
    """Return a reply or a chunk with the marks of some habits, changed in place.

    Args:
        reply: A ``chat.completion`` or ``chat.completion.chunk`` object.
        completion: What it was made of.
        habits: Names and values.
        earlier: Replies the server gave before.
    """
    for name, change in _CHANGES.items():
        if name in habits:
            change(reply, completion, habits[name], earlier)
    return reply


def _no_fingerprint(reply: dict[str, Any], _completion: Completion, _value: float, _earlier: int) -> None:
    reply.pop("system_fingerprint", None)


def _changed_fingerprint(reply: dict[str, Any], _completion: Completion, value: float, earlier: int) -> None:
    turn = earlier // int(value)
    if turn:
        reply["system_fingerprint"] = "fp_" + hashlib.sha256(f"{fingerprint()}:{turn}".encode()).hexdigest()[:10]


def _made_up_usage(reply: dict[str, Any], _completion: Completion, _value: float, _earlier: int) -> None:
    if "usage" in reply:
        prompt = 2 * reply["usage"]["prompt_tokens"] + 1
        said = 2 * reply["usage"]["completion_tokens"] // 3
        reply["usage"] = {"prompt_tokens": prompt, "completion_tokens": said, "total_tokens": prompt + said}


def _usage_of_one(reply: dict[str, Any], completion: Completion, _value: float, _earlier: int) -> None:
    if "usage" in reply:
        prompt, said = reply["usage"]["prompt_tokens"], completion.choices[0].shown
        reply["usage"] = {"prompt_tokens": prompt, "completion_tokens": said, "total_tokens": prompt + said}


def _renormalised(reply: dict[str, Any], _completion: Completion, _value: float, _earlier: int) -> None:
    for choice in reply["choices"]:
        for entry in (choice["logprobs"] or {"content": []})["content"]:
            listed = entry["top_logprobs"]
            if listed:
                mass = math.log(math.fsum(math.exp(each["logprob"]) for each in listed))
                for each in (entry, *listed):
                    each["logprob"] -= mass


def _no_finish(reply: dict[str, Any], _completion: Completion, _value: float, _earlier: int) -> None:
    if reply["object"] == "chat.completion.chunk":
        for choice in reply["choices"]:
            choice["finish_reason"] = None


_CHANGES: Mapping[str, Retouch] = {
    "fingerprint-changes": _changed_fingerprint,
    "no-fingerprint": _no_fingerprint,
    "usage-one-choice": _usage_of_one,
    "usage-wrong": _made_up_usage,
    "logprobs-topk-renormalised": _renormalised,
    "no-finish": _no_finish,
}
