"""Agreement by mark: by hand, against every arrangement, and where marks mean nothing."""

import itertools

import numpy as np
import pytest

from evalkit.stats.marks import agreement_by_mark, mark_test


def _difference(cell):
    """Return same minus different, pair by pair."""
    pairs = list(itertools.combinations(cell, 2))
    same = [a[0] == b[0] for a, b in pairs if a[1] == b[1]]
    other = [a[0] == b[0] for a, b in pairs if a[1] != b[1]]
    return sum(same) / len(same) - sum(other) / len(other)


def test_agreement_by_hand():
    """Two marks, each with one text of its own but for one sample that strays."""
    found = agreement_by_mark([("a", 1), ("a", 1), ("b", 1), ("b", 2), ("b", 2)])
    assert (found.n_same, found.n_different) == (4, 6)
    assert (found.same, found.different) == (pytest.approx(2 / 4), pytest.approx(2 / 6))


@pytest.mark.parametrize("cell", [[], [("a", 1)], [("a", 1), ("b", 1)], [("a", 1), ("b", 2)]])
def test_both_kinds_of_pairs_are_needed(cell):
    """Without a pair of the same mark and one of different marks there is nothing to compare."""
    assert agreement_by_mark(cell) is None
    assert mark_test([[cell]], np.random.default_rng(0)) is None


def test_the_p_value_is_near_that_of_all_arrangements():
    """Drawn arrangements give what counting every one gives, for a cell and a half of another prompt."""
    cells = [[("a", 1), ("a", 1), ("b", 2), ("b", 2), ("a", 2)], [("x", 1), ("x", 1), ("y", 2), ("y", 2)]]
    observed = np.mean([_difference(cell) for cell in cells])
    null = [
        np.mean(
            [
                _difference([(t, m) for (t, _), m in zip(cell, marks, strict=True)])
                for cell, marks in zip(cells, both, strict=True)
            ]
        )
        for both in itertools.product(*(itertools.permutations([m for _, m in cell]) for cell in cells))
    ]
    exact = np.mean(np.abs(null) >= abs(observed) - 1e-9)
    found = mark_test([[cells[0]], [cells[1]]], np.random.default_rng(1))
    assert found.statistic == pytest.approx(observed)
    assert found.p_value == pytest.approx(exact, abs=0.035)


def test_a_mixture_of_servers_is_found():
    """Where each mark has an answer of its own, no arrangement is as far out."""
    cell = [("a", 1)] * 10 + [("b", 2)] * 10
    assert mark_test([[cell]], np.random.default_rng(2)).p_value == 1 / 2000


def test_loads_that_differ_do_not_pose_as_marks():
    """A prompt with a cell of one text and one of many: marks that come with the cell say nothing."""
    calm, wild = [("a", 1)] * 7 + [("a", 2)], [(f"w{i}", 2) for i in range(7)] + [("w7", 1)]
    assert mark_test([[calm, wild]], np.random.default_rng(3)).p_value == 1.0


def test_the_level_is_kept_where_marks_mean_nothing():
    """Of 400 experiments without a difference about one in twenty is called one."""
    rng = np.random.default_rng(4)
    hits = 0
    for number in range(400):
        cells = [[[(int(t), int(m)) for t, m in rng.integers(0, 3, (12, 2))]] for _ in range(4)]
        hits += mark_test(cells, np.random.default_rng(number)).p_value <= 0.05
    assert 8 <= hits <= 34
