"""Tables of rows that are mostly zero, each different one held once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.rows import Row, Rows, empty, scaled, several_products, sparse_table, stacked, with_column

WHOLE = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 3.0]])


def _sparse(whole):
    """Return a table that holds what is not zero."""
    rows, columns = np.nonzero(whole)
    return sparse_table(whole[rows, columns], rows, columns, whole.shape)


@pytest.fixture(params=[_sparse, np.asarray], ids=["sparse", "dense"])
def table(request):
    """Return the table, sparse and dense in turn."""
    return request.param(WHOLE)


@given(st.lists(st.integers(0, 2), min_size=1, max_size=9), st.data())
def test_rows_are_those_of_an_array(kinds, data):
    """Whole, sliced, picked, one by one and stacked again, they hold the same numbers."""
    rows, plain = Rows(_sparse(WHOLE), np.array(kinds)), WHOLE[kinds]
    places = data.draw(st.lists(st.integers(0, len(kinds) - 1), min_size=1, max_size=5))

    assert (np.asarray(rows) == plain).all()
    assert rows.shape == plain.shape
    assert (np.asarray(rows[1:]) == plain[1:]).all()
    assert (np.asarray(rows[places]) == plain[places]).all()
    assert [np.asarray(row).tolist() for row in rows] == plain.tolist()
    assert (np.asarray(stacked([rows[place] for place in places])) == plain[places]).all()


def test_one_row(table):
    """It multiplies, has a length, and says whether it holds anything."""
    rows = Rows(table, np.array([2, 1, 2]))

    assert isinstance(rows[0], Row)
    assert len(rows[0]) == 3
    assert rows[0] @ rows[2] == 10.0
    assert [row.any() for row in rows] == [True, False, True]


def test_rows_of_other_tables_are_stacked_by_their_numbers(table):
    """Arrays and rows of two tables make a plain array."""
    found = stacked([Row(table, 0), np.array([1.0, 1.0, 1.0])])

    assert isinstance(found, np.ndarray)
    assert found.tolist() == [[0.0, 2.0, 0.0], [1.0, 1.0, 1.0]]


def test_tables_are_changed_as_arrays(table):
    """Empty rows, scales, a column more and products of some pairs, sparse or not."""
    nowhere = empty(table)
    wider = with_column(table, nowhere)

    assert nowhere.tolist() == [False, True, False]
    assert np.asarray(Rows(wider, np.arange(3))).tolist() == np.column_stack([WHOLE, nowhere]).tolist()
    assert np.asarray(Rows(scaled(table, np.array([2.0, 1.0, 0.5])), np.arange(3)))[2].tolist() == [0.5, 0.0, 1.5]
    assert several_products(table, np.array([0, 2, 2]), np.array([0, 2, 1])).tolist() == [4.0, 10.0, 0.0]
