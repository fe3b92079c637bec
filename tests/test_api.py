"""The verbs together: what is bought, kept and resumed."""

import asyncio

import pytest

import evalkit
from evalkit.errors import (
    BackendError,
    EndpointError,
    PlanMismatchError,
    RejectedError,
    StatisticsError,
    UnknownNameError,
    UsageError,
)
from evalkit.nouns import Endpoint, MetricRequest, Mode, Reply, Request


class Oracle:
    """A backend whose answer follows from the draw, and which can break after some answers."""

    def __init__(self, breaks_after: int | None = None) -> None:
        """Answer for ever, or only so many times."""
        self.asked: list[tuple[str, int]] = []
        self._left = breaks_after

    async def send(self, request: Request) -> Reply:
        """Return a text that names prompt, temperature and replicate."""
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise EndpointError("the key ran out", slug="key", status=401)
        self.asked += [draw.slot for draw in request.draws]
        cell = request.cell
        return Reply.of_texts([f"{cell.prompt.id} {cell.temperature} {r % 2}" for r in request.replicates])

    async def aclose(self) -> None:
        """Nothing to release."""


def texts(store, label):
    """Return every text of a run by slot."""
    return {sample.draw.slot: sample.text for cell in store.outcomes(label) for sample in cell.samples}


