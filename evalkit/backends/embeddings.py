"""Vectors from any server that speaks /v1/embeddings: one request, no retry, no storing.

Address, key and headers are those of the `openai` client, as for completions.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai

from evalkit import environment
from evalkit.backends.answer import Answer
from evalkit.backends.dispositions import SUCCESS, error_of
from evalkit.backends.openai import MAX_BYTES, without_key
from evalkit.backends.redaction import hide
from evalkit.backends.transport import Transport
from evalkit.errors import EndpointError, MalformedReplyError
from evalkit.text.redacting import forms_of
from evalkit.text.sendable import sendable


def embeddings_of(texts: Sequence[str], *, model: str, base_url: str, timeout_s: float = 120.0) -> list[list[float]]:
    """Return one vector per text, all of one length.

    Args:
        texts: At least one, none of them blank: servers refuse those.
        model: Name of the model.
        base_url: Address of the API.
        timeout_s: Longest wait for the answer, in seconds.

    Raises:
        BackendError: No vectors came, as one of its four kinds.
    """
    key = environment.api_key()
    if key is None and base_url == environment.DEFAULT_BASE_URL:
        raise EndpointError("there is no key for this endpoint", slug="key", hint="set OPENAI_API_KEY")
    hide(key)
    with openai.OpenAI(api_key=key or "none", base_url=base_url, max_retries=0) as client:
        headers = {name: value for name, value in client.default_headers.items() if isinstance(value, str)}
        # Not the client itself: it follows redirects, and unpacks whatever it is sent.
        transport = Transport(headers | client.auth_headers, timeout_s=timeout_s, max_bytes=MAX_BYTES, connections=1)
    asked = {"model": model, "input": [sendable(text) for text in texts], "encoding_format": "float"}
    url = f"{base_url.rstrip('/')}/embeddings"
    with ThreadPoolExecutor(1) as elsewhere:  # the caller may have an event loop of its own
        answer = elsewhere.submit(asyncio.run, _posted(transport, url, json.dumps(asked).encode())).result()
    secrets = forms_of(key)  # a server may repeat the key it was sent
    answer = without_key(answer, secrets)
    if answer.status not in SUCCESS:
        raise error_of(answer.status, answer.body, answer.headers)
    return _read(answer.body, len(texts))


async def _posted(transport: Transport, url: str, body: bytes) -> Answer:
    try:
        return await transport.post(url, body)
    finally:
        await transport.aclose()


def _read(body: bytes, n: int) -> list[list[float]]:
    """Return the vectors of an answer in the order of the texts."""
    try:
        entries = sorted(json.loads(body)["data"], key=lambda entry: int(entry["index"]))
        vectors = [_vector(entry["embedding"]) for entry in entries]
        places = [int(entry["index"]) for entry in entries]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise MalformedReplyError("the answer holds no vectors", raw=body) from None
    if places != list(range(n)) or len({len(vector) for vector in vectors}) != 1 or not vectors[0]:
        raise MalformedReplyError(f"the answer does not hold one vector for each of {n} texts", raw=body)
    return vectors


def _vector(given: Any) -> list[float]:  # noqa: ANN401 - JSON of a server
    numbers = [float(number) for number in given]
    if isinstance(given, str) or not all(map(math.isfinite, numbers)):
        raise ValueError("not a list of finite numbers")
    return numbers
