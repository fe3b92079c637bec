"""What a plot draws, found by the name of its noun."""

from dataclasses import replace

import pytest

from evalkit.errors import StatisticsError, UnknownNameError, UsageError
from evalkit.nouns import Comparison, Divergence, Forest, Overlay, SurvivalCurve
from evalkit.reporting.subjects import subject_of


@pytest.fixture
def comparison(findings):
    """Return a comparison of a run with itself that contrasts nothing."""
    curves = tuple(findings.curves.values())
    return Comparison(baseline="a", candidate="b", contrasts=(), baseline_curves=curves, candidate_curves=curves)


def test_a_curve_is_that_of_the_headline_or_the_named_one(findings):
    """The metric is named by its title or its name; without one it is the headline's."""
    first, *_, last = findings.curves.values()

    assert subject_of("Curve", findings) is first
    assert subject_of("Curve", findings, last.metric.title) is last
    assert subject_of("Curve", findings, last.metric.name) is last
    with pytest.raises(UnknownNameError, match=f"measured: .*{last.metric.name}"):
        subject_of("Curve", findings, "no_such_metric")


def test_any_noun_that_was_found_can_be_drawn(findings):
    """A field, or the first element of one that holds several."""
    rows = (SurvivalCurve(temperature=0.0, shares=(1.0,), intervals=(None,), n_prompts=1),)
    found = replace(findings, divergence=Divergence(curves=rows))

    assert subject_of("Divergence", found) is found.divergence
    assert subject_of("Run", found) is found.run
    assert subject_of("LadderRow", found) is found.ladder[0]


@pytest.mark.parametrize("accepts", ["Frontier", "Divergence", "Spline"])
def test_what_was_not_found_is_told(findings, accepts):
    """There is no picture of what this run does not give."""
    with pytest.raises(StatisticsError, match=f"there is no {accepts} to draw"):
        subject_of(accepts, replace(findings, divergence=None))


def test_a_comparison_has_plots_of_its_own(findings, comparison):
    """Two curves over one another and the differences of one metric; neither is drawn of one run."""
    (overlay, forest) = (subject_of(name, comparison) for name in ("Overlay", "Forest"))

    assert isinstance(overlay, Overlay)
    assert isinstance(forest, Forest)
    assert overlay.labels == ("a", "b")
    with pytest.raises(UsageError, match="--baseline"):
        subject_of("Forest", findings)
    with pytest.raises(UsageError, match="--baseline"):
        subject_of("Curve", comparison)
