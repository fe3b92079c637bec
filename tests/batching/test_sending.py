"""Batches from beginning to end, against the embedded endpoint over HTTP."""

import json
from dataclasses import replace

import pytest

from evalkit.backends.batches import Batches
from evalkit.batching.ledger import NAME, Ledger
from evalkit.batching.sending import Round, forget, outstanding, run, states
from evalkit.errors import BudgetError, EndpointError, StoreError, TransientError, UsageError
from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server
from evalkit.nouns import NOT_RUN, Budget, Endpoint, Goal, Mode, Precision

BATCHES = "/v1/batches"


@pytest.fixture
def server():
    """Yield an endpoint."""
    with Server(seed=3) as up:
        yield up


@pytest.fixture
def here(store, tmp_path, notices, suite_of, server):
    """Return a maker of places whose suite is answered by the server."""

    def make(**changes):
        suite = suite_of(endpoint=Endpoint(model="m", base_url=server.url), **changes)
        return Round(
            suite=suite,
            store=store,
            label="small",
            folder=tmp_path / "out",
            notify=notices.append,
            sleep=lambda _seconds: None,
        )

    return make


def made(server):
    """Return how many batches a server was asked to begin."""
    return sum(each.method == "POST" and each.path == BATCHES for each in server.journal)


def stopping(after):
    """Return a sleep that ends everything, as Ctrl-C does, after so many waits."""
    left = after

    def sleep(_seconds):
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt

    return sleep


@pytest.mark.parametrize("mode", [Mode.SEPARATE, Mode.CHOICES])
def test_all_of_a_suite_comes_back(here, store, server, mode):
    """Sent once, read, and nothing is out; the second call asks nothing at all."""
    place = here(samples=4, mode=mode)
    assert sum(reading.n_answers for reading in run(place)) == 8
    assert store.run("small").complete
    n_requests = len(server.journal)
    assert run(place) == []
    assert (len(server.journal), made(server)) == (n_requests, 1)
    assert [entry.status for entry, _ in states(place)] == ["completed"]


def test_the_embedded_endpoint_is_up_for_as_long_as_it_takes(here, store, notices):
    """`base_url: loopback` works without an address; what was out when it ended is sent again."""
    place = here()
    place = replace(place, suite=replace(place.suite, endpoint=Endpoint(model="m", base_url="loopback")))
    run(place)
    assert store.run("small").complete
    path = place.folder / NAME
    path.write_text(path.read_text().replace('"read": true', '"read": false'))
    assert run(replace(place, suite=replace(place.suite, samples=5)))[0].n_answers == 4
    assert any("what is missing is sent again" in line for line in notices)


@pytest.mark.parametrize("trouble", ["expired", "half"])
def test_what_did_not_come_is_all_that_is_sent_again(here, store, server, trouble):
    """An expired batch and half a result file: the same call sends the rest, and no more."""
    place = here(samples=4)
    server.app.state.batches.troubles.append(trouble)
    first = run(place)[0]
    n_missing = 8 - first.n_answers
    assert 0 < n_missing < 8
    assert first.errors[NOT_RUN] == (n_missing if trouble == "expired" else 0)
    assert not store.run("small").complete
    run(place)
    assert store.run("small").complete
    asked = [json.loads(path.read_bytes().splitlines()[0]) for path in place.folder.glob("*-????????????.jsonl")]
    assert len(asked) == made(server) == 2
    entries = [entry for entry, _ in states(place)]
    assert [entry.n_requests for entry in entries] == [8, n_missing]


def test_a_file_that_the_host_finds_wrong_is_told(here, notices, server, store):
    """In the host's words; nothing was bought, and the same call sends it again."""
    server.app.state.batches.troubles.append("invalid")
    run(here())
    assert any(" failed: The line is not a JSON object." in line for line in notices)
    run(here())
    assert store.run("small").complete


def test_whoever_is_stopped_while_waiting_goes_on_and_sends_nothing_twice(here, server, store):
    """The batch is in the list, and its results are fetched by the next call."""
    server.app.state.batches.troubles.append("slow")
    with pytest.raises(KeyboardInterrupt):
        run(replace(here(), sleep=stopping(0)))
    assert len(outstanding(store, "small", here().folder)) == 1
    (entry, state), *_ = states(here())
    assert (entry.read, state.ended) == (False, False)
    run(here())
    assert store.run("small").complete
    assert made(server) == 1


