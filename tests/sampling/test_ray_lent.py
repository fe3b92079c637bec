"""Tickets lent to workers by one counter, under a clock that goes on by itself, without Ray."""

import asyncio
import pickle
import random
from collections import Counter

import pytest

from evalkit.errors import BackendError, EndpointError, MalformedReplyError, RejectedError, TransientError
from evalkit.nouns import Budget, Plan, Quota, Reply, cells
from evalkit.sampling.budget import Purse
from evalkit.sampling.clock import Clock
from evalkit.sampling.ray.lent import LentLimits
from evalkit.sampling.ray.pacing import Pacing, in_brief
from evalkit.sampling.requests import requests_of


@pytest.fixture
def requests(suite_of):
    """Return two hundred requests."""
    suite = suite_of(temperatures=(0.5,), samples=200)
    return list(requests_of(iter(Plan(cells=cells(suite), samples=suite.samples)), suite.mode))


@pytest.fixture
def play(loop_of):
    """Return a function that runs a scene in a loop with its own time."""

    def run(scene):
        loop = loop_of()
        try:
            return loop.run_until_complete(scene(Clock(now=loop.time, chance=random.Random(1))))  # noqa: S311 - jitter
        finally:
            loop.close()

    return run


async def busy(limits, requests, n_at_once, seen, *, takes_s=0.1):
    """Send requests as a worker would, so many at once."""

    async def one():
        while requests:
            request = requests.pop()
            ticket = await limits.enter(request)
            if ticket is None:
                return
            seen["now"] += 1
            seen["most"] = max(seen["most"], seen["now"])
            await asyncio.sleep(takes_s)
            seen["now"] -= 1
            seen["n"] += 1
            limits.leave(ticket, Reply.of_texts(["yes"]))
            limits.done(request)

    await asyncio.gather(*(one() for _ in range(n_at_once)))
    await limits.told()


def test_all_workers_together_keep_to_what_may_be_in_flight(play, requests):
    """Four workers with twenty at hand each have eight in flight together at most, and come to it."""

    async def scene(clock):
        pacing, seen = Pacing(8, Quota(), None, clock), Counter()
        limits = [LentLimits(f"w{i}", pacing, clock, asyncio.Event()) for i in range(4)]
        await asyncio.gather(*(busy(each, requests, 20, seen) for each in limits))
        return seen, await pacing.under_way()

    seen, under_way = play(scene)
    assert (seen["n"], seen["most"], under_way) == (200, 8, [])


def test_what_is_not_on_disk_takes_a_place(play, requests):
    """A worker of three places has three requests under way, be they answered or not, until they are on disk."""

    async def scene(clock):
        limits = LentLimits("w", Pacing(100, Quota(), None, clock), clock, asyncio.Event())
        limits.hold(3)
        sent = [requests.pop() for _ in range(5)]
        asking = [asyncio.ensure_future(limits.enter(request)) for request in sent]
        await asyncio.sleep(1.0)
        limits.leave(asking[0].result(), TransientError("lost", slug="connection"))
        again = await limits.enter(sent[0])
        limits.leave(again, Reply.of_texts(["yes"]))
        await asyncio.sleep(1.0)
        before = [task.done() for task in asking]
        limits.done(sent[0])
        await asyncio.sleep(1.0)
        return before, [task.done() for task in asking]

    before, after = play(scene)
    assert before == [True, True, True, False, False]
    assert after == [True, True, True, True, False]


def test_all_workers_together_keep_to_the_quota(play, requests):
    """Six hundred a minute are ten a second, however many ask."""

    async def scene(clock):
        pacing, seen = Pacing(50, Quota(requests_per_minute=600), None, clock), Counter()
        limits = [LentLimits(f"w{i}", pacing, clock, asyncio.Event()) for i in range(4)]
        await asyncio.gather(*(busy(each, requests, 20, seen) for each in limits))
        return clock.now()

    assert 19.0 < play(scene) < 21.0


