"""Runs on a real Ray cluster of this machine: what is sent, what a death costs, and where the key is not."""

import asyncio
import os
import signal
from collections import Counter

import numpy as np
import pytest

import evalkit
from evalkit.errors import BudgetError, UsageError
from evalkit.loopback.server import Server
from evalkit.metrics.base import sample_metric
from evalkit.nouns import Budget, Decoding, Endpoint, Load, MetricRequest
from evalkit.nouns.ports import Tools

ray = pytest.importorskip("ray")

pytestmark = [
    pytest.mark.xdist_group("ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@sample_metric(unit="share", bounds=(0.0, 1.0))
def vowels(text: str) -> float:
    """Return the share of a text's letters that are vowels.

    References:
        Definition by this project.
    """
    return sum(letter in "aeiou" for letter in text) / max(1, len(text))


class Lengths:
    """An embedder that counts who asks."""

    name = "lengths"

    def __init__(self):
        """Begin unasked."""
        self.asked = []

    def embed(self, texts):
        """Return the length of a text and one."""
        self.asked.append(len(texts))
        return np.array([[len(text), 1.0] for text in texts])


@pytest.fixture(autouse=True)
def key(monkeypatch, cluster_key):
    """Have the key here, too, as whoever begins a cluster has it."""
    monkeypatch.setenv("OPENAI_API_KEY", cluster_key)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    return cluster_key


@pytest.fixture
def store(tmp_path):
    """Yield a store in a temporary folder."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def suite_at(suite_of):
    """Return a maker of suites that ask a server."""

    def make(server, *texts, **changes):
        return suite_of(*texts, endpoint=Endpoint(model="storyteller-small", base_url=server.url), **changes)

    return make


def texts(store, label):
    """Return the texts of each cell, sorted, by the cell's key."""
    return {found.cell.key: sorted(sample.text for sample in found.samples) for found in store.outcomes(label)}


def living(kind):
    """Return the process ids of the actors of a kind that live."""
    alive = ray._private.state.actors().values()  # noqa: SLF001 - the public way needs the dashboard
    return [each["Pid"] for each in alive if each["State"] == "ALIVE" and each["ActorClassName"] == kind]


def test_ray_sends_what_local_sends(cluster, store, suite_at, key):
    """Two equal servers, one asked from here and one from the cluster, are asked the same and say the same."""
    assert cluster.exists()
    for label, executor in (("here", "local"), ("there", "ray")):
        with Server(seed=1, key=key) as server:
            suite = suite_at(server, "a", "b", samples=30, temperatures=(0.0, 0.7, 1.3), concurrency=8)
            done = evalkit.run(suite, store, label=label, executor=executor, preflight=False)
            assert done.complete
            assert len(server.journal) == done.n_samples == 180
    here, there = texts(store, "here"), texts(store, "there")
    assert sorted(here.values()) == sorted(there.values())


@pytest.mark.parametrize("kind", ["Worker", "Pacing"])
def test_a_killed_actor_costs_what_it_had_in_flight(cluster, store, suite_at, key, kind):
    """An actor killed in the middle is replaced, the run completes, and no more is asked twice than was in flight."""
    assert cluster.exists()
    killed = []

    def kill(tally):
        if tally.n_samples >= 60 and not killed:
            killed.append(living(kind)[0])
            os.kill(killed[0], signal.SIGKILL)

    with Server(seed=1, key=key, latency_s=0.2) as server:
        suite = suite_at(server, "a", "b", samples=100, concurrency=8)
        done = evalkit.run(suite, store, executor="ray", preflight=False, watch=kill)
        assert killed
        assert (done.n_samples, done.complete) == (400, True)
        assert 400 <= len(server.journal) <= 400 + 8
        charge = sum(each.n_requests for each in store.charges(done.label))
        assert charge >= len(server.journal)


def test_a_stopped_run_goes_on_where_it_was(cluster, store, suite_at, key):
    """What is in flight at a stop is kept, and the same run bought to its end asks for the rest only."""
    assert cluster.exists()

    async def part(suite):
        stop = asyncio.Event()

        def watch(tally):
            if tally.n_samples >= 20:
                stop.set()

        return await evalkit.run_async(suite, store, executor="ray", preflight=False, stop=stop, watch=watch)

    with Server(seed=1, key=key, latency_s=0.1) as server:
        suite = suite_at(server, samples=60, concurrency=8)
        part = asyncio.run(part(suite))
        assert 20 <= part.n_samples <= 40
        assert len(server.journal) == part.n_samples
        assert evalkit.run(suite, store, executor="ray", preflight=False).complete
        assert len(server.journal) == 120


def test_a_budget_holds_on_the_cluster(cluster, store, suite_at, key):
    """Of a hundred requests that are allowed, a hundred are sent, whoever sends them."""
    assert cluster.exists()
    with Server(seed=1, key=key) as server:
        suite = suite_at(server, samples=100, concurrency=8)
        with pytest.raises(BudgetError, match="100 of 100"):
            evalkit.run(suite, store, executor="ray", preflight=False, budget=Budget(max_requests=100))
        assert len(server.journal) == 100


def test_a_load_is_in_flight_as_it_says(cluster, store, suite_at, key):
    """Serial requests are alone and a burst is together, from a worker as from here."""
    assert cluster.exists()
    with Server(seed=1, key=key, habits=("flips:0.7",)) as server:
        suite = suite_at(server, load=(Load.SERIAL, Load.BURST), samples=10)
        assert evalkit.run(suite, store, label="r", executor="ray", preflight=False).complete
    found = {cell.cell.load: {sample.text for sample in cell.samples} for cell in store.load_outcomes("r")}
    assert len(found[Load.SERIAL]) == 1
    assert len(found[Load.BURST]) > 1


def test_a_temperature_that_is_refused_is_asked_once(cluster, store, suite_at, key):
    """One request at a refused temperature is enough for all workers, and its draws are settled."""
    assert cluster.exists()
    with Server(seed=1, key=key, habits=("refused",)) as server:
        suite = suite_at(server, samples=30, temperatures=(0.5, 1.0))
        done = evalkit.run(suite, store, executor="ray", preflight=False)
        assert (done.n_samples, done.n_unsupported, len(server.journal)) == (30, 30, 31)


def test_measuring_on_ray_gives_the_same_results(cluster, store, suite_at, key):
    """Every number of the results is that of this process to the last bit: features, pairs, log-probabilities."""
    assert cluster.exists()
    with Server(seed=1, key=key) as server:
        decoding = Decoding(max_tokens=64, extra=(("logprobs", True), ("top_logprobs", 2)))
        suite = suite_at(server, "a", "b", "c", samples=12, temperatures=(0.0, 0.7, 1.3), decoding=decoding)
        evalkit.run(suite, store, label="r", preflight=False)
    metrics = ["exact_agreement", "vendi_score", "self_bleu", "vector_distance", "sequence_entropy", "rep_n"]
    here, there = (evalkit.measure(store, "r", metrics=metrics, executor=name) for name in ("local", "ray"))
    assert here == there
    assert repr(here) == repr(there)


def test_a_metric_of_ones_own_travels(cluster, store, suite_at, key):
    """A metric that no file holds is sent as it is, and what is wrong with a call is said as from here."""
    assert cluster.exists()
    with Server(seed=1, key=key) as server:
        evalkit.run(suite_at(server, samples=6), store, label="r", preflight=False)
    here, there = (evalkit.measure(store, "r", metrics=[vowels], executor=name) for name in ("local", "ray"))
    assert here == there
    wanted = [MetricRequest(name="qd_index", options=(("quality", "vendi_score"),))]
    with pytest.raises(UsageError, match="quality"):
        evalkit.measure(store, "r", metrics=wanted, executor="ray")


def test_an_embedder_is_asked_here(cluster, store, suite_at, key):
    """Vectors that may be paid for are made in one process, and what they give is measured in others."""
    assert cluster.exists()
    with Server(seed=1, key=key) as server:
        evalkit.run(suite_at(server, samples=6), store, label="r", preflight=False)
    seen = [Lengths(), Lengths()]
    here, there = (
        evalkit.measure(store, "r", metrics=["vector_distance"], executor=name, tools=Tools(embedder=embedder))
        for name, embedder in zip(("local", "ray"), seen, strict=True)
    )
    assert here == there
    assert seen[0].asked == seen[1].asked != []


def test_what_can_not_travel_is_said(store, suite_of):
    """A backend object of one's own stays here, and the line says so before a cluster is begun."""
    from evalkit.backends.scripted import scripted

    backend = scripted(Endpoint(model="m"), script=["a"])
    with pytest.raises(UsageError, match="can not be sent to a cluster"):
        evalkit.run(suite_of(), store, executor="ray", backend=backend)


def test_the_key_is_in_no_record_of_the_cluster(cluster, key):
    """Neither logs nor settings nor command lines hold the key, after all that was sent with it: run last."""
    files = [path for path in cluster.rglob("*") if path.is_file()]
    assert Counter(path.suffix for path in files)[".log"] > 3
    assert [path for path in files if key.encode() in path.read_bytes()] == []
    told = str(ray._private.state.actors()) + str(ray._private.state.jobs())  # noqa: SLF001 - as the dashboard has it
    assert "Worker" in told
    assert key not in told
