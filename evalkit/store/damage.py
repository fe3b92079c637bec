"""Reading a damaged file as far as it goes: around holes, to the end that is left, with a log that may be broken."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from evalkit.errors import StoreError
from evalkit.store import migrations

_PAGE = slice(16, 18)  # of the file's header: bytes of a page
_LEAF, _INTERIOR = 13, 5  # kinds of pages that hold a table
_HEADER, _FRAME = 32, 24  # bytes of the log's header, and of each frame's before its page
_MAGIC = (0x377F0682, 0x377F0683)
_PATIENCE = 5_000  # row numbers that are tried one by one behind a hole, before larger and larger steps
_LAST = 2**62
_LARGEST = 2**40  # bytes; a header that tells more is no header
_TABLES = {"run", "suite", "cell", "request", "sample"}


def connect(copy: Path, path: Path, *, spare: Path, remarks: list[str]) -> sqlite3.Connection:
    """Return a connection that reads what is left of a store.

    Args:
        copy: A copy of the store, which may be changed.
        path: The store, for messages.
        spare: A new store, whose description of tables is used where the store's own can not be read.
        remarks: Grown by what had to be done.

    Raises:
        StoreError: It is no store, as far as one can see.
        StoreVersionError: It was written by a newer program.
    """
    try:
        _pad(copy)
        with suppress(sqlite3.Error):
            return _described(tolerant(copy), path)
        _graft(copy, spare)
        found = _described(tolerant(copy), path)
    except (sqlite3.Error, struct.error, IndexError) as error:
        raise StoreError(f"{path} is not a store: {error}", hint="choose another path") from error
    remarks.append("file: the description of its tables can not be read; that of a new store was used")
    return found


def _described(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """Return a connection, closed when what it leads to does not say that it is a store."""
    try:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        kind = connection.execute("PRAGMA application_id").fetchone()[0]
        if kind != migrations.APPLICATION_ID or not names >= _TABLES:
            raise sqlite3.DatabaseError("its tables are not those of a store")
        migrations.check(connection, path)
    except (sqlite3.Error, StoreError):
        connection.close()
        raise
    return connection


def tolerant(path: Path) -> sqlite3.Connection:
    """Return a connection that reads a file shorter than its header says, and texts that are no UTF-8."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA writable_schema = ON")  # without it a truncated file is not opened at all
    return connection


def rows(connection: sqlite3.Connection, table: str, torn: list[str]) -> Iterator[sqlite3.Row]:
    """Yield the rows of a table that can be read, by their numbers (``at``), around all holes.

    Args:
        connection: A `tolerant` one.
        table: Its name.
        torn: Grown by what SQLite says at each hole.
    """
    start, last = 1, 0
    while True:
        try:
            for row in _from(connection, table, start):
                if row["at"] <= last:
                    raise sqlite3.DatabaseError("pages are out of order")
                last = row["at"]
                yield row
        except sqlite3.Error as error:
            torn.append(f"{table}: unreadable after row {last}: {error}")
        else:
            return
        # The row before a hole is among these: Python asks for the next row before it hands out one.
        found = _beyond(connection, table, last + 1)
        if found is None:
            return
        yield found
        last = found["at"]
        start = last + 1


def _from(connection: sqlite3.Connection, table: str, start: int, *, most: int = -1) -> sqlite3.Cursor:
    query = f"SELECT rowid AS at, * FROM {table} NOT INDEXED WHERE rowid >= ? ORDER BY rowid LIMIT ?"  # noqa: S608 - our names
    return connection.execute(query, (start, most))


def _beyond(connection: sqlite3.Connection, table: str, start: int) -> sqlite3.Row | None:
    """Return the next row that can be read; None when there is none."""
    step, n_tried = 1, 0
    while start < _LAST:
        with suppress(sqlite3.Error):
            row: sqlite3.Row | None = _from(connection, table, start, most=1).fetchone()
            if row is None or row["at"] >= start:
                return row
        n_tried += 1
        step *= 2 if n_tried > _PATIENCE else 1
        start += step
    return None


