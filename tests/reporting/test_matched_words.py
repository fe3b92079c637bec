"""Matched temperatures in words: numbers, ends beyond the temperatures, and what was not found."""

from __future__ import annotations

import pytest

from evalkit.nouns import Match
from evalkit.reporting.matched_words import as_text, by_metric, edges, finding

ENDS = (0.4, 1.6)


def _match(temperature=1.0, value=None, low=None, high=None, *, reason=None, has_interval=True, n_prompts=12):
    return Match(
        metric="rouge_l_distance",
        words="ROUGE-L distance",
        temperature=temperature,
        value=value,
        low=low,
        high=high,
        has_interval=has_interval,
        reason=reason,
        n_prompts=n_prompts,
    )


@pytest.mark.parametrize(
    ("match", "text"),
    [
        (_match(value=0.8312, low=0.71, high=0.951), "0.83 [0.71, 0.95]"),
        (_match(value=1.5, low=1.2), "1.50 [1.20, above 1.6]"),
        (_match(value=0.5, high=0.7), "0.50 [below 0.4, 0.70]"),
        (_match(value=0.5), "0.50 [below 0.4, above 1.6]"),
        (_match(value=0.5, has_interval=False), "0.50, no interval"),
        (_match(reason="above 1.6: it is", low=1.3), "above 1.6 [1.30, above 1.6]"),
        (_match(reason="above 1.6: it is", low=1.6), "above 1.6"),
        (_match(reason="below 0.4: it is", high=0.4), "below 0.4"),
        (_match(reason="nothing \x1b[31mthere", has_interval=False, n_prompts=0), "none: nothing \\x1b[31mthere"),
    ],
)
def test_a_match_as_text(match, text):
    """An end beyond the temperatures is called so, and an interval that is all beyond adds nothing."""
    assert as_text(match, ENDS) == text


def test_edges_are_those_that_were_used():
    """A temperature that was given up is no edge."""
    assert edges([_match(0.4, 0.5), _match(1.0, 1.2), _match(1.6, n_prompts=0)]) == (0.4, 1.0)


def test_matches_stand_under_their_metric():
    """Order is kept."""
    matches = _match(0.4), _match(1.0)
    assert by_metric(matches) == {"rouge_l_distance": matches}


@pytest.mark.parametrize(
    ("matches", "sentence"),
    [
        (
            [_match(0.5, 0.5), _match(1.1, 1.4, 1.3, 1.5), _match(1.6, reason="above 1.6: it is")],
            "cut at T = 1.40 [1.30, 1.50] is as diverse as main at T = 1.1, by ROUGE-L distance.",
        ),
        (
            [_match(0.4, low=1.6, reason="above 1.6: it is"), _match(1.6, low=1.6, reason="above 1.6: it is")],
            "Up to T = 1.6 cut does not get as diverse as main at T = 0.4 or any above it, by ROUGE-L distance.",
        ),
        (
            [_match(0.4, high=0.4, reason="below 0.4: it is"), _match(1.6, high=0.5, reason="below 0.4: it is")],
            (
                "From T = 0.4 on cut is more diverse than main at T = 1.6 or any below it, by ROUGE-L distance;"
                " the intervals leave that open at T = 1.6."
            ),
        ),
        (
            [_match(0.4, high=0.4, reason="below 0.4: it is"), _match(1.6, low=1.6, reason="above 1.6: it is")],
            "No temperature of cut that was measured is as diverse as main at T = 0.4, by ROUGE-L distance.",
        ),
    ],
)
def test_the_finding(matches, sentence):
    """The match nearest to 1 is told; without any, on which side they all are and whether that is sure."""
    assert finding(matches, "main", "cut") == sentence
