"""What is left of a plan, handed out in shards: without Ray, which only carries them."""

import asyncio

import pytest

from evalkit.nouns import UNSUPPORTED, Delivery, Failure, Mode, Plan, Reply, cells
from evalkit.sampling import deliveries
from evalkit.sampling.arms import Arms
from evalkit.sampling.ray.board import Board
from evalkit.sampling.requests import requests_of


@pytest.fixture
def board_of(suite_of):
    """Return a maker of boards: changes are those of the suite."""

    def make(*, size=10, lone=False, stop=None, **changes):
        suite = suite_of(**changes)
        requests = requests_of(iter(Plan(cells=cells(suite), samples=suite.samples)), suite.mode)
        return Board(requests, Arms(), stop or asyncio.Event(), size=size, lone=lone)

    return make


def answer(board, shard, *, n=None):
    """Answer the first requests of a shard, or all."""
    for request in shard.requests[:n]:
        tries = [deliveries.attempt(1, 0.0, 0.0, 1.0, Reply.of_texts(["yes"] * request.n))]
        board.settle(shard, deliveries.answered(request, tries, Reply.of_texts(["yes"] * request.n), ""))


def slots(requests):
    """Return the draws of requests."""
    return [draw.slot for request in requests for draw in request.draws]


def test_the_first_request_of_each_temperature_goes_alone(board_of):
    """Whoever comes first gets one of each; the rest goes out once those are answered, ten at most."""

    async def run():
        board = board_of(samples=20)
        first = await board.take()
        later = asyncio.ensure_future(board.take())
        await asyncio.sleep(0)
        assert not later.done()
        answer(board, first)
        return first, await later

    first, second = asyncio.run(run())
    assert sorted(request.cell.temperature for request in first.requests) == [0.0, 1.0]
    assert len(second.requests) == 10


def test_all_draws_are_handed_out_once(board_of):
    """Shards taken until none is left hold each draw once, and then the board is over."""

    async def run():
        board, found = board_of(samples=20), []
        while (shard := await board.take()) is not None:
            answer(board, shard)
            board.put_back(shard)
            found += slots(shard.requests)
        assert board.over.is_set()
        return found

    found = asyncio.run(run())
    assert len(found) == len(set(found)) == 40


def test_what_a_shard_leaves_is_handed_out_again_and_nothing_else(board_of):
    """A shard that came back with two of its ten requests answered gives eight to the next."""

    async def run():
        board = board_of(samples=10, temperatures=(1.0,), send_temperature=False)
        shard = await board.take()
        answer(board, shard, n=2)
        board.put_back(shard)
        return shard, await board.take()

    shard, again = asyncio.run(run())
    assert slots(again.requests) == slots(shard.requests[2:])


def test_of_a_request_for_several_only_the_rest_is_handed_out_again(board_of):
    """Where five of eight completions came, three draws are left."""

    async def run():
        board = board_of(samples=8, temperatures=(1.0,), send_temperature=False, mode=Mode.CHOICES)
        shard = await board.take()
        (request,) = shard.requests
        reply = Reply.of_texts(["yes"] * 5)
        board.settle(shard, deliveries.answered(request, [deliveries.attempt(1, 0, 0, 1, reply)], reply, ""))
        board.put_back(shard)
        return await board.take()

    assert asyncio.run(run()).requests[0].replicates == (5, 6, 7)


def test_a_first_request_that_died_is_not_waited_for(board_of):
    """Where the worker dies that has the first request of each temperature, another of each goes alone."""

    async def run():
        board = board_of(samples=5)
        shard = await board.take()
        board.put_back(shard)
        return await board.take()

    assert sorted(request.cell.temperature for request in asyncio.run(run()).requests) == [0.0, 1.0]


def test_a_refused_temperature_is_told_to_later_shards(board_of):
    """Its requests are handed out without waiting: whoever has them sends none, but settles them."""

    async def run():
        board = board_of(samples=3, temperatures=(0.0,))
        shard = await board.take()
        (request,) = shard.requests
        failure = Failure(draw=request.draws[0], error=UNSUPPORTED, message="no", attempts=1)
        board.settle(shard, Delivery(request=request, attempts=(), reply=None, outcomes=(failure,), started_at=""))
        board.put_back(shard)
        return await board.take()

    assert len(asyncio.run(run()).requests) == 2


def test_of_a_load_one_shard_is_out_at_once(board_of):
    """Who comes while the shard of a serial load is out waits for it."""

    async def run():
        board = board_of(samples=4, size=2, temperatures=(1.0,), send_temperature=False, lone=True)
        shard = await board.take()
        later = asyncio.ensure_future(board.take())
        await asyncio.sleep(0)
        assert not later.done()
        answer(board, shard)
        board.put_back(shard)
        return await later

    assert len(asyncio.run(run()).requests) == 2


def test_who_waits_is_sent_home_by_a_stop(board_of):
    """A stop ends the wait of those who would take, and says that the board is over."""

    async def run():
        stop = asyncio.Event()
        board = board_of(samples=5, stop=stop)
        await board.take()
        later = asyncio.ensure_future(board.take())
        await asyncio.sleep(0)
        stop.set()
        board.wake()
        assert await later is None
        assert board.over.is_set()

    asyncio.run(run())
