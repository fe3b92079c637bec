"""Replies of the protocol: completions whole and in pieces, models, embeddings.

The logprobs of a completion are the model's own: of the softmax of its logits, before temperature and top_p,
whatever those were. So they do not change with the temperature, and none is infinite.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.loopback.language import Answer, Language, Law
from evalkit.loopback.repertoire import fingerprint, text_of
from evalkit.loopback.wire import Asked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MODELS = ("storyteller-small", "storyteller-large")
"""Names listed under /v1/models; any other name is served as well, and all speak alike."""
EMBEDDING_SIZE = 64
"""Numbers in an embedding."""
DONE = b"data: [DONE]\n\n"
"""What a stream ends with."""
NEVER = -9999.0
"""Log-probability told for what can not be: JSON has no infinity."""


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


def own_logprobs(answer: Answer) -> Iterator[Vector]:
    """Yield the model's own log-probabilities at each word: before temperature, top_p and anything else."""
    law = Law(answer.language, 1.0)
    return (np.log(law.probabilities(state)) for state in answer.states[: len(answer.tokens)])


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
    logprobs: Callable[[Answer], Iterable[Vector]] = own_logprobs
    """Gives the log-probabilities of every token at each word of an answer."""

    @property
    def usage(self) -> dict[str, int]:
        """Words of the messages, of all choices, and both."""
        prompt = sum(len(text_of(message.get("content")).split()) for message in self.asked.messages)
        said = sum(choice.shown for choice in self.choices)
        return {"prompt_tokens": prompt, "completion_tokens": said, "total_tokens": prompt + said}


def finish(answer: Answer, stop: Sequence[str], *, keep: bool = False) -> Choice:
    """Return an answer as it goes out: ended by itself, by the limit, or before a stop string.

    Args:
        answer: The words.
        stop: Strings an answer ends before; the earliest in the text ends it.
        keep: Whether it ends after that string instead.
    """
    text = answer.text
    places = [(place, string) for string in stop if (place := text.find(string)) >= 0]
    if not places:
        return Choice(text, "stop" if answer.finished else "length", answer, len(answer.tokens))
    place, string = min(places)
    kept = text[: place + (len(string) if keep else 0)]
    return Choice(kept, "stop", answer, len(kept.split(" ")) if kept.strip() else 0)


def whole(completion: Completion) -> dict[str, Any]:
    """Return a ``chat.completion`` object."""
    top = completion.asked.top_logprobs
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": choice.text, "refusal": None},
            "logprobs": None if top is None else {"content": _logprobs(completion, choice, top), "refusal": None},
            "finish_reason": choice.finish_reason,
        }
        for index, choice in enumerate(completion.choices)
    ]
    return {**_head(completion, "chat.completion"), "choices": choices, "usage": completion.usage}


def pieces(completion: Completion) -> Iterator[bytes]:
    """Yield the server-sent events of a stream, a word at a time, to the final ``[DONE]``."""
    yield from map(event, chunks(completion))
    yield DONE


def event(chunk: Mapping[str, Any]) -> bytes:
    """Return a chunk as a server-sent event."""
    return b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"


def chunks(completion: Completion) -> Iterator[dict[str, Any]]:
    """Yield the ``chat.completion.chunk`` objects of a stream."""
    head = _head(completion, "chat.completion.chunk")
    top = completion.asked.top_logprobs
    for index, choice in enumerate(completion.choices):
        yield _chunk(head, index, {"role": "assistant", "content": "", "refusal": None})
        entries = [] if top is None else _logprobs(completion, choice, top)
        for place, word in enumerate(_deltas(choice.text)):
            logprobs = None if place >= len(entries) else {"content": [entries[place]], "refusal": None}
            yield _chunk(head, index, {"content": word}, logprobs=logprobs)
        yield _chunk(head, index, {}, finish_reason=choice.finish_reason)
    if completion.asked.include_usage:
        yield {**head, "choices": [], "usage": completion.usage}


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
    for word, times in Counter(text.lower().split()).items():
        total += times * _signs(word)
    length = float(np.linalg.norm(total))
    return total / length if length > 0 else total


@lru_cache(maxsize=65_536)
def _signs(word: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    digest = hashlib.sha512(word.strip(".,;:!?'\"()").encode("utf-8", "surrogatepass")).digest()
    bits = np.unpackbits(np.frombuffer(digest, dtype=np.uint8))[:EMBEDDING_SIZE]
    return np.asarray(bits * 2.0 - 1.0, dtype=np.float64)


def _head(completion: Completion, kind: str) -> dict[str, Any]:
    return {
        "id": completion.reply_id,
        "object": kind,
        "created": completion.created,
        "model": completion.asked.model,
        "system_fingerprint": fingerprint(),
    }


def _chunk(
    head: Mapping[str, Any],
    index: int,
    delta: Mapping[str, Any],
    *,
    logprobs: Mapping[str, Any] | None = None,
    finish_reason: str | None = None,
) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
    return {**head, "choices": [choice]}


def _deltas(text: str) -> list[str]:
    words = text.split(" ") if text else []
    return words[:1] + [f" {word}" for word in words[1:]]


def _logprobs(completion: Completion, choice: Choice, top: int) -> list[dict[str, Any]]:
    """Return the log-probability of each word of an answer, and the likeliest words of its place."""
    answer = choice.answer
    entries = []
    rows = itertools.islice(completion.logprobs(answer), choice.shown)
    for place, row in enumerate(rows):
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
    return {"token": text, "logprob": max(float(row[token]), NEVER), "bytes": list(text.encode())}
