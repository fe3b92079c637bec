"""When sampling stopped, on the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.nouns import Goal, Precision, Run, Sequential, Stand, Standing
from evalkit.reporting.blocks.sequential import sequential
from evalkit.reporting.findings import Findings

WIDTH = Goal(metric="exact_agreement", within=0.05)
SIDE = Goal(metric="validity", against=0.9)


def _found(*stands: Stand, n_fixed: int | None = 50) -> Sequential:
    return Sequential(
        precision=Precision(goals=(WIDTH, SIDE)),
        standings=(
            Standing(temperature=0.0, looks=1, sizes=(10, 10), ended="known"),
            Standing(temperature=1.0, looks=4, sizes=(40, 60), ended="looks"),
        ),
        stands=stands
        or (
            Stand(goal=WIDTH, temperature=0.0, value=1.0, low=0.96, high=1.0, n_fixed=8),
            Stand(goal=WIDTH, temperature=1.0, value=0.5, low=0.4, high=0.6, n_fixed=50),
            Stand(goal=SIDE, temperature=0.0, value=1.0, low=0.95, high=1.0, n_fixed=9),
            Stand(goal=SIDE, temperature=1.0, value=None, reason="every text is empty"),
        ),
        level=0.95,
        level_at_a_look=0.987,
        n_fixed=n_fixed,
    )


def _part(run: Run, found: Sequential | None, plots=()):
    two = replace(run, suite=replace(run.suite, prompts=run.suite.prompts[:2]))
    return sequential(Findings(run=two, curves={}, sequential=found), plots)


def test_a_plan_without_looks_has_no_such_part(run_: Run) -> None:
    """The page of a fixed plan says nothing of stopping."""
    assert _part(run_, None) is None


def test_each_goal_and_temperature_is_a_row_with_what_was_reached(run_: Run) -> None:
    """Narrow, on a side, or not reached and why; values as precise as their intervals, and none where there is none."""
    table, _ = _part(run_, _found()).tables
    assert [row[:4] for row in table.rows] == [
        ("0", "exact_agreement within 0.05", "1.000 [0.960, 1.000]", "narrow, ±0.02"),
        ("1", "exact_agreement within 0.05", "0.50 [0.40, 0.60]", "no: the looks are used up, ±0.1 by now"),
        ("0", "validity above or below 0.9", "1.00 [0.95, 1.00]", "above 0.9"),
        ("1", "validity above or below 0.9", "none", "no: the looks are used up"),
    ]
    assert [row[4:6] for row in table.rows][:2] == [("10", "1"), ("40 to 60", "4")]


def test_the_sentences_hold_what_a_fixed_plan_would_have_taken(run_: Run) -> None:
    """As many of each cell as the neediest takes, and the share that was drawn; nothing where it can not be told."""
    lead = " ".join(_part(run_, _found()).lead)
    assert "120 samples were drawn, and 2 of 4 goals were reached" in lead
    assert "a plan without looks would have taken 200 samples to know as much" in lead
    assert "60% of that was drawn" in lead
    assert "a plan without looks" not in " ".join(_part(run_, _found(n_fixed=None)).lead)


def test_titles_from_outside_are_made_visible(run_: Run) -> None:
    """A metric's options may hold anything."""
    bad = Goal(metric="validity(pattern=\x1b[31m\u202e)", against=0.5)
    (row,) = _part(run_, _found(Stand(goal=bad, temperature=0.0, value=0.2, low=0.1, high=0.3))).tables[0].rows
    assert "\x1b" not in row[1]
    assert "\u202e" not in row[1]
    assert row[3] == "below 0.5"


def test_numbers_are_part_of_the_data(run_: Run) -> None:
    """What is read by programs has sizes, ends and levels of each goal."""
    first = _part(run_, _found()).data[0]
    assert (first["sizes"], first["reached"], first["level_of_each_look"]) == ([10, 10], True, 0.987)
    assert first["low"] == pytest.approx(0.96)


def test_the_samples_of_each_cell_are_a_table(run_: Run) -> None:
    """Prompts down, temperatures across."""
    cells = _part(run_, _found()).tables[1]
    assert cells.columns == ("prompt", "T = 0", "T = 1")
    assert [row[1:] for row in cells.rows] == [("10", "40"), ("10", "60")]
