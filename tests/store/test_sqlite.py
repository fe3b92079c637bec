"""Runs, deliveries and outcomes in a real file."""

import sqlite3
import tempfile
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.errors import PlanMismatchError, StoreError
from evalkit.nouns import (
    Decoding,
    Endpoint,
    FinishReason,
    Message,
    MetricRequest,
    Plan,
    Prompt,
    Provenance,
    Sample,
    Suite,
    Usage,
    cells,
)
from evalkit.nouns.ports import Store
from evalkit.store.sqlite import SqliteStore, open_store


def test_is_a_store(store):
    """The store keeps the promise that the sampler and the api rely on."""
    assert isinstance(store, Store)


def test_a_new_run_holds_what_was_given(store, suite_of, origin):
    """A run that begins has its suite, its origin and nothing else."""
    suite = suite_of("one", "two")
    run = store.begin("first", suite, origin)
    assert (run.suite, run.provenance, run.label) == (suite, origin, "first")
    assert (run.n_draws, run.n_samples, run.n_failures, run.first_at) == (12, 0, 0, None)
    assert run.plan_key == Plan(cells=cells(suite), samples=3).key


def test_a_recorded_sample_comes_back_with_every_field(store, suite_of, origin, draws_of, delivery_of):
    """Nothing the endpoint said of an answer is lost."""
    suite = suite_of()
    draw = draws_of(suite)[0]
    sample = Sample(
        draw=draw,
        text="a\0b\ud83d",
        finish_reason=FinishReason.LENGTH,
        refusal="no\udcff",
        usage=Usage(prompt_tokens=3, completion_tokens=None),
        latency_s=1.25,
        model="m-1\0",
        system_fingerprint="fp",
        response_id="id",
        attempts=2,
        logprobs="[]",
    )
    store.begin("r", suite, origin)
    store.record("r", replace(delivery_of(draw), outcomes=(sample,)))
    assert [found for cell in store.outcomes("r") for found in cell.samples] == [sample]


def test_a_count_no_column_can_hold_is_unknown(store, suite_of, origin, draws_of, delivery_of):
    """A server that counts 10^30 tokens does not cost the answer."""
    suite = suite_of()
    draw = draws_of(suite)[0]
    store.begin("r", suite, origin)
    store.record("r", delivery_of(draw, usage=Usage(prompt_tokens=10**30, completion_tokens=1)))
    found = next(sample for cell in store.outcomes("r") for sample in cell.samples)
    assert found.usage == Usage(prompt_tokens=None, completion_tokens=1)


