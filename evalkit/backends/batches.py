"""Files and batches of an endpoint, through the openai client: sent up, asked about, fetched."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import openai

from evalkit import environment
from evalkit.backends.openai import translated
from evalkit.backends.redaction import hide
from evalkit.errors import EndpointError, MalformedReplyError, TransientError
from evalkit.nouns import Endpoint
from evalkit.text.redacting import forms_of, redacted

MOST_BYTES = 4 * 2**30
"""Longest result file that is fetched, in bytes."""

_LONGEST_LINE = 256 * 2**20
_TRIES = 5  # of what may be asked twice without harm
_TIMEOUT_S, _QUICK_S = 120.0, 30.0  # of silence: while a file of 200 MB goes up or down, and else
_LOOKED_AT = 2_000  # batches of an account, the newest first
_NO_BATCHES = (404, 405, 501)
_HINT = "write the files by `evalkit batch write`, send them by hand and read the results by `evalkit batch read`"
_WINDOW: Final = "24h"
_URL: Final = "/v1/chat/completions"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
"""Words for a batch of which nothing more will come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """How far a batch is, as its host tells it."""

    id: str
    """The host's name of it."""
    status: str
    """One word of the host's, such as ``in_progress``."""
    n_requests: int = 0
    """Requests in it, as far as it is known."""
    n_completed: int = 0
    """Requests that are answered."""
    n_failed: int = 0
    """Requests that failed."""
    output_file_id: str | None = None
    """The host's name of the file of results."""
    error_file_id: str | None = None
    """The host's name of the file of requests that failed."""
    problem: str | None = None
    """What the host found wrong with the whole of it."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in ENDED


class Batches:
    """The batches of one endpoint; a context manager."""

    def __init__(self, endpoint: Endpoint, *, api_key: str | None = None) -> None:
        """Make a client.

        Args:
            endpoint: Its address; the address may lack ``/v1``.
            api_key: The key; OPENAI_API_KEY when None. Servers on this machine need none.

        Raises:
            EndpointError: There is no key and the address is not known to work without.
            UsageError: The address carries a password, or is no address.
        """
        url = environment.address_of(endpoint.base_url).url
        key = environment.key_of(api_key) or environment.api_key()
        if key is None and url == environment.DEFAULT_BASE_URL:
            raise EndpointError("there is no key for this endpoint", slug="key", hint="set OPENAI_API_KEY")
        # Neither prompts nor the key are carried elsewhere: a redirect is an error.
        http = openai.DefaultHttpxClient(follow_redirects=False, timeout=_TIMEOUT_S)
        self._client = openai.OpenAI(
            api_key=key or "none", base_url=url, timeout=_TIMEOUT_S, max_retries=0, http_client=http
        )
        self._patient = self._client.with_options(max_retries=_TRIES)
        self._quick = self._client.with_options(max_retries=_TRIES, timeout=_QUICK_S)
        self._secrets = forms_of(key)
        hide(key)

    def __enter__(self) -> Self:
        """Return the batches."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close connections."""
        self._client.close()

    def upload(self, path: Path) -> str:
        """Return the host's name of a file of requests, which is sent up; twice does no harm.

        Raises:
            BackendError: The host takes no files, or could not be asked.
        """
        with self._told("files"), path.open("rb") as file:
            return _name(self._patient.files.create(file=(path.name, file), purpose="batch").id)

    def create(self, file_id: str, run: str) -> BatchState:
        """Return a batch of a file, begun now: asked once, for what is sent twice is bought twice.

        Args:
            file_id: The host's name of the file.
            run: What the batch is for, kept with it by the host.

        Raises:
            BackendError: The host takes no batches, or could not be asked.
        """
        with self._told("batches"):
            made = self._client.batches.create(
                input_file_id=file_id, endpoint=_URL, completion_window=_WINDOW, metadata={"evalkit_run": run}
            )
            return _state(made)

    def of_file(self, file_id: str) -> BatchState | None:
        """Return the batch of a file, None where there is none.

        Raises:
            BackendError: The host could not be asked.
        """
        with self._told("batches"):
            newest = itertools.islice(self._quick.batches.list(limit=100), _LOOKED_AT)
            return next((_state(each) for each in newest if each.input_file_id == file_id), None)

    def state(self, batch_id: str) -> BatchState:
        """Return how far a batch is.

        Raises:
            BackendError: The host knows no such batch, or could not be asked.
        """
        with self._told(None):
            return _state(self._quick.batches.retrieve(batch_id))

    def fetch(self, file_id: str, path: Path) -> None:
        """Write a result file, whole or not at all, without the key should the host repeat it.

        Raises:
            BackendError: The host has no such file, or could not be asked; or the file is too long.
        """
        part = path.with_name(f".part-{path.name}")
        with self._told(None):
            try:
                with (
                    self._patient.files.with_streaming_response.content(file_id) as answer,
                    os.fdopen(os.open(part, _NEW, 0o600), "wb") as file,
                ):
                    self._copy(answer.iter_bytes(), file)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)

    def _copy(self, pieces: Iterator[bytes], file: BinaryIO) -> None:
        size, rest = 0, b""
        for piece in pieces:
            size += len(piece)
            lines, newline, rest = (rest + piece).rpartition(b"\n")
            if size > MOST_BYTES or len(rest) > _LONGEST_LINE:
                raise MalformedReplyError("the result file is longer than any can be", slug="too-long")
            file.write(redacted(lines + newline, self._secrets))
        file.write(redacted(rest, self._secrets))

    @contextmanager
    def _told(self, what: str | None) -> Iterator[None]:
        """Turn errors of the client into ours; a host that does not know an address of files or batches takes none."""
        try:
            yield
        except openai.OpenAIError as error:
            ours = translated(error, self._secrets)
            if what is not None and ours.status in _NO_BATCHES:
                raise EndpointError(
                    f"the endpoint takes no batches: it knows no /{what}",
                    slug="no-batches",
                    status=ours.status,
                    hint=_HINT,
                ) from None
            raise ours from None
        except (AttributeError, TypeError, ValueError, RecursionError) as error:
            # The client takes an answer of another shape as it came.
            raise MalformedReplyError(
                f"the endpoint sent what is no answer about {what or 'batches'}: {type(error).__name__}",
                slug="wrong-shape",
            ) from None
        except Exception as error:
            # Of a body that breaks off the client tells in words of its HTTP library, which is nobody else's affair.
            if type(error).__module__.partition(".")[0] not in {"httpx", "httpx2", "httpcore"}:
                raise
            raise TransientError(f"the connection was lost: {type(error).__name__}", slug="connection") from None


def _name(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(value)
    return value


def _named(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _state(batch: Any) -> BatchState:  # noqa: ANN401 - the client does not check what a host sends
    counts, errors = batch.request_counts, getattr(batch.errors, "data", None) or ()
    return BatchState(
        id=_name(batch.id),
        status=_name(batch.status),
        n_requests=_count(getattr(counts, "total", 0)),
        n_completed=_count(getattr(counts, "completed", 0)),
        n_failed=_count(getattr(counts, "failed", 0)),
        output_file_id=_named(batch.output_file_id),
        error_file_id=_named(batch.error_file_id),
        problem="; ".join(str(getattr(each, "message", each)) for each in errors) or None,
    )
