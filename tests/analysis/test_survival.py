"""Where answers part."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.analysis.survival import Survival, survival
from evalkit.metrics.base import resolve
from evalkit.nouns import MetricRequest


def test_shares_by_hand():
    """Of three pairs all share the first word, one the second, none the third."""
    assert survival(["a b c", "a b d", "a x"], most=3).tolist() == pytest.approx([1.0, 1 / 3, 0.0])


def test_equal_texts_never_part():
    """Two equal texts agree at every length, a shorter beginning only as far as it goes."""
    assert survival(["a b", "a b", "a b c"], most=4).tolist() == pytest.approx([1.0, 1.0, 1 / 3, 1 / 3])


@given(st.lists(st.lists(st.sampled_from("ab"), max_size=6).map(" ".join), min_size=2, max_size=8))
def test_it_is_the_metric_at_every_length(texts):
    """The curve is what prefix_survival gives for each length, and never rises."""
    found = survival(texts, most=7)
    for length in (1, 3, 7):
        metric = resolve(MetricRequest(name="prefix_survival", options=(("length", length),)))
        pairs = metric.function.matrix([metric.prepare(text) for text in texts])[np.triu_indices(len(texts), 1)]
        assert found[length - 1] == pytest.approx(pairs.mean())
    assert (np.diff(found) <= 0).all()


def test_curves_are_means_over_prompts(cell_of):
    """Each temperature has one curve, with an interval from two prompts on; a cell of one sample says nothing."""
    seen = Survival()
    for texts, prompt, temperature in (
        (["a b", "a b"], "p1", 0.0),
        (["a b", "a c"], "p1", 1.0),
        (["a b", "c d"], "p2", 1.0),
        (["a"], "p3", 1.0),
    ):
        seen.see(cell_of(texts, prompt=prompt, temperature=temperature))
    cold, hot = seen.curves()
    assert (cold.temperature, cold.shares[:2], cold.intervals[0]) == (0.0, (1.0, 1.0), None)
    assert (hot.temperature, hot.shares[:2], hot.n_prompts) == (1.0, (0.5, 0.0), 2)
    assert hot.intervals[0].low < 0.5 < hot.intervals[0].high
