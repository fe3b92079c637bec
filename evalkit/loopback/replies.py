"""Replies of the protocol: completions whole and in pieces, models, embeddings."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evalkit.loopback.language import Answer, Language, Law
from evalkit.loopback.repertoire import fingerprint, text_of
from evalkit.loopback.wire import Asked

MODELS = ("storyteller-small", "storyteller-large")
"""Names listed under /v1/models; any other name is served as well, and all speak alike."""
EMBEDDING_SIZE = 64
"""Numbers in an embedding."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer as it goes out."""

    text: str
    """Content, cut before a stop string."""
    finish_reason: str
    """``stop`` or ``length``."""
    answer: Answer
    """The words behind it."""
    shown: int
    """Words of the answer that the text holds, wholly or in part."""


@dataclass(frozen=True, slots=True)
class Completion:
    """Everything a reply is made of."""

    asked: Asked
    """The request."""
    choices: tuple[Choice, ...]
    """The answers."""
    reply_id: str
    """Name of the reply."""
    created: int
    """Unix time, in seconds."""

    @property
    def usage(self) -> dict[str, int]:
        """Words of the messages, of all choices, and both."""
        prompt = sum(len(text_of(message.get("content")).split()) for message in self.asked.messages)
        said = sum(choice.shown for choice in self.choices)
        return {"prompt_tokens": prompt, "completion_tokens": said, "total_tokens": prompt + said}


def finish(answer: Answer, stop: Sequence[str]) -> Choice:
    """Return an answer as it goes out: ended by itself, by the limit, or before a stop string."""
    text = answer.text
    places = [place for place in (text.find(string) for string in stop) if place >= 0]
    if not places:
        return Choice(text, "stop" if answer.finished else "length", answer, len(answer.tokens))
    kept = text[: min(places)]
    return Choice(kept, "stop", answer, len(kept.split(" ")) if kept.strip() else 0)


def whole(completion: Completion) -> dict[str, Any]:
    """Return a ``chat.completion`` object."""
    top = completion.asked.top_logprobs
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": choice.text, "refusal": None},
            "logprobs": None if top is None else {"content": _logprobs(choice, top), "refusal": None},
            "finish_reason": choice.finish_reason,
        }
        for index, choice in enumerate(completion.choices)
    ]
    return {**_head(completion, "chat.completion"), "choices": choices, "usage": completion.usage}


def pieces(completion: Completion) -> Iterator[bytes]:
    """Yield the server-sent events of a stream, a word at a time, to the final ``[DONE]``."""
    head = _head(completion, "chat.completion.chunk")
    top = completion.asked.top_logprobs
    for index, choice in enumerate(completion.choices):
        yield _event(head, index, {"role": "assistant", "content": "", "refusal": None})
        entries = [] if top is None else _logprobs(choice, top)
        for place, word in enumerate(_deltas(choice.text)):
            logprobs = None if place >= len(entries) else {"content": [entries[place]], "refusal": None}
            yield _event(head, index, {"content": word}, logprobs=logprobs)
        yield _event(head, index, {}, finish_reason=choice.finish_reason)
    if completion.asked.include_usage:
        yield _data({**head, "choices": [], "usage": completion.usage})
    yield b"data: [DONE]\n\n"


def models(created: int) -> dict[str, Any]:
    """Return the list of models."""
    data = [{"id": name, "object": "model", "created": created, "owned_by": "loopback"} for name in MODELS]
    return {"object": "list", "data": data}


def embeddings(texts: Sequence[str], model: str, encoding: str | None) -> dict[str, Any]:
    """Return embeddings: sums of a fixed vector for each word, of length 1; zeros without words.

    Args:
        texts: What to embed.
        model: Name to repeat.
        encoding: ``base64`` for little-endian float32 in base64, else numbers.
    """
    data: list[dict[str, Any]] = []
    for index, text in enumerate(texts):
        vector = embedding(text)
        packed = base64.b64encode(vector.astype("<f4").tobytes()).decode() if encoding == "base64" else vector.tolist()
        data.append({"object": "embedding", "index": index, "embedding": packed})
    words = sum(len(text.split()) for text in texts)
    return {"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": words, "total_tokens": words}}


def embedding(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the embedding of a text; shape (EMBEDDING_SIZE,), Euclidean length 1 or 0.

    A word, in lower case and without marks, stands for the signs of the bits of its SHA-512.
    """
    total = np.zeros(EMBEDDING_SIZE)
    for word in text.lower().split():
        digest = hashlib.sha512(word.strip(".,;:!?'\"()").encode("utf-8", "surrogatepass")).digest()
        total += np.unpackbits(np.frombuffer(digest, dtype=np.uint8))[:EMBEDDING_SIZE] * 2.0 - 1.0
    length = float(np.linalg.norm(total))
    return total / length if length > 0 else total


def _head(completion: Completion, kind: str) -> dict[str, Any]:
    return {
        "id": completion.reply_id,
        "object": kind,
        "created": completion.created,
        "model": completion.asked.model,
        "system_fingerprint": fingerprint(),
    }


def _event(
    head: Mapping[str, Any],
    index: int,
    delta: Mapping[str, Any],
    *,
    logprobs: Mapping[str, Any] | None = None,
    finish_reason: str | None = None,
) -> bytes:
    choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
    return _data({**head, "choices": [choice]})


def _data(value: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, separators=(",", ":")).encode() + b"\n\n"


def _deltas(text: str) -> list[str]:
    words = text.split(" ") if text else []
    return words[:1] + [f" {word}" for word in words[1:]]


def _logprobs(choice: Choice, top: int) -> list[dict[str, Any]]:
    """Return the model's own log-probabilities, before temperature and top_p, for each word."""
    answer = choice.answer
    law = Law(answer.language, 1.0)
    entries = []
    for place in range(choice.shown):
        with np.errstate(divide="ignore"):
            row = np.log(law.probabilities(answer.states[place]))
        best = np.argsort(-row, kind="stable")[:top]
        entry = _token(answer.language, answer.tokens[place], row, first=place == 0)
        entry["top_logprobs"] = [_token(answer.language, int(token), row, first=place == 0) for token in best]
        entries.append(entry)
    return entries


def _token(
    language: Language, token: int, row: np.ndarray[Any, np.dtype[np.float64]], *, first: bool
) -> dict[str, Any]:
    word = language.vocabulary[token]
    text = "<|end|>" if token == 0 else word if first else f" {word}"
    return {"token": text, "logprob": float(row[token]), "bytes": list(text.encode())}
