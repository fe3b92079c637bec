"""Where answers part, on the page."""

from __future__ import annotations

import math

import pytest

from evalkit.nouns import Branch, Divergence, Fork, ForkNode, ForkRow, Run, SurvivalCurve
from evalkit.reporting.blocks.forks import forks
from evalkit.reporting.findings import Findings


def _row(temperature: float, shared: float | None, n_forking: int = 6) -> ForkRow:
    return ForkRow(
        temperature=temperature,
        shared=shared,
        position=None if shared is None else shared // 2,
        undefined=None if shared is not None else f"{6 - n_forking} of 6 prompts never part",
        branches=3.0 if n_forking else None,
        largest=0.45 if n_forking else None,
        n_forking=n_forking,
        n_prompts=6,
        least_samples=20,
        most_samples=20,
    )


def _tree(prompt: str = "robot", words: str = "robot who") -> Fork:
    branches = (Branch(words=words, n=13, share=0.65), Branch(words="small", n=7, share=0.35))
    return Fork(
        prompt_id=prompt,
        temperature=1.0,
        n_samples=20,
        beginning="Once",
        n_shared=1,
        shortened=False,
        root=ForkNode(position=1, n_branches=2, branches=branches),
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            (_row(0, 9), _row(1, 1)),
            "At T = 0 two answers part after 9 words (median over 6 prompts); at T = 1 two answers part after 1 word.",
        ),
        (
            (_row(0, None, 0), _row(1, 0)),
            "At T = 0 the answers to none of 6 prompts part; at T = 1 two answers part with the first word.",
        ),
        ((_row(0, None, 2),), "At T = 0 most pairs of answers never part, though those to 2 of 6 prompts do."),
        ((_row(0, None, 0), _row(1, None, 0)), "At T = 0 the answers to none of 6 prompts part; at T = 1 none do."),
    ],
)
def test_the_finding_in_a_sentence(run_: Run, rows: tuple[ForkRow, ...], sentence: str) -> None:
    """The first sentence says after how many words answers part, coldest and hottest."""
    part = forks(Findings(run=run_, curves={}, forks=rows), ())
    assert part.lead == (sentence,)


def test_table_trees_and_numbers(run_: Run) -> None:
    """The part holds the medians as a table and as numbers, each tree with its title, and which are left out."""
    found = Findings(run=run_, curves={}, forks=(_row(0, None, 2), _row(1, 3.5)), trees=(_tree(),))
    part = forks(found, ())
    assert part.tables[0].rows[0][1:3] == ("half never part", "–")
    assert part.tables[0].rows[1] == ("1", "3.5", "1", "3", "45 %", "6 of 6")
    assert part.trees[0][0] == "robot, T = 1"
    assert "├─  65 % 13  robot who" in part.trees[0][1]
    assert "first 1 of 6 prompts" in part.notes[-1]
    assert [row["shared"] for row in part.data] == [None, 3.5]


def test_the_survival_picture_stands_here(run_: Run) -> None:
    """The share of pairs still the same is drawn beside the medians, if it is wanted."""
    shares = tuple(math.exp(-k / 10) for k in range(1, 61))
    curve = SurvivalCurve(temperature=1.0, shares=shares, intervals=(None,) * 60, n_prompts=6)
    found = Findings(run=run_, curves={}, forks=(_row(1, 3),), divergence=Divergence(curves=(curve,)))
    assert [figure.plot for figure in forks(found, None).figures] == ["survival"]
    assert "after 3 words" in forks(found, ("survival",)).figures[0].alt
    assert forks(found, ()).figures == ()


def test_nothing_to_say_without_pairs(run_: Run) -> None:
    """Where no cell holds two samples there is no part."""
    assert forks(Findings(run=run_, curves={}), None) is None


def test_hostile_text_is_visible(run_: Run, hostile: str) -> None:
    """Prompt and words reach the page with everything invisible written out."""
    part = forks(Findings(run=run_, curves={}, forks=(_row(1, 1),), trees=(_tree(hostile, hostile),)), ())
    title, text = part.trees[0]
    assert title.isprintable()
    assert all(line.isprintable() for line in text.splitlines())
