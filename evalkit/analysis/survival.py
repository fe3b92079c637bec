"""Where answers part: the share of pairs that are still the same after so many words, by temperature."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evalkit.nouns import CellOutcomes, Interval, SurvivalCurve
from evalkit.stats.several_prompts import prompts_like_these
from evalkit.text.prefixes import agreeing_pairs, units_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_WORDS = 60
"""Words to which the curve is followed; answers that agree so long are rare, or the same."""


def survival(texts: Sequence[str], *, most: int = MOST_WORDS) -> NDArray[np.float64]:
    """Return the share of unordered pairs whose first k words are the same, for k = 1 .. most; shape (most,).

    A text shorter than k words counts whole: it agrees with its equals alone. The shares are U-statistics, unbiased at
    any number of samples, and never rise with k; the mean number of shared words is their sum where no two texts
    are equal.

    Args:
        texts: (n,) texts, n at least 2.
        most: Words to which the curve is followed.

    References:
        E. H. Simpson, "Measurement of Diversity", Nature 163, 688 (1949), for the chance that two are the same. Of
        beginnings of every length: definition by this project.
    """
    agreeing, equal = agreeing_pairs(units_of(texts), most=most)
    return np.array([*agreeing, *[equal] * (most - len(agreeing))], dtype=np.float64) / math.comb(len(texts), 2)


class Survival:
    """Survival curves by temperature, from cells seen once and not kept."""

    def __init__(self, *, level: float = 0.95) -> None:
        """Remember the level of the intervals."""
        self._level = level
        self._of_prompts: defaultdict[float, list[NDArray[np.float64]]] = defaultdict(list)

    def see(self, outcomes: CellOutcomes) -> None:
        """Add one cell; cells with fewer than two samples have no pairs and do not count."""
        texts = [sample.text for sample in outcomes.samples]
        if len(texts) > 1:
            self._of_prompts[outcomes.cell.temperature].append(survival(texts))

    def curves(self) -> tuple[SurvivalCurve, ...]:
        """Return a curve for each temperature, ascending: means over prompts, with intervals over several."""
        return tuple(
            SurvivalCurve(
                temperature=temperature,
                shares=tuple(np.mean(rows, axis=0).tolist()),
                intervals=tuple(self._interval(values) for values in np.transpose(rows)),
                n_prompts=len(rows),
            )
            for temperature, rows in sorted(self._of_prompts.items())
        )

    def _interval(self, values: NDArray[np.float64]) -> Interval | None:
        if len(values) < 2:  # noqa: PLR2004 - a spread needs two
            return None
        ends = prompts_like_these(values.tolist(), level=self._level).ends
        return None if ends is None else Interval(low=ends[0], high=ends[1], level=self._level)
