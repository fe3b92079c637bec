"""Parquet: the samples of a run, or the numbers of its report, as one typed table; an optional extra."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from evalkit.errors import MissingExtraError

_ROWS = 10_000
"""Rows in memory at once; the table is written in groups of as many."""

_SAMPLES: Mapping[str, type] = {
    "slot": str,
    "model": str,
    "prompt_id": str,
    "temperature": float,
    "load": str,
    "replicate": int,
    "status": str,
    "text": str,
    "finish_reason": str,
    "attempts": int,
    "response_id": str,
    "error": str,
    "message": str,
    "refusal": str,
    "tool_calls": str,
    "answered_by": str,
    "system_fingerprint": str,
    "prompt_tokens": int,
    "completion_tokens": int,
    "latency_s": float,
    "logprobs": str,
    "text_hex": str,
}


def check_extra() -> None:
    """Say what to install before anything is measured.

    Raises:
        MissingExtraError: The package that writes Parquet is not installed.
    """
    _library()


def samples_table(lines: Iterable[str]) -> bytes:
    """Return every draw of a run as Parquet, from the lines that `evalkit.api.export` gives.

    Columns are those of the lines, calls of tools and log-probabilities as JSON text. A lone surrogate, which Parquet
    can not hold, is written as an escape.

    Raises:
        MissingExtraError: The package that writes Parquet is not installed.
    """
    told = (json.loads(line) for line in lines)
    return _table(_SAMPLES, ([_flat(row.get(name)) for name in _SAMPLES] for row in told))


def samples_tables(lines: Iterable[str]) -> Iterator[Any]:
    """Yield the draws of a run as Arrow tables of one schema, some thousands of rows each, as `samples_table` has them.

    Raises:
        MissingExtraError: The package that writes Parquet is not installed.
    """
    told = (json.loads(line) for line in lines)
    yield from _tables(_SAMPLES, ([_flat(row.get(name)) for name in _SAMPLES] for row in told))


def report_table(columns: Mapping[str, type], rows: Iterable[Sequence[object]]) -> bytes:
    """Return the numbers of a report as Parquet.

    Args:
        columns: Names and types, as `evalkit.reporting.rows` has them.
        rows: One cell for each column; None where there is no value.

    Raises:
        MissingExtraError: The package that writes Parquet is not installed.
    """
    return _table(columns, rows)


def _library() -> Any:  # noqa: ANN401 - the package is not always there to name its type
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError(
            "Parquet needs a package that is not installed", hint="pip install 'evalkit[parquet]', or write .csv"
        ) from error
    return pyarrow


def _table(columns: Mapping[str, type], rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.BytesIO()
    with _library().parquet.ParquetWriter(buffer, _schema(columns)) as writer:
        for table in _tables(columns, rows):
            writer.write_table(table)
    return buffer.getvalue()


def _tables(columns: Mapping[str, type], rows: Iterable[Sequence[object]]) -> Iterator[Any]:
    arrow, schema = _library(), _schema(columns)
    for group in _groups(rows):
        cells = ([_whole(row[place]) for row in group] for place in range(len(columns)))
        arrays = [arrow.array(values, type=field.type) for values, field in zip(cells, schema, strict=True)]
        yield arrow.Table.from_arrays(arrays, schema=schema)


def _schema(columns: Mapping[str, type]) -> Any:  # noqa: ANN401 - the package is not always there to name its type
    arrow = _library()
    kinds = {str: arrow.string(), float: arrow.float64(), int: arrow.int64()}
    return arrow.schema([(name, kinds[kind]) for name, kind in columns.items()])


def _groups(rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    left = iter(rows)
    while group := list(itertools.islice(left, _ROWS)):
        yield group


def _flat(value: object) -> object:
    return json.dumps(value) if isinstance(value, list | dict) else value


def _whole(cell: object) -> object:
    return cell.encode("utf-8", "backslashreplace").decode() if isinstance(cell, str) else cell
