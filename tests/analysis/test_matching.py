"""Matched temperatures of two runs: by hand, over the same prompts, and what is said where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.analysis.compare import Terms
from evalkit.analysis.matching import differing_in_kind, matches
from evalkit.analysis.pairing import pairing, place
from evalkit.metrics.base import resolve
from evalkit.nouns import Estimand, Match, Measurement, MetricRequest

GRID = (0.4, 0.6, 0.8, 1.0, 1.25, 1.6)
DISTANCE, AGREEMENT, ENTROPY, WORDS, UNIQUE = (
    resolve(MetricRequest(name=name))
    for name in ("word_jaccard_distance", "exact_agreement", "entropy", "length_words", "unique_share")
)


def _diversity(temperature: float) -> float:
    """Return a diversity whose logit is linear in the logarithm of temperature."""
    return temperature**2 / (1.0 + temperature**2)


def _run(value=_diversity, *, prompts=12, variance=0.0004, temperatures=GRID):
    """Return measurements of prompts that are all alike."""
    return [
        Measurement(
            metric="m",
            prompt_id=f"p{i}",
            temperature=t,
            value=value(t),
            undefined=None,
            n_samples=20,
            variance=variance,
        )
        for i in range(prompts)
        for t in temperatures
    ]


def _without(measured, gone):
    """Return measurements without a value where it is said."""
    return [
        m if not gone(m.prompt_id, m.temperature) else replace(m, value=None, undefined="cut", variance=None)
        for m in measured
    ]


def _matches(metric, baseline, candidate, terms=None):
    common = pairing(*([place(m.prompt_id, m.temperature) for m in side] for side in (baseline, candidate)))
    return {each.temperature: each for each in matches([(metric, baseline, candidate)], common, terms or Terms())}


def test_a_candidate_that_needs_a_quarter_more():
    """Where the candidate is at 1.25 T what the baseline is at T, that is what is found, with an interval around it."""
    found = _matches(DISTANCE, _run(), _run(lambda t: _diversity(t / 1.25)))
    for t in (0.4, 0.6, 0.8, 1.0, 1.25):
        assert found[t].value == pytest.approx(1.25 * t)
        assert found[t].low < 1.25 * t
        assert found[t].high is None or found[t].high > 1.25 * t
    assert (found[1.6].value, found[1.6].high) == (None, None)
    assert found[1.6].reason.startswith("above 1.6")
    assert {(each.n_prompts, each.estimand) for each in found.values()} == {(12, Estimand.THESE_PROMPTS)}


def test_agreement_is_turned_round():
    """A metric that falls with diversity gives the same temperatures as one that rises."""
    found = _matches(AGREEMENT, _run(lambda t: 1 - _diversity(t)), _run(lambda t: 1 - _diversity(t / 1.25)))
    assert found[1.0].value == pytest.approx(1.25)


@pytest.mark.parametrize("metric", [ENTROPY, WORDS], ids=["unbounded", "not of diversity"])
def test_some_metrics_have_no_matches(metric):
    """A metric without bounds can not be read along a logit, and one that is not of diversity is not asked."""
    assert _matches(metric, _run(), _run()) == {}


def test_all_means_are_over_the_same_prompts():
    """A prompt without a value at one temperature of one side is left out everywhere."""
    odd = [m for m in _run(lambda _t: 0.9) if m.prompt_id == "p0"]
    candidate = [*odd, *(m for m in _run(lambda t: _diversity(t / 1.25)) if m.prompt_id != "p0")]
    found = _matches(DISTANCE, _run(), _without(candidate, lambda prompt, t: prompt == "p0" and t == 0.6))
    assert found[1.0].value == pytest.approx(1.25)
    assert {each.n_prompts for each in found.values()} == {11}


def test_a_temperature_that_would_cost_most_prompts_is_given_up():
    """Where most prompts have no value there is a reason in place of a match, and the other temperatures stay."""
    found = _matches(DISTANCE, _run(), _without(_run(), lambda prompt, t: t == 1.6 and prompt != "p3"))
    assert found[1.6].value is None
    assert (found[1.6].has_interval, found[1.6].n_prompts) == (False, 0)
    assert found[1.6].reason == "11 of 12 prompts have no value there on both sides"
    assert found[0.8].value == pytest.approx(0.8)
    assert found[0.8].n_prompts == 12


def test_samples_that_all_agree_are_no_certainty():
    """Without any variance the error comes from an exact bound: the interval of the lowest match has a width."""
    step = _run(lambda t: 0.0 if t < 0.7 else 0.5 if t < 1.1 else 1.0, variance=0.0)
    found = _matches(DISTANCE, step, step)
    assert found[0.8].has_interval
    assert found[0.8].low < 0.8 < found[0.8].high


def test_an_interval_may_lie_wholly_beyond():
    """A candidate that hardly moves is beyond the last temperature, and the interval says from where."""
    found = _matches(DISTANCE, _run(), _run(lambda t: 0.01 + 0.001 * t))
    assert (found[1.0].value, found[1.0].low, found[1.0].high) == (None, 1.6, None)
    assert found[1.0].has_interval


def test_prompts_like_these_have_a_wider_interval():
    """Where prompts differ, speaking of others like them costs width."""
    varied = [replace(m, value=m.value + (0.1 if int(m.prompt_id[1:]) % 2 else -0.1)) for m in _run(variance=0.0001)]
    these = _matches(DISTANCE, varied, varied)[0.8]
    like = _matches(DISTANCE, varied, varied, Terms(estimand=Estimand.PROMPTS_LIKE_THESE))[0.8]
    assert like.high - like.low > 2 * (these.high - these.low)
    assert like.estimand is Estimand.PROMPTS_LIKE_THESE


def test_without_variances_prompts_are_the_sample():
    """A SET metric's variance within a prompt is not known, and the match says what it speaks of."""
    found = _matches(UNIQUE, _run(variance=None), _run(variance=None))
    assert {each.estimand for each in found.values()} == {Estimand.PROMPTS_LIKE_THESE}


def _match(metric, temperature, low, high):
    return Match(
        metric=metric,
        words=metric,
        temperature=temperature,
        value=None,
        low=low,
        high=high,
        has_interval=True,
        reason="above",
    )


def test_metrics_that_contradict_one_another_twice_differ_in_kind():
    """Intervals without anything in common at two temperatures are told, an end beyond the grid being no end."""
    first = [_match("a", t, 0.5, 0.6) for t in (0.8, 1.0)]
    (caution,) = differing_in_kind([*first, _match("b", 0.8, 0.7, 0.9), _match("b", 1.0, 0.7, None)])
    assert caution.slug == "differ-in-kind"
    assert caution.temperatures == (0.8, 1.0)
    assert caution.fact == "By a the candidate's matched temperature is lower than by b (T = 0.8, 1)."


def test_one_contradiction_among_several_temperatures_is_not_told():
    """One place may be chance, opposite ones are no pattern, and an interval without an end overlaps."""
    a, b = [_match("a", t, 0.5, 0.6) for t in (0.8, 1.0)], [_match("b", 0.8, 0.7, 0.9)]
    assert differing_in_kind([*a, *b, _match("b", 1.0, 0.3, 0.4)]) == ()
    assert differing_in_kind([*a, *b, _match("b", 1.0, None, None)]) == ()
