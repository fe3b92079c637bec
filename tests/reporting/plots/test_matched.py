"""The picture of matched temperatures."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from evalkit.nouns import Match, Matching
from evalkit.reporting.plots.matched import matched
from evalkit.reporting.theme import LIGHT


def _matching(*matches, label="main", temperatures=(0.4, 1.0, 1.6)):
    return Matching(words=label, matches=matches, baseline=label, candidate="cut", temperatures=temperatures)


def _match(temperature, value=None, low=None, high=None, reason=None):
    return Match(
        metric="m",
        words="m",
        temperature=temperature,
        value=value,
        low=low,
        high=high,
        has_interval=True,
        reason=reason,
        n_prompts=3,
    )


def test_axes_name_both_runs():
    """Each axis says whose temperature it is, and the line is named."""
    svg = matched.picture(_matching(_match(0.4, 0.5, 0.45, 0.6), _match(1.0, 1.2, 1.1, 1.3))).svg
    said = set(ET.fromstring(svg).itertext())  # noqa: S314 - our own picture
    assert {"temperature of main", "temperature of cut", "- - the same temperature"} <= said


def test_what_is_beyond_is_hollow():
    """A value outside the temperatures is a hollow mark, and only then is there one."""
    inside = matched.picture(_matching(_match(0.4, 0.5), _match(1.0, 1.2))).svg
    beyond = matched.picture(_matching(_match(0.4, 0.5), _match(1.0, reason="above 1", low=1.0))).svg
    assert f"fill: {LIGHT['paper']}" not in inside
    assert f"fill: {LIGHT['paper']}" in beyond


@pytest.mark.parametrize("label", ["<b>&amp;", r"$\frac{1}{$", "\ud800\x00\x1b[31m", "x" * 20_000, ""])
def test_any_label_is_drawn(label):
    """Hostile labels leave a picture that parses and stays small."""
    for matches in ((), (_match(1.0, 1.0),), (_match(0.4, reason="below 0.4"), _match(1.0, 0.7))):
        svg = matched.picture(_matching(*matches, label=label, temperatures=(1.0,) if matches else ())).svg
        ET.fromstring(svg)  # noqa: S314 - our own picture
        assert len(svg) < 100_000
