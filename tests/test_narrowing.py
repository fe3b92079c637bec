"""Runs that stop when enough is known: what is drawn, resumed, refused and told."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

import pytest

import evalkit
from evalkit import narrowing
from evalkit.errors import BudgetError, RejectedError, UsageError
from evalkit.nouns import UNSUPPORTED, Budget, Goal, Load, MetricRequest, Precision, Reply, Request

AGREEMENT = Precision(goals=(Goal(metric="exact_agreement", within=0.1),))


class Shifting:
    """A backend that gives one text at temperature 0, and one of several at others; it notes what it was sent."""

    def __init__(self, *texts: str, stop: asyncio.Event | None = None, after: int = 10**9) -> None:
        """Keep the texts, and what to set after some answers."""
        self.texts, self.sent, self._stop, self._after = texts or ("a", "b"), [], stop, after

    async def send(self, request: Request) -> Reply:
        """Return a text that hangs on what is asked for alone, as a seeded endpoint's does."""
        self.sent.append((request.cell.prompt.id, request.cell.temperature, request.replicates))
        if self._stop is not None and len(self.sent) >= self._after:
            self._stop.set()
        chance = random.Random(f"{request.cell.key}:{request.replicates}")  # noqa: S311 - repeatable on purpose
        text = chance.choice(self.texts) if request.cell.temperature else "same"
        return Reply.of_texts([text for _ in request.replicates])

    async def aclose(self) -> None:
        """Nothing to release."""


@pytest.fixture
def store(tmp_path):
    """Yield a store in a temporary folder."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def precise(suite_of):
    """Return a maker of suites of four prompts that ask for precision."""
    return lambda **changes: suite_of(
        *("one", "two", "three", "four"), **{"samples": 400, "precision": AGREEMENT, **changes}
    )


def test_each_temperature_is_drawn_until_it_is_known(store, precise):
    """The steady one ends first; the run is complete, and every goal is as narrow as was asked for."""
    backend = Shifting()
    run = evalkit.run(precise(), store, label="r", backend=backend)
    assert run.complete
    cold, hot = run.suite.standings
    assert (cold.ended, hot.ended) == ("known", "known")
    assert cold.n_samples < hot.n_samples < 400 * 4
    assert len(backend.sent) == run.n_samples == cold.n_samples + hot.n_samples
    found = evalkit.measure(store, "r").sequential
    assert all(stand.is_narrow for stand in found.stands)


def test_every_interval_of_such_a_run_pays_for_all_looks(store, precise):
    """Curves are measured at the level of a look, and a caution says that numbers followed what was seen."""
    evalkit.run(precise(), store, label="r", backend=Shifting())
    results = evalkit.measure(store, "r", level=0.95)
    levels = {point.estimate.interval.level for point in results["exact_agreement"].points}
    assert levels == {results.sequential.level_at_a_look}
    assert results.sequential.level_at_a_look > 0.95
    assert [caution.slug for caution in results.cautions].count("optional-stopping") == 1


def test_a_finished_one_sends_nothing_again(store, precise):
    """The same command looks at what is there, and ends where it ended."""
    first = evalkit.run(precise(), store, label="r", backend=Shifting())
    again = Shifting()
    assert evalkit.run(precise(), store, label="r", backend=again) == first
    assert again.sent == []


def test_one_that_was_stopped_goes_on_to_the_same_end(store, precise):
    """A run that is stopped between two looks, or within one, wants the same draws as one that never was."""
    whole = evalkit.run(precise(), store, label="whole", backend=Shifting())

    async def stopped_after(n: int) -> None:
        stop = asyncio.Event()
        backend = Shifting(stop=stop, after=n)
        await evalkit.run_async(precise(), store, label="cut", backend=backend, stop=stop)

    for n in (30, 60):
        asyncio.run(stopped_after(n))
    run = evalkit.run(precise(), store, label="cut", backend=Shifting())
    assert run.suite.standings == whole.suite.standings
    assert store.filled("cut") == store.filled("whole")


def test_what_was_drawn_without_looks_is_looked_at_first(store, precise):
    """A fixed run that is asked for precision buys nothing twice."""
    evalkit.run(precise(precision=None, samples=12), store, label="r", backend=Shifting())
    backend = Shifting()
    run = evalkit.run(precise(), store, label="r", backend=backend)
    assert all(replicates[0] >= 12 for *_, replicates in backend.sent)
    assert min(size for standing in run.suite.standings for size in standing.sizes) >= 12


def test_another_precision_is_another_run(store, precise):
    """What a run saw decided when it stopped: going on to a narrower interval would be looking more often."""
    evalkit.run(precise(), store, label="r", backend=Shifting())
    narrower = replace(AGREEMENT, goals=(replace(AGREEMENT.goals[0], within=0.01),))
    with pytest.raises(UsageError, match=r"drawn until it knew exact_agreement within 0\.1"):
        evalkit.run(precise(precision=narrower), store, label="r", backend=Shifting())


def test_more_samples_go_on_where_their_number_was_the_end(store, precise):
    """A temperature that ran into the most of a cell is drawn further when more are allowed."""
    short = evalkit.run(precise(samples=12), store, label="r", backend=Shifting())
    assert short.suite.standings[1].ended == "samples"
    longer = evalkit.run(precise(samples=400), store, label="r", backend=Shifting())
    assert longer.suite.standings[1].ended == "known"
    assert longer.n_samples > short.n_samples


def test_a_fixed_plan_may_follow(store, precise):
    """Without precision the label is filled to the suite's own number of samples, not to the most of the former."""
    stopped = evalkit.run(precise(), store, label="r", backend=Shifting())
    most = max(size for standing in stopped.suite.standings for size in standing.sizes)
    fixed = evalkit.run(precise(precision=None, samples=5), store, label="r", backend=Shifting())
    assert fixed.suite.samples == most
    assert fixed.n_draws == most * 8


