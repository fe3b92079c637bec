"""Who answers requests properly: one completion, one list of embeddings, one list of models at a time."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse

from evalkit.loopback.faults import Fault, Faults
from evalkit.loopback.repertoire import law_for
from evalkit.loopback.replies import Completion, embeddings, finish, models, pieces, whole
from evalkit.loopback.spoiling import HangUp, instead, json_reply, spoil
from evalkit.loopback.wire import Asked, ProtocolError, decode, read_request, texts_to_embed

if TYPE_CHECKING:
    from starlette.requests import Request

BODY_LIMIT = 4 * 2**20
"""Bytes a request's body may have."""
AT_ONCE = frozenset({"retry-after", "rate-limit"})
"""Faults that take no time: who asks too much is told so before any work is done."""


class Endpoint:
    """Answers requests; keeps how often each was asked, so that equal requests differ."""

    def __init__(self, seed: int | None, latency_s: float, faults: Faults) -> None:
        """Begin with nothing asked.

        Args:
            seed: Of the answers; None for fresh ones.
            latency_s: Seconds each completion takes at least.
            faults: What goes wrong.
        """
        self._seed = secrets.randbits(64) if seed is None else seed
        self._latency_s = latency_s
        self._faults = faults
        self._asked_before: Counter[str] = Counter()
        self._started = int(time.time())

    async def complete(self, request: Request) -> Response:
        """Return the reply to a request for completions."""
        fields = await fields_of(request)
        asked = read_request(fields)
        fault = await self.meet(request)
        reply = instead(fault) if fault else None
        if reply is not None:
            return reply
        completion = self.marked(self.completion(asked, self.occasion(fields)))
        if asked.stream and streams(fault):
            return stream(list(pieces(completion)), fault)
        return spoil(fault, whole(completion)) if fault else json_reply(whole(completion))

    async def meet(self, request: Request) -> Fault | None:
        """Return the fault a request for completions meets, after the time it takes."""
        self._faults.begin()
        try:
            fault = self._faults.take()
            request.state.fault = fault.name if fault else None
            if fault is None or fault.name not in AT_ONCE:
                await asyncio.sleep(self._latency_s + (fault.value if fault and fault.name == "slow" else 0.0))
        finally:
            self._faults.end()
        return fault

    def marked(self, completion: Completion) -> Completion:
        """Return a completion whose texts end with marks of their own, where marks are wanted."""
        if not self._faults.marked:
            return completion
        own = completion.reply_id.removeprefix("chatcmpl-")
        choices = (replace(each, text=f"{each.text} [{own}:{index}]") for index, each in enumerate(completion.choices))
        return replace(completion, choices=tuple(choices))

    async def embed(self, request: Request) -> Response:
        """Return the reply to a request for embeddings."""
        fields = await fields_of(request)
        texts = texts_to_embed(fields)
        fault = self._faults.take()
        request.state.fault = fault.name if fault else None
        await asyncio.sleep(fault.value if fault and fault.name == "slow" else 0.0)
        reply = instead(fault) if fault else None
        if reply is not None:
            return reply
        found = embeddings(texts, str(fields["model"]), fields.get("encoding_format"))
        # Other faults are about completions, of which there are none here.
        return spoil(fault, found) if fault and fault.name in {"truncated", "hang-up"} else json_reply(found)

    async def list_models(self, request: Request) -> Response:  # noqa: ARG002 - the framework's signature
        """Return the models there are."""
        return json_reply(models(self._started))

    def occasion(self, fields: Mapping[str, Any]) -> str:
        """Return what tells this request from all others: the seed, the request, how often it was made."""
        digest = digest_of(fields)
        self._asked_before[digest] += 1
        return f"{self._seed}:{digest}:{self._asked_before[digest]}"

    def completion(self, asked: Asked, occasion: str) -> Completion:
        """Return the answers to a request."""
        source = occasion if asked.seed is None else asked.identity
        law = law_for(asked.messages, asked.temperature, asked.top_p)
        answers = [law.answer(chance(source, index), asked.max_tokens) for index in range(asked.n)]
        return Completion(
            asked=asked,
            choices=tuple(finish(answer, asked.stop) for answer in answers),
            reply_id=reply_id(occasion),
            created=int(time.time()),
        )


def digest_of(fields: Mapping[str, Any]) -> str:
    """Return the digest of a request, whatever the order of its fields."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def reply_id(occasion: str) -> str:
    """Return the name of the reply to a request."""
    return "chatcmpl-" + hashlib.sha256(occasion.encode()).hexdigest()[:24]


def chance(*names: object) -> Callable[[], float]:
    """Return independent numbers in [0, 1), the same ones for the same names."""
    return random.Random(":".join(map(str, names))).random  # noqa: S311 - repeatable on purpose


async def fields_of(request: Request) -> Mapping[str, Any]:
    """Return the JSON object a request bears.

    Raises:
        ProtocolError: There is none, or it is too large.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProtocolError("The content type must be application/json.", status=415, code="unsupported_media_type")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise ProtocolError("The body must not be compressed.", status=415, code="unsupported_encoding")
    fields = decode(await body_of(request, BODY_LIMIT))
    request.state.fields = fields
    return fields


async def body_of(request: Request, limit: int) -> bytes:
    """Return the body of a request, whole.

    Raises:
        ProtocolError: It is longer than the limit, or breaks off.
    """
    too_large = ProtocolError(f"The body exceeds {limit} bytes.", status=413, code="request_too_large")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > limit:
                raise too_large
    except ClientDisconnect:
        raise ProtocolError("The body is not whole.", status=408, code="request_timeout") from None
    return bytes(body)


def streams(fault: Fault | None) -> bool:
    """Return whether a stream stays one under a fault."""
    return fault is None or fault.name in {"slow", "truncated", "hang-up"}


def stream(events: Sequence[bytes], fault: Fault | None) -> Response:
    """Return a stream of server-sent events, spoiled by a fault."""
    if fault is not None and fault.name != "slow":
        events = events[: len(events) // 2]
        if fault.name == "hang-up":
            return HangUp(b"".join(events) * 2, media_type="text/event-stream")

    async def one_by_one() -> AsyncIterator[bytes]:
        for event in events:
            yield event
            await asyncio.sleep(0)

    return StreamingResponse(one_by_one(), media_type="text/event-stream", headers={"cache-control": "no-cache"})