@pytest.fixture
def store(tmp_path):
    """Yield a store in a temporary folder."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.mark.parametrize("k", range(13))
def test_a_run_that_breaks_anywhere_resumes_to_the_same_store(store, suite_of, k):
    """Broken after k answers and run again, a run holds what an unbroken one holds, and nothing was bought twice."""
    suite = suite_of("a", "b")
    whole, first, second = Oracle(), Oracle(breaks_after=k), Oracle()
    evalkit.run(suite, store, label="whole", backend=whole)
    if k < 12:
        with pytest.raises(EndpointError):
            evalkit.run(suite, store, label="broken", backend=first)
    else:
        evalkit.run(suite, store, label="broken", backend=first)
    evalkit.run(suite, store, label="broken", backend=second)
    assert texts(store, "broken") == texts(store, "whole")
    assert sorted(first.asked + second.asked) == sorted(whole.asked)


def test_more_samples_buy_only_the_new_ones(store, suite_of):
    """Three samples raised to five buy two more of each cell."""
    evalkit.run(suite_of(samples=3), store, backend=Oracle())
    more = Oracle()
    run = evalkit.run(suite_of(samples=5), store, backend=more)
    assert sorted(replicate for _, replicate in more.asked) == [3, 3, 4, 4]
    assert run.complete


@pytest.mark.parametrize(
    "change",
    [{"temperatures": (0.0, 1.1)}, {"endpoint": Endpoint(model="other", base_url="loopback")}, {"mode": Mode.STREAM}],
)
def test_another_experiment_under_the_same_label_is_refused(store, suite_of, change):
    """A changed design never mixes with what is there."""
    evalkit.run(suite_of(), store, backend=Oracle())
    with pytest.raises(PlanMismatchError):
        evalkit.run(suite_of(**change), store, backend=Oracle())


def test_a_run_without_any_answer_holds_no_label(store, suite_of):
    """A wrong address is put right under the same label: nothing was answered, so nothing can mix."""
    wrong = suite_of(endpoint=Endpoint(model="m", base_url="http://127.0.0.1:9/v1"))
    with pytest.raises(EndpointError):
        evalkit.run(wrong, store)
    run = evalkit.run(suite_of(temperatures=(0.0, 0.5)), store, backend=Oracle())
    assert run.complete
    assert [cell.cell.temperature for cell in store.outcomes("small")] == [0.0, 0.5]


def test_two_runs_on_the_embedded_endpoint_are_two_experiments(store, suite_of):
    """Another label is another run: its answers are drawn anew."""
    suite = suite_of(temperatures=(1.0,), samples=6)
    evalkit.run(suite, store, label="one")
    evalkit.run(suite, store, label="two")
    assert texts(store, "one") != texts(store, "two")


def test_a_replayed_run_holds_the_recorded_texts(store, suite_of, tmp_path):
    """Replay fills each draw with what it once got, and measures the same."""
    suite = suite_of("a", "b")
    evalkit.run(suite, store, label="first", backend=Oracle())
    again = suite_of("a", "b", endpoint=Endpoint(model="m", base_url=f"{tmp_path}/runs.sqlite@first", backend="replay"))
    evalkit.run(again, store, label="again")
    assert sorted(texts(store, "again").values()) == sorted(texts(store, "first").values())


def test_measuring_gives_a_curve_for_each_metric(store, suite_of):
    """Curves are found by title, in the order asked for."""
    evalkit.run(suite_of("a", "b", samples=4), store, backend=Oracle())
    wanted = [MetricRequest(name="distinct_n", options=(("n", 1),)), "exact_agreement"]
    curves = evalkit.measure(store, "small", metrics=wanted)
    assert list(curves) == ["distinct_n(n=1)", "exact_agreement"]
    assert curves["exact_agreement"].at(0.0).estimate.value == pytest.approx(1 / 3)


def test_a_metric_changes_no_other_metrics_numbers(store, suite_of):
    """Intervals and p-values of one metric do not depend on which others are asked for."""
    evalkit.run(suite_of("Tell a story about a dragon.", "Tell a story about a garden.", samples=6), store)
    alone = evalkit.measure(store, "small", metrics=["exact_agreement"])
    among = evalkit.measure(store, "small", metrics=["distinct_n", "exact_agreement", "length_words"])
    assert alone["exact_agreement"] == among["exact_agreement"]


def test_a_curve_that_was_not_measured_names_those_that_were(store, suite_of):
    """Asking for another title is answered with the titles there are."""
    evalkit.run(suite_of(), store, backend=Oracle())
    with pytest.raises(UnknownNameError, match="exact_agreement"):
        evalkit.measure(store, "small")["distinct_n"]


@pytest.mark.parametrize("wrong", ["no_such_metric", MetricRequest(name="distinct_n", options=(("m", 3),))])
def test_wrong_metrics_are_found_before_measuring(store, suite_of, wrong):
    """A wrong name or option is an error of its own."""
    evalkit.run(suite_of(), store, backend=Oracle())
    with pytest.raises((UnknownNameError, UsageError)):
        evalkit.measure(store, "small", metrics=[wrong])


def test_a_run_without_answers_can_not_be_measured(store, suite_of):
    """Nothing answered is no curve, and says so."""

    class Refusing(Oracle):
        async def send(self, request: Request) -> Reply:
            del request
            raise RejectedError("status 400", status=400)

    evalkit.run(suite_of(), store, backend=Refusing())
    with pytest.raises(StatisticsError, match="no answers"):
        evalkit.measure(store, "small")


def test_equal_stores_give_equal_pages(store, suite_of, tmp_path):
    """A page is the same to the byte each time it is made."""
    evalkit.run(suite_of(samples=4), store)
    pages = [evalkit.report(store, "small", tmp_path / f"{i}.html").read_bytes() for i in range(2)]
    assert pages[0] == pages[1]


def test_a_page_holds_what_the_model_said_as_text_only(store, suite_of, tmp_path):
    """A script in an answer is shown, not run."""

    class Hostile(Oracle):
        async def send(self, request: Request) -> Reply:
            del request
            return Reply.of_texts(["<script>alert(1)</script>\x1b[31m\u202e\ud83d"])

    evalkit.run(suite_of(), store, backend=Hostile())
    page = evalkit.report(store, "small", tmp_path / "page.html").read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_quick_chat_returns_the_text(monkeypatch):
    """One question to the embedded endpoint has a sensible answer at temperature 0."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert "Paris" in evalkit.quick_chat("You are a helpful assistant.", "What is the capital of France?", temp=0)


def test_a_quick_chat_that_gets_no_answer_says_why(monkeypatch):
    """An address where nothing listens is an error in one line."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(BackendError, match="nothing answers"):
        evalkit.quick_chat("", "Hello?")


def test_a_stop_from_outside_keeps_what_there_is(store, suite_of):
    """Stopped at once, a run sends nothing and stays incomplete."""

    async def stopped():
        stop = asyncio.Event()
        stop.set()
        return await evalkit.run_async(suite_of(), store, backend=Oracle(), stop=stop)

    assert asyncio.run(stopped()).n_samples == 0


def test_the_parrot_of_the_documentation_is_a_backend(store, suite_of):
    """A backend is one function and one method."""

    class Parrot:
        async def send(self, request: Request) -> Reply:
            return Reply.of_texts([request.cell.prompt.text] * request.n)

        async def aclose(self) -> None:
            pass

    evalkit.run(suite_of("Polly"), store, backend=Parrot())
    assert set(texts(store, "small").values()) == {"Polly"}
