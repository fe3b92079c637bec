"""Answers that a full disk could not take come back into their run."""

import pytest

from evalkit.errors import StoreError
from evalkit.nouns import Sample, canonical
from evalkit.store.adding import add_lines
from evalkit.store.lines import line_of


@pytest.fixture
def handed_out(tmp_path):
    """Return a function that writes what a run left on stderr, and says where."""

    def write(*lines):
        path = tmp_path / "err.txt"
        path.write_text("".join(lines), encoding="ascii")
        return path

    return write


@pytest.fixture
def draws(store, suite_of, origin, draws_of):
    """Return the draws of a run that is begun."""
    suite = suite_of(samples=3)
    store.begin("r", suite, origin)
    return draws_of(suite)


def test_answers_among_other_words_fill_their_draws(store, handed_out, draws, delivery_of):
    """What a line says is kept exactly; the words around it, and draws that are filled, are passed over."""
    store.record("r", delivery_of(draws[0], "first"))
    calls = canonical([{"id": "c"}])
    lost = [
        Sample(draw=draws[1], text="\ud83d\ude00\0", response_id="id-1", attempts=2, logprobs="[1]"),
        Sample(draw=draws[2], text="", is_null=True, tool_calls=calls),
        Sample(draw=draws[0], text="second"),
    ]
    lines = [f"{line_of(sample)}\n" for sample in lost]
    path = handed_out("stopping: words\n", "\x1b[2K\r", *lines, "evalkit: runs.sqlite can not be written\n", "{}\n")
    found = add_lines(store, path, label="r")
    assert (found.n_added, found.n_there, found.remarks) == (2, 1, ())
    kept = {sample.draw.slot: sample for cell in store.outcomes("r") for sample in cell.samples}
    assert [kept[sample.draw.slot] for sample in lost[:2]] == lost[:2]
    assert kept[draws[0].slot].text == "first"
    assert add_lines(store, path, label="r").n_added == 0


def test_lines_that_belong_nowhere_are_told(store, handed_out, draws, suite_of, draws_of):
    """A line that was cut off, one of another run and one that was altered fill nothing, and each is named."""
    good = line_of(Sample(draw=draws[0], text="kept"))
    other = line_of(Sample(draw=draws_of(suite_of("Another question."))[0], text="not ours"))
    altered = good.replace(f'"replicate": {draws[0].replicate}', '"replicate": 9')
    found = add_lines(store, handed_out(f"{good}\n{other}\n{altered}\n{good[:-9]}"), label="r")
    assert found.n_added == 1
    assert [remark.rpartition("err.txt:")[2][:2] for remark in found.remarks] == ["2:", "3:", "4:"]


def test_failures_fill_nothing(store, handed_out, draws, delivery_of):
    """An export may be read back whole: what failed stays open."""
    lines = [line_of(outcome) + "\n" for draw in draws[:2] for outcome in delivery_of(draw, None).outcomes]
    assert add_lines(store, handed_out(*lines), label="r").n_added == 0


def test_the_run_must_be_there(store, handed_out):
    """Lines that were handed out belong to a run."""
    with pytest.raises(StoreError, match="no run 'r'"):
        add_lines(store, handed_out(), label="r")
