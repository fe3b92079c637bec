"""What every executor promises, over all there are: a new one is tested by being there."""

import asyncio
import itertools

import numpy as np
import pytest

from evalkit import registry
from evalkit.answering import backend_of
from evalkit.errors import EndpointError, StatisticsError, StoreError
from evalkit.loopback.server import Server
from evalkit.nouns import Endpoint, Plan, Sample, cells
from evalkit.sampling.executors.base import Job
from evalkit.sampling.tally import Tally

pytestmark = [
    pytest.mark.xdist_group("ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(params=registry.names("executors"))
def executor(request, monkeypatch, cluster_key):
    """Yield each executor; that of Ray where Ray is installed."""
    monkeypatch.setenv("OPENAI_API_KEY", cluster_key)
    if request.param == "ray":
        request.getfixturevalue("cluster")
    made = registry.find("executors", request.param)()
    yield made
    made.close()


@pytest.fixture
def job_of(suite_of):
    """Return a maker of jobs against a server: with what keeps deliveries, and changes of the suite."""

    def make(server, keep, **changes):
        suite = suite_of(endpoint=Endpoint(model="storyteller-small", base_url=server.url), concurrency=4, **changes)
        plan = Plan(cells=cells(suite), samples=suite.samples)
        return Job(
            draws=iter(plan),
            suite=suite,
            endpoint=suite.endpoint,
            backend_of=backend_of(timeout_s=10.0, concurrency=4),
            keep=keep,
            tally=Tally(n_wanted=len(plan)),
        )

    return make


class Shelf:
    """Keeps deliveries in memory, so many at most."""

    def __init__(self, most=1_000):
        """Begin empty."""
        self.kept, self.most = [], most

    async def keep(self, delivery):
        """Keep one."""
        await asyncio.sleep(0.001)
        if len(self.kept) >= self.most:
            raise StoreError("the disk is full")
        self.kept.append(delivery)


class Ones:
    """An embedder that says one thing only."""

    name = "ones"

    def embed(self, texts):
        """Return ones."""
        return np.ones((len(texts), 3))


def send(executor, job):
    """Send a job in a loop of its own."""
    asyncio.run(executor.send(job))


def refuse(n):
    """Return a number below 3, and no other."""
    if n > 2:
        raise StatisticsError(f"no answers to {n}")
    return n


def test_each_draw_is_kept_once_and_counted(executor, job_of):
    """Forty draws come to forty samples in forty requests, and are counted when they are kept."""
    shelf = Shelf()
    with Server(seed=1) as server:
        job = job_of(server, shelf.keep, samples=20)
        send(executor, job)
        assert len(server.journal) == 40
    slots = [outcome.draw.slot for d in shelf.kept for outcome in d.outcomes if isinstance(outcome, Sample)]
    assert len(slots) == len(set(slots)) == 40
    assert (job.tally.n_samples, job.tally.n_requests, job.tally.n_open, job.tally.stopped) == (40, 40, 0, False)
    assert job.tally.n_counted == 40


def test_a_key_that_is_wrong_ends_the_job(executor, job_of):
    """Nobody is asked a hundred times with a key that was refused."""
    with Server(seed=1, key="another") as server:
        job = job_of(server, Shelf().keep, samples=100)
        with pytest.raises(EndpointError) as caught:
            send(executor, job)
        assert caught.value.status == 401
        assert len(server.journal) < 20


def test_a_store_that_is_full_ends_the_job(executor, job_of):
    """What can not be written ends the job, and no more than was in flight is asked after that."""
    shelf = Shelf(most=10)
    with Server(seed=1) as server:
        with pytest.raises(StoreError, match="full"):
            send(executor, job_of(server, shelf.keep, samples=100))
        assert len(shelf.kept) == 10
        assert len(server.journal) < 100


def test_a_job_that_is_stopped_before_it_begins_sends_nothing(executor, job_of):
    """Whoever was asked to stop sends nothing, and says so."""
    with Server(seed=1) as server:
        job = job_of(server, Shelf().keep, samples=100)
        job.stop.set()
        send(executor, job)
        assert len(server.journal) == 0
    assert job.tally.stopped


def test_items_come_back_in_their_order_and_are_pulled_as_needed(executor):
    """An endless row of items is no hindrance: the first come first."""
    assert list(itertools.islice(executor.each(float, itertools.count()), 20)) == [float(n) for n in range(20)]


def test_an_error_on_purpose_is_raised_here(executor):
    """What a function refuses is refused here, in the same words."""
    with pytest.raises(StatisticsError, match="no answers to 3"):
        list(executor.each(refuse, [1, 2, 3]))


def test_a_placed_embedder_gives_the_same_rows(executor):
    """Wherever a model runs, it has its name and gives what it gives here."""
    placed = executor.placed(Ones())
    assert placed.name == "ones"
    assert np.array_equal(placed.embed(["a", "b"]), np.ones((2, 3)))
