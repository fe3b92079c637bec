"""Trees as text."""

from __future__ import annotations

import pytest

from evalkit.nouns import Branch, Fork, ForkNode
from evalkit.text.tree import tree


def _fork(words: str = "robot who", *, n_branches: int = 2, beginning: str = "Once upon a") -> Fork:
    inner = ForkNode(
        position=5,
        n_branches=2,
        branches=(Branch(words="lived", n=12, share=0.6), Branch(words="", n=1, share=0.05)),
    )
    root = ForkNode(
        position=3,
        n_branches=n_branches,
        branches=(
            Branch(words=words, n=13, share=0.65, fork=inner, parts=True),
            Branch(words="small", n=7, share=0.35, shortened=True),
        ),
    )
    return Fork(
        prompt_id="p",
        temperature=1.0,
        n_samples=20,
        beginning=beginning,
        n_shared=3,
        shortened=False,
        root=root,
    )


def test_tree_is_drawn_as_it_reads():
    """Each branch stands under the words that all of it share, with share, samples and first words."""
    assert tree(_fork()).splitlines() == [
        "[all 20 samples, 3 words]  Once upon a",
        "├─  65 % 13  robot who …  [after 5 words:]",
        "│  ├─  60 % 12  lived",
        "│  └─   5 %  1  (end)",
        "└─  35 %  7  small …",
    ]


def test_what_is_left_out_is_said():
    """Branches beyond the shown ones are counted, and lines beyond the last."""
    assert tree(_fork(n_branches=9)).splitlines()[-1] == "└─ … 7 more, each as rare or rarer"
    assert tree(_fork(), most=3).splitlines()[-1] == "… and 3 further lines"


def test_answers_that_never_part_are_one_line():
    """A cell without a fork says so."""
    same = Fork(prompt_id="p", temperature=0.0, n_samples=4, beginning="a b", n_shared=2, shortened=False)
    assert tree(same) == "[all 4 samples, 2 words, and no more]  a b"


@pytest.mark.parametrize("hostile", ["\x1b[31m" * 30, "\u202eevil", "\ud800\x00", "漢字" * 80, "x" * 20_000])
def test_hostile_words_are_visible_and_within_the_line(hostile):
    """Nothing that a terminal would obey comes through, and a line has 100 columns at most, wide letters counted."""
    lines = tree(_fork(hostile, beginning=hostile)).splitlines()
    assert len(lines) == 5
    assert all(line.isprintable() for line in lines)
    assert max(sum(2 if "\u4e00" <= c <= "\u9fff" else 1 for c in line) for line in lines) <= 100
