"""Matched temperatures on a terminal and as JSON."""

from __future__ import annotations

import io

from rich.console import Console

from evalkit.cli.contrasts import as_json
from evalkit.cli.matching import matched_table
from evalkit.nouns import Comparison, Match

MATCH = Match(
    metric="edit_distance",
    words="edit distance",
    temperature=1.0,
    value=1.2,
    low=1.1,
    high=None,
    has_interval=True,
    reason=None,
    n_prompts=12,
)
FOUND = Comparison(baseline="main", candidate="cut", contrasts=(), matches=(MATCH,), temperatures=(0.4, 1.0))


def test_a_terminal_shows_both_temperatures():
    """One line for each metric and temperature of the baseline."""
    console = Console(file=io.StringIO(), width=100)
    console.print(matched_table(FOUND))
    words = " ".join(console.file.getvalue().split())
    assert words.startswith("at which temperature is cut as diverse as main at its own?")
    assert words.endswith("edit_distance 1 1.20 [1.10, above 1]")


def test_without_matches_there_is_no_table():
    """Nothing is shown of what was not found."""
    assert matched_table(Comparison(baseline="main", candidate="cut", contrasts=())) is None


def test_json_holds_matches_and_no_curves():
    """Numbers are as they are, and an end beyond the temperatures is null."""
    text = as_json([FOUND])
    assert '"high": null' in text
    assert '"estimand": "these prompts"' in text
    assert "baseline_curves" not in text