@given(texts=st.lists(st.text(st.characters(codec=None, categories=None)), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
def test_every_text_comes_back_exactly(texts):
    """Any Python string round-trips, lone surrogates and NUL included."""
    suite = Suite(
        name="s",
        endpoint=Endpoint(model="m"),
        prompts=(Prompt(id="p", messages=(Message(role="user", content=texts[0]),)),),
        temperatures=(1.0,),
        samples=len(texts),
        metrics=(),
    )
    origin = Provenance(evalkit_version="0", python="3", platform="here")
    plan = Plan(cells=cells(suite), samples=suite.samples)
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "s") as store:
        run = store.fill("r", suite, origin, (Sample(draw=d, text=texts[d.replicate]) for d in plan))
        assert run.suite == suite
        assert [sample.text for cell in store.outcomes("r") for sample in cell.samples] == texts


def test_raw_bytes_and_attempts_are_kept(store, path, suite_of, origin, draws_of, delivery_of):
    """The body stands in the file byte for byte, each try with its times."""
    suite = suite_of()
    store.begin("r", suite, origin)
    store.record("r", delivery_of(draws_of(suite)[0]))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT raw FROM reply").fetchone() == (b"{}\xff",)
        assert connection.execute("SELECT number, queued, sent, first_byte, done FROM attempt").fetchall() == [
            (1, 0.5, 1.0, None, 2.5)
        ]


def test_the_first_sample_of_a_draw_stays(store, suite_of, origin, draws_of, delivery_of):
    """A second answer for the same draw changes nothing."""
    suite = suite_of()
    draw = draws_of(suite)[0]
    store.begin("r", suite, origin)
    for text in ("first", "second"):
        store.record("r", delivery_of(draw, text))
    assert [sample.text for cell in store.outcomes("r") for sample in cell.samples] == ["first"]
    assert store.run("r").n_samples == 1


def test_rows_can_not_be_changed_or_removed(store, path, suite_of, origin, draws_of, delivery_of):
    """The file itself refuses to have an answer altered."""
    suite = suite_of()
    store.begin("r", suite, origin)
    store.record("r", delivery_of(draws_of(suite)[0]))
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("UPDATE sample SET text = 'x'", "DELETE FROM sample", "DELETE FROM reply", "DELETE FROM run"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


def test_a_failure_that_was_filled_is_none(store, path, suite_of, origin, draws_of, delivery_of):
    """Outcomes give a draw's last failure until a sample fills it; the rows stay."""
    suite = suite_of()
    draw = draws_of(suite)[0]
    store.begin("r", suite, origin)
    store.record("r", delivery_of(draw, None, message="once"))
    store.record("r", delivery_of(draw, None, message="twice"))
    assert [f.message for cell in store.outcomes("r") for f in cell.failures] == ["twice"]
    assert (store.run("r").n_failures, store.filled("r")) == (1, set())
    store.record("r", delivery_of(draw))
    assert [f for cell in store.outcomes("r") for f in cell.failures] == []
    assert (store.run("r").n_failures, store.filled("r")) == (0, {draw.slot})
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM failure").fetchone() == (2,)


def test_outcomes_come_in_the_order_of_the_suite(store, suite_of, origin, draws_of, delivery_of):
    """Prompts outermost, temperatures ascending, samples by replicate, whatever the order of arrival."""
    suite = suite_of("one", "two", samples=4)
    store.begin("r", suite, origin)
    for draw in draws_of(suite)[::-1]:
        store.record("r", delivery_of(draw))
    found = list(store.outcomes("r"))
    assert [cell.cell for cell in found] == list(cells(suite))
    assert all([s.draw.replicate for s in cell.samples] == [0, 1, 2, 3] for cell in found)
    assert store.run("r").complete


def test_outcomes_see_one_state(store, suite_of, origin, draws_of, delivery_of):
    """What is written while outcomes are read does not show in them."""
    suite = suite_of()
    store.begin("r", suite, origin)
    found = store.outcomes("r")
    next(found)
    for draw in draws_of(suite):
        store.record("r", delivery_of(draw))
    assert [cell.samples for cell in found] == [()]
    assert sum(len(cell.samples) for cell in store.outcomes("r")) == 6


def test_a_run_goes_on_after_reopening(path, suite_of, origin, draws_of, delivery_of):
    """The same label finds the run with what it holds."""
    suite = suite_of()
    draws = draws_of(suite)
    with open_store(path) as store:
        begun = store.begin("r", suite, origin)
        store.record("r", delivery_of(draws[0]))
    with open_store(path) as store:
        run = store.begin("r", suite, replace(origin, python="3.12"))
        assert run == replace(begun, n_samples=1, first_at=run.first_at, last_at=run.last_at)
        assert store.filled("r") == {draws[0].slot}


def test_begin_again_writes_nothing(store, path, suite_of, origin):
    """A suite that did not change is noted once."""
    for _ in range(3):
        store.begin("r", suite_of(), origin)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM suite").fetchone() == (1,)


def test_what_changes_no_cell_may_change(store, suite_of, origin):
    """Metrics, concurrency, references, tags and time-outs of the suite given last count."""
    first = suite_of()
    prompt = replace(first.prompts[0], reference="42", tags=("new",))
    last = replace(
        first, prompts=(prompt,), metrics=(MetricRequest(name="accuracy"),), concurrency=2, timeout_s=1.0, seed=9
    )
    store.begin("r", first, origin)
    assert store.begin("r", last, origin).suite == last
    assert store.run("r").suite == last


def test_a_reader_sees_the_cells_by_which_a_run_has_grown(store, path, suite_of, origin):
    """It was open before, and had read the run: another process draws more for it."""
    suite = suite_of("one", temperatures=(0.0,))
    store.begin("r", suite, origin)
    with open_store(path, read_only=True) as reader:
        assert [each.cell.temperature for each in reader.outcomes("r")] == [0.0]
        store.begin("r", replace(suite, temperatures=(0.0, 1.0)), origin, grow=True)
        assert [each.cell.temperature for each in reader.outcomes("r")] == [0.0, 1.0]


@pytest.mark.parametrize(("samples", "planned"), [(5, 5), (1, 3)])
def test_samples_may_grow_and_never_shrink(store, suite_of, origin, samples, planned):
    """More samples add draws; fewer leave the plan as it was."""
    store.begin("r", suite_of(), origin)
    run = store.begin("r", suite_of(samples=samples), origin)
    assert (run.suite.samples, run.n_draws) == (planned, 2 * planned)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"temperatures": (0.0, 1.2)}, "temperatures were 0, 1 and are now 0, 1.2"),
        (
            {"endpoint": Endpoint(model="other", base_url="loopback")},
            "model was 'storyteller-small' and is now 'other'",
        ),
        ({"decoding": Decoding(max_tokens=65)}, "max_tokens was 64 and is now 65"),
        ({"decoding": Decoding(max_tokens=64, top_p=0.5)}, "top_p was not set and is now 0.5"),
    ],
)
def test_another_suite_is_refused_in_words(store, suite_of, draws_of, delivery_of, origin, changes, words):
    """A run never mixes the answers of two experiments, and the refusal says what differs."""
    store.begin("r", suite_of(), origin)
    store.record("r", delivery_of(draws_of(suite_of())[0]))
    with pytest.raises(PlanMismatchError, match=words.replace(".", r"\.")):
        store.begin("r", suite_of(**changes), origin)
    assert store.run("r").suite == suite_of()


