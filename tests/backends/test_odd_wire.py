"""Answers as no framework would send them, byte by byte over a socket: read where they are whole, named where not."""

import asyncio
import functools
import gzip
import json
import socket
import threading
import zlib
from contextlib import contextmanager

import pytest

from evalkit.backends.openai import openai_backend
from evalkit.backends.transport import WAYS
from evalkit.errors import MalformedReplyError, TransientError
from evalkit.nouns import Cell, Decoding, Endpoint, Message, Prompt, Request

TEXT = "bread"


def chat(**fields):
    choice = {"index": 0, "message": {"role": "assistant", "content": TEXT}, "finish_reason": "stop"}
    return {"id": "chatcmpl-1", "model": "m", "choices": [choice], "usage": {"prompt_tokens": 1}, **fields}


def said(**message):
    return chat(choices=[{"index": 0, "message": message, "finish_reason": "stop"}])


def http(body, *headers, status=b"200 OK"):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers, b"Connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


WHOLE = json.dumps(chat()).encode()
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n"
EVENT = json.dumps({"choices": [{"index": 0, "delta": {"content": TEXT}, "finish_reason": "stop"}]}).encode()
READ = {
    "hints before": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + http(WHOLE),
    "go on before": b"HTTP/1.1 100 Continue\r\n\r\n" + http(WHOLE),
    "version 1.0": b"HTTP/1.0 200 OK\r\n\r\n" + WHOLE,
    "chunks": CHUNKED % (len(WHOLE), WHOLE) + b"0\r\n\r\n",
    "created": http(WHOLE, status=b"201 Created"),
    "no type": http(WHOLE),
    "plain text": http(WHOLE, b"Content-Type: text/plain"),
    "packed unasked": http(gzip.compress(WHOLE), b"Content-Encoding: GZIP"),
    "packed, old name": http(gzip.compress(WHOLE), b"Content-Encoding: x-gzip"),
    "deflated": http(zlib.compress(WHOLE), b"Content-Encoding: deflate"),
    "a mark before": http(b"\xef\xbb\xbf" + WHOLE),
    "spaces to keep alive": http(b" \n" * 5000 + WHOLE),
    "events unasked": http(b"data: " + EVENT + b"\n\ndata: [DONE]\n\n"),
    "control letters in a header": http(WHOLE, b"X-Request-Id: \x1b[31mred"),
    "bytes in a header": http(WHOLE, b"Server: \xff\xfe"),
    "parts": http(said(content=[{"type": "text", "text": TEXT}])),
    "a refusal that is none": http(said(content=TEXT, refusal={"a": 1})),
    "a choice that is none beside it": http(chat(choices=[*chat()["choices"], {"index": 1}])),
    "no name": http(chat(id=None, model={"a": 1}, system_fingerprint=7)),
    "long name": http(chat(id="x" * 100_000)),
    "tokens below none": http(chat(usage={"prompt_tokens": -4, "completion_tokens": 10**30})),
    "tokens in words": http(chat(usage=["many"])),
    "no error": http(chat(error=None)),
    "a number without end": http(WHOLE[:-1] + b', "created": ' + b"9" * 4000 + b"}"),
    "a name twice": http(WHOLE[:-1] + b', "model": "n"}'),
}
NOT_READ = {
    "too short a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + WHOLE, TransientError),
    "unknown packing": (http(b"\x00\x01", b"Content-Encoding: br"), MalformedReplyError),
    "packed in name only": (http(WHOLE, b"Content-Encoding: gzip"), MalformedReplyError),
    "packed and cut": (http(gzip.compress(WHOLE)[:-20], b"Content-Encoding: gzip"), MalformedReplyError),
    "wide letters": (http(WHOLE.decode().encode("utf-16")), MalformedReplyError),
    "old letters": (http(json.dumps(chat(id="é"), ensure_ascii=False).encode("latin-1")), MalformedReplyError),
    "more behind": (http(WHOLE + b"\n<!-- -->"), MalformedReplyError),
    "two": (http(WHOLE + WHOLE), MalformedReplyError),
    "a list": (http([chat()]), MalformedReplyError),
    "null": (http(b"null"), MalformedReplyError),
    "choices by name": (http(chat(choices={"0": {}})), MalformedReplyError),
    "no choice in choices": (http(chat(choices=[None])), MalformedReplyError),
    "no message": (http(chat(choices=[{"index": 0}])), MalformedReplyError),
    "a number as text": (http(said(content=123)), MalformedReplyError),
    "an error in a word": (http({"error": "overloaded"}), MalformedReplyError),
    "brackets": (http(b'{"a":' * 100_000), MalformedReplyError),
    "events that are none": (http(b'data: {"choices": {"a": 1}}\n\n'), MalformedReplyError),
    "nothing": (http(b"", status=b"204 No Content"), MalformedReplyError),
    "too long a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + WHOLE, TransientError),
    "a length that is none": (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + WHOLE, TransientError),
    "chunks that are none": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", TransientError),
    "chunks cut": (CHUNKED % (len(WHOLE), WHOLE), TransientError),
    "no protocol": (b"HELLO\r\n\r\n", TransientError),
    "a header without end": (b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 200_000 + b"\r\n\r\n", TransientError),
    "half a header": (b"HTTP/1.1 200 OK\r\nConte", TransientError),
    "no word": (b"", TransientError),
}


