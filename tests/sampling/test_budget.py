"""A purse is never overdrawn, whatever an endpoint does."""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import EvalkitError, MalformedReplyError, RejectedError, TransientError
from evalkit.nouns import (
    Budget,
    Completion,
    Decoding,
    Endpoint,
    Message,
    Plan,
    Price,
    Prompt,
    Reply,
    Spent,
    Suite,
    TokenCount,
    Usage,
    cells,
)
from evalkit.sampling.budget import BudgetedLimits, Purse, money, most_tokens
from evalkit.sampling.clock import Clock
from evalkit.sampling.limits import PacedLimits
from evalkit.sampling.requests import requests_of
from evalkit.sampling.sampler import Sampler
from evalkit.sampling.tally import Tally

MOST_ANSWER = 64
PRICE = Price(input=0.5, output=2.0)


class Till:
    """A backend that bills what it likes within the limits of the protocol, and tells it or not."""

    def __init__(self, seed, asked, trouble):
        """Bill every question alike, and be in trouble with some chance."""
        self.chance, self.asked, self.trouble = random.Random(seed), asked, trouble  # noqa: S311 - repeatable
        self.n, self.billed = 0, TokenCount()

    async def send(self, _request):
        """Return an answer after a while, or a failure that may have been billed."""
        self.n += 1
        await asyncio.sleep(self.chance.uniform(0.01, 2.0))
        given = self.chance.randint(0, MOST_ANSWER)
        end = self.chance.choice(("cut", "lost", "busy", "rejected", "mute", "half"))
        if self.chance.random() >= self.trouble:
            end = "told"
        if end == "busy":
            raise TransientError("busy", slug="server-error", status=503)
        if end == "rejected":
            raise RejectedError("no", slug="rejected", status=400)
        self.billed += TokenCount(prompt=self.asked, completion=given)
        if end == "cut":
            raise MalformedReplyError("half", slug="not-json", status=200)
        if end == "lost":
            raise TransientError("gone", slug="connection")
        usage = Usage(prompt_tokens=self.asked, completion_tokens=given)
        usage = {"mute": Usage(), "half": Usage(prompt_tokens=self.asked)}.get(end, usage)
        return Reply(raw=b"{}", completions=(Completion(text="x"),), usage=usage)

    async def aclose(self):
        """Nothing to release."""


def bought(loop_of, suite, purse, till, concurrency):
    """Send a whole plan within a purse, under a clock that never waits, and return the tally."""
    loop = loop_of()
    plan = Plan(cells=cells(suite), samples=suite.samples)

    async def keep(_delivery):
        await asyncio.sleep(0)

    sampler = Sampler(backend=till, keep=keep, tally=Tally(n_wanted=len(plan)), concurrency=concurrency)
    sampler.clock = Clock(now=loop.time, sleep=asyncio.sleep, chance=random.Random(1))  # noqa: S311 - jitter
    paced = PacedLimits(concurrency, sampler.clock, sampler.stop)
    sampler.limits = BudgetedLimits(paced, purse, sampler.clock, sampler.stop)
    try:
        loop.run_until_complete(sampler.run(requests_of(iter(plan), suite.mode)))
    except EvalkitError:
        pass
    finally:
        loop.close()
    return sampler.tally


BUDGETS = st.builds(
    Budget,
    max_requests=st.none() | st.integers(0, 60),
    max_tokens=st.none() | st.integers(0, 3_000),
    max_cost=st.none() | st.floats(0.0, 0.006),
)


@settings(max_examples=150, deadline=None)
@given(
    budget=BUDGETS,
    seed=st.integers(0, 10**6),
    asked=st.integers(1, 14),
    trouble=st.sampled_from([0.0, 0.2, 0.9]),
    concurrency=st.sampled_from([1, 3, 10]),
    sessions=st.integers(1, 3),
)
def test_no_limit_is_ever_exceeded(loop_of, small, budget, seed, asked, trouble, concurrency, sessions):  # noqa: PLR0913, PLR0917 - each is drawn
    """What is billed stays within every limit, over several sessions, and within what the purse says of itself."""
    till, spent = Till(seed, asked, trouble), Spent()
    for _ in range(sessions):
        purse = Purse(budget=budget, price=PRICE, spent=spent)
        bought(loop_of, small, purse, till, concurrency)
        spent = purse.spent
        assert (purse.n_out, purse.out) == (0, TokenCount())
        assert spent.n_requests == till.n
        assert spent.counted.total <= till.billed.total <= spent.most.total
        assert budget.max_requests is None or till.n <= budget.max_requests
        assert budget.max_tokens is None or till.billed.total <= budget.max_tokens
        assert budget.max_cost is None or PRICE.of(till.billed) <= budget.max_cost * (1 + 1e-9)


