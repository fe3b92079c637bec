"""A journal on disk: every request a server got and every answer it gave, written before the client has it."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]


class Recorder:
    """Middleware around the embedded endpoint that writes one line of JSON for each request."""

    def __init__(self, app: Any, path: Path, *, echo: bool = False) -> None:
        """Open the journal.

        Args:
            app: What answers.
            path: The journal, JSON Lines; lines are added.
            echo: Whether every answer is a refusal that repeats the Authorization header, as careless servers do.
        """
        self._app, self._echo = app, echo
        self._file = path.open("a", encoding="ascii", buffering=1)

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer a request and note it; whole answers before their last byte is sent, others when they are over."""
        started = time.time()
        asked, said, status, noted = bytearray(), bytearray(), 0, False

        async def hearing() -> _Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        def note(*, whole: bool) -> None:
            nonlocal noted
            noted = True
            entry = {
                "started": started,
                "ended": time.time(),
                "path": scope["path"],
                "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
                "asked": asked.decode("utf-8", "replace"),
                "status": status,
                "fault": scope.get("state", {}).get("fault"),
                "body": said.decode("latin-1"),
                "whole": whole,
            }
            self._file.write(json.dumps(entry) + "\n")

        async def saying(message: _Message) -> None:
            nonlocal status
            status = message.get("status", status)
            said.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                note(whole=True)
            await send(message)

        await (_echoing if self._echo else self._app)(scope, hearing, saying)
        if not noted:
            note(whole=False)


async def _echoing(scope: _Message, receive: _Receive, send: _Send) -> None:
    while (await receive()).get("more_body"):
        pass
    given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    body = json.dumps(
        {"error": {"message": f"Incorrect API key provided: {given}", "code": "invalid_api_key"}}
    ).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": body})
