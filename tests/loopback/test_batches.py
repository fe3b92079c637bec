"""Batches of the embedded endpoint, byte by byte."""

import json
import time

import pytest

from evalkit.loopback.batches import MOST_LINES
from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server

URL = "/v1/chat/completions"


def asked(*, n=4, **fields):
    """Return lines of requests."""
    body = {"model": "m", "messages": [{"role": "user", "content": "How to pick a good tomato?"}], "max_tokens": 30}
    lines = [{"custom_id": f"q{i}", "method": "POST", "url": URL, "body": body | fields} for i in range(n)]
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


@pytest.fixture
def upload(send):
    """Return a sender of files, which gives the reply."""

    def to(server, content, purpose="batch"):
        parts = [("purpose", "", purpose.encode()), ("file", '; filename="q.jsonl"', content)]
        body = b"".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"
            for name, more, value in parts
        )
        return send(server, "POST", "/v1/files", body + b"--b--\r\n", content_type="multipart/form-data; boundary=b")

    return to


@pytest.fixture
def ended(send, upload):
    """Return a sender of a file as a batch, which gives the batch when it has ended, and the lines of its files."""

    def run(server, content):
        batch = begun(send, server, upload(server, content).json["id"]).json
        until = time.monotonic() + 20
        while batch["status"] not in {"completed", "failed", "expired", "cancelled"} and time.monotonic() < until:
            batch = send(server, "GET", f"/v1/batches/{batch['id']}").json
        files = [batch["output_file_id"], batch["error_file_id"]]
        bodies = [send(server, "GET", f"/v1/files/{each}/content").body if each else b"" for each in files]
        return batch, *bodies

    return run


def begun(send, server, file_id, **changes):
    """Return the reply to a wish for a batch."""
    fields = {"input_file_id": file_id, "endpoint": URL, "completion_window": "24h"} | changes
    return send(server, "POST", "/v1/batches", json.dumps(fields).encode())


def lines_of(body):
    """Return the lines of a file by their names."""
    return {value["custom_id"]: value for value in map(json.loads, body.splitlines())}


def texts(replies):
    """Return the texts of replies."""
    return [reply["choices"][0]["message"]["content"] for reply in replies]


def test_answers_are_those_that_the_same_requests_get_one_by_one(ended, send):
    """The file is answered in its order and told in another; each request is in the journal."""
    content = asked(n=8, temperature=1.5)
    with Server(seed=5) as server:
        batch, results, errors = ended(server, content)
        assert [served.path for served in server.journal].count(URL) == 8
    found = lines_of(results)
    assert list(found) != sorted(found)
    assert (batch["status"], batch["request_counts"]) == ("completed", {"total": 8, "completed": 8, "failed": 0})
    assert errors == b""
    with Server(seed=5) as server:
        bodies = [json.dumps(json.loads(line)["body"]).encode() for line in content.splitlines()]
        online = [send(server, "POST", URL, body).json for body in bodies]
    assert texts(found[f"q{i}"]["response"]["body"] for i in range(8)) == texts(online)
    assert len(set(texts(online))) > 1


def test_failed_requests_are_in_a_file_of_their_own(ended):
    """A refusal has its status, what breaks off has an error, and what is no JSON is a string."""
    with Server(faults=Faults(script=["status:503", "reset", "html", "calm"])) as server:
        batch, results, errors = ended(server, asked())
    failed = lines_of(errors)
    assert batch["request_counts"] == {"total": 4, "completed": 2, "failed": 2}
    assert failed["q0"]["response"]["status_code"] == 503
    assert (failed["q1"]["response"], failed["q1"]["error"]["code"]) == (None, "server_error")
    assert lines_of(results)["q2"]["response"]["body"].startswith("<!DOCTYPE")


def test_a_request_that_is_wrong_fails_alone(ended):
    """The others are answered."""
    content = asked(n=2) + asked(n=1, temperature="hot").replace(b"q0", b"hot")
    with Server() as server:
        _, results, errors = ended(server, content)
    assert lines_of(errors)["hot"]["response"]["body"]["error"]["param"] == "temperature"
    assert set(lines_of(results)) == {"q0", "q1"}


@pytest.mark.parametrize(
    ("trouble", "status", "n_results", "n_errors"),
    [("expired", "expired", 2, 2), ("slow", "completed", 4, 0), ("invalid", "failed", 0, 0)],
)
def test_troubles_come_when_they_are_asked_for(ended, trouble, status, n_results, n_errors):
    """Once for each time that one is named."""
    with Server() as server:
        server.app.state.batches.troubles.append(trouble)
        batch, results, errors = ended(server, asked())
        assert (batch["status"], len(results.splitlines()), len(errors.splitlines())) == (status, n_results, n_errors)
        assert all(line["error"]["code"] == "batch_expired" for line in lines_of(errors).values())
        assert ended(server, asked())[0]["status"] == "completed"


