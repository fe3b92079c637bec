import contextlib
import gzip
import http.client
import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from evalkit.loopback.faults import FAULTS, PROFILES, RATE, VALUED, Fault, Faults
from evalkit.loopback.server import Server

Chat = Callable[..., Any]

_BROKEN = {"reset", "hang-up", "hang", "hang-body"}


def test_script_comes_first_then_calm() -> None:
    """Faults of a script meet the first requests in turn, and nothing the later ones."""
    faults = Faults(script=["status:503", "calm", "html"])
    assert [faults.take() for _ in range(5)] == [Fault("status", 503.0), None, Fault("html"), None, None]


def test_profiles_repeat_for_a_seed() -> None:
    """A profile draws the same faults for the same seed, and others for another."""
    drawn = [
        [faults.take() for _ in range(200)] for faults in (Faults("flaky"), Faults("flaky"), Faults("flaky", seed=1))
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert 15 < sum(fault is not None for fault in drawn[0]) < 70


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_profile_draws_what_it_promises(profile: str) -> None:
    """Each fault of a profile comes about as often as it should."""
    faults = Faults(profile, clock=iter(range(10**6)).__next__)  # a second passes between two requests
    seen = Counter(faults.take() for _ in range(4000))
    for text, chance in PROFILES[profile]:
        assert seen[Fault.parse(text)] / 4000 == pytest.approx(chance, abs=0.025)
    assert seen[None] / 4000 == pytest.approx(1 - sum(chance for _, chance in PROFILES[profile]), abs=0.04)


def test_rate_refuses_what_exceeds_it() -> None:
    """The profile of rates refuses requests over the number of a second, with a time to wait."""
    now = [0.0]
    faults = Faults("rate", clock=lambda: now[0])
    taken = [faults.take() for _ in range(RATE + 3)]
    assert taken[:RATE] == [None] * RATE
    assert taken[RATE:] == [Fault("retry-after", 1.0)] * 3
    now[0] = 1.0
    assert faults.take() is None


def test_bare_rate_is_a_number_of_ones_own() -> None:
    """A rate may be named, and a bare one refuses without a time to wait; any second is as good as another."""
    now = [0.0]
    faults = Faults("rate-bare:2", clock=lambda: now[0])
    taken = []
    for now[0] in (0.5, 0.9, 1.2, 1.6, 1.7, 2.0):
        taken.append(faults.take())
    assert taken == [None, None, Fault("rate-limit"), None, Fault("rate-limit"), None]


@pytest.mark.parametrize(("profile", "wait"), [("in-flight:2", "1"), ("in-flight-bare:2", None)])
def test_more_than_so_many_at_once_are_refused(chat: Chat, profile: str, wait: str | None) -> None:
    """A limit of requests in flight answers as many as it lets through and refuses the others at once."""
    with Server(faults=Faults(profile), latency_s=0.3) as server, ThreadPoolExecutor(5) as pool:
        replies = list(pool.map(lambda _: chat(server), range(5)))
        refused = [reply for reply in replies if reply.status == 429]
        assert len(refused) == 3
        assert {reply.headers.get("retry-after") for reply in refused} == {wait}
        assert chat(server).status == 200


def test_marked_answers_can_be_told_apart(chat: Chat) -> None:
    """Where marks are wanted every answer ends with one that no other has, whatever else is wrong with it."""
    with Server(faults=Faults(script=["calm", "hostile"], marked=True)) as server:
        texts = [chat(server, n=2, temperature=0).json["choices"][k]["message"]["content"] for k in (0, 1)]
        assert [text.endswith(f":{k}]") for k, text in enumerate(texts)] == [True, True]
        assert texts[0].split("[")[-1] != texts[1].split("[")[-1]


@pytest.mark.parametrize(("fault", "sent"), [("hang:0.2", b"{"), ("hang-body:0.2", b'{"id"')])
def test_hanging_replies_end_late_and_broken(fault: str, sent: bytes) -> None:
    """A hanging reply keeps the connection for its time, with half of a body or without, then closes it."""
    with Server(faults=Faults(script=[fault])) as server:
        started = time.monotonic()
        address = server.url.removeprefix("http://").removesuffix("/v1")
        with contextlib.closing(http.client.HTTPConnection(address, timeout=10)) as connection:
            body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "?"}]})
            connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
            with pytest.raises(http.client.IncompleteRead) as broken:
                connection.getresponse().read()
        assert time.monotonic() - started >= 0.2
        assert broken.value.partial.startswith(sent)


def test_redirects_lead_to_the_port_they_name(chat: Chat) -> None:
    """A redirect may lead to another server of this machine."""
    with Server(faults=Faults(script=["redirect:9"])) as server:
        assert chat(server).headers["location"] == "http://127.0.0.1:9/v1/chat/completions"
    faults = Faults("redirects:9")
    assert {faults.take() for _ in range(100)} == {None, Fault("redirect", 9.0)}


@pytest.mark.parametrize("text", ["nonsense", "status", "slow:soon", "html:3", ""])
def test_unknown_fault_is_refused(text: str) -> None:
    """A fault of no known name, or with a wrong value, is an error."""
    with pytest.raises(ValueError, match=r"fault|could not convert"):
        Faults(script=[text])


