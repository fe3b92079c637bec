"""Where a metric is largest, in words, and what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from evalkit.metrics.base import resolve
from evalkit.nouns import Curve, MetricRequest, Optimum
from evalkit.reporting.peak import frontier_of, peak_sentence
from evalkit.reporting.sections import section


def _optimum(kind: str, best: float | None = 0.7) -> Optimum:
    ends = (None, None) if best is None else (0.3, 1.0)
    return Optimum(temperature=best, low=ends[0], high=ends[1], kind=kind, n_prompts=12, method="none: too few prompts")


def _metric(name: str, **options: object):
    return resolve(MetricRequest(name=name, options=tuple(options.items())))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("interior", "It is largest at T = 0.7 (the 95 % interval goes from 0.3 to 1, 12 prompts)."),
        ("flat", "It is flat: no temperature is shown to be better"),
        ("rises to the end", "the best may lie beyond"),
        ("best at the edge", "the lowest asked"),
        ("open", "an end of the temperatures may be as good"),
    ],
)
def test_each_kind_has_its_sentence(kind: str, said: str) -> None:
    """A best temperature is named with its interval; a plain is not called a hill."""
    assert said in peak_sentence(_optimum(kind))


def test_what_is_not_known_says_why() -> None:
    """Without a best temperature the reason stands there; where nobody asked, nothing does."""
    assert peak_sentence(_optimum("unknown", None)) == "Where it is largest can not be told: too few prompts."
    assert peak_sentence(None) == ""


def test_a_frontier_is_made_of_parts_with_the_same_options(make_curve: Callable[..., Curve]) -> None:
    """Parts measured by another quality are another frontier, and none is drawn."""
    index = make_curve(_metric("qd_index"), lambda _, t: t * (1.5 - t) / 2, temperatures=(0.0, 0.5, 1.0))
    quality = make_curve(_metric("quality_mean"), lambda _, t: 1 - t / 2, temperatures=(0.0, 0.5, 1.0))
    distance = make_curve(_metric("weighted_distance"), lambda _, t: t, temperatures=(0.0, 0.5, 1.0))
    found = frontier_of(index, {"a": index, "b": quality, "c": distance})
    assert found is not None
    assert [t for t, _, _ in found.steps] == [0.0, 0.5, 1.0]
    assert frontier_of(index, {"a": index, "b": quality}) is None
    assert frontier_of(quality, {"b": quality, "c": distance}) is None
    other = replace(quality, metric=_metric("quality_mean", quality="accuracy"))
    assert frontier_of(index, {"a": index, "b": other, "c": distance}) is None


def test_the_page_shows_the_best_temperature(make_curve: Callable[..., Curve]) -> None:
    """The sentence stands in the metric's section, and its numbers beside it."""
    index = make_curve(_metric("qd_index"), lambda _, t: t * (2 - t) / 2)
    part, _ = section(replace(index, optimum=_optimum("interior")), [], room=0)
    assert part.optimum.startswith("It is largest at T = 0.7")
    assert part.best == _optimum("interior")
