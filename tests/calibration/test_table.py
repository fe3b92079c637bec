"""The page of calibration: what it says, and that what is written is of this table."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from calibration.__main__ import PAGE
from calibration.check import FULL, Check, Effort, Limits, Setting, holds, in_errors, rate, unbiased
from calibration.table import NUMBERED, REMARKS, TITLES, page

AT = Setting(1, "pair agreement", "short", "T 1, n 20")
ONE = Effort(runs=4, slack=1.0, every_setting=False)


@pytest.fixture
def check() -> Check:
    """Return a check that passes."""
    return unbiased(AT, ONE, [0.1, 0.2, 0.3, 0.2], 0.2, hits=[True] * 4)


def test_page_shows_truth_mean_bias_coverage_and_verdict(check):
    """A check is one line of its row's table, and the sum stands above."""
    failed = replace(check, row=101, passed=False, coverage=0.5, z=-math.inf)
    text = page([check, failed], FULL, version="1.2.3")
    limit = "bias below 3 MC errors; coverage at least 93 %"
    assert f"| pair agreement | short | T 1, n 20 | 0.2 | 0.2 | +0.0 | 100.0 % | {limit} | pass |" in text
    assert f"| pair agreement | short | T 1, n 20 | 0.2 | 0.2 | ∞ | 50.0 % | {limit} | fail |" in text
    assert "**1 of 2 checks are in bounds.**" in text
    assert "Version 1.2.3, 1,000 simulated experiments" in text


def test_every_row_has_a_heading_a_remark_and_a_place_on_the_page():
    """The page that is here was written for this table."""
    assert TITLES.keys() == REMARKS.keys()
    assert {*range(1, 15), *range(16, 24)} == NUMBERED
    text = PAGE.read_text(encoding="utf-8")
    headings = {row: f"## {row}. {title}" if row in NUMBERED else f"## {title}" for row, title in TITLES.items()}
    assert [row for row, heading in headings.items() if f"{heading}\n" not in text] == []
    assert "| fail |" not in text


@pytest.mark.parametrize(("truth", "passed"), [(0.2, True), (0.28, True), (0.4, False)])
def test_bias_is_counted_in_monte_carlo_errors(truth, passed):
    """Four values 0.1, 0.2, 0.3, 0.2 have a mean of 0.2 and an error of 0.0408."""
    found = unbiased(AT, ONE, [0.1, 0.2, 0.3, 0.2], truth)
    assert found.z == pytest.approx((0.2 - truth) / 0.0408248290)
    assert found.passed is passed


def test_values_that_never_vary_are_right_or_infinitely_wrong():
    """Without spread there is no error to count in."""
    assert in_errors(np.full(3, 0.5), 0.5) == 0.0
    assert in_errors(np.full(3, 0.5), 0.6) == -math.inf


def test_limits_widen_with_less_effort():
    """Twice the slack is twice the distance from the nominal level, on either side."""
    lenient = replace(ONE, slack=2.0)
    hits = [True] * 91 + [False] * 9
    assert not rate(AT, ONE, hits, 0.95, (0.93, 0.97), what="coverage").passed
    assert rate(AT, lenient, hits, 0.95, (0.93, 0.97), what="coverage").passed
    assert not unbiased(AT, lenient, [1.0] * 100, 1.0, hits=[True] * 100, limits=Limits(coverage=(0.93, 0.97))).passed


def test_no_interval_holds_nothing():
    """A missing interval is a miss, and an end counts as inside."""
    assert not holds(None, 0.5)
    assert holds((0.5, 0.6), 0.5)
    assert not holds((0.51, 0.6), 0.5)
