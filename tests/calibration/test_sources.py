"""What calibration holds to be true of pairs, by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from calibration.sources import kernel
from evalkit.loopback.enumerable import WEATHER


def _edits(a: Sequence, b: Sequence, *, replace: bool) -> int:
    """Return the fewest insertions, deletions and, where allowed, replacements, row by row."""
    row = list(range(len(b) + 1))
    for i, ours in enumerate(a, start=1):
        before, row = row, [i]
        for j, theirs in enumerate(b, start=1):
            other = before[j - 1] + 1 if replace else i + j
            row.append(before[j - 1] if ours == theirs else min(before[j] + 1, row[-1] + 1, other))
    return row[-1]


@pytest.mark.parametrize("name", ["edit", "lcs"])
def test_exact_distances_are_those_of_plain_dynamic_programming(name):
    """The library behind the exact sums is the product's own, so pairs of answers are reckoned without it, too."""
    chosen = np.random.default_rng(3).integers(len(WEATHER.texts), size=(150, 2)).tolist()
    for i, j in [*chosen, [0, 0]]:
        if name == "edit":
            a, b = WEATHER.texts[i], WEATHER.texts[j]
            expected = _edits(a, b, replace=True) / max(1, len(a), len(b))
        else:
            a, b = WEATHER.answers[i], WEATHER.answers[j]
            expected = _edits(a, b, replace=False) / max(1, len(a) + len(b))
        assert kernel(name)[i, j] == pytest.approx(expected, abs=1e-12)
