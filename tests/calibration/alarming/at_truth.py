"""Claims whose bound is the truth itself: whatever is decided of them is decided wrongly.

Each is asked for its truth without an assert, so that the next is asked too.
"""

from __future__ import annotations

import pytest

from calibration.alarming import truths
from calibration.alarming.truths import FLAT, IDS, LIKELY, T, mean, value

pytestmark = pytest.mark.evalkit(suite="short.yaml", temperatures=list(FLAT))
KNOWN = ("exact_agreement", "prefix_agreement", "length_words")


def ask(*claims):
    """Ask claims for their truth."""
    for claim in claims:
        bool(claim)


def test_cell(evalkit):
    for metric in KNOWN:
        for prompt in IDS:
            reading = evalkit.cell(prompt, T)[metric]
            ask(reading > value(metric, prompt), reading < value(metric, prompt))


def test_point(evalkit):
    for metric in KNOWN:
        reading = evalkit.curve(metric)[T]
        ask(reading > mean(metric), reading < mean(metric))


def test_between(evalkit):
    found, exact = evalkit.curve("exact_agreement"), mean("exact_agreement")
    ask(found.between(0.0, exact, at=T), found.between(exact, 1.0, at=T))


def test_deterministic(evalkit):
    for prompt in IDS:
        ask(evalkit.cell(prompt, T).deterministic(at_least=truths.truth(prompt).modal_probability))


def test_valid_share(evalkit):
    for prompt in IDS:
        words, chance = truths.short_enough(prompt)
        ask(evalkit.cell(prompt, T).valid_share(at_least=chance, max_words=words))


def test_trend(evalkit):
    ask(evalkit.curve("exact_agreement").falls(), evalkit.curve("length_words").rises())


def test_two_cells(evalkit):
    for prompt in IDS:
        cold, hot = (evalkit.cell(prompt, t)["exact_agreement"] for t in FLAT[:2])
        ask(hot < cold, cold < hot)


def test_two_points(evalkit):
    for metric in ("exact_agreement", "rouge_l_distance", "length_words"):
        curve = evalkit.curve(metric)
        ask(curve[FLAT[1]] > curve[FLAT[0]], curve[FLAT[1]] < curve[FLAT[0]])


@pytest.mark.evalkit(suite="cut/short.yaml", temperatures=[T])
def test_margin(evalkit):
    # The likelier words alone agree more, by exactly so much.
    moved = mean("exact_agreement", LIKELY) - mean("exact_agreement")
    against = evalkit.compare("before")
    for claim in (against.equivalent, against.not_less_diverse):
        ask(claim(within=moved, metric="exact_agreement"))
