"""Pacing against servers that refuse, in a time that passes as fast as nothing happens."""

import asyncio
import math
import random
from collections import deque

import pytest

from evalkit.errors import TransientError
from evalkit.nouns import Reply
from evalkit.sampling.pace import AN_INSTANT_S, OWN_HOLD_S, Pace


class Server:
    """Lets some requests through, and refuses the others at once."""

    def __init__(self, kind, n, retry_after_s=None, latency_s=0.3):
        """Begin with nothing sent."""
        self.kind, self.n, self.retry_after_s, self.latency_s = kind, n, retry_after_s, latency_s
        self.sent, self.passed, self.n_refused, self.in_flight, self.most = [], deque(), 0, 0, 0
        self.chance = random.Random(3)  # noqa: S311 - a server's whim

    def _passes(self, now):
        if self.kind == "flight":
            return self.in_flight < self.n
        if self.kind == "whim":
            return self.chance.random() > self.n
        while self.passed and self.passed[0] <= now - 1.0:
            self.passed.popleft()
        if self.kind == "window" and self.passed and math.floor(self.passed[0]) < math.floor(now):
            self.passed.clear()
        return len(self.passed) < self.n

    async def send(self, request):
        """Return an answer after a while, or refuse."""
        now = asyncio.get_running_loop().time()
        self.sent.append(now)
        if not self._passes(now):
            self.n_refused += 1
            await asyncio.sleep(0.003)
            raise TransientError("slow down", slug="rate-limited", status=429, retry_after_s=self.retry_after_s)
        self.passed.append(now)
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        await asyncio.sleep(self.latency_s)
        self.in_flight -= 1
        return Reply.of_texts(["text"] * request.n)

    async def aclose(self):
        """Nothing to release."""


@pytest.mark.parametrize("concurrency", [8, 10, 64])
@pytest.mark.parametrize("latency_s", [0.005, 0.05, 0.3])
@pytest.mark.parametrize("retry_after_s", [None, 1.0])
@pytest.mark.parametrize("kind", ["window", "sliding"])
def test_ten_a_second_are_found_with_few_refusals(ask, kind, retry_after_s, latency_s, concurrency):
    """Of 200 requests to a server that lets 10 a second pass at most 5 % are refused, and little time is lost."""
    server = Server(kind, 10, retry_after_s, latency_s)
    tally, took_s, _ = ask(server, concurrency=concurrency)
    assert tally.n_samples == 200
    assert server.n_refused <= 0.05 * len(server.sent)
    assert took_s <= 1.15 * (19 + latency_s)


@pytest.mark.parametrize("concurrency", [8, 64])
@pytest.mark.parametrize("retry_after_s", [None, 1.0])
def test_four_in_flight_are_found_with_few_refusals(ask, retry_after_s, concurrency):
    """A server that answers four at once gets four at once, nearly all the time."""
    server = Server("flight", 4, retry_after_s)
    tally, took_s, _ = ask(server, concurrency=concurrency)
    assert tally.n_samples == 200
    assert server.n_refused <= 5
    assert took_s <= 1.15 * 50 * 0.3


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_server_that_refuses_nothing_is_asked_as_fast_as_it_was(ask, concurrency):
    """All requests that may be in flight are, but for a short beginning."""
    server = Server("flight", math.inf)
    _, took_s, _ = ask(server, concurrency=concurrency, n=400)
    assert server.most == concurrency
    assert took_s <= 0.3 * 400 / concurrency + 0.6


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_refusals_that_come_by_chance_do_not_stop_a_run(ask, share):
    """Where refusals have nothing to do with how much is sent, a run goes on at some speed."""
    tally, took_s, _ = ask(Server("whim", share))
    assert tally.n_samples + tally.n_failures == 200
    assert took_s < 90


def test_a_wait_is_followed_by_one_request_and_then_by_those_of_the_sustained_rate(ask):
    """After Retry-After nobody rushes in: never more in a tenth of a second than the beginning had."""
    server = Server("sliding", 10, 1.0, latency_s=0.05)
    ask(server)
    late = [moment for moment in server.sent if moment > 4.0]
    assert max(sum(0 <= other - moment < 0.1 for other in late) for moment in late) <= 2


def test_other_errors_cut_nothing():
    """A lost connection or a server error says nothing of how much was sent."""
    pace = Pace(8)
    for second in range(20):
        pace.failed(pace.send(float(second)), second + 0.5)
    assert (pace.rate, pace.open_at, pace.wait_s(20.5)) == (math.inf, -math.inf, 0.0)


def test_a_refusal_without_a_word_is_waited_out_ever_longer():
    """One second, then two, then four: each after a request by itself."""
    pace, now, waits = Pace(8), 0.0, []
    for _ in range(4):
        pace.refused(pace.send(now), now + 0.01, None)
        wait_s = pace.wait_s(now + 0.01)
        waits.append(round(wait_s, 3))
        now += 0.01 + wait_s
    assert waits == [OWN_HOLD_S, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("early_s", [0.0, 1e-12, 1e-7])
def test_a_wait_that_rounding_ends_too_early_lets_one_go_not_all(early_s):
    """What is left of a wait by rounding is none, and what else holds requests back holds all the same."""
    pace = Pace(8)
    pace.refused(pace.send(0.0), 0.1, 5.0)
    now = pace.open_at - early_s
    assert pace.wait_s(now) <= AN_INSTANT_S
    pace.send(now)
    assert pace.wait_s(now) > AN_INSTANT_S


def test_a_minute_of_refusals_does_not_slow_down_for_good():
    """When nothing passed before a long refusal, what follows is sent at once a second at least, and soon faster."""
    pace, now = Pace(8), 0.0
    for _ in range(6):
        pace.refused(pace.send(now), now + 0.01, None)
        now += 0.01 + pace.wait_s(now + 0.01)
    for _ in range(20):
        pace.answered(pace.send(now), now + 0.01)
        now += max(0.01, pace.wait_s(now + 0.01))
    assert pace.rate > 5
