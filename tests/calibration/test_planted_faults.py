"""Formulas that are wrong on purpose: the table finds each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from calibration.check import FULL, QUICK
from calibration.classes import at_k
from calibration.matched import matched
from calibration.pairs import AGREEMENT, agreement, variance
from calibration.readings import Ends, Reading
from calibration.temperatures import AFTER, from_values
from calibration.usual import usual_bootstrap
from evalkit.analysis.matching import matches
from evalkit.stats.effective_temperature import from_logprobs

TEMPERATURE, N = 1.0, 20
NEARLY_CERTAIN = 0.25


def _plug_in(texts: Sequence[str]) -> Reading:
    """Return the sum of squared shares, which counts each text's pair with itself."""
    shares = np.array(list(Counter(texts).values())) / len(texts)
    return float((shares**2).sum()), AGREEMENT(texts)[1]


def _unguarded(texts: Sequence[str]) -> Reading:
    """Return percentiles over resampled texts, which are all alike where all texts are."""
    return AGREEMENT(texts)[0], usual_bootstrap(texts)


def _too_narrow(texts: Sequence[str]) -> Reading:
    """Return half of the interval, as if pairs were independent."""
    value, ends = AGREEMENT(texts)
    return value, _halved(value, ends)


def _halved(value: float, ends: Ends) -> Ends:
    return (value + ends[0]) / 2, (value + ends[1]) / 2


@pytest.mark.parametrize(
    ("read", "temperature"),
    [(_plug_in, TEMPERATURE), (_unguarded, NEARLY_CERTAIN), (_too_narrow, 0.5)],
    ids=["plug-in", "unguarded bootstrap", "too narrow"],
)
def test_wrong_agreement_is_found(read, temperature):
    """Row 1 fails for a value that counts self-pairs and for intervals that promise too much, and for nothing else."""
    assert agreement("short", temperature, N, QUICK)[0].verdict == "pass"
    assert agreement("short", temperature, N, QUICK, read)[0].verdict == "fail"


@pytest.mark.parametrize("name", ["TAR", "distinct"])
def test_wrong_at_k_is_found(name):
    """Row 5 fails when the shares of a sample stand for probabilities."""
    plug_in = {
        "TAR": lambda counts, k: sum((c / sum(counts)) ** k for c in counts),
        "distinct": lambda counts, k: sum(1 - (1 - c / sum(counts)) ** k for c in counts),
    }[name]
    effort = replace(FULL, every_setting=False)
    assert at_k(name, "short", TEMPERATURE, effort)[0].verdict == "pass"
    assert at_k(name, "short", TEMPERATURE, effort, plug_in)[0].verdict == "fail"


def test_wrong_variance_is_found():
    """Row 4 fails when pairs are taken for independent."""

    def of_pairs(matrix: np.ndarray) -> float:
        pairs = matrix[np.triu_indices(len(matrix), 1)]
        return float(pairs.var(ddof=1) / len(pairs))

    assert variance("edit", TEMPERATURE, N, QUICK)[0].verdict == "pass"
    assert variance("edit", TEMPERATURE, N, QUICK, of_pairs)[0].verdict == "fail"


def test_wrong_matched_temperature_is_found():
    """Row 22 fails where standard errors are a third of what they are."""

    def too_narrow(measured, common, terms):
        return matches([(metric, *map(_less_varied, sides)) for metric, *sides in measured], common, terms)

    fewer = replace(QUICK, runs=50)
    assert {check.verdict for check in matched(N, fewer, too_narrow)} == {"fail"}


def test_wrong_effective_temperature_is_found():
    """Row 12 fails where values from after the temperature are taken for those from before it."""

    def as_before(positions, _):
        return from_logprobs(positions)

    fewer = replace(QUICK, runs=50)
    assert from_values(AFTER[0], fewer)[0].verdict == "pass"
    assert from_values(AFTER[0], fewer, as_before)[0].verdict == "fail"


def _less_varied(measured):
    return [replace(m, variance=m.variance / 9) for m in measured]
