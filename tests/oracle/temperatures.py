"""The temperature at which tokens were sampled, from log-probabilities and from counts, and shares by rank."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from evalkit.stats import counted_temperature
from evalkit.stats.effective_temperature import Position, from_logprobs
from evalkit.stats.pit import pit_bounds
from oracle.accounts import OPTIMISED, Computed

_ODDS = (0.0, -1.0, -1.5, -3.0)
"""Logarithms of the four shares whose bounds are given, up to a constant."""


def from_tokens(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield the estimate from sampled places and its errors, and the bounds of shares."""
    where, by, table = "temperature_from_tokens", "stats/effective_temperature.py", known["temperature_from_tokens"]
    told = zip(table["logprobs_pre_temperature"], table["sampled_index"], strict=True)
    found = from_logprobs([Position(*each) for each in told])
    yield Computed((where, "positions_used"), by, found.n)
    value, se_log = float(found.value or 0.0), float(found.se_log or 0.0)
    for key, number in {
        "T_hat": value,
        "se_lnT": se_log,
        "se_T_delta": value * se_log,
        "se_beta": se_log / value,
    }.items():
        yield Computed((where, key), by, number, OPTIMISED)
    yield Computed(("inference", "pit_bounds_by_rank"), "stats/pit.py", pit_bounds(_ODDS))


def from_counts(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield the estimate from counts at two temperatures by the plain likelihood, its errors and its test."""
    where, by, table = "temperature_from_counts", "stats/counted_temperature.py", known["temperature_from_counts"]
    sides = zip(table["counts_T1"], table["counts_T"], strict=True)
    questions = [tuple({str(i): int(count) for i, count in enumerate(side)} for side in pair) for pair in sides]
    profile = counted_temperature.Profile(questions)
    b = math.exp(profile.maximum())
    se, test = profile.information(b) ** -0.5, counted_temperature.ratio_test(questions, 1.0)
    for key, number in {
        "T_hat": 1.0 / b,
        "beta_hat": b,
        "se_beta_efficient_information": se,
        "se_T_delta": se / b**2,
        "LR_statistic_H0_T_equals_1": test.statistic,
        "LR_p_value": test.p_value,
    }.items():
        yield Computed((where, key), by, number, OPTIMISED)
    first, second = (tuple(map(int, table[key][0][:2])) for key in ("counts_T1", "counts_T"))
    beta, se_beta = counted_temperature.two_tokens(first, second)
    yield Computed((where, "two_category_beta"), by, beta)
    yield Computed((where, "two_category_se_beta"), by, se_beta)
