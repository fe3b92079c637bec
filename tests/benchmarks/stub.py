"""A chat endpoint that costs next to nothing: the same answer, at once or after a while."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_N = re.compile(rb'"n": ?(\d+)')
_WORDS = "It was a quiet evening by the sea, and nobody had expected the ship to come back. "


def answer(n: int) -> bytes:
    """Return a whole HTTP answer of n choices, about a kilobyte each."""
    choices = [
        {"index": k, "message": {"role": "assistant", "content": f"{k}. " + _WORDS * 10}, "finish_reason": "stop"}
        for k in range(n)
    ]
    usage = {"prompt_tokens": 12, "completion_tokens": 180 * n, "total_tokens": 12 + 180 * n}
    reply = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stub", "choices": choices}
    body = json.dumps({**reply, "usage": usage}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


class Stub(asyncio.Protocol):
    """One connection, kept open."""

    def __init__(self, latency_s: float) -> None:
        """Answer after some seconds; at once when 0."""
        self._latency_s = latency_s
        self._heard = b""
        self._made: dict[int, bytes] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Keep the transport."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._heard += data
        while (end := self._heard.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._heard[:end])
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._heard) < whole:
                return
            asked = _N.search(self._heard[end:whole])
            self._heard, n = self._heard[whole:], int(asked[1]) if asked else 1
            reply = self._made.setdefault(n, answer(n))
            if self._latency_s:
                asyncio.get_running_loop().call_later(self._latency_s, self._say, reply)
            else:
                self._say(reply)

    def _say(self, reply: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(reply)


async def _serve(latency_s: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Stub(latency_s), "127.0.0.1", 0, backlog=2048)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)  # noqa: T201 - the parent reads it
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds")
    asyncio.run(_serve(parser.parse_args().latency))
