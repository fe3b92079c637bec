"""A claim at the truth again, of answers that are drawn until the interval is narrow."""

from __future__ import annotations

import pytest

from calibration.alarming.truths import T, value


@pytest.mark.evalkit(
    suite="short.yaml", temperatures=[T], precision=0.15, max_samples=60, samples=16, metric="exact_agreement"
)
@pytest.mark.parametrize("prompt", ["france"])
def test_precision(evalkit, prompt):
    reading = evalkit.cell(prompt, T)["exact_agreement"]
    for claim in (reading > value("exact_agreement", prompt), reading < value("exact_agreement", prompt)):
        bool(claim)