def _pad(copy: Path) -> None:
    """Bring a copy that was cut off to the size its header tells: a table that begins behind the end is then empty."""
    with copy.open("r+b") as file:
        head = file.read(32)
        told = int.from_bytes(head[_PAGE], "big") * int.from_bytes(head[28:32], "big")
        if file.seek(0, 2) < told < _LARGEST:
            file.truncate(told)


def _graft(copy: Path, spare: Path) -> None:
    """Write the pages that describe tables over those of a copy: tables of equal stores begin at equal pages."""
    with closing(sqlite3.connect(spare)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = spare.read_bytes()
    size = int.from_bytes(content[_PAGE], "big") or 65536
    with copy.open("r+b") as file:
        n_pages = max(file.seek(0, 2), len(content)) // size
        file.truncate(n_pages * size)
        for number in _description(content, size, 1):
            page = bytearray(content[(number - 1) * size : number * size])
            if number == 1:
                page[28:32] = n_pages.to_bytes(4, "big")
            file.seek((number - 1) * size)
            file.write(page)


def _description(content: bytes, size: int, number: int) -> Iterator[int]:
    """Yield the pages of the tree that begins at a page."""
    yield number
    page = content[(number - 1) * size : number * size]
    head = 100 if number == 1 else 0
    if page[head] != _INTERIOR:
        return
    n_cells = int.from_bytes(page[head + 3 : head + 5], "big")
    for at in range(head + 12, head + 12 + 2 * n_cells, 2):
        cell = int.from_bytes(page[at : at + 2], "big")
        yield from _description(content, size, int.from_bytes(page[cell : cell + 4], "big"))
    yield from _description(content, size, int.from_bytes(page[head + 8 : head + 12], "big"))


def of_log(path: Path, *, begin_only: bool = False) -> Iterator[str]:
    """Yield what is wrong with a store's log: SQLite reads as far as it is sound and says nothing of the rest.

    Args:
        path: The store.
        begin_only: Look at the log's beginning only, without which SQLite takes it for empty and writes over it.
    """
    log = path.with_name(path.name + "-wal")
    try:
        content = log.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        yield f"log: {log.name} can not be read: {error.strerror}; what was written last is missing"
        return
    if not content.strip(b"\0"):
        return
    sound = _sound_header(content)
    if sound is None:
        yield f"log: {log.name} is damaged at its beginning; what was written last is missing"
        return
    good, broken = (0, 0) if begin_only else _frames(content, *sound)
    if broken:
        yield f"log: {log.name} is damaged after {good:,} pages; {broken:,} transactions behind that are missing"


def _sound_header(content: bytes) -> tuple[str, int, tuple[int, int]] | None:
    """Return byte order of the checksums, size of a page and the checksum of a log's header."""
    if len(content) < _HEADER:
        return None
    magic, _, size, _, _, _, *told = struct.unpack(">8I", content[:_HEADER])
    if magic not in _MAGIC:
        return None
    order = ">" if magic & 1 else "<"
    found = _sum(order, content[:24], (0, 0))
    return (order, size, found) if found == tuple(told) else None


def _frames(content: bytes, order: str, size: int, seed: tuple[int, int]) -> tuple[int, int]:
    """Return the number of sound frames, and that of transactions which end behind them in the same log."""
    good = broken = 0
    for at in range(_HEADER, len(content) - size - _FRAME + 1, _FRAME + size):
        _, end, *salts, one, other = struct.unpack(">6I", content[at : at + _FRAME])
        if struct.pack(">2I", *salts) != content[16:24]:
            continue  # of an earlier round of the log, or destroyed
        if not broken and at == _HEADER + good * (_FRAME + size):
            seed = _sum(order, content[at : at + 8] + content[at + _FRAME : at + _FRAME + size], seed)
            if seed == (one, other):
                good += 1
                continue
        broken += end > 0
    return good, broken


def _sum(order: str, content: bytes, seed: tuple[int, int]) -> tuple[int, int]:
    one, other = seed
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + other) & 0xFFFFFFFF
        other = (other + second + one) & 0xFFFFFFFF
    return one, other