@pytest.mark.parametrize("came", [True, False])
def test_whoever_is_killed_while_sending_asks_the_host_what_came(here, server, store, came):
    """Between asking for a batch and knowing its name: the host's own list tells whether there is one."""
    place = here()
    server.app.state.batches.troubles.append("slow")
    with pytest.raises(KeyboardInterrupt):
        run(replace(place, sleep=stopping(0)))
    path = place.folder / NAME
    told = json.loads(path.read_text())
    told["batches"][0] |= {"batch_id": None, "status": "written"}
    if not came:
        with Batches(place.suite.endpoint) as batches:
            told["batches"][0]["input_file_id"] = batches.upload(place.folder / told["batches"][0]["file"])
    path.write_text(json.dumps(told))
    run(place)
    assert store.run("small").complete
    assert made(server) == (1 if came else 2)


def test_a_batch_that_the_host_lost_is_an_error_until_it_is_given_up(here, server, store):
    """What was paid for is not written off by itself."""
    server.app.state.batches.troubles.append("slow")
    with pytest.raises(KeyboardInterrupt):
        run(replace(here(), sleep=stopping(0)))
    path = here().folder / NAME
    told = json.loads(path.read_text())
    path.write_text(path.read_text().replace(told["batches"][0]["batch_id"], "batch_gone"))
    with pytest.raises(EndpointError, match="--forget batch_gone") as lost:
        run(here())
    assert lost.value.slug == "batch-lost"
    with pytest.raises(UsageError, match="out: batch_gone"):
        forget(here(), "another")
    forget(here(), "batch_gone")
    run(here())
    assert (store.run("small").complete, made(server)) == (True, 2)


def test_another_suite_waits_for_what_is_out(here, server, suite_of):
    """Answers of the first would have no place."""
    server.app.state.batches.troubles.append("slow")
    with pytest.raises(KeyboardInterrupt):
        run(replace(here(), sleep=stopping(0)))
    other = replace(here().suite, prompts=suite_of("another question").prompts)
    with pytest.raises(UsageError, match="1 batch is out of run 'small'"):
        run(replace(here(), suite=other))


def test_several_files_are_several_batches(here, store, server, monkeypatch):
    """A host takes so many requests in one."""
    monkeypatch.setattr("evalkit.batching.sending.MOST_BYTES", 700)
    run(here(samples=5))
    assert store.run("small").complete
    assert made(server) > 2


def test_blocks_follow_one_another_where_sampling_stops_when_it_knows(here, store, server):
    """Each is decided by the answers to those before it."""
    precision = Precision(goals=(Goal(metric="exact_agreement", within=0.15),))
    run(here(samples=60, precision=precision))
    assert store.run("small").complete
    assert made(server) > 1


def test_a_budget_is_looked_at_before_anything_is_sent(here, server):
    """A batch is bought whole."""
    with pytest.raises(BudgetError):
        run(here(), Budget(max_requests=5))
    assert made(server) == 0


@pytest.mark.parametrize(("fault", "n_failed"), [("status:503", 3), ("refusal", 0), ("no-choices", 3)])
def test_faults_of_single_requests_are_those_of_the_way_online(here, store, fault, n_failed):
    """Failures are recorded, refusals are samples."""
    with Server(faults=Faults(script=[fault] * 3)) as server:
        place = here()
        run(replace(place, suite=replace(place.suite, endpoint=Endpoint(model="m", base_url=server.url))))
    found = store.run("small")
    assert (found.n_samples, found.n_failures) == (6 - n_failed, n_failed)


def test_an_endpoint_without_batches_names_the_way_by_hand(here, store):
    """Nothing listens, a server that knows no files: one line each, and nothing is out."""
    place = here()
    gone = replace(place.suite, endpoint=Endpoint(model="m", base_url="http://127.0.0.1:9/v1"))
    with pytest.raises(TransientError):
        run(replace(place, suite=gone, label="gone"))
    with Server() as server:
        server.app.router.routes[:] = [r for r in server.app.router.routes if "files" not in r.path]
        none = replace(place.suite, endpoint=Endpoint(model="m", base_url=server.url))
        with pytest.raises(EndpointError, match="evalkit batch write") as told:
            run(replace(place, suite=none, label="none"))
    assert told.value.slug == "no-batches"
    assert all(outstanding(store, label, place.folder) == () for label in ("gone", "none", "no such run"))


def test_a_list_that_can_not_be_read_sends_nothing(here, server):
    """Who does not know what is out buys nothing."""
    place = here()
    place.folder.mkdir()
    (place.folder / NAME).write_text("{")
    with pytest.raises(StoreError):
        run(place)
    assert made(server) == 0
    assert Ledger(place.folder.parent).of("x") == ()
