"""What is in flight together when a suite asks for load."""

import asyncio
from collections import Counter

import pytest

import evalkit
from evalkit.errors import EndpointError
from evalkit.loopback.server import Server
from evalkit.nouns import Endpoint, Load, Reply

EVERY = (Load.SERIAL, Load.BURST, Load.MIXED)


class Crowd:
    """A backend that notes, for each request, all cells that were in flight while it was."""

    def __init__(self, breaks_after: int | None = None) -> None:
        """Answer for ever, or only so many times."""
        self.met: list[tuple[object, Counter]] = []
        self._now: list[tuple[object, Counter]] = []
        self._left = breaks_after

    async def send(self, request):
        """Return an answer after others had the time to come."""
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise EndpointError("the key ran out", slug="key", status=401)
        cell = request.cell
        mine = (cell, Counter(other for other, _ in self._now))
        for _, theirs in self._now:
            theirs[cell] += 1
        self._now.append(mine)
        await asyncio.sleep(0.005)
        self._now.remove(mine)
        self.met.append(mine)
        return Reply.of_texts(["yes"])

    async def aclose(self):
        """Nothing to release."""


@pytest.fixture
def store(tmp_path):
    """Yield a store in a temporary folder."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as opened:
        yield opened


def check(crowd):
    """Hold what was met against what each load promises."""
    for cell, company in crowd.met:
        if cell.load is Load.SERIAL:
            assert not company
        elif cell.load is Load.BURST:
            assert set(company) <= {cell}
        else:
            assert {other.load for other in company} <= {None}


def test_serial_is_alone_and_a_burst_meets_itself_only(store, suite_of):
    """No request of a load is in flight with one of another, and a burst is as wide as it has samples."""
    crowd = Crowd()
    evalkit.run(suite_of("a", "b", load=EVERY, samples=6), store, backend=crowd)
    assert len(crowd.met) == 2 * (2 + 2) * 6
    check(crowd)
    assert max(company[cell] for cell, company in crowd.met if cell.load is Load.BURST) == 5


@pytest.mark.parametrize("k", [2, 9, 15])
def test_a_resumed_run_keeps_to_the_phases(store, suite_of, k):
    """Broken anywhere and run again, each load still has the company that it is named after, and nothing is lost."""
    suite = suite_of("a", "b", load=EVERY, samples=4, concurrency=4)
    with pytest.raises(EndpointError):
        evalkit.run(suite, store, backend=Crowd(breaks_after=k))
    crowd = Crowd()
    assert evalkit.run(suite, store, backend=crowd).complete
    check(crowd)


def test_the_embedded_endpoint_sees_the_burst(store, suite_of):
    """An endpoint that flips a word in company gives one answer to serial requests, and several to a burst."""
    with Server(seed=1, habits=("flips:0.7",)) as server:
        suite = suite_of(load=EVERY, samples=10, endpoint=Endpoint(model="storyteller-small", base_url=server.url))
        evalkit.run(suite, store, label="r", preflight=False)
    found = {cell.cell.load: {sample.text for sample in cell.samples} for cell in store.load_outcomes("r")}
    assert len(found[Load.SERIAL]) == 1
    assert len(found[Load.BURST]) > 1
