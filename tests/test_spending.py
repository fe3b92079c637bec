"""A run's budget counts all that was ever sent for it."""

import pytest

import evalkit
from evalkit import Budget, Price
from evalkit.errors import BudgetError, PricesError, UsageError
from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server
from evalkit.nouns import Endpoint, TokenCount
from evalkit.spending import purse_of, spent_in_words

PRICES = {"storyteller-*": Price(input=1.0, output=2.0)}


@pytest.fixture
def store(tmp_path):
    """Return a store that is open for writing."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def at(suite_of):
    """Return a maker of suites at an address: one prompt, ten draws at two temperatures, ten in flight."""

    def make(url, **changes):
        endpoint = Endpoint(model="storyteller-small", base_url=url)
        return suite_of(**{"endpoint": endpoint, "samples": 10, "concurrency": 10} | changes)

    return make


def spent_of(store, suite, label="small"):
    """Return what a store says has been spent on a run."""
    return purse_of(store, store.run(label), suite, Budget()).spent


def test_the_same_budget_does_not_spend_twice_and_a_larger_one_goes_on(store, at):
    """Run again it sends nothing, and says again what would do; with that it buys the rest, and no draw twice."""
    with Server(seed=1) as server:
        suite = at(server.url)
        for _ in range(2):
            with pytest.raises(BudgetError, match="12 of 12 requests are sent; 8 of 20 draws are open") as e:
                evalkit.run(suite, store, budget=Budget(max_requests=12))
            assert len(server.journal) == 12
            assert "--max-requests 20 is enough" in str(e.value)
        assert store.run("small").n_samples == 12
        assert evalkit.run(suite, store, budget=Budget(max_requests=20)).complete
        assert len(server.journal) == 20
        assert evalkit.run(suite, store, budget=Budget(max_requests=1)).complete, "nothing is to be bought"


@pytest.mark.parametrize("fault", ["null-usage", "no-usage"])
def test_where_no_usage_is_told_each_request_stands_at_its_most(store, at, fault):
    """Ten in flight and no numbers: no more is bought than has room at its most, and nobody says it is exact."""
    told = []
    with Server(seed=1, faults=Faults(always=(fault,))) as server:
        suite = at(server.url)
        each = len(suite.prompts[0].text) + 8 + suite.decoding.max_tokens
        budget = Budget(max_tokens=5 * each + 1)
        for _ in range(2):
            with pytest.raises(BudgetError, match=f"at most {5 * each:,} of {5 * each + 1:,} tokens are spent"):
                evalkit.run(suite, store, budget=budget, notify=told.append)
            assert len(server.journal) == 5
    assert f"spent so far: 5 requests, 0 to {5 * each:,} tokens (of 5 the server told no tokens)" in told[-1]
    spent = spent_of(store, suite)
    assert (spent.n_requests, spent.n_uncounted, spent.counted) == (5, 5, TokenCount())


def test_a_cost_is_kept_and_told(store, at):
    """Tokens as the server counts them, at the prices that were given, stay within the limit; the plan comes first."""
    told = []
    with Server(seed=1) as server:
        suite = at(server.url)
        with pytest.raises(BudgetError, match="USD are spent, and the next may cost"):
            evalkit.run(suite, store, budget=Budget(max_cost=0.0007, prices=PRICES), notify=told.append)
    spent = spent_of(store, suite)
    assert spent.counted == spent.most
    assert spent.counted.completion > 0
    cost = PRICES["storyteller-*"].of(spent.counted)
    assert cost <= 0.0007 < cost + PRICES["storyteller-*"].of(TokenCount(prompt=52, completion=64))
    assert told[0].startswith("plan: 20 requests for 20 missing draws")
    assert "; cost: 0.00" in told[0]


def test_an_unknown_price_is_unknown_and_nothing_is_sent(store, at):
    """With a limit of the cost and no price there is an error that says what to write, and no run is begun."""
    told = []
    with Server(seed=1) as server:
        for prices in ({}, {"gpt-4o*": Price(input=1, output=1)}):
            with pytest.raises(PricesError, match="the price of 'storyteller-small' is unknown"):
                evalkit.run(at(server.url), store, budget=Budget(max_cost=1.0, prices=prices))
        assert (len(server.journal), store.runs()) == (0, ())
        evalkit.run(at(server.url), store, budget=Budget(), notify=told.append)
    assert "cost: unknown: no price of storyteller-small is known" in told[0]


def test_the_embedded_endpoint_costs_nothing(store, at):
    """It needs no price, and a limit of 0 lets all of it through."""
    assert evalkit.run(at("loopback"), store, budget=Budget(max_cost=0.0)).complete


@pytest.mark.parametrize(
    "budget",
    [
        Budget(max_requests=-1),
        Budget(max_cost=float("nan")),
        Budget(prices={"x": Price(input=-1.0, output=0.0)}),
    ],
)
def test_what_is_no_amount_is_refused(store, at, budget):
    """A budget made in Python is checked before anything is sent."""
    with pytest.raises(UsageError, match="expected"):
        evalkit.run(at("loopback"), store, budget=budget)


def test_failed_tries_count_and_those_that_may_be_billed_cost(store, at):
    """A status that is an error costs a request and no tokens; an answer that can not be read may have cost some."""
    with Server(seed=1, faults=Faults(script=("status:503", "truncated", "status:400"))) as server:
        suite = at(server.url, samples=3, concurrency=1)
        evalkit.run(suite, store)
        assert len(server.journal) == 8
    spent = spent_of(store, suite)
    told = [sample.usage for cell in store.outcomes("small") for sample in cell.samples]
    assert (spent.n_requests, spent.n_uncounted) == (8, 1)
    assert spent.counted.completion == sum(usage.completion_tokens for usage in told)
    assert spent.bound == TokenCount(prompt=told[0].prompt_tokens, completion=64)


def test_preflight_and_canary_count(store, at):
    """They are part of what is spent, live and when the store is read again, those tried again included."""
    told = []
    with Server(seed=1, faults=Faults(script=("calm", "status:503", "calm"))) as server:
        suite = at(server.url)
        evalkit.run(suite, store, preflight=True, budget=Budget(max_requests=500), notify=told.append)
        n_sent = len(server.journal)
    spent = spent_of(store, suite)
    assert spent.n_requests == n_sent > 20 + 17
    assert told[-1].startswith(f"spent on run 'small': {n_sent} requests, {spent.counted.total:,} ")


@pytest.mark.parametrize("preflight", [False, True])
def test_what_was_counted_on_the_way_is_what_the_store_says(store, at, preflight):
    """With answers that can not be read, resets and no usage, the sums at the end and those read again are the same."""
    # Of a preflight's tries that are made again only the number is kept: they are taken for the widest, and billed.
    told, faults = [], ["truncated", "null-usage", "no-choices", *([] if preflight else ["reset", "status:500"])]
    script = [each for fault in faults for each in (fault, "calm")]
    with Server(seed=1, faults=Faults(script=script)) as server:
        suite, budget = at(server.url), Budget(max_tokens=10**6, prices=PRICES)
        evalkit.run(suite, store, preflight=preflight, budget=budget, notify=told.append)
    purse = purse_of(store, store.run("small"), suite, budget)
    assert purse.spent.n_uncounted > 2
    assert told[-1] == f"spent on run 'small': {spent_in_words(purse)}"


@pytest.mark.parametrize(("most", "wanted"), [(25, None), (10, True)])
def test_a_preflight_that_is_too_dear_is_left_out(store, at, most, wanted):
    """It may take a tenth of what is left unless it is asked for, and never more than that is."""
    told = []
    with Server(seed=1) as server:
        suite = at(server.url, samples=200)
        with pytest.raises(BudgetError, match=f"{most} of {most} requests are sent"):
            evalkit.run(suite, store, preflight=wanted, budget=Budget(max_requests=most), notify=told.append)
        assert len(server.journal) == most
    assert store.run("small").n_samples == most
    assert any(line.startswith("preflight: left out, for its ") for line in told)


def test_a_canary_without_room_is_left_out(store, at):
    """A run that has its last draw with the last request is whole."""
    told = []
    with Server(seed=1) as server:
        suite = at(server.url)
        with pytest.raises(BudgetError):
            evalkit.run(suite, store, preflight=True, budget=Budget(max_requests=30))
        before = store.run("small").probings[0].n_requests
        enough = Budget(max_requests=20 + before)
        assert evalkit.run(suite, store, budget=enough, notify=told.append).complete
        assert len(server.journal) == 20 + before
    assert any(line.startswith("canary: left out, for the budget has no room") for line in told)


def test_several_completions_of_a_request_are_charged_once(store, at):
    """The tokens of a request are those of all its completions, and stand in the store once."""
    from evalkit.nouns import Mode

    with Server(seed=1) as server:
        suite = at(server.url, mode=Mode.CHOICES)
        evalkit.run(suite, store)
        n_sent = len(server.journal)
    usages = {s.response_id: s.usage for cell in store.outcomes("small") for s in cell.samples}
    spent = spent_of(store, suite)
    assert spent.n_requests == len(usages) == n_sent < 20
    assert spent.counted.completion == sum(usage.completion_tokens for usage in usages.values())
