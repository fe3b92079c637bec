"""A cut is told from a low temperature, by tokens drawn from known probabilities."""

import numpy as np
import pytest

from evalkit.stats.effective_temperature import Position
from evalkit.stats.hidden_cut import hidden_cut, likelihood_map
from evalkit.stats.pit import Cut

GRID = (0.5, 1.0, 1.5, 2.0)


def drawn(seed, *, to=lambda t: t, rank=None, n=150, k=20):
    """Return places of random distributions, with a token of each drawn at some temperature."""
    rng = np.random.default_rng(seed)
    found = {}
    for t in GRID:
        places = []
        for _ in range(n):
            logs = np.sort(rng.normal(0.0, 2.0, k))[::-1]
            logs -= np.log(np.exp(logs).sum())
            shares = np.exp((logs - logs[0]) / to(t))
            if rank is not None:
                shares[rank:] = 0.0
            places.append(Position(logs.tolist(), int(rng.choice(k, p=shares / shares.sum()))))
        found[t] = places
    return found


AT_ONE = dict.fromkeys(GRID, 1.0)


def test_a_cut_is_found_and_leaves_the_temperatures_alone():
    """Of the three likeliest tokens alone, the cut explains more than any temperatures, and the rest is as asked."""
    places = drawn(1, rank=3)
    cut = hidden_cut(places, AT_ONE)
    assert cut.cut is Cut.RANK
    assert cut.threshold == 3
    assert cut.p_value < 1e-6
    assert likelihood_map(cut.kept, AT_ONE).best.name == "identity"
    assert {t: len(some) for t, some in cut.kept.items()} == {t: len(some) for t, some in places.items()}


@pytest.mark.parametrize(
    ("name", "to", "value"),
    [
        ("constant", lambda _: 0.8, 0.8),
        ("rescaled", lambda t: 0.4 * t, 0.4),
        ("clamped", lambda t: min(t, 1.2), 1.2),
    ],
)
def test_a_map_is_found_with_its_parameter(name, to, value):
    """What the endpoint does to temperatures is chosen, and explains more than a cut."""
    places = drawn(2, to=to)
    chosen = likelihood_map(places, AT_ONE)
    assert chosen.best.name == name
    assert chosen.best.parameters[0] == pytest.approx(value, rel=0.15)
    assert chosen.p_value < 1e-6
    identity = next(fit for fit in chosen.fits if fit.name == "identity")
    assert hidden_cut(places, AT_ONE).gain < (identity.misfit - chosen.best.misfit) / 2


def test_obedience_is_seldom_called_anything_else():
    """At a level of 0.05 few of fifty obedient endpoints are excluded, by maps or by cuts."""
    wrong = [likelihood_map(drawn(s, n=40), AT_ONE).best.name != "identity" for s in range(50)]
    cuts = [hidden_cut(drawn(s, n=40), AT_ONE).p_value <= 0.05 for s in range(50)]
    assert sum(wrong) <= 6
    assert sum(cuts) <= 6


def test_nothing_is_said_of_nothing():
    """Too few places have no cut; the likeliest token throughout, and one temperature, have no map."""
    assert hidden_cut({1.0: []}, {1.0: 1.0}) is None
    assert likelihood_map({1.0: drawn(3)[1.0]}, AT_ONE).best is None
    likeliest = {t: [Position(p.logprobs, 0) for p in some] for t, some in drawn(4).items()}
    found = likelihood_map(likeliest, AT_ONE)
    assert found.best is None
    assert "likeliest" in found.reason