@pytest.mark.parametrize("concurrency", [1, 10])
@pytest.mark.parametrize("most", [0, 1, 7, 39])
def test_a_limit_of_requests_is_used_up_whole(loop_of, small, concurrency, most):
    """Where all goes well exactly as many requests are sent as are allowed, at any width."""
    till, purse = Till(1, 12, 0.0), Purse(budget=Budget(max_requests=most))
    tally = bought(loop_of, small, purse, till, concurrency)
    assert (till.n, tally.n_samples, tally.stopped) == (most, most, True)
    assert purse.lacking == f"{most} of {most} requests are sent"


def test_what_is_in_flight_is_waited_for(loop_of, small):
    """Requests that come to less than their most make room for more of them: few tokens are left in the end."""
    till = Till(3, 12, 0.0)
    purse = Purse(budget=Budget(max_tokens=1_000))
    bought(loop_of, small, purse, till, 10)
    assert 1_000 - (12 + MOST_ANSWER) < till.billed.total <= 1_000


def test_enough_is_enough(loop_of, small):
    """A budget with room for all stops nothing."""
    till, purse = Till(1, 12, 0.0), Purse(budget=Budget(max_requests=40, max_tokens=40 * (14 + MOST_ANSWER)))
    assert bought(loop_of, small, purse, till, 10).n_samples == 40
    assert purse.lacking is None


def test_a_question_is_taken_for_its_bytes_until_it_is_counted(small):
    """The most that a question can be is a token a byte and eight a turn, or what the server said of it."""
    (request,) = requests_of([next(iter(Plan(cells=cells(small), samples=1)))], small.mode)
    purse = Purse(budget=Budget())
    assert purse.bound(request) == TokenCount(prompt=len("Where?") + 8, completion=MOST_ANSWER)
    assert most_tokens(request.cell.prompt.messages) == 14
    purse.learn("p1", 1, TokenCount(prompt=5, completion=90))
    assert purse.bound(request) == TokenCount(prompt=5, completion=90)


def test_what_is_learnt_of_a_question_holds_for_requests_that_nobody_counted(small):
    """Their most is told anew, so that what a store is read for says the same as what was counted on the way."""
    (request,) = requests_of([next(iter(Plan(cells=cells(small), samples=1)))], small.mode)
    purse = Purse(budget=Budget(), spent=Spent(n_requests=1, n_uncounted=1, bound=TokenCount(completion=7)))
    purse.untold(request, 2)
    assert purse.spent.bound == TokenCount(prompt=2 * 14, completion=7 + 2 * MOST_ANSWER)
    assert purse.take(purse.bound(request))
    purse.settle(purse.out, Usage(prompt_tokens=5, completion_tokens=3), request=request)
    assert purse.spent == Spent(
        n_requests=4,
        counted=TokenCount(prompt=5, completion=3),
        n_uncounted=3,
        bound=TokenCount(prompt=2 * 5, completion=7 + 2 * MOST_ANSWER),
    )


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0.0, "0.00"),
        (2.5, "2.50"),
        (1234.5, "1,234.50"),
        (0.25, "0.250"),
        (0.0009876, "0.000988"),
        (1e-12, "0.00000000"),
    ],
)
def test_money_shows_what_it_is(amount, words):
    """Small amounts have as many figures as it takes."""
    assert money(amount) == words
    assert money(amount, "EUR") == f"{words} EUR"


def test_a_price_is_found_by_name_then_by_the_longest_pattern():
    """A model's own name goes before patterns, and of a model that nothing fits the price is unknown."""
    cheap, dear, own = (Price(input=x, output=x) for x in (1.0, 2.0, 3.0))
    budget = Budget(prices={"gpt-4o*": cheap, "gpt-4o-mini*": dear, "gpt-4o-mini": own})
    assert [budget.price_of(name) for name in ("gpt-4o", "gpt-4o-mini-2024", "gpt-4o-mini", "llama")] == [
        *(cheap, dear, own),
        None,
    ]


@pytest.fixture(scope="module")
def small():
    """Return a suite of one short question, twenty draws at two temperatures."""
    return Suite(
        name="small",
        endpoint=Endpoint(model="m"),
        prompts=(Prompt(id="p1", messages=(Message(role="user", content="Where?"),)),),
        temperatures=(0.0, 1.0),
        samples=20,
        metrics=(),
        decoding=Decoding(max_tokens=MOST_ANSWER),
    )
