import numpy as np
import pytest

from evalkit.stats.repeats import all_equal_most, draws_for_closed, support_growth, too_alike
from evalkit.stats.streams import stream

SHARES = [np.full(10, 0.1), np.array([0.5, *np.full(500, 0.001)]), np.array([0.9, 0.1])]


@pytest.mark.parametrize("shares", SHARES, ids=["even", "one and rare ones", "two"])
@pytest.mark.parametrize("repeats", [2, 3, 10])
def test_the_chance_of_equal_answers_is_never_above_its_bounds(shares, repeats):
    """Neither from the agreement nor from the commonest; the agreement to the power of R - 1 would be no bound."""
    truth, agreement = float((shares**repeats).sum()), float((shares**2).sum())
    assert truth <= all_equal_most(repeats, agreement=agreement) + 1e-12
    assert truth <= all_equal_most(repeats, commonest=float(shares.max())) + 1e-12
    assert truth >= agreement ** (repeats - 1) - 1e-12


def test_nothing_known_bounds_nothing():
    """Without an agreement or a commonest answer all may be equal, and one answer always is."""
    assert all_equal_most(9) == 1.0
    assert all_equal_most(1, agreement=0.1, commonest=0.1) == 1.0


def test_copies_among_varied_answers_are_too_alike():
    """Five equal answers where 20 others all differ are no chance; where the others agree in half they may be."""
    assert too_alike(5, range(20)) < 0.02
    assert too_alike(10, range(20)) < 0.001
    assert too_alike(5, ["a"] * 10 + list(range(10))) > 0.2


@pytest.mark.parametrize("shares", SHARES, ids=["even", "one and rare ones", "two"])
def test_honest_repeats_are_seldom_too_alike(shares):
    """The p-value is below 0.05 for no more than one in twenty honest sets of four answers."""
    rng = stream(1, "honest", str(len(shares)))
    alarms = 0
    for _ in range(200):
        four, others = (rng.choice(len(shares), p=shares, size=n).tolist() for n in (4, 20))
        alarms += len(set(four)) == 1 and too_alike(4, others) < 0.05
    assert alarms <= 10


def test_one_repeat_or_no_others_is_no_test():
    """An answer alone agrees with nothing, and without others nothing is known of variety."""
    assert too_alike(1, "abc") is None
    assert too_alike(5, []) is None


def _draws(rng, logits, temperature, kept, n=400):
    shares = np.exp((logits - logits[0]) / temperature) * (np.arange(len(logits)) < kept)
    return rng.choice(len(logits), p=shares / shares.sum(), size=n).tolist()


@pytest.mark.parametrize(("kept", "closed"), [(1, True), (3, True), (10, True), (1000, False)])
def test_a_hidden_top_k_is_a_closed_support(kept, closed):
    """With 1, 3 or 10 tokens kept nothing new comes up at twice the temperature; with all of them much does."""
    rng = stream(1, "support")
    logits = np.sort(rng.normal(size=1000) * 3.0)[::-1]
    found = support_growth(_draws(rng, logits, 1.0, kept), _draws(rng, logits, 2.0, kept))
    assert found.closed is closed
    assert found.kept == (kept if closed else None)
    assert found.reason is None


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ("aab", "aaabbbc" * 1, "came up once"),
        ("ab", "abababab", "too few"),
        ("ab" * 60, "abc" * 40, "not among the 2"),
    ],
)
def test_what_is_undecided_says_what_would_tell(low, high, said):
    """A token that came up once, few draws, or new tokens in a support that seems closed settle nothing."""
    found = support_growth(low, high)
    assert found.closed is None
    assert said in found.reason


def test_no_draws_are_no_answer():
    """Coverage takes two draws."""
    assert support_growth("a", "ab") is None


def test_draws_for_a_closed_support_are_two_halves():
    """59 draws without a surprise bound the rest to one in twenty, after as many that are looked at first."""
    assert draws_for_closed() == 118
    enough = "ab" * 59
    assert support_growth("ab", enough).closed is True
    assert support_growth("ab", enough[:-2]).closed is None
