"""Cells with a load of their own, beside the grid in a real file."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from evalkit.errors import PlanMismatchError
from evalkit.nouns import Draw, Load, cells, load_cells


def test_cells_with_a_load_are_kept_beside_the_grid(store, path, suite_of, origin, delivery_of):
    """Both come back, each by its own door; the run counts them all."""
    suite = suite_of("one", samples=2, load=(Load.SERIAL, Load.MIXED))
    run = store.begin("r", suite, origin)
    assert (run.suite, run.n_draws) == (suite, 6)
    (serial,), (cold, _) = load_cells(suite), cells(suite)
    store.record("r", delivery_of(Draw(cell=serial, replicate=0), "alone"))
    store.record("r", delivery_of(Draw(cell=cold, replicate=0), "among others"))
    assert [s.text for cell in store.outcomes("r") for s in cell.samples] == ["among others"]
    assert [(cell.cell, [s.text for s in cell.samples]) for cell in store.load_outcomes("r")] == [(serial, ["alone"])]
    assert store.run("r").n_samples == 2
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT temperature, load, text FROM answer ORDER BY text").fetchall()
    assert rows == [(0.0, "serial", "alone"), (0.0, None, "among others")]


def test_a_run_begun_without_a_load_is_another_one(store, suite_of, origin, delivery_of):
    """Load adds cells, so that a run of the same label is refused; mixed adds none, and may come later."""
    suite = suite_of()
    store.begin("r", suite, origin)
    store.record("r", delivery_of(Draw(cell=cells(suite)[0], replicate=0)))
    with pytest.raises(PlanMismatchError, match="load was not set and is now serial and burst"):
        store.begin("r", replace(suite, load=(Load.SERIAL, Load.BURST, Load.MIXED)), origin)
    assert store.begin("r", replace(suite, load=(Load.MIXED,)), origin).suite.load == (Load.MIXED,)
