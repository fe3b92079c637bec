"""Batches: a file of requests answered as if each had come by itself, its results in a file, in an order of their own.

What happens to a batch may be set for tests: `Desk.troubles` names it for the next batches, in turn.

=============  ==================================================================================
``expired``    the time is over when half of the requests are answered; the error file has the rest
``half``       the batch is completed, and its output file breaks off in the middle
``invalid``    the input file is found to be none
``slow``       nothing happens until the batch has been asked about three times
=============  ==================================================================================
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from evalkit.loopback.endpoint import body_of, fields_of
from evalkit.loopback.spoiling import Hang, HangUp, Reset, error_reply, json_reply
from evalkit.loopback.uploads import FILE_LIMIT, FORM_LIMIT, Shelf, parts_of
from evalkit.loopback.wire import ProtocolError, decode

if TYPE_CHECKING:
    from starlette.types import Message

URL = "/v1/chat/completions"
"""The only address whose requests a batch may hold."""
MOST_LINES = 50_000
"""Requests a batch may hold."""
MOST_BATCHES = 64
"""Batches that are kept; above, the oldest that are done are forgotten."""
AT_ONCE = 8
"""Batches that may be worked on."""
DAY_S = 24 * 60 * 60
"""Seconds after which a batch would be over, were it not done at once."""
TROUBLES = frozenset({"expired", "half", "invalid", "slow"})
"""Names of what may happen to a batch."""

_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
_LONGEST_ID = 512
_MOST_PAIRS, _KEY, _VALUE = 16, 64, 512  # of metadata
_ASKED_TIMES = 3
_OK = 200

Complete = Callable[[Request], Awaitable[Response]]
Note = Callable[[Mapping[str, Any] | None, int, str | None], None]


@dataclass(slots=True, kw_only=True)
class _Batch:
    """One batch, as it stands."""

    shown: dict[str, Any]
    """What the protocol tells of it."""
    trouble: str | None
    """What is to happen to it."""
    asked: int = 0
    """How often somebody wanted to know."""
    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when that was often."""
    done: list[bytes] = field(default_factory=list)
    """Lines of the output file."""
    failed: list[bytes] = field(default_factory=list)
    """Lines of the error file."""

    def move(self, status: str) -> None:
        """Take another status, and note when."""
        self.shown["status"] = status
        self.shown[f"{status}_at"] = int(time.time())


class _InvalidError(Exception):
    """What is wrong with an input file, and in which line."""

    def __init__(self, line: int | None, code: str, message: str) -> None:
        super().__init__(message)
        self.shown = {"code": code, "line": line, "message": message, "param": None}


@dataclass(frozen=True, slots=True)
class _Line:
    custom_id: str
    body: Mapping[str, Any]


