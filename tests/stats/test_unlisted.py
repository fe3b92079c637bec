"""Tokens that no list holds: too few of them speak against a high temperature."""

import numpy as np
import pytest

from evalkit.stats.effective_temperature import Position
from evalkit.stats.hidden_cut import hidden_cut, likelihood_map
from evalkit.stats.unlisted import Listed, Unlisted


def places(n=200, n_outside=0):
    """Return places of three likely tokens and a rest of 0.1, of which none is likelier than 0.01."""
    logs = np.log([0.6, 0.2, 0.09, 0.01]).tolist()
    return [Listed(logs, i >= n_outside) for i in range(n)]


def test_none_of_them_at_a_high_temperature_costs():
    """At 2 the rest has a third of the mass at least: that none comes up is lost for each place."""
    raised = np.sqrt([0.6, 0.2, 0.09, 0.01])
    rest = (0.1 - 1e-4) * 0.01**-0.5
    assert Unlisted(places()).lost(0.5) == pytest.approx(200 * np.log1p(rest / raised.sum()), rel=1e-6)


def test_as_many_as_there_must_be_cost_nothing():
    """More than the least share at a high temperature, and fewer than the most at a low one, are no surprise."""
    assert Unlisted(places(n_outside=120)).lost(0.5) == 0.0
    assert Unlisted(places(n_outside=0)).lost(2.0) == 0.0
    assert Unlisted(places(n_outside=120)).lost(2.0) > 50.0
    assert Unlisted(places(n_outside=30)).lost(0.5) > 10.0


def test_lists_that_leave_nothing_out_say_nothing():
    """Where probabilities add up to 1, or at the temperature of the list itself, nothing is lost."""
    whole = [Listed(np.log([0.5, 0.5]).tolist(), inside=True)] * 50
    assert Unlisted(whole).lost(0.3) == 0.0
    assert Unlisted([]).lost(0.3) == 0.0
    assert Unlisted(places()).lost(1.0) == 0.0


def test_extremes_break_nothing():
    """Exponents as far as they are searched give finite values."""
    some = Unlisted(places(n_outside=7))
    assert all(np.isfinite(some.lost(b)) for b in (1e-3, 1e-2, 0.99, 1.01, 30.0, 300.0))


def test_a_ceiling_is_told_from_a_cut_beyond_the_lists():
    """Of tokens drawn at 1 whatever is asked for, the map tells; of those drawn as asked without a rest, the cut."""
    rng = np.random.default_rng(5)
    logs = np.log([0.5, 0.3, 0.14, 0.03, 0.02])
    asked = (0.5, 1.0, 1.5, 2.0)
    reported = dict.fromkeys(asked, 1.0)

    def drawn(to):
        found = {}
        for t in asked:
            shares = np.exp(logs / to(t))
            found[t] = [Position(logs.tolist(), int(i)) for i in rng.choice(5, 200, p=shares / shares.sum())]
        return found, {t: [Listed(logs.tolist(), inside=True)] * 200 for t in asked}

    clamped, lists = drawn(lambda t: min(t, 1.0))
    assert likelihood_map(clamped, reported, lists).best.name == "clamped"
    cut, lists = drawn(lambda t: t)
    found = hidden_cut(cut, reported, lists)
    assert found.p_value < 1e-3
    assert likelihood_map(found.kept, reported).best.name == "identity"
