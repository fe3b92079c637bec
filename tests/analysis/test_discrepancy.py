"""Whether two runs answer alike, by likeness of texts."""

import pytest

from evalkit.analysis.discrepancy import discrepancies
from evalkit.analysis.pairing import pairing


def _found(baseline, candidate):
    return discrepancies(baseline, candidate, pairing(baseline, candidate), seed=1)


def test_other_answers_are_seen_and_the_same_are_not():
    """Two likenesses at two temperatures: different texts differ, equal ones do not; Holm over the four."""
    baseline = {(p, t): ["yes"] * 4 + ["no"] * 4 for p in "abc" for t in (0.0, 1.0)}
    candidate = {(p, t): texts if t == 0.0 else ["perhaps"] * 8 for (p, t), texts in baseline.items()}
    found = _found(baseline, candidate)
    assert [(each.kernel, each.temperature, each.differs) for each in found] == [
        ("exact_match", 0.0, False),
        ("exact_match", 1.0, True),
        ("padded_hamming", 0.0, False),
        ("padded_hamming", 1.0, True),
    ]
    assert found[1].p_adjusted == pytest.approx(4 * found[1].p_value)
    assert found[1].value > found[1].floor > 0.0


def test_very_many_answers_are_drawn_from():
    """Of many some are compared, whatever their order, and a difference of kind is seen."""
    baseline, candidate = [f"{k % 50}" for k in range(1_500)], [f"{k % 99}" for k in range(1_500)]
    place = ("a", 1.0)
    found = _found({place: baseline}, {place: candidate})

    assert all(each.differs for each in found)
    assert found == _found({place: baseline[::-1]}, {place: candidate[::-1]})
    assert not any(each.differs for each in _found({place: baseline}, {place: baseline}))


def test_too_few_samples_are_no_evidence():
    """One sample on a side makes no discrepancy, and three make no halves."""
    assert _found({("a", 0.0): ["x"]}, {("a", 0.0): ["x", "y"]}) == ()
    assert _found({("a", 0.0): ["x", "y", "z"]}, {("a", 0.0): ["x", "y"]})[0].floor is None
