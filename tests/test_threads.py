"""Algebra in one thread."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from evalkit.comparing import compared
from evalkit.measuring import measured
from evalkit.threads import single_threaded


def threads():
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_inside_there_is_one_thread_and_afterwards_as_many_as_before():
    """The library of the matrices is told so for the length of a call, whatever happens in it."""
    assert (np.eye(2) @ np.eye(2)).sum() == 2  # loads it
    before = threads()
    assert single_threaded(threads)() == {1}
    with pytest.raises(ZeroDivisionError):
        single_threaded(lambda: 1 / 0)()
    assert threads() == before


@pytest.mark.parametrize("function", [measured, compared])
def test_measuring_and_comparing_are_done_in_one(function):
    """They are the two that multiply many small matrices."""
    assert function.__wrapped__.__name__ == function.__name__
