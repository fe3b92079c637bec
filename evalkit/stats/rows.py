"""Rows of numbers of which many are the same or zero: each different one is held once, with the few words it has.

Explained in docs/statistics.md, "Meanings and vectors".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

Dense: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]
Integers: TypeAlias = NDArray[np.integer[Any]]

_AT_A_TIME = 10_000  # pairs


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Rows:
    """Rows of a table, each different one held once; `numpy.asarray` gives all of them with all their numbers."""

    table: Any
    """(u, d), an array, or a sparse one of scipy that is compressed by rows."""
    kinds: Places
    """(n,) which row of the table each one is."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.kinds), int(self.table.shape[1])

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.kinds)

    def __getitem__(self, places: Any) -> Any:  # noqa: ANN401 - a place, or several
        """Return one row, or the rows at some places."""
        if isinstance(places, int | np.integer):
            return Row(self.table, int(self.kinds[places]))
        return Rows(self.table, self.kinds[places])

    def __iter__(self) -> Iterator[Row]:
        """Yield row by row."""
        own = {kind: Row(self.table, kind) for kind in np.unique(self.kinds).tolist()}
        return map(own.__getitem__, self.kinds.tolist())

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: FBT001 - numpy's own
        """Return all rows, (n, d)."""
        return np.asarray(_dense(self.table[self.kinds]), dtype=dtype)

    def whole(self) -> Any:  # noqa: ANN401 - dense or sparse
        """Return all rows as the table holds them, (n, d): what multiplies."""
        n = len(self.kinds)
        same = n == self.table.shape[0] and bool((self.kinds == np.arange(n)).all())
        return self.table if same else self.table[self.kinds]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, in its place until someone asks for its numbers."""

    table: Any
    """(u, d), an array, or a sparse one."""
    kind: int
    """Which row of it."""

    def __len__(self) -> int:
        """Return the number of columns."""
        return int(self.table.shape[1])

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: FBT001 - numpy's own
        """Return the row's numbers; shape (d,)."""
        return np.asarray(_dense(self.table[[self.kind]])[0], dtype=dtype)

    def __matmul__(self, other: Row | Dense) -> float:
        """Return the inner product with another row."""
        return float(np.asarray(self) @ np.asarray(other))

    def any(self) -> bool:
        """Return whether it holds a number other than zero."""
        return bool(np.asarray(self).any())


def stacked(rows: Sequence[Any]) -> Dense | Rows:
    """Return rows as one table again; those of one table without a look at their numbers.

    Args:
        rows: (n,) each a `Row`, or (d,).

    References:
        Definition by this project.
    """
    if rows and all(isinstance(row, Row) and row.table is rows[0].table for row in rows):
        return Rows(rows[0].table, np.array([row.kind for row in rows], dtype=np.intp))
    return np.array([np.asarray(row) for row in rows], dtype=np.float64)


def sparse_table(values: Dense, rows: Integers, columns: Integers, shape: tuple[int, int]) -> Any:  # noqa: ANN401 - of scipy
    """Return a table by what is not zero in it.

    Args:
        values: (m,) numbers.
        rows: (m,) their rows, rising.
        columns: (m,) their columns.
        shape: Rows and columns of the whole.

    References:
        Definition by this project.
    """
    from scipy import sparse  # loads slowly, and only for large tables

    ends = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
    table = sparse.csr_array((values, columns, ends), shape=shape)
    table.sort_indices()
    return table


def with_column(table: Any, column: NDArray[np.bool_]) -> Any:  # noqa: ANN401 - dense or sparse
    """Return a table with a column more, of ones where told and else of zeros.

    Args:
        table: (n, d), dense or sparse.
        column: (n,).

    References:
        Definition by this project.
    """
    more = column[:, None].astype(np.float64)
    if isinstance(table, np.ndarray):
        return np.hstack([table, more])
    from scipy import sparse  # loads slowly, and only for large tables

    return sparse.hstack([table, sparse.csr_array(more)], format="csr")


def scaled(table: Any, scales: Dense) -> Any:  # noqa: ANN401 - dense or sparse
    """Return each row of a table times its scale.

    Args:
        table: (n, d), dense or sparse.
        scales: (n,).

    References:
        Definition by this project.
    """
    if isinstance(table, np.ndarray):
        return table * scales[:, None]
    data = table.data * np.repeat(scales, np.diff(table.indptr))
    return type(table)((data, table.indices, table.indptr), shape=table.shape)  # with the same columns, not copied


def several_products(table: Any, first: Places, second: Places) -> Dense:  # noqa: ANN401 - dense or sparse
    """Return the inner products of some pairs of rows; shape (m,).

    Args:
        table: (n, d), dense or sparse.
        first: (m,) places of rows.
        second: (m,) places of rows.

    References:
        Definition by this project.
    """
    found = np.empty(len(first))
    for start in range(0, len(first), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        found[part] = np.asarray((table[first[part]] * table[second[part]]).sum(axis=1)).ravel()
    return found


def empty(table: Any) -> NDArray[np.bool_]:  # noqa: ANN401 - dense or sparse
    """Return which rows of a table hold nothing but zeros; shape (n,).

    Args:
        table: (n, d), dense or sparse; a sparse one holds no zeros.

    References:
        Definition by this project.
    """
    return np.asarray(~table.any(axis=1) if isinstance(table, np.ndarray) else np.diff(table.indptr) == 0)


def _dense(table: Any) -> Dense:  # noqa: ANN401 - dense or sparse
    return table if isinstance(table, np.ndarray) else np.asarray(table.toarray())
