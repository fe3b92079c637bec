"""Where answers part."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.analysis.forks import Forks, fork
from evalkit.text.prefixes import common_prefix, units


def test_tree_by_hand(cell_of):
    """Answers share two words, part into two ways, and the commoner of them parts again."""
    found = fork(cell_of(["a b c d", "a b c d", "a b c e", "a b x", "a b x"]))
    assert (found.position, found.beginning, found.n_branches) == (2, "a b", 2)
    first, second = found.root.branches
    assert (first.words, first.n, first.share, first.fork.position) == ("c", 3, pytest.approx(0.6), 3)
    assert [(b.words, b.n) for b in first.fork.branches] == [("d", 2), ("e", 1)]
    assert (second.words, second.n, second.fork) == ("x", 2, None)


def test_an_end_is_a_way_on(cell_of):
    """A text that stops where another goes on is a branch without words, an empty one too."""
    found = fork(cell_of(["a b", "a b c", "a b c"]))
    assert [(b.words, b.n) for b in found.root.branches] == [("c", 2), ("", 1)]
    assert fork(cell_of(["", "a"])).position == 0


def test_equal_words_do_not_part(cell_of):
    """White space makes no fork; a single sample has no tree."""
    found = fork(cell_of(["a  b", "a b"]))
    assert (found.root, found.position, found.n_shared, found.n_branches) == (None, None, 2, 1)
    assert fork(cell_of(["a"])) is None


def test_trees_are_bounded(cell_of):
    """Forks one behind the other, branches, words and letters are cut, and what is cut is said."""
    deep = fork(cell_of([" ".join("abcdefgh"[:k]) + " z" for k in range(8) for _ in (0, 1)]), forks=2)
    last = deep.root.branches[0].fork.branches[0]
    assert (last.parts, last.fork) == (True, None)
    wide = fork(cell_of([f"w{i} " + "x" * 1000 + " y" * 20 for i in range(50)]))
    assert (wide.n_branches, len(wide.root.branches), wide.root.branches[0].shortened) == (50, 6, True)
    assert max(map(len, wide.root.branches[0].words.split())) == 40
    assert fork(cell_of(["a " * 99 + "b", "a " * 99 + "c"])).beginning == " ".join("a" * 12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it only makes cells
@given(texts=st.lists(st.lists(st.sampled_from("ab"), max_size=6).map(" ".join), min_size=2, max_size=9))
def test_branches_hold_every_sample_once(cell_of, texts):
    """The first fork is the least common prefix of any two, and its branches hold all samples."""
    found = fork(cell_of(texts), branches=9)
    least = min(common_prefix(units(a), units(b)) for a in texts for b in texts)
    assert found.n_shared == least
    if found.root is not None:
        assert found.position == least
        assert sum(branch.n for branch in found.root.branches) == len(texts)
        assert sum(branch.share for branch in found.root.branches) == pytest.approx(1.0)


def test_medians_count_prompts_that_never_part_as_late(cell_of):
    """Two of three part: the median is the later of the two; one of three: there is none."""
    seen = Forks()
    for texts, prompt, temperature in (
        (["a b", "a b"], "p1", 0.0),
        (["a b", "a c"], "p2", 0.0),
        (["a b", "a b"], "p3", 0.0),
        (["a b", "a b"], "p1", 1.0),
        (["a b", "a c"], "p2", 1.0),
        (["a", "b", "b", "c"], "p3", 1.0),
        (["a"], "p4", 1.0),
    ):
        seen.see(cell_of(texts, prompt=prompt, temperature=temperature))
    cold, hot = seen.rows()
    assert (cold.position, cold.n_forking, cold.n_prompts, cold.branches) == (None, 1, 3, 2)
    assert "2 of 3 prompts never part" in cold.undefined
    assert (cold.shared, hot.shared) == (None, 1)
    assert (hot.position, hot.branches, hot.largest, hot.least_samples, hot.most_samples) == (1, 2.5, 0.5, 2, 4)


def test_trees_of_the_first_prompts_are_kept_at_every_temperature(cell_of):
    """Whole prompts are kept, as many as there is room for, and one at least."""
    seen = Forks(n_temperatures=2, most=5)
    for prompt in ("p1", "p2", "p3"):
        for temperature in (0.0, 1.0):
            seen.see(cell_of(["a", "b"], prompt=prompt, temperature=temperature))
    assert [(each.prompt_id, each.temperature) for each in seen.trees()] == [
        ("p1", 0.0),
        ("p1", 1.0),
        ("p2", 0.0),
        ("p2", 1.0),
    ]
    assert [row.n_prompts for row in seen.rows()] == [3, 3]