class Desk:
    """Takes files and batches in, and works on them; for one event loop."""

    def __init__(self, complete: Complete, note: Note) -> None:
        """Begin with nothing to do.

        Args:
            complete: Answers a request for completions.
            note: Called with fields, status and fault of each request of a batch.
        """
        self.troubles: deque[str] = deque()
        """What happens to the next batches, in turn, by names of `TROUBLES`."""
        self._complete, self._note = complete, note
        self._shelf = Shelf()
        self._batches: dict[str, _Batch] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def upload(self, request: Request) -> Response:
        """Take a file in."""
        parts = parts_of(await body_of(request, FORM_LIMIT), request.headers.get("content-type", ""))
        if parts.get("purpose", (b"", ""))[0] != b"batch":
            raise ProtocolError("Invalid value for 'purpose': expected 'batch'.", param="purpose", code="invalid_value")
        if "file" not in parts:
            raise ProtocolError("Missing required parameter: 'file'.", param="file", code="missing_required_parameter")
        content, filename = parts["file"]
        if len(content) > FILE_LIMIT:
            raise ProtocolError(f"The file exceeds {FILE_LIMIT} bytes.", status=413, code="request_too_large")
        return json_reply(self._shelf.put(content, filename, "batch", needed=self._needed()).shown)

    async def tell_file(self, request: Request) -> Response:
        """Return what is known of a file."""
        return json_reply(self._shelf.get(request.path_params["file_id"]).shown)

    async def content(self, request: Request) -> Response:
        """Return what is in a file."""
        return Response(self._shelf.get(request.path_params["file_id"]).content, media_type="application/octet-stream")

    async def batches(self, request: Request) -> Response:
        """Take a batch in, or return those there are: one address, for what it knows is told whole."""
        return await self.create(request) if request.method == "POST" else self.listed()

    async def create(self, request: Request) -> Response:
        """Take a batch in, and begin to work on it."""
        fields = await fields_of(request)
        for name, only in (("endpoint", URL), ("completion_window", "24h")):
            if fields.get(name) != only:
                raise ProtocolError(f"Invalid value for '{name}': expected '{only}'.", param=name, code="invalid_value")
        metadata = _metadata(fields.get("metadata"))
        if not isinstance(fields.get("input_file_id"), str):
            raise ProtocolError("Missing required parameter: 'input_file_id'.", param="input_file_id")
        file = self._shelf.get(fields["input_file_id"], "input_file_id")
        if sum(each.shown["status"] not in _ENDED for each in self._batches.values()) >= AT_ONCE:
            raise ProtocolError("Too many batches at once.", status=429, kind="requests", code="rate_limit_exceeded")
        for name in [name for name, each in self._batches.items() if each.shown["status"] in _ENDED]:
            if len(self._batches) < MOST_BATCHES:
                break
            del self._batches[name]
        batch = _Batch(shown=_shown(file.id, metadata), trouble=self.troubles.popleft() if self.troubles else None)
        self._batches[batch.shown["id"]] = batch
        task = asyncio.create_task(self._work(batch, file.content))
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(batch, ended))
        return json_reply(batch.shown)

    async def tell_batch(self, request: Request) -> Response:
        """Return how far a batch is."""
        batch = self._batch(request)
        batch.asked += 1
        if batch.asked >= _ASKED_TIMES:
            batch.wanted.set()
        return json_reply(batch.shown)

    def listed(self) -> Response:
        """Return every batch there is, newest first."""
        data = [batch.shown for batch in reversed(self._batches.values())]
        ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
        return json_reply({"object": "list", "data": data, **ends, "has_more": False})

    async def cancel(self, request: Request) -> Response:
        """End a batch; what was answered stays."""
        batch = self._batch(request)
        if batch.shown["status"] not in _ENDED:
            batch.move("cancelling")
        return json_reply(batch.shown)

    def _batch(self, request: Request) -> _Batch:
        found = self._batches.get(request.path_params["batch_id"])
        if found is None:
            raise ProtocolError("There is no such batch.", status=404, code="not_found")
        return found

    def _needed(self) -> set[str]:
        live = [batch.shown for batch in self._batches.values() if batch.shown["status"] not in _ENDED]
        return {shown["input_file_id"] for shown in live}

    def _ended(self, batch: _Batch, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            batch.move("failed")

    async def _work(self, batch: _Batch, content: bytes) -> None:
        if batch.trouble == "slow":
            await batch.wanted.wait()
        await asyncio.sleep(0)
        try:
            lines = _lines(content if batch.trouble != "invalid" else b"no line")
        except _InvalidError as error:
            batch.shown["errors"] = {"object": "list", "data": [error.shown]}
            batch.move("failed")
            return
        batch.shown["request_counts"]["total"] = len(lines)
        if batch.shown["status"] == "validating":
            batch.move("in_progress")
        end, size = "completed", 0
        for number, line in enumerate(lines):
            late = (batch.trouble == "expired" and number >= len(lines) // 2) or size > FILE_LIMIT
            if late or batch.shown["status"] == "cancelling":
                end = "expired" if late else "cancelled"
                code = f"batch_{end}"
                message = f"This request was not executed before the batch {'expired' if late else 'was cancelled'}."
                batch.failed.append(_result(line, None, {"code": code, "message": message}))
            else:
                size += await self._answer(batch, line)
            await asyncio.sleep(0)
        self._finish(batch, end)

    async def _answer(self, batch: _Batch, line: _Line) -> int:
        """Answer one request as if it had come by itself, and return the bytes of the answer."""
        status, body, fault = await self._reply(line.body)
        self._note(line.body, status, fault)
        counts = batch.shown["request_counts"]
        if not status:
            found = _result(line, None, {"code": "server_error", "message": "The request broke off."})
        else:
            head = {"status_code": status, "request_id": secrets.token_hex(16)}
            found = _result(line, (head, body), None)
        counts["completed" if status == _OK else "failed"] += 1
        (batch.done if status == _OK else batch.failed).append(found)
        return len(found)

    async def _reply(self, fields: Mapping[str, Any]) -> tuple[int, bytes, str | None]:
        """Return status and body of the reply to a request, and the fault it met; status 0 where none came."""
        body = json.dumps(fields).encode("ascii")
        scope = {
            "type": "http",
            "method": "POST",
            "path": URL,
            "query_string": b"",
            "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
            "state": {"fields": None, "fault": None},
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        request = Request(scope, receive)
        try:
            reply = await self._complete(request)
        except ProtocolError as error:
            reply = error_reply(error)
        fault = request.state.fault
        packed = "content-encoding" in reply.headers
        if isinstance(reply, Reset | HangUp | Hang | StreamingResponse) or packed:
            return 0, b"", fault
        return reply.status_code, _json(bytes(reply.body)), fault

    def _finish(self, batch: _Batch, end: str) -> None:
        batch.move("finalizing")
        order = random.Random(f"order:{batch.shown['id']}")  # noqa: S311 - an order
        for name, lines in (("output", batch.done), ("error", batch.failed)):
            order.shuffle(lines)
            content = b"".join(lines)
            if name == "output" and batch.trouble == "half":
                content = content[: len(content) // 2]
            if content:
                file = self._shelf.put(content, f"{name}.jsonl", "batch_output", needed=self._needed())
                batch.shown[f"{name}_file_id"] = file.id
            lines.clear()
        batch.move(end)


def _shown(file_id: str, metadata: Mapping[str, str] | None) -> dict[str, Any]:
    now = int(time.time())
    moments = ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled")
    return {
        "id": f"batch_{secrets.token_hex(12)}",
        "object": "batch",
        "endpoint": URL,
        "errors": None,
        "input_file_id": file_id,
        "completion_window": "24h",
        "status": "validating",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": now,
        "expires_at": now + DAY_S,
        **{f"{name}_at": None for name in moments},
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
        "metadata": metadata,
    }


def _metadata(value: Any) -> dict[str, str] | None:  # noqa: ANN401 - JSON of a client
    if value is None:
        return None
    if isinstance(value, dict) and len(value) <= _MOST_PAIRS:
        pairs = {name: each for name, each in value.items() if isinstance(each, str) and len(each) <= _VALUE}
        if len(pairs) == len(value) and all(len(name) <= _KEY for name in pairs):
            return pairs
    raise ProtocolError(
        "Invalid value for 'metadata': expected at most 16 short strings.", param="metadata", code="invalid_type"
    )


def _lines(content: bytes) -> list[_Line]:
    """Return the requests of a file.

    Raises:
        _InvalidError: It is no file of requests.
    """
    if not content or content.count(b"\n") > MOST_LINES or content.count(b"\r") > MOST_LINES:
        raise _InvalidError(None, "invalid_file", f"The file must hold 1 to {MOST_LINES} requests.")
    lines: dict[str, _Line] = {}
    for number, text in enumerate(content.splitlines(), 1):
        line = _line(number, text)
        if line.custom_id in lines:
            raise _InvalidError(number, "duplicate_custom_id", "The custom_id is there twice.")
        lines[line.custom_id] = line
        if line.body.get("model") != next(iter(lines.values())).body.get("model"):
            raise _InvalidError(number, "mismatched_model", "All requests of a file must name one model.")
    return list(lines.values())


def _line(number: int, text: bytes) -> _Line:
    try:
        value = decode(text)
    except ProtocolError:
        raise _InvalidError(number, "invalid_json_line", "The line is not a JSON object.") from None
    name, body = value.get("custom_id"), value.get("body")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID:
        raise _InvalidError(number, "invalid_custom_id", "The custom_id is missing or too long.")
    if value.get("method") != "POST" or value.get("url") != URL or not isinstance(body, dict):
        raise _InvalidError(number, "invalid_request", f"Expected POST to {URL} with a body.")
    if body.get("stream"):
        raise _InvalidError(number, "invalid_request", "A batch can not be streamed.")
    return _Line(name, body)


def _json(body: bytes) -> bytes:
    """Return a body as it stands within a line: itself, or as a string where it is no JSON."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return json.dumps(body.decode("utf-8", "backslashreplace")).encode("ascii")
    return body.replace(b"\n", b" ")


def _result(line: _Line, response: tuple[Mapping[str, Any], bytes] | None, error: Mapping[str, Any] | None) -> bytes:
    head = {"id": f"batch_req_{secrets.token_hex(12)}", "custom_id": line.custom_id}
    told = b"null"
    if response is not None:
        about = json.dumps(response[0], separators=(",", ":")).encode("ascii")
        told = about[:-1] + b',"body":' + response[1] + b"}"
    start = json.dumps(head, separators=(",", ":")).encode("ascii")[:-1]
    return start + b',"response":' + told + b',"error":' + json.dumps(error).encode("ascii") + b"}\n"
