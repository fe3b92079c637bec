"""A quota is kept in every minute, and nearly used up."""

import asyncio
from collections import deque
from dataclasses import replace

import pytest

from evalkit.nouns import Quota, Reply, Usage
from evalkit.planning import plan
from evalkit.sampling.meter import Meter, tokens_of
from evalkit.sampling.requests import requests_of


def greatest_of_a_minute(spent):
    """Return the most that was spent in any 60 seconds."""
    recent, total, most = deque(), 0.0, 0.0
    for moment, amount in spent:
        recent.append((moment, amount))
        total += amount
        while recent[0][0] <= moment - 60.0:
            total -= recent.popleft()[1]
        most = max(most, total)
    return most


@pytest.mark.parametrize(
    ("quota", "tokens", "most"),
    [
        (Quota(requests_per_minute=60), 100.0, 60 * 100.0),
        (Quota(tokens_per_minute=10_000), 100.0, 10_000.0),
        (Quota(tokens_per_minute=10_000), 700.0, 10_000.0),
        (Quota(requests_per_minute=30, tokens_per_minute=10_000), 700.0, 10_000.0),
    ],
)
def test_no_minute_holds_more_than_the_quota(quota, tokens, most):
    """Whatever is asked for at once, what goes out in any minute is within the quota, and most of it is used."""
    meter, now, spent = Meter(quota), 0.0, []
    for _ in range(400):
        now += max(0.0, meter.wait_s(now, tokens))
        meter.sent(now, tokens)
        spent.append((now, tokens))
    assert 0.85 * most <= greatest_of_a_minute(spent) <= most + 1e-6


def test_a_request_larger_than_the_bucket_goes_when_the_bucket_is_full():
    """It would wait for ever otherwise."""
    meter = Meter(Quota(tokens_per_minute=1_000))
    assert meter.wait_s(0.0, 5_000.0) == 0.0
    meter.sent(0.0, 5_000.0)
    assert meter.wait_s(0.0, 5_000.0) == pytest.approx(5_000 / 15)


def test_what_the_server_counts_takes_the_place_of_the_guess():
    """An answer that was shorter than it might have been lets the next one go earlier."""
    meter = Meter(Quota(tokens_per_minute=1_000))
    meter.sent(0.0, 100.0)
    late = meter.wait_s(0.0, 100.0)
    meter.counted(100.0, 90.0)
    assert 0.0 < meter.wait_s(0.0, 100.0) < late


def test_no_quota_waits_for_nothing():
    """Where nothing is said nothing is kept back."""
    meter = Meter(Quota())
    meter.sent(0.0, 1e9)
    assert meter.wait_s(0.0, 1e9) == 0.0


def test_the_guess_is_no_smaller_than_what_an_answer_may_be(suite_of):
    """Every answer of a request may be as long as max_tokens."""
    suite = suite_of()
    request = next(requests_of(iter(plan(suite)), suite.mode))
    assert tokens_of(request) > request.n * suite.decoding.max_tokens


@pytest.mark.parametrize("quota", [Quota(requests_per_minute=120), Quota(tokens_per_minute=2_400)])
def test_a_run_keeps_to_its_quota(ask, quota):
    """Two a second, by requests or by tokens as the server counts them."""

    class Counting:
        sent = 0

        async def send(self, request):
            self.sent += 1
            await asyncio.sleep(0.05)
            return replace(Reply.of_texts(["text"] * request.n), usage=Usage(prompt_tokens=15, completion_tokens=5))

        async def aclose(self):
            """Nothing to release."""

    tally, took_s, _ = ask(Counting(), n=240, quota=quota)
    assert tally.n_samples == 240
    assert 100 <= took_s <= 150