def test_other_prompts_are_refused_by_name(store, suite_of, draws_of, delivery_of, origin):
    """Prompts that came, went or changed their words are named."""
    store.begin("r", suite_of("one", "two"), origin)
    store.record("r", delivery_of(draws_of(suite_of("one", "two"))[0]))
    with pytest.raises(PlanMismatchError, match="prompt 'p3' is new; prompt 'p1' is worded differently"):
        store.begin("r", suite_of("ONE", "two", "three"), origin)
    with pytest.raises(PlanMismatchError, match="prompt 'p2' is gone"):
        store.begin("r", suite_of("one"), origin)


@pytest.mark.parametrize("label", ["", "  ", "x" * 201, "a\nb", "a\0", "\ud800", "store@label"])
def test_a_label_must_be_one(store, suite_of, origin, label):
    """Labels are names people can type, see and find again."""
    with pytest.raises(StoreError, match="label"):
        store.begin(label, suite_of(), origin)


@pytest.mark.parametrize("label", ["x" * 200, "a/b", "../x", "CON", "größe 🌡", "a'; DROP TABLE run; --"])
def test_any_other_label_is_kept(store, suite_of, origin, label):
    """A label names a row, not a file."""
    assert store.begin(label, suite_of(), origin).label == label
    assert [run.label for run in store.runs()] == [label]


def test_an_unknown_label_names_those_there_are(store, suite_of, origin):
    """The nearest label is the hint."""
    with pytest.raises(StoreError, match="it holds no run yet"):
        store.run("candidat")
    for label in ("main", "candidate"):
        store.begin(label, suite_of(), origin)
    for ask in (store.run, store.filled, store.outcomes):
        with pytest.raises(StoreError, match=r"did you mean 'candidate'.*'main', 'candidate'"):
            ask("candidat")


def test_runs_come_oldest_first(store, suite_of, origin):
    """Several runs live in one file and keep apart."""
    for label in ("b", "a"):
        store.begin(label, suite_of(), origin)
    assert [run.label for run in store.runs()] == ["b", "a"]