def test_unknown_profile_is_refused() -> None:
    """A profile of no known name is an error that lists the names."""
    with pytest.raises(ValueError, match="flaky"):
        Faults("stormy")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("status:503", 503, None),
        ("auth", 401, "invalid_api_key"),
        ("quota", 429, "insufficient_quota"),
        ("retry-after:2", 429, "rate_limit_exceeded"),
        ("rate-limit", 429, "rate_limit_exceeded"),
    ],
)
def test_refusals_are_error_objects(chat: Chat, fault: str, status: int, code: str | None) -> None:
    """A refusal has its status and an error object, and the next request is served."""
    with Server(faults=Faults(script=[fault])) as server:
        reply = chat(server)
        assert (reply.status, reply.json["error"]["code"]) == (status, code)
        assert reply.headers.get("retry-after") == ("2" if "retry-after" in fault else None)
        assert chat(server).status == 200
        assert [served.fault for served in server.journal] == [fault.partition(":")[0], None]


@pytest.mark.parametrize("fault", ["truncated", "empty", "html", "not-utf8", "nested"])
def test_malformed_bodies_are_no_json(chat: Chat, fault: str) -> None:
    """These bodies come with status 200 and can not be read as JSON."""
    with Server(faults=Faults(script=[fault])) as server:
        reply = chat(server)
        assert reply.status == 200
        with pytest.raises((ValueError, RecursionError), match=r"Expecting|Unterminated|codec|recursion"):
            _ = reply.json


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("error-200", lambda reply: "choices" not in reply and reply["error"]["message"]),
        ("no-choices", lambda reply: reply["choices"] == []),
        ("string-choices", lambda reply: isinstance(reply["choices"], str)),
        ("extra-choice", lambda reply: len(reply["choices"]) == 2),
        ("no-usage", lambda reply: "usage" not in reply),
        ("null-usage", lambda reply: set(reply["usage"].values()) == {None}),
        ("lost-choice", lambda reply: len(reply["choices"]) == 1),
        ("other-model", lambda reply: reply["model"] == "another-model"),
        ("odd-reason", lambda reply: reply["choices"][0]["finish_reason"] == "elsewhere"),
        ("not-a-number", lambda reply: reply["created"] != reply["created"]),
        ("null-content", lambda reply: reply["choices"][0]["message"]["content"] is None),
        ("empty-text", lambda reply: reply["choices"][0]["message"]["content"] == ""),
        ("refusal", lambda reply: reply["choices"][0]["message"]["refusal"]),
        ("content-filter", lambda reply: reply["choices"][0]["finish_reason"] == "content_filter"),
        ("length", lambda reply: reply["choices"][0]["finish_reason"] == "length"),
        ("hostile", lambda reply: "\ud800" in reply["choices"][0]["message"]["content"]),
        ("huge:100000", lambda reply: len(reply["choices"][0]["message"]["content"]) == 100_000),
        ("text-plain", lambda reply: reply["choices"][0]["message"]["content"]),
        ("slow:0.01", lambda reply: reply["choices"][0]["message"]["content"]),
    ],
)
def test_odd_replies_are_json(chat: Chat, fault: str, seen: Callable[[Any], object]) -> None:
    """These replies come with status 200, are JSON, and odd in the way their name says."""
    with Server(faults=Faults(script=[fault])) as server:
        reply = chat(server)
        assert reply.status == 200
        assert seen(reply.json)


def test_bomb_is_small_on_the_wire(chat: Chat) -> None:
    """A bomb unpacks to many times what was sent."""
    with Server(faults=Faults(script=["bomb:1000000"])) as server:
        reply = chat(server)
        assert reply.headers["content-encoding"] == "gzip"
        assert len(reply.body) < 20_000
        assert len(gzip.decompress(reply.body)) == 1_000_000


def test_redirect_points_elsewhere(chat: Chat) -> None:
    """A redirect is a 307 with another address."""
    with Server(faults=Faults(script=["redirect"])) as server:
        reply = chat(server)
        assert (reply.status, reply.headers["location"]) == (307, "/v1/elsewhere")


@pytest.mark.parametrize(("fault", "error"), [("reset", ConnectionResetError), ("hang-up", Exception)])
def test_broken_connections_break(chat: Chat, fault: str, error: type[Exception]) -> None:
    """A reset gives nothing, a hang-up half a body; the server goes on."""
    with Server(faults=Faults(script=[fault])) as server:
        with pytest.raises(error, match=r"reset|Incomplete"):
            chat(server)
        assert chat(server).status == 200


@pytest.mark.parametrize("fault", ["truncated", "calm"])
def test_truncated_stream_has_no_end(chat: Chat, fault: str) -> None:
    """A truncated stream has neither finish reason nor DONE; a calm one has both."""
    with Server(faults=Faults(script=[fault])) as server:
        body = chat(server, stream=True).body
        assert (b"[DONE]" in body) == (fault == "calm")
        assert (b'"finish_reason":"stop"' in body) == (fault == "calm")


def test_every_fault_can_be_met(chat: Chat) -> None:
    """Each fault there is can be parsed, served, and leaves the server alive."""
    values = {"status": "500", "retry-after": "1", "slow": "0.01", "huge": "100", "bomb": "100"}
    assert set(values) == set(VALUED - _BROKEN)
    script = [f"{name}:{values[name]}" if name in values else name for name in sorted(FAULTS - _BROKEN)]
    with Server(faults=Faults(script=script)) as server:
        for _ in script:
            chat(server)
        assert [served.fault for served in server.journal] == sorted(FAULTS - _BROKEN)
        assert chat(server).status == 200
