"""What a host of files and batches may do to its client."""

import http.server
import json
import threading

import pytest

from evalkit.backends.batches import Batches
from evalkit.errors import EndpointError, MalformedReplyError, TransientError
from evalkit.nouns import Endpoint

KEY = "sk-0123456789abcdef"


@pytest.fixture
def host():
    """Yield a server that gives the same reply to everything, its address, and the paths it was asked for."""
    reply = {"status": 200, "body": b"{}", "headers": {}, "cut": 0}
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(reply["status"])
            for name, value in reply["headers"].items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply["body"]) + reply["cut"]))
            self.end_headers()
            self.wfile.write(reply["body"])

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_words):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield reply, f"http://127.0.0.1:{server.server_port}/v1", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def batches(host):
    """Yield the client of that host."""
    with Batches(Endpoint(model="m", base_url=host[1]), api_key=KEY) as found:
        yield found


@pytest.mark.parametrize("body", [b"{}", b"[]", b"7", b'"x"', b'{"id": 7, "status": "x"}', b"not json"])
def test_an_answer_of_another_shape_is_malformed(host, batches, body):
    """The client takes anything; what it gives is looked at here."""
    host[0]["body"] = body
    host[0]["headers"] = {"content-type": "application/json"}
    with pytest.raises((MalformedReplyError, TransientError)):
        batches.state("b")


def test_a_state_of_a_poor_host_is_read(host, batches):
    """Counts, files and errors may be missing or nonsense."""
    told = {"id": "b", "status": "completed", "request_counts": {"total": "x"}, "output_file_id": 7, "errors": "no"}
    host[0]["body"] = json.dumps(told).encode()
    host[0]["headers"] = {"content-type": "application/json"}
    state = batches.state("b")
    assert (state.ended, state.n_requests, state.output_file_id, state.problem) == (True, 0, None, None)


@pytest.mark.parametrize(("status", "slug"), [(401, "key"), (403, "forbidden"), (307, "redirect")])
def test_errors_are_those_of_the_way_online(host, batches, status, slug):
    """A redirect is an error, too: neither prompts nor the key go elsewhere."""
    host[0].update(status=status, headers={"location": f"{host[1]}/elsewhere"})
    with pytest.raises((EndpointError, TransientError)) as told:
        batches.state("b")
    assert told.value.slug == slug
    assert not any("elsewhere" in path for path in host[2])


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_host_that_takes_no_batches_is_told_apart(host, batches, tmp_path, status):
    """It knows no such address."""
    host[0]["status"] = status
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")
    for ask in (lambda: batches.upload(path), lambda: batches.create("f", "small")):
        with pytest.raises((EndpointError, TransientError)) as told:
            ask()
        assert told.value.slug == "no-batches"


def test_a_batch_is_asked_for_once(host, batches):
    """Whatever comes back: sent twice is bought twice."""
    host[0]["status"] = 503
    with pytest.raises(TransientError):
        batches.create("f", "small")
    assert len(host[2]) == 1


def test_a_result_file_is_whole_or_not_there_and_holds_no_key(host, batches, tmp_path):
    """A host may repeat what it was sent; a body that breaks off leaves nothing."""
    path = tmp_path / "r.jsonl"
    host[0]["body"] = b"".join(b'{"n": %d, "key": "%s"}\n' % (n, KEY.encode()) for n in range(5000)) + b"end"
    batches.fetch("f", path)
    found = path.read_bytes()
    assert KEY.encode() not in found
    assert (found.count(b"\n"), found.count(b"[key]"), found[-3:]) == (5000, 5000, b"end")
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    host[0]["cut"] = 10
    with pytest.raises(TransientError) as told:
        batches.fetch("f", path)
    assert told.value.slug == "connection"
    assert list(tmp_path.iterdir()) == []


def test_without_a_key_the_author_s_own_address_is_not_asked(monkeypatch):
    """As online."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(EndpointError) as told:
        Batches(Endpoint(model="m"))
    assert told.value.slug == "key"
