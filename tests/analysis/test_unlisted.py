"""What lists of likeliest tokens leave out."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from contract.cells import cell_of

from evalkit.analysis.unlisted import Unlisted
from evalkit.metrics.base import resolve
from evalkit.nouns import LogprobMeaning, MetricRequest


@pytest.fixture
def seen():
    """Return a function of a metric's name and, by temperature, what a list holds: the cautions."""

    def look(name, held, meaning=LogprobMeaning.BEFORE_TEMPERATURE):
        unlisted = Unlisted([replace(resolve(MetricRequest(name=name)), meaning=meaning)])
        for temperature, mass in held.items():
            top = [{"token": t, "logprob": math.log(mass / 2)} for t in "ab"]
            told = json.dumps({"content": [{"token": "a", "logprob": math.log(mass / 2), "top_logprobs": top}]})
            cell = cell_of(["a", "a"], temperature=temperature)
            samples = tuple(replace(sample, logprobs=told) for sample in cell.samples)
            unlisted.see(replace(cell, samples=samples))
        return unlisted.cautions()

    return look


def test_a_wide_bracket_is_said_with_its_width(seen):
    """Where a hundredth is left out, the ends lie 0.12 apart for a usual vocabulary; a thousandth does not matter."""
    (caution,) = seen("token_entropy", {0.7: 0.999, 1.3: 0.99})
    assert (caution.slug, caution.temperatures) == ("wide-bracket", (1.3,))
    assert "1.0% at T = 1.3" in caution.fact
    assert "0.12 nats" in caution.meaning


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("fork_margin", LogprobMeaning.BEFORE_TEMPERATURE),
        ("sequence_entropy", LogprobMeaning.BEFORE_TEMPERATURE),
        ("token_entropy", LogprobMeaning.UNASKED),
        ("token_entropy", LogprobMeaning.AFTER_OF_LIST),
    ],
)
def test_nothing_is_said_of_what_has_no_bracket(seen, name, meaning):
    """What does not hang on the rest, or has no value anyway, bears no caution about it."""
    assert seen(name, {1.0: 0.5}, meaning) == ()
