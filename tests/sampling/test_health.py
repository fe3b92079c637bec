"""An endpoint that is down is asked ever less, and in the end no more."""

import asyncio

import pytest

from evalkit.errors import EndpointError, TransientError
from evalkit.nouns import Reply
from evalkit.sampling.health import BUDGET, PATIENCE_S, Health

FAILING = TransientError("status 503", slug="server-error", status=503)


class Down:
    """Answers for a while, then fails every request."""

    def __init__(self, until, error=FAILING):
        """Keep when it goes down."""
        self.until, self.error, self.sent = until, error, []

    async def send(self, request):
        """Return an answer, or fail."""
        now = asyncio.get_running_loop().time()
        self.sent.append(now)
        await asyncio.sleep(0.1)
        if now >= self.until:
            raise self.error
        return Reply.of_texts(["text"] * request.n)

    async def aclose(self):
        """Nothing to release."""


@pytest.mark.parametrize("concurrency", [8, 64])
@pytest.mark.parametrize("until", [0.0, 2.0], ids=["from the start", "later"])
def test_an_endpoint_that_is_down_gets_a_trickle_and_then_nothing(ask, until, concurrency):
    """After 30 s at most two requests a second; after three minutes the run ends, and says how to go on."""
    server = Down(until)
    error, took_s, kept = ask(server, n=20_000, concurrency=concurrency)
    assert isinstance(error, EndpointError)
    assert error.slug == "down"
    assert until + PATIENCE_S <= took_s <= until + PATIENCE_S + 30
    for second in range(int(until) + 30, int(took_s)):
        assert sum(second <= moment < second + 1 for moment in server.sent) <= 2
    assert sum(len(delivery.attempts) for delivery in kept) == len(server.sent)


@pytest.mark.parametrize("concurrency", [8, 64])
def test_most_draws_of_an_endpoint_that_is_down_stay_open(ask, concurrency):
    """Draws are not given up one after another while nobody is answered."""
    error, _, kept = ask(Down(1.0), n=20_000, concurrency=concurrency)
    assert error.slug == "down"
    assert sum(not delivery.reply and bool(delivery.outcomes) for delivery in kept) <= concurrency


def test_an_endpoint_that_comes_back_is_asked_as_before(ask):
    """A minute of errors costs a minute, and no draw."""

    class Back(Down):
        async def send(self, request):
            now = asyncio.get_running_loop().time()
            self.until = now + 1 if not 5 <= now < 65 else 0
            return await super().send(request)

    tally, took_s, _ = ask(Back(0.0), n=2_000)
    assert tally.n_samples >= 1_990
    assert took_s < 2_000 * 0.1 / 8 + 60 + 30


@pytest.mark.parametrize("n", [1, 3])
def test_one_request_that_fails_for_ever_ends_no_run(n):
    """Where others are answered between, nothing is ailing."""
    health = Health()
    for second in range(1_000):
        for _ in range(n):
            health.failed(float(second), free=False)
        for _ in range(n):
            health.answered()
        assert health.verdict(FAILING, float(second)) is None
    assert not health.ailing


def test_refusals_for_speed_take_nothing_from_the_budget():
    """They have a rule of their own; but one that never ends is the end, too."""
    health = Health()
    for minute in range(6):
        health.failed(60.0 * minute, free=True)
    assert health.tokens == BUDGET
    assert health.verdict(FAILING, 300.0).slug == "down"
