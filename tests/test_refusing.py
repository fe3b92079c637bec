"""Refused temperatures, from a run to its resuming: settled at once, never dropped, never asked again."""

import pytest

import evalkit
from evalkit import api
from evalkit.errors import EndpointError, PlanMismatchError, RejectedError, StoreError, UsageError
from evalkit.nouns import UNSUPPORTED, Load, Reply, Request
from evalkit.refusing import refused, settled, without_temperature

WORDS = "status 400: 'temperature' does not support this"


class Picky:
    """A backend that takes some temperatures only, and notes what it was sent."""

    def __init__(self, *taken):
        """Keep what is taken."""
        self.taken, self.sent = taken, []

    async def send(self, request: Request) -> Reply:
        """Return texts that differ, or refuse."""
        self.sent.append(request.cell.decoding.temperature)
        if self.sent[-1] not in self.taken:
            raise RejectedError(WORDS, slug=UNSUPPORTED, status=400, raw=b"{}")
        return Reply.of_texts([f"text {replicate}" for replicate in request.replicates])

    async def aclose(self) -> None:
        """Nothing to release."""


@pytest.fixture
def store(tmp_path):
    """Yield a store in a temporary folder."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as opened:
        yield opened


def test_the_rest_runs_and_the_run_is_complete(store, suite_of):
    """A refused temperature costs one request; its draws are counted by themselves, not as failures."""
    backend = Picky(1.0)
    run = evalkit.run(suite_of(), store, label="r", backend=backend)
    assert backend.sent.count(0.0) == 1
    assert (run.n_samples, run.n_unsupported, run.n_failures, run.complete) == (3, 3, 0, True)
    assert refused(store, run.suite, "r") == {0.0: WORDS}


def test_a_second_run_sends_nothing(store, suite_of):
    """What is refused is settled: the same command sends nothing and ends in the same state."""
    first = evalkit.run(suite_of(), store, label="r", backend=Picky(1.0))
    again = Picky(1.0)
    assert evalkit.run(suite_of(), store, label="r", backend=again) == first
    assert again.sent == []
    assert len(settled(store, "r")) == 6


def test_more_samples_are_not_asked_of_a_refused_temperature(store, suite_of):
    """A run that is extended buys where it can, and settles the rest without a request."""
    evalkit.run(suite_of(), store, label="r", backend=Picky(1.0))
    again = Picky(1.0)
    run = evalkit.run(suite_of(samples=5), store, label="r", backend=again)
    assert again.sent == [1.0, 1.0]
    assert (run.n_samples, run.n_unsupported, run.complete) == (5, 5, True)


def test_when_nothing_is_left_the_run_ends_with_the_way_on(store, suite_of):
    """Every temperature refused is an error that names them, the first time and the next."""
    for backend in (Picky(), Picky()):
        with pytest.raises(EndpointError, match=r"of run 'r' \(0, 1\).*--without-temperature") as found:
            evalkit.run(suite_of(), store, label="r", backend=backend)
    assert (found.value.slug, found.value.exit_code, backend.sent) == (UNSUPPORTED, 3, [])


def test_cells_count_refusals_and_the_caution_bears_the_words(store, suite_of):
    """The measured run says which temperatures are missing, why, and that nothing else is."""
    evalkit.run(suite_of(), store, label="r", backend=Picky(1.0))
    results = evalkit.measure(store, "r")
    slugs = {caution.slug: caution for caution in results.cautions}
    assert slugs["temperature-unsupported"].temperatures == (0.0,)
    assert "does not support this" in slugs["temperature-unsupported"].fact
    assert not {"incomplete", "survivors-only"} & slugs.keys()
    assert [(each.n_error, each.n_unsupported) for each in results.counts] == [(0, 3), (0, 0)]
    assert results["exact_agreement"].at(0.0).estimate.undefined == "the endpoint refuses this temperature"


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_page_counts_them_in_a_column_of_their_own(store, suite_of, form):
    """Tables of draws keep refused temperatures apart from failures."""
    evalkit.run(suite_of(), store, label="r", backend=Picky(1.0))
    assert "temperature refused" in api.render(store, "r", form)


def test_without_temperature_none_is_sent(store, suite_of):
    """A suite without temperature asks each prompt as often, and sends none."""
    backend = Picky(None)
    run = evalkit.run(without_temperature(suite_of()), store, label="r", backend=backend)
    assert backend.sent == [None] * 3
    assert run.suite == store.run("r").suite
    assert not store.run("r").suite.send_temperature


def test_a_run_without_temperature_is_another_one(store, suite_of):
    """Answers to requests that carry a temperature and to those that carry none are never mixed."""
    evalkit.run(suite_of(temperatures=(1.0,)), store, label="r", backend=Picky(1.0))
    with pytest.raises(PlanMismatchError, match="temperatures were 1 and are now not sent"):
        evalkit.run(without_temperature(suite_of()), store, label="r", backend=Picky(None))


def test_loads_need_a_temperature(suite_of):
    """The arms of a load are at temperature 0, which is not sent then: that is said, not dropped."""
    with pytest.raises(UsageError, match="load needs temperature 0"):
        without_temperature(suite_of(load=(Load.SERIAL,)))


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_page_without_temperature_says_so(store, suite_of, form):
    """Nobody set a temperature of 1, so no heading, table or sentence says T = 1."""
    evalkit.run(without_temperature(suite_of()), store, label="r", backend=Picky(None))
    results = evalkit.measure(store, "r")
    page = api.render(store, "r", form, results=results)
    assert "No temperature was sent. Over repetitions exact agreement is" in page
    assert "At T = 1" not in page
    assert "T = not sent" in page
    assert results.advice == ()
    assert next(iter(results.cautions)).slug == "temperature-not-sent"


def test_runs_with_and_without_temperature_differ_in_that(store, suite_of):
    """A comparison of both says that one of them sent no temperature."""
    evalkit.run(suite_of(temperatures=(1.0,)), store, label="main", backend=Picky(1.0))
    evalkit.run(without_temperature(suite_of()), store, label="r", backend=Picky(None))
    found = evalkit.compare(store, "r", baseline="main")
    assert [(each.baseline, each.candidate) for each in found.settings if each.name == "temperatures"] == [
        ("[1.0]", "not sent")
    ]
    assert "temperature-not-sent" in {caution.slug for caution in found.cautions}


def test_an_export_keeps_what_was_refused_and_that_none_was_sent(store, suite_of, tmp_path):
    """Both come back from a file as what they were."""
    evalkit.run(suite_of(), store, label="some", backend=Picky(1.0))
    evalkit.run(without_temperature(suite_of()), store, label="none", backend=Picky(None))
    for label in ("some", "none"):
        path = tmp_path / f"{label}.jsonl"
        path.write_text("\n".join(api.export(store, label)), encoding="utf-8")
        back, run = api.import_recorded(store, path, label=f"{label} again"), store.run(label)
        assert (back.n_samples, back.n_unsupported) == (run.n_samples, run.n_unsupported)
        assert back.suite.send_temperature is run.suite.send_temperature


def test_a_file_does_not_mix_answers_with_and_without_temperature(store, tmp_path):
    """What was asked at a temperature and what was asked without one are two runs."""
    line = '{{"model": "m", "prompt_id": "p", "temperature": {}, "replicate": {}, "text": "x"}}'
    path = tmp_path / "mixed.jsonl"
    path.write_text(f"{line.format(1, 0)}\n{line.format('null', 1)}", encoding="utf-8")
    with pytest.raises(StoreError, match="temperature is null, above it was a number"):
        api.import_recorded(store, path, label="mixed")


def test_a_line_that_says_nothing_of_the_temperature_is_refused(store, tmp_path):
    """Null says that none was sent; without the key nobody knows."""
    path = tmp_path / "silent.jsonl"
    path.write_text('{"model": "m", "prompt_id": "p", "replicate": 0, "text": "x"}', encoding="utf-8")
    with pytest.raises(StoreError, match=r"temperature is missing.*null where none was sent"):
        api.import_recorded(store, path, label="silent")
