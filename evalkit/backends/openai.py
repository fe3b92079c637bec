"""A request answered by any server that speaks the OpenAI protocol, through the openai client."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from dataclasses import replace
from typing import Any, TypeAlias

import openai

from evalkit import environment
from evalkit.backends.answer import Answer
from evalkit.backends.dispositions import SUCCESS, error_of, retry_after_s
from evalkit.backends.hearing import heard_of
from evalkit.backends.redaction import hide
from evalkit.backends.replying import reply_of
from evalkit.backends.transport import Transport
from evalkit.backends.wire import body_of, stem_of
from evalkit.errors import BackendError, EndpointError, MalformedReplyError, RejectedError, TransientError, UsageError
from evalkit.nouns import Endpoint, Heard, Mode, Reply, Request
from evalkit.text.redacting import forms_of, redacted, redacted_text

MAX_BYTES = 32 * 2**20
"""Longest answer that is read, in bytes after unpacking."""

Disposition: TypeAlias = type[TransientError] | type[RejectedError] | type[MalformedReplyError] | type[EndpointError]

DISPOSITIONS: dict[type[Exception], Disposition] = {
    openai.OpenAIError: EndpointError,  # raised bare for missing credentials
    openai.APIError: TransientError,  # raised bare for an error inside a stream
    openai.APIStatusError: RejectedError,
    openai.APIConnectionError: TransientError,
    openai.APITimeoutError: TransientError,
    openai.APIResponseValidationError: MalformedReplyError,
    openai.BadRequestError: RejectedError,
    openai.UnprocessableEntityError: RejectedError,
    openai.AuthenticationError: EndpointError,
    openai.OAuthError: EndpointError,
    openai.PermissionDeniedError: EndpointError,
    openai.NotFoundError: EndpointError,
    openai.ConflictError: TransientError,
    openai.RateLimitError: TransientError,
    openai.InternalServerError: TransientError,
    openai.LengthFinishReasonError: MalformedReplyError,
    openai.ContentFilterFinishReasonError: MalformedReplyError,
    openai.WebSocketConnectionClosedError: TransientError,
    openai.WebSocketQueueFullError: TransientError,
}
"""Every error class of the client and what happens next; a status, where there is one, decides more finely."""


def openai_backend(
    endpoint: Endpoint,
    *,
    api_key: str | None = None,
    timeout_s: float = 120.0,
    concurrency: int = 8,
    max_bytes: int = MAX_BYTES,
    client: openai.AsyncOpenAI | None = None,
    way: str | None = None,
) -> OpenAIBackend:
    """Return a backend for an endpoint.

    Address, key and headers are those of the `openai` client. The requests of the hot path are
    prebuilt bytes over a pooled session; a client of the user's own is called itself instead.

    Args:
        endpoint: Model and address; the address may lack ``/v1``.
        api_key: The key; OPENAI_API_KEY when None. Servers on this machine need none.
        timeout_s: Longest wait for one whole answer, in seconds.
        concurrency: Most connections at once.
        max_bytes: Longest answer that is read, in bytes.
        client: A client with settings of its own, such as an HTTP client; called as it is.
        way: How bodies go, one of `transport.WAYS`; the fastest that can when None.

    Raises:
        EndpointError: There is no key and the address is not known to work without.
        UsageError: The address carries a password, or is no address.
    """
    if client is not None:
        return OpenAIBackend(client.with_options(max_retries=0), None, secret=client.api_key)
    url = environment.address_of(endpoint.base_url).url
    key = environment.key_of(api_key) or environment.api_key()
    if key is None and url == environment.DEFAULT_BASE_URL:
        raise EndpointError("there is no key for this endpoint", slug="key", hint="set OPENAI_API_KEY")
    # Self-hosted servers take any key; the client refuses to be made without one.
    own = openai.AsyncOpenAI(api_key=key or "none", base_url=url, max_retries=0, timeout=timeout_s)
    headers = {name: value for name, value in own.default_headers.items() if isinstance(value, str)}
    transport = Transport(
        headers | own.auth_headers, timeout_s=timeout_s, max_bytes=max_bytes, connections=concurrency, way=way
    )
    return OpenAIBackend(own, transport, secret=key)


class OpenAIBackend:
    """Sends requests to one endpoint: no retry, no limits, no storing."""

    def __init__(self, client: openai.AsyncOpenAI, transport: Transport | None, *, secret: str | None) -> None:
        """Keep the client, the transport of the hot path (None: the client itself), and what to black out."""
        self._client = client
        self._transport = transport
        self._secrets = forms_of(secret)
        hide(secret)
        self._url = f"{str(client.base_url).rstrip('/')}/chat/completions"
        self._stems: dict[str, str] = {}

    async def send(self, request: Request) -> Reply:
        """Return what came back, or raise one of the four kinds of BackendError."""
        stem = self._stems.get(request.cell.key)
        if stem is None:
            stem = self._stems[request.cell.key] = stem_of(request.cell)
        body = body_of(request, stem)
        try:
            raw, status, first_byte = await (
                self._ask_client(body) if self._transport is None else self._post(self._transport, body)
            )
            return reply_of(raw, status, first_byte, streamed=request.cell.mode is Mode.STREAM)
        except BackendError as error:
            # A server may repeat the key it was sent; what is kept must not hold it.
            error.raw = redacted(error.raw, self._secrets)
            error.message = redacted_text(error.message, self._secrets)
            raise

    async def hear(self, body: bytes) -> Heard:
        """Return what came of any body, read as far as it can be; an error is an answer, too.

        Raises:
            TransientError: No whole answer came.
            EndpointError: The address is none, or its certificate is not valid.
            MalformedReplyError: The body is longer than the cap or can not be unpacked.
            UsageError: The client is the user's own.
        """
        if self._transport is None:
            raise UsageError("a client of one's own can not be probed", hint="give its address")
        started = time.monotonic()
        answer = without_key(await self._transport.post(self._url, body), self._secrets)
        done = time.monotonic()
        heard = heard_of(answer.status, answer.body, started=started, done=done)
        return replace(heard, retry_after_s=retry_after_s(answer.headers))

    async def aclose(self) -> None:
        """Release connections."""
        if self._transport is not None:
            await self._transport.aclose()
            await self._client.close()

    async def _post(self, transport: Transport, body: bytes) -> tuple[bytes, int, float | None]:
        answer = await transport.post(self._url, body)
        if answer.status in SUCCESS:
            return redacted(answer.body, self._secrets), answer.status, answer.first_byte
        # Before anything is read, cut or shown: half a key is not recognised any more.
        answer = without_key(answer, self._secrets)
        raise error_of(answer.status, answer.body, answer.headers)

    async def _ask_client(self, body: bytes) -> tuple[bytes, int, float | None]:
        fields: dict[str, Any] = json.loads(body)
        model, messages = fields.pop("model"), fields.pop("messages")
        try:
            answer = await self._client.chat.completions.with_raw_response.create(
                model=model, messages=messages, extra_body=fields
            )
        except openai.OpenAIError as error:
            raise translated(error, self._secrets) from None
        return redacted(answer.content, self._secrets), answer.status_code, None


def without_key(answer: Answer, secrets: Collection[bytes]) -> Answer:
    """Return an answer in which a server repeats no form of the key, neither in its body nor in its headers."""
    headers = {name: redacted_text(value, secrets) for name, value in answer.headers.items()}
    return replace(answer, body=redacted(answer.body, secrets), headers=headers)


def translated(error: openai.OpenAIError, secrets: Collection[bytes] = ()) -> BackendError:
    """Return what an error of the client means, without the key.

    Args:
        error: What the client raised.
        secrets: Forms of the key that a server may have repeated.
    """
    if isinstance(error, openai.APIStatusError) and type(error) in DISPOSITIONS:
        headers = {name.lower(): redacted_text(value, secrets) for name, value in error.response.headers.items()}
        return error_of(error.status_code, redacted(error.response.content, secrets), headers)
    kind = next(DISPOSITIONS[ancestor] for ancestor in type(error).__mro__ if ancestor in DISPOSITIONS)
    slug = "timeout" if isinstance(error, openai.APITimeoutError) else kind.slug
    return kind(redacted_text(f"{type(error).__name__}: {error}", secrets), slug=slug)
