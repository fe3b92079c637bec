"""The table of calibration at its small size: every row, a few settings, limits twice as wide."""

from __future__ import annotations

import pytest

from calibration.check import QUICK, Experiment
from calibration.run import experiments


def _name(experiment: Experiment) -> str:
    return "-".join(map(str, (experiment.func.__name__, *experiment.args)))


@pytest.mark.parametrize("experiment", list(experiments(QUICK)), ids=_name)
def test_row_keeps_its_limits(experiment):
    """What the instrument gives on average lies at the truth, and its intervals hold it as often as they say."""
    assert [check for check in experiment(QUICK) if not check.passed] == []