def test_half_a_result_file_breaks_off_within_a_line(ended):
    """The status says nothing of it."""
    with Server() as server:
        server.app.state.batches.troubles.append("half")
        batch, results, _ = ended(server, asked())
    assert batch["status"] == "completed"
    assert 0 < len(results.splitlines()) < 4
    assert not results.endswith(b"\n")


def test_a_batch_may_be_cancelled(send, upload):
    """What had no turn is told, and nothing else comes."""
    with Server() as server:
        server.app.state.batches.troubles.append("slow")
        batch = begun(send, server, upload(server, asked()).json["id"]).json
        assert send(server, "POST", f"/v1/batches/{batch['id']}/cancel").json["status"] == "cancelling"
        for _ in range(200):
            batch = send(server, "GET", f"/v1/batches/{batch['id']}").json
            if batch["status"] == "cancelled":
                break
        told = send(server, "GET", f"/v1/files/{batch['error_file_id']}/content").body
        listed = send(server, "GET", "/v1/batches").json
    assert (batch["status"], batch["output_file_id"]) == ("cancelled", None)
    assert {line["error"]["code"] for line in lines_of(told).values()} == {"batch_cancelled"}
    assert [each["id"] for each in listed["data"]] == [batch["id"]]


LINE = asked(n=1)


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "invalid_file", None),
        (b"\n" * (MOST_LINES + 1), "invalid_file", None),
        (b"\r" * (MOST_LINES + 1), "invalid_file", None),
        (LINE + b"no\n", "invalid_json_line", 2),
        (LINE + b"\xff\n", "invalid_json_line", 2),
        (b"[" * 100_000, "invalid_json_line", 1),
        (LINE * 2, "duplicate_custom_id", 2),
        (LINE.replace(b'"q0"', b"7"), "invalid_custom_id", 1),
        (LINE.replace(b'"q0"', b'"' + b"x" * 600 + b'"'), "invalid_custom_id", 1),
        (LINE.replace(b"POST", b"GET"), "invalid_request", 1),
        (LINE.replace(b"/v1/chat", b"/v1/chit"), "invalid_request", 1),
        (asked(n=1, stream=True), "invalid_request", 1),
        (LINE + LINE.replace(b"q0", b"q1").replace(b'"m"', b'"k"'), "mismatched_model", 2),
    ],
)
def test_a_file_that_is_none_is_told_by_line(ended, content, code, line):
    """Nothing of it is answered, and the endpoint stays up."""
    with Server() as server:
        batch, results, errors = ended(server, content)
        assert [served.path for served in server.journal].count(URL) == 0
    assert (batch["status"], results, errors) == ("failed", b"", b"")
    assert [(each["code"], each["line"]) for each in batch["errors"]["data"]] == [(code, line)]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"input_file_id": "file-none"}, 404),
        ({"input_file_id": None}, 400),
        ({"endpoint": "/v1/embeddings"}, 400),
        ({"completion_window": "1h"}, 400),
        ({"metadata": "x"}, 400),
        ({"metadata": {"a": 1}}, 400),
        ({"metadata": {"a" * 65: "x"}}, 400),
        ({"metadata": {str(i): "x" for i in range(17)}}, 400),
    ],
)
def test_a_wish_that_is_wrong_is_refused(calm, send, upload, changes, status):
    """Field by field."""
    assert begun(send, calm, upload(calm, LINE).json["id"], **changes).status == status


def test_files_have_limits(calm, upload, send):
    """Another purpose, no file, too large a file; what is unknown is 404, and a key is wanted here, too."""
    assert upload(calm, LINE, "vision").status == 400
    assert upload(calm, b"x" * (33 * 2**20)).status == 413
    assert send(calm, "GET", "/v1/files/none").status == 404
    assert send(calm, "GET", "/v1/batches/none").status == 404
    told = upload(calm, LINE).json
    assert send(calm, "GET", f"/v1/files/{told['id']}").json == told
    with Server(key="sesame") as server:
        assert upload(server, LINE).status == 401


def test_too_many_batches_at_once_are_refused(send, upload):
    """Eight wait, the ninth is told to come later."""
    with Server() as server:
        file_id = upload(server, LINE).json["id"]
        server.app.state.batches.troubles.extend(["slow"] * 9)
        found = [begun(send, server, file_id).status for _ in range(9)]
    assert found == [200] * 8 + [429]