def test_a_draw_of_another_suite_is_refused(store, suite_of, origin, draws_of, delivery_of):
    """A delivery whose cell the run does not have is an error of its own and spoils no other."""
    store.begin("r", suite_of(), origin)
    alien = delivery_of(draws_of(suite_of("alien"))[0])
    good = delivery_of(draws_of(suite_of())[0])
    futures: list[Future[None]] = [store.submit("r", delivery) for delivery in (alien, good)]
    assert isinstance(futures[0].exception(), StoreError)
    assert futures[1].result() is None
    assert store.run("r").n_samples == 1


def test_many_deliveries_at_once_are_all_there(store, suite_of, origin, draws_of, delivery_of):
    """Deliveries that wait together are committed together, each with its own end."""
    suite = suite_of(samples=500)
    store.begin("r", suite, origin)
    futures = [store.submit("r", delivery_of(draw, str(draw.replicate))) for draw in draws_of(suite)]
    assert not any(future.cancel() for future in futures)
    assert [future.result() for future in futures] == [None] * 1000
    assert store.run("r").complete


def test_close_writes_what_waits(path, suite_of, origin, draws_of, delivery_of):
    """Nothing that was handed over is forgotten by closing."""
    suite = suite_of()
    store = open_store(path)
    store.begin("r", suite, origin)
    futures = [store.submit("r", delivery_of(draw)) for draw in draws_of(suite)]
    store.close()
    store.close()
    assert all(future.done() and future.exception() is None for future in futures)
    with open_store(path, read_only=True) as again:
        assert again.run("r").complete


def test_a_closed_store_says_so(store, suite_of, origin, draws_of, delivery_of):
    """Use after closing is one clear line."""
    store.begin("r", suite_of(), origin)
    delivery = delivery_of(draws_of(suite_of())[0])
    store.filled("r")
    store.close()
    with pytest.raises(StoreError, match="was closed"):
        store.run("r")
    with pytest.raises(StoreError, match="was closed"):
        store.submit("r", delivery)


def test_reading_while_another_store_writes(store, path, suite_of, origin, draws_of, delivery_of):
    """A reader takes no lock, sees what is committed and can not write."""
    suite = suite_of()
    store.begin("r", suite, origin)
    with open_store(path, read_only=True) as reader:
        assert reader.run("r").n_samples == 0
        store.record("r", delivery_of(draws_of(suite)[0]))
        assert reader.run("r").n_samples == 1
        assert len(reader.filled("r")) == 1
        with pytest.raises(StoreError, match="for reading only"):
            reader.begin("q", suite, origin)
        with pytest.raises(StoreError, match="for reading only"):
            reader.record("r", delivery_of(draws_of(suite)[1]))


def test_a_fill_that_fails_leaves_no_run(store, suite_of, origin, draws_of):
    """Either everything given is in the file or nothing is."""
    suite = suite_of()

    def outcomes():
        yield Sample(draw=draws_of(suite)[0], text="half")
        raise StoreError("line 2 is wrong")

    with pytest.raises(StoreError, match="line 2 is wrong"):
        store.fill("r", suite, origin, outcomes())
    assert store.runs() == ()
    assert store.fill("r", suite, origin, ()).n_samples == 0
    with pytest.raises(StoreError, match="already"):
        store.fill("r", suite, origin, ())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_nobody_foresaw_leaves_no_one_waiting(path, suite_of, origin):
    """When the writing thread ends by a fault, those who wait are told and nothing follows unwritten."""

    def outcomes():
        raise KeyError("a fault")
        yield

    store = open_store(path)
    with pytest.raises(StoreError, match="the writing thread ended"):
        store.fill("r", suite_of(), origin, outcomes())
    with pytest.raises(StoreError, match="can not be written"):
        store.begin("r", suite_of(), origin)
    assert store.runs() == ()
    store.close()


def test_the_store_may_move_with_the_process(tmp_path, monkeypatch, suite_of, origin):
    """A relative path stays right when the process changes its directory."""
    monkeypatch.chdir(tmp_path)
    with open_store("runs.sqlite") as store:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        store.begin("r", suite_of(), origin)
        assert len(list(store.outcomes("r"))) == 2
        assert isinstance(store, SqliteStore)
