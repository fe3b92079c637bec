"""Probes' requests on their way: shared, repeated when a server is busy, given up when nothing can come."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import evalkit
from evalkit.asking import script
from evalkit.errors import EndpointError, UnknownNameError
from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server
from evalkit.nouns import Conduct, Decoding, Endpoint, Message, Prompt, Setting, Suite
from evalkit.probing import probed, probes_of

FINE = {"choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}], "system_fingerprint": "fp"}


def setting(url):
    """Return what is probed for at an address."""
    return Setting(endpoint=Endpoint(model="m", base_url=url), decoding=Decoding())


@contextmanager
def saying(*statuses):
    """Yield the address of a server that answers with these statuses first, then well, and what it heard."""
    left, heard = list(statuses), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status = left.pop(0) if left else 200
            body = json.dumps(FINE if status == 200 else {"error": {"message": "not now"}}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        speaker = threading.Thread(target=server.serve_forever)
        speaker.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", heard
        finally:
            server.shutdown()
            speaker.join()


def test_what_several_probes_ask_is_sent_once():
    """Two probes share the answers at T = 1, and each counts what it rests on."""
    seen = []
    chosen = probes_of(["nucleus", "choices"])
    with Server(seed=1) as server:
        found = probed(setting(server.url), chosen, watch=lambda done, n: seen.append((done, n)))
    alone = sum(script([each], setting(server.url)).n_requests for each in chosen)
    assert found.n_requests == alone - 6
    assert seen == [(i, found.n_requests) for i in range(1, found.n_requests + 1)]
    assert sum(each.n_requests for each in found.findings) == alone


def test_p_values_are_adjusted_over_the_findings():
    """Of several tests each p-value grows."""
    with Server(seed=1) as server:
        found = probed(setting(server.url), probes_of(["nucleus", "seed"]))
    tested = [each for each in found.findings if each.p_value is not None]
    assert len(tested) == 2
    assert min(tested, key=lambda each: each.p_value).p_adjusted > min(each.p_value for each in tested)


def test_a_busy_server_is_asked_again():
    """A 503 is no finding: the same body comes again, and the answer counts."""
    with saying(503) as (url, heard):
        found = probed(setting(url), probes_of(["fingerprint"]))
    assert found.findings[0].conduct is Conduct.HONOURED
    assert len(heard) == found.n_requests + 1
    assert heard[0] == heard[1]


def test_a_server_that_names_a_time_is_given_it():
    """Retry-After holds the next try back, however short the usual wait would have been."""
    began = time.monotonic()
    with Server(seed=1, faults=Faults(script=["retry-after:1"])) as server:
        (found,) = probed(setting(server.url), probes_of(["fingerprint"])).findings
    assert time.monotonic() - began >= 1.0
    assert found.conduct is Conduct.HONOURED


def test_an_error_of_the_server_is_an_answer():
    """A 500 is not asked again: servers say so of values they do not like."""
    with saying(500) as (url, heard):
        found = probed(setting(url), probes_of(["fingerprint"]))
    assert len(heard) == found.n_requests


@pytest.mark.parametrize(("status", "slug"), [(401, "key"), (403, "forbidden"), (404, "not-found")])
def test_a_wrong_key_or_address_ends_the_probing(status, slug):
    """Nothing can come of a second request, so none is sent."""
    with saying(status) as (url, heard), pytest.raises(EndpointError) as caught:
        probed(setting(url), probes_of(["fingerprint"]))
    assert caught.value.slug == slug
    assert len(heard) == 1


def test_nobody_at_the_address_ends_it():
    """A closed port is told with a hint."""
    with pytest.raises(EndpointError) as caught:
        probed(setting("http://127.0.0.1:9/v1"), probes_of(["fingerprint"]))
    assert caught.value.slug == "unreachable"


def test_cut_connections_are_answers_that_did_not_come():
    """What breaks on the wire is refused, with what the network says, and breaks nothing."""
    with Server(seed=1, faults=Faults(always=["hang-up"])) as server:
        (found,) = probed(setting(server.url), probes_of(["fingerprint"])).findings
    assert found.conduct is Conduct.REFUSED
    assert found.evidence.startswith("refused: ")


def test_the_verb_probes_a_suite():
    """A suite's endpoint is probed from Python; the embedded one comes up for it."""
    suite = Suite(
        name="s",
        endpoint=Endpoint(model="m", base_url="loopback"),
        prompts=(Prompt(id="p", messages=(Message(role="user", content="Hello."),)),),
        temperatures=(0.0, 1.0),
        samples=1,
        metrics=(),
        concurrency=3,
    )
    found = evalkit.probe(suite, names=["seed"])
    assert found.of("seed").conduct is Conduct.HONOURED
    assert "at once: 1 of 3 different" in found.of("seed").evidence
    with pytest.raises(UnknownNameError):
        evalkit.probe(suite, names=["sead"])


def test_a_deep_probing_asks_more():
    """Deep probes come in, and the others ask for more."""
    deep = Setting(endpoint=Endpoint(model="m"), decoding=Decoding(), deep=True)
    assert {"sampled"} == {each.name for each in probes_of(deep=True)} - {each.name for each in probes_of()}
    assert script(probes_of(), deep).n_requests > script(probes_of(), setting(None)).n_requests


def test_seeds_out_of_range_are_asked_for_in_a_deep_probing():
    """Where they are honoured like any other that is told."""
    with Server(seed=1) as server:
        deep = Setting(endpoint=Endpoint(model="m", base_url=server.url), decoding=Decoding(), deep=True)
        found = probed(deep, probes_of(["seed"])).of("seeds outside of 0 to 2**31 - 1")
    assert found.n_requests == 9
    assert "-1: " in found.evidence
    assert "18446744073709551616: refused" in found.evidence


def test_what_is_refused_is_not_asked_again():
    """A refusal costs one request, or one burst; what was sent is counted, and the bar ends full."""
    seen = []
    with Server(seed=1, habits=["refused"]) as server:
        found = probed(setting(server.url), probes_of(["floor"]), watch=lambda done, n: seen.append((done, n)))
        n_cold = sum((each.fields or {}).get("temperature") == 0 for each in server.journal)
    alone, burst, mixed, gaps = 1, 8, 4, 1
    assert n_cold == alone + burst + mixed + gaps
    assert found.n_requests == len(server.journal) == n_cold + 10
    assert seen[-1] == (seen[-1][1], seen[-1][1])


def test_asks_of_one_group_are_in_flight_together():
    """Requests at T = 0 go out in turn with others at T = 1, so many at once as the setting allows."""
    with Server(seed=1) as server:
        plain = setting(server.url)
        few = Setting(endpoint=plain.endpoint, decoding=plain.decoding, concurrency=2)
        probed(few, probes_of(["floor"]))
        fields = [each.fields for each in server.journal]
    last = [each["temperature"] for each in fields if each["max_tokens"] == 60][-8:]
    assert [sorted(last[i : i + 2]) for i in range(0, 8, 2)] == [[0, 1]] * 4
