"""Garbage that is looked for seldom."""

import gc

import pytest

from evalkit.collecting import seldom_collected
from evalkit.measuring import measured


@pytest.fixture(autouse=True)
def thresholds():
    """Put back what a test changes."""
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)


def test_inside_it_is_looked_for_less_often_and_afterwards_as_before(thresholds):
    """Whatever happens in the call, and be there one in another."""
    assert seldom_collected(gc.get_threshold)()[0] > thresholds[0]
    assert seldom_collected(seldom_collected(gc.get_threshold))()[0] > thresholds[0]
    with pytest.raises(ZeroDivisionError):
        seldom_collected(lambda: 1 / 0)()
    assert gc.get_threshold() == thresholds


def test_who_wants_none_looked_for_gets_none():
    """Who switched it off by its threshold is obeyed."""
    gc.set_threshold(0)
    assert seldom_collected(gc.get_threshold)()[0] == 0


def test_measuring_is_done_so():
    """It is what makes objects by the million."""
    assert measured.__wrapped__.__wrapped__.__name__ == "measured"