def test_a_side_is_enough(store, precise):
    """Where it is decided on which side of a value a metric lies, its width does not matter."""
    wanted = Precision(goals=(Goal(metric="exact_agreement", against=0.8),))
    run = evalkit.run(precise(precision=wanted), store, label="r", backend=Shifting())
    sides = [stand.side for stand in evalkit.measure(store, "r").sequential.stands]
    assert sides == [1, -1]
    assert run.n_samples < 200


def test_a_budget_ends_it_and_a_larger_one_goes_on(store, precise):
    """What was answered is kept, and counts."""
    with pytest.raises(BudgetError):
        evalkit.run(precise(), store, label="r", backend=Shifting(), budget=Budget(max_requests=60))
    assert store.run("r").n_samples == 60
    assert evalkit.run(precise(), store, label="r", backend=Shifting(), budget=Budget(max_requests=5000)).complete


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"metrics": (MetricRequest(name="distinct_n"),)}, "exact_agreement"),
        ({"load": (Load.SERIAL,)}, "load"),
    ],
)
def test_what_can_not_be_asked_is_refused_before_anything_is_sent(store, precise, changes, words):
    """Metrics of all samples at once have no such interval, and loads are compared at equal numbers."""
    backend = Shifting()
    with pytest.raises(UsageError, match=words):
        evalkit.run(precise(**changes), store, label="r", backend=backend)
    assert backend.sent == []


def test_an_empty_name_is_the_first_metric_that_can_be_asked(precise):
    """Metrics of all samples at once are passed over."""
    metrics = (MetricRequest(name="distinct_n"), MetricRequest(name="tar_at_k"), MetricRequest(name="exact_agreement"))
    wanted = Precision(goals=(Goal(metric="", within=0.1),))
    settled = narrowing.settled_goals(precise(metrics=metrics, precision=wanted))
    assert settled.precision.goals[0].metric == "exact_agreement"


def test_the_embedded_endpoint_is_drawn_to_a_width(store, suite_of):
    """Over HTTP, with everything a run does: the page's numbers are those of the looks."""
    suite = suite_of(samples=200, precision=Precision(goals=(Goal(metric="exact_agreement", within=0.2),), first=8))
    run = evalkit.run(suite, store, label="r", preflight=False)
    assert run.complete
    found = evalkit.measure(store, "r").sequential
    assert [stand.is_narrow for stand in found.stands] == [True, True]
    assert found.n_samples == run.n_samples


def test_a_comparison_of_such_runs_pays_for_their_looks(store, precise):
    """Its level is that of every pair of looks, and a caution tells of each run."""
    for label in ("main", "new"):
        evalkit.run(precise(), store, label=label, backend=Shifting())
    found = evalkit.compare(store, "new", baseline="main")
    assert found.level == pytest.approx(0.95 ** (1 / 16))
    assert [caution.slug for caution in found.cautions].count("optional-stopping") >= 1
    evalkit.run(precise(precision=None, samples=9), store, label="fixed", backend=Shifting())
    assert evalkit.compare(store, "fixed", baseline="main").level == pytest.approx(0.95 ** (1 / 4))


class Refusing(Shifting):
    """A backend that refuses temperature 0."""

    async def send(self, request: Request) -> Reply:
        """Refuse temperature 0, answer others."""
        if not request.cell.temperature:
            self.sent.append(request.cell.temperature)
            raise RejectedError("status 400: no temperature 0", slug=UNSUPPORTED, status=400, raw=b"{}")
        return await super().send(request)


def test_a_refused_temperature_ends_and_the_others_go_on(store, precise):
    """One request is enough to know it; the run is complete, and the goal says why it has no value there."""
    backend = Refusing()
    run = evalkit.run(precise(), store, label="r", backend=backend)
    assert run.complete
    assert backend.sent.count(0.0) == 1
    assert [standing.ended for standing in run.suite.standings] == ["nothing", "known"]
    cold = evalkit.measure(store, "r").sequential.stands[0]
    assert (cold.value, cold.is_reached) == (None, False)
    assert "refuses" in cold.reason
