"""What is written, and what is not."""

import json

import pytest
from hosts import answer, refusal

from evalkit.backends.batch_lines import named
from evalkit.batching.slots import tag_of
from evalkit.errors import BudgetError, PlanMismatchError, UsageError
from evalkit.nouns import Budget, Endpoint, Goal, Load, Mode, Precision, every_cell


def test_every_draw_is_in_one_line(written, lines, store, suite_of):
    """The run is begun, the names say what belongs where, and what was answered is written no more."""
    suite = suite_of("one", "two", samples=3)
    found = lines(suite)
    run = store.run("small")
    assert (run.n_draws, run.n_samples, run.suite) == (12, 0, suite)
    names = [named(json.loads(line)["custom_id"]) for line in found]
    slots = {(name.cell, r) for name in names for r in name.replicates}
    assert {name.tag for name in names} == {tag_of(run)}
    assert slots == {(cell.key[:24], r) for cell in every_cell(suite) for r in range(3)}
    assert written(suite).n_draws == 12


def test_the_same_requests_are_the_same_file(written, suite_of, notices):
    """Twice the same command leaves one file, of its owner only."""
    first, again = written(suite_of()), written(suite_of())
    assert (first.paths, first.sizes) == (again.paths, again.sizes)
    assert [path.stat().st_mode & 0o777 for path in first.paths] == [0o600]
    assert notices == []


def test_files_are_as_short_as_hosts_want_them(written, suite_of):
    """Neither requests nor bytes of one are more than told; nothing is lost between two."""
    by_number = written(suite_of(samples=5), most_requests=4)
    assert by_number.sizes == (4, 4, 2)
    by_size = written(suite_of(samples=5), label="b", most_bytes=700)
    assert sum(by_size.sizes) == 10
    assert all(path.stat().st_size <= 700 for path in by_size.paths)


def test_completions_of_a_cell_go_in_one_request(lines, suite_of, reading):
    """`n` as online; what an answer left open is asked again by itself."""
    suite = suite_of(mode=Mode.CHOICES, samples=4)
    found = lines(suite)
    assert [json.loads(line)["body"]["n"] for line in found] == [4, 4]
    choices = [{"message": {"content": "only one"}, "finish_reason": "stop"}]
    told = reading(answer(found[0], choices=choices), answer(found[1], number=1))
    assert told.n_answers == 5
    assert [json.loads(line)["body"]["n"] for line in lines(suite)] == [3]


def test_what_was_written_before_is_told(written, suite_of, notices, reading):
    """Other draws, another file, and a word about the older one."""
    first = written(suite_of())
    reading(answer(first.paths[0].read_bytes().splitlines()[0]))
    assert written(suite_of()).paths != first.paths
    assert "holds 1 older file of run 'small'" in notices[0]


def test_a_finished_run_is_no_file(lines, written, suite_of, reading):
    """Nothing missing, nothing written."""
    reading(*(answer(line, number=i) for i, line in enumerate(lines(suite_of()))))
    assert written(suite_of()).paths == ()


def test_a_temperature_that_is_refused_is_asked_no_more(lines, store, suite_of, reading):
    """As online: further draws there are settled without being sent."""
    found = lines(suite_of(samples=1))
    hot = next(line for line in found if json.loads(line)["body"]["temperature"] == 1.0)
    reading(refusal(hot, 400, message="temperature is not supported", param="temperature"))
    left = lines(suite_of(samples=2))
    assert {json.loads(line)["body"]["temperature"] for line in left} == {0.0}
    assert store.run("small").n_unsupported == 2


def test_loads_are_left_to_the_run(lines, suite_of, notices):
    """A host has an order of its own."""
    assert len(lines(suite_of(load=(Load.SERIAL, Load.MIXED)))) == 6
    assert "left out" in notices[0]


def test_a_suite_that_stops_when_it_knows_is_written_block_by_block(lines, suite_of, reading):
    """The next block is decided by what was answered."""
    suite = suite_of(samples=400, precision=Precision(goals=(Goal(metric="exact_agreement", within=0.05),)))
    first = lines(suite)
    assert 0 < len(first) < 400
    reading(*(answer(line, f"text {i % 3}", number=i) for i, line in enumerate(first)))
    assert len(lines(suite)) not in {0, 800 - len(first)}


@pytest.mark.parametrize(
    "changes", [{"mode": Mode.STREAM}, {"endpoint": Endpoint(model="m", base_url="x@y", backend="replay")}]
)
def test_what_no_batch_can_do_is_refused(written, store, suite_of, changes):
    """Nothing is begun."""
    with pytest.raises(UsageError):
        written(suite_of(**changes))
    assert store.runs() == ()


def test_a_budget_has_room_for_all_or_nothing(written, suite_of, notices, tmp_path):
    """What is bought whole is checked whole, and the number that is named is enough."""
    with pytest.raises(BudgetError, match="--max-requests 6 is enough"):
        written(suite_of(), budget=Budget(max_requests=5))
    assert not (tmp_path / "out").exists()
    assert written(suite_of(), budget=Budget(max_requests=6)).n_requests == 6
    assert notices[-1].startswith("budget: 6 requests")


def test_another_suite_is_another_run(written, suite_of, lines, reading):
    """As online, once something was answered."""
    reading(answer(lines(suite_of())[0]))
    with pytest.raises(PlanMismatchError):
        written(suite_of("another question"))