def test_tickets_of_a_dead_worker_come_back(play, requests):
    """A worker that dies with everything that may be in flight holds nobody up, and what it had sent is told."""

    async def scene(clock):
        pacing, seen = Pacing(2, Quota(), None, clock), Counter()
        dead = LentLimits("dead", pacing, clock, asyncio.Event())
        gone = [requests.pop(), requests.pop()]
        assert None not in await asyncio.gather(*map(dead.enter, gone))
        living = asyncio.ensure_future(busy(LentLimits("w", pacing, clock, asyncio.Event()), requests, 5, seen))
        await asyncio.sleep(1.0)
        assert seen["n"] == 0
        lost = await pacing.give_back("dead")
        await living
        return lost, gone, seen["n"]

    lost, gone, n = play(scene)
    assert [request for request, _ in lost] == gone
    assert ([times for _, times in lost], n) == ([1, 1], 198)


def test_a_ticket_for_a_worker_that_died_while_it_waited_is_free_again(play, requests):
    """What is granted to the dead goes to the living."""

    async def scene(clock):
        pacing, seen = Pacing(1, Quota(), None, clock), Counter()
        first = LentLimits("first", pacing, clock, asyncio.Event())
        ticket = await first.enter(requests.pop())
        asking = asyncio.ensure_future(pacing.enter("dead", [requests.pop()]))
        await asyncio.sleep(0.1)
        await pacing.give_back("dead")
        first.leave(ticket, Reply.of_texts(["yes"]))
        assert await asking == []
        await busy(first, requests, 3, seen)
        return seen["n"]

    assert play(scene) == 198


def test_a_budget_holds_for_all_workers(play, requests):
    """Of fifty requests that may be sent fifty are, and then every worker is told to stop."""

    async def scene(clock):
        pacing = Pacing(8, Quota(), Purse(budget=Budget(max_requests=50)), clock)
        stops, seen = [asyncio.Event() for _ in range(4)], Counter()
        limits = [LentLimits(f"w{i}", pacing, clock, stop) for i, stop in enumerate(stops)]
        await asyncio.gather(*(busy(each, requests, 20, seen) for each in limits))
        return seen["n"], [stop.is_set() for stop in stops], await pacing.lacking()

    n, stopped, lacking = play(scene)
    assert (n, stopped) == (50, [True] * 4)
    assert lacking == "50 of 50 requests are sent"


def test_health_is_that_of_all_workers(play, requests):
    """An endpoint that fails one worker forty times is ailing for the others, too, by their own clocks."""

    async def scene(clock):
        pacing = Pacing(8, Quota(), None, clock)
        shifted = Clock(now=lambda: clock.now() + 1000.0)
        one, other = (LentLimits(name, pacing, each, asyncio.Event()) for name, each in (("a", clock), ("b", shifted)))
        ticket = await other.enter(requests.pop())
        for _ in range(40):
            one.leave(await one.enter(requests.pop()), TransientError("lost", slug="connection"))
            await one.told()
        other.leave(ticket, TransientError("lost", slug="connection"))
        await other.told()
        await asyncio.sleep(200.0)
        return one.health.ailing, other.health.ailing, other.health.verdict(TransientError("lost"), shifted.now())

    *ailing, verdict = play(scene)
    assert ailing == [True, True]
    assert verdict.slug == "down"


def test_who_asks_a_counter_that_is_gone_is_sent_home(play, requests):
    """Nobody waits for tickets that never come, and the worker sends nothing more."""

    class Gone:
        async def enter(self, *_):
            raise ConnectionError("gone")

        leave = enter

    async def scene(clock):
        stop = asyncio.Event()
        limits = LentLimits("w", Gone(), clock, stop)
        tickets = await asyncio.gather(*(limits.enter(requests.pop()) for _ in range(3)))
        limits.done(requests.pop())
        await limits.told()
        return tickets, limits.lost, limits.broken, stop.is_set()

    assert play(scene) == ([None] * 3, True, None, True)


@pytest.mark.parametrize("kind", [TransientError, RejectedError, MalformedReplyError, EndpointError])
def test_what_pacing_is_told_is_small_and_travels(kind):
    """Bytes and texts stay with the worker; kind, status and wait arrive."""
    brief = in_brief(kind("no", slug="s", status=429, raw=b"x" * 1000, retry_after_s=2.0))
    told = pickle.loads(pickle.dumps(brief))  # noqa: S301 - our own
    assert isinstance(told, kind)
    assert (told.slug, told.status, told.retry_after_s, told.raw) == ("s", 429, 2.0, b"")
    assert isinstance(told, BackendError)
    assert in_brief(Reply.of_texts(["long"])).completions == ()