@contextmanager
def answering(raw):
    """Yield the address of a server that says these bytes to one request and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(65_536)
                head, _, body = head.partition(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                while len(body) < length:
                    body += connection.recv(65_536)
                try:
                    connection.sendall(raw)
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(1)  # until the client has read it: closing at once would be a reset
                except OSError:
                    pass  # it hung up first, which it may

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        thread.join(10)


@pytest.fixture(params=WAYS)
def ask(request):
    """Return what one request to such a server came to, whichever way it goes."""
    return functools.partial(asked, way=request.param)


def asked(raw, *, way):
    """Return what one request to such a server came to."""

    async def once(url):
        endpoint = Endpoint(model="m", base_url=url)
        prompt = Prompt(id="p", messages=(Message(role="user", content="What?"),))
        cell = Cell(endpoint=endpoint, prompt=prompt, decoding=Decoding(temperature=1.0))
        backend = openai_backend(endpoint, timeout_s=5.0, way=way)
        try:
            return await backend.send(Request(cell=cell, replicates=(0,)))
        finally:
            await backend.aclose()

    with answering(raw) as url:
        return asyncio.run(once(url))


@pytest.mark.parametrize("name", READ)
def test_a_whole_answer_is_read_however_it_comes(name, ask):
    """It was paid for."""
    (completion,) = ask(READ[name]).completions
    assert completion.text == TEXT


@pytest.mark.parametrize(("name", "status"), [("created", 201), ("chunks", 200)])
def test_the_status_is_kept_as_it_came(name, status, ask):
    """A gateway's own word for success is on record."""
    assert ask(READ[name]).status == status


def test_what_can_not_be_read_keeps_its_status_too(ask):
    """An empty body under 204 is no 200."""
    with pytest.raises(MalformedReplyError) as caught:
        ask(NOT_READ["nothing"][0])
    assert caught.value.status == 204


@pytest.mark.parametrize("name", NOT_READ)
def test_what_is_no_answer_has_a_class_that_says_what_is_next(name, ask):
    """Never an error of another library, and the bytes are kept."""
    raw, kind = NOT_READ[name]
    with pytest.raises(kind) as caught:
        ask(raw)
    assert type(caught.value) is kind
    assert caught.value.slug in {
        "wrong-shape",
        "not-json",
        "not-utf8",
        "too-deep",
        "packed",
        "error-in-200",
        "connection",
    }
