"""Arms: a refused temperature costs one request, and the rest of the run goes on."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.backends.openai import openai_backend
from evalkit.errors import EndpointError, RejectedError, TransientError
from evalkit.loopback.server import Server
from evalkit.nouns import (
    UNSUPPORTED,
    Endpoint,
    Failure,
    Message,
    Plan,
    Prompt,
    Reply,
    Request,
    Sample,
    Suite,
    cells,
)
from evalkit.sampling.arms import Arms
from evalkit.sampling.clock import Clock
from evalkit.sampling.requests import requests_of
from evalkit.sampling.sampler import Sampler
from evalkit.sampling.tally import Tally

REFUSED = RejectedError("status 400: 'temperature' does not support this", slug=UNSUPPORTED, status=400)
LATER = TransientError("status 429: slow down", slug="rate-limited", status=429)
GIVEN_UP = RejectedError("status 400: too long", status=400)


class Picky:
    """A backend that refuses some temperatures, answers at once or late, and counts what it is sent."""

    def __init__(self, refused=(), before=(), pauses=0):
        """Keep what is refused, the errors that come first at each temperature, and how often to give way."""
        self.refused, self.before, self.pauses = set(refused), list(before), pauses
        self.sent: Counter[float | None] = Counter()
        self.out: Counter[float | None] = Counter()
        self.first_alone = True

    async def send(self, request: Request) -> Reply:
        """Return a reply, or raise what stands first."""
        temperature = request.cell.decoding.temperature
        number = self.sent[temperature]
        self.sent[temperature] += 1
        self.out[temperature] += 1
        for _ in range(self.pauses):
            await asyncio.sleep(0)
        self.first_alone &= number > 0 or self.out[temperature] == 1
        self.out[temperature] -= 1
        if number < len(self.before):
            raise self.before[number]
        if temperature in self.refused:
            raise REFUSED
        return Reply.of_texts(["text"] * request.n)

    async def aclose(self) -> None:
        """Nothing to release."""


def sampled(backend, suite: Suite, *, concurrency=8, arms: Arms | None = None):
    """Return the tally and the outcomes of a run."""
    plan, kept = Plan(cells=cells(suite), samples=suite.samples), []

    async def keep(delivery):
        await asyncio.sleep(0)
        kept.append(delivery)

    now = 0.0

    async def sleep(seconds):
        nonlocal now
        now += seconds
        await asyncio.sleep(0)

    sampler = Sampler(backend=backend, keep=keep, tally=Tally(n_wanted=len(plan)), concurrency=concurrency)
    sampler.clock, sampler.arms = Clock(now=lambda: now, sleep=sleep), arms or Arms()
    tally = asyncio.run(sampler.run(requests_of(iter(plan), suite.mode)))
    return tally, [outcome for delivery in kept for outcome in delivery.outcomes]


@settings(max_examples=60, deadline=None)
@given(
    refused=st.sets(st.sampled_from([0.0, 0.5, 1.0, 1.5])),
    concurrency=st.integers(1, 20),
    pauses=st.integers(0, 5),
    n_prompts=st.integers(1, 4),
    samples=st.integers(1, 6),
)
def test_a_refused_temperature_costs_one_request(refused, concurrency, pauses, n_prompts, samples):
    """Whatever is refused and however many are in flight: one request there, every draw elsewhere, none left open."""
    suite = Suite(
        name="law",
        endpoint=Endpoint(model="m"),
        prompts=tuple(Prompt(id=f"p{n}", messages=(Message(role="user", content="?"),)) for n in range(n_prompts)),
        temperatures=(0.0, 0.5, 1.0, 1.5),
        samples=samples,
        metrics=(),
    )
    backend = Picky(refused, pauses=pauses)
    tally, outcomes = sampled(backend, suite, concurrency=concurrency)
    of_each = n_prompts * samples
    assert backend.first_alone
    assert backend.sent == {t: 1 if t in refused else of_each for t in suite.temperatures}
    assert (tally.n_unsupported, tally.n_failures, tally.n_open) == (len(refused) * of_each, 0, 0)
    assert len({outcome.draw.slot for outcome in outcomes}) == len(outcomes) == 4 * of_each


def test_what_was_not_sent_bears_the_servers_words(suite_of):
    """Draws that were settled without a request say why, and that none was sent for them."""
    _, outcomes = sampled(Picky({1.0}), suite_of())
    failures = [each for each in outcomes if isinstance(each, Failure)]
    assert {failure.message for failure in failures} == {REFUSED.message}
    assert sorted(failure.attempts for failure in failures) == [0, 0, 1]
    assert sum(isinstance(each, Sample) for each in outcomes) == 3


@pytest.mark.parametrize("errors", [[LATER], [LATER] * 3, [GIVEN_UP]], ids=["busy", "busy thrice", "another refusal"])
def test_another_error_is_no_refusal(suite_of, errors):
    """A busy server, and one that refuses a request for another reason, leave the arm open."""
    backend = Picky(before=errors)
    tally, _ = sampled(backend, suite_of())
    assert (tally.n_unsupported, tally.n_samples + tally.n_failures) == (0, 6)


def test_a_refusal_that_comes_late_ends_the_arm(suite_of):
    """Where a first request was given up for another reason, the next refusal settles what is left."""
    backend = Picky({0.0, 1.0}, before=[GIVEN_UP])
    tally, _ = sampled(backend, suite_of(), concurrency=1)
    assert (tally.n_failures, tally.n_unsupported) == (2, 4)
    assert backend.sent == {0.0: 2, 1.0: 2}


def test_what_is_known_to_be_refused_is_not_asked(suite_of):
    """A temperature that an earlier run found refused costs nothing at all."""
    backend = Picky({0.0})
    tally, _ = sampled(backend, suite_of(), arms=Arms.knowing({0.0: "no"}))
    assert backend.sent == {1.0: 3}
    assert tally.n_unsupported == 3


def test_a_request_without_temperature_waits_for_none(suite_of):
    """Where no temperature is sent there is nothing to find out, and all go at once."""
    backend = Picky(pauses=3)
    suite = suite_of(temperatures=(1.0,), samples=6, send_temperature=False)
    tally, _ = sampled(backend, suite)
    assert (tally.n_samples, backend.first_alone) == (6, False)


def test_a_stop_lets_those_go_that_wait(suite_of):
    """When the run is stopped by an error of the endpoint, nobody waits for an arm for ever."""
    backend = Picky(before=[EndpointError("wrong key", slug="key", status=401)], pauses=4)
    with pytest.raises(EndpointError, match="wrong key"):
        sampled(backend, suite_of(samples=40), concurrency=8)
    assert backend.sent.total() == 2


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_real_server_is_asked_once_for_each_temperature_it_refuses(suite_of, concurrency):
    """A server that takes temperature 1 only gets one request for each other one."""
    suite = suite_of("Say a word.", "Say two.", temperatures=(0.0, 0.5, 1.0, 1.5))
    with Server(seed=4, habits=("refused",)) as server:

        async def run():
            plan = Plan(cells=cells(suite), samples=suite.samples)
            backend = openai_backend(Endpoint(model="storyteller-small", base_url=server.url))

            async def keep(_delivery):
                await asyncio.sleep(0)

            sampler = Sampler(backend=backend, keep=keep, tally=Tally(n_wanted=len(plan)), concurrency=concurrency)
            try:
                return await sampler.run(requests_of(iter(plan), suite.mode))
            finally:
                await backend.aclose()

        tally = asyncio.run(run())
        sent = Counter(each.fields["temperature"] for each in server.journal)
    assert sent == {0.0: 1, 0.5: 1, 1.0: 6, 1.5: 1}
    assert (tally.n_samples, tally.n_unsupported, tally.n_failures, tally.n_open) == (6, 18, 0, 0)
