"""What can be read of a damaged store, written into a new one; the old one is only read."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from evalkit.errors import StoreBusyError, StoreError
from evalkit.store import damage, opening
from evalkit.store.lock import Lock
from evalkit.store.refill import Filled, refill
from evalkit.store.sqlite import open_store
from evalkit.store.transfer import export_jsonl

_LINES = ".jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvage:
    """What was saved of a store, and what was not."""

    path: str
    """The damaged file."""
    new: str
    """The file that was written."""
    tables: tuple[Filled, ...]
    """Rows by table."""
    remarks: tuple[str, ...]
    """What had to be done beyond copying rows, and what is wrong with the log, one line each."""

    @property
    def whole(self) -> bool:
        """True when nothing is missing."""
        return not self.remarks and not any(table.n_lost for table in self.tables)


def salvage(path: str | Path, new: str | Path) -> Salvage:
    """Return what of a damaged store could be written into a new one.

    Args:
        path: The store; neither it nor what lies beside it is changed.
        new: A store to make, or, where the name ends in ``.jsonl``, draws as JSON Lines.

    Raises:
        StoreError: There is nothing at the path, nothing can be read of it, or something is at the new one.
        StoreVersionError: It was written by a newer program.
        StoreBusyError: Another process is writing to it.
    """
    path, new = Path(path).absolute(), Path(new).absolute()
    try:
        opening.check_file(path, write=False)
    except FileNotFoundError:
        raise StoreError(f"there is no store at {path}", hint="is the path right?") from None
    _check_new(new)
    opening.check_directory(new)
    try:
        with _unwritten(path), tempfile.TemporaryDirectory(prefix=".salvage-", dir=new.parent) as folder:
            return _salvage(path, new, Path(folder))
    except OSError as error:
        raise StoreError(f"{new} can not be made: {error}", hint="is there space, and may you write there?") from error


def _check_new(new: Path) -> None:
    if new.exists() or new.is_symlink():
        raise StoreError(f"{new} is there already", hint="name a new file; nothing is ever written over")


@contextmanager
def _unwritten(path: Path) -> Iterator[None]:
    """Make sure that nobody writes to a store meanwhile; where no writer left a lock, there is none to wait for."""
    lock = None
    if path.with_name(path.name + ".lock").exists():
        try:
            lock = Lock(path)
        except StoreBusyError:
            raise
        except StoreError:  # a medium that can not be written to: nobody does
            lock = None
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _salvage(path: Path, new: Path, folder: Path) -> Salvage:
    remarks = list(damage.of_log(path))
    copy, made = folder / "old.sqlite", folder / "new.sqlite"
    # SQLite may write to a file that it only reads: it makes an index of the log.
    for ending in ("", "-wal"):
        with suppress(FileNotFoundError):
            shutil.copyfile(path.with_name(path.name + ending), copy.with_name(copy.name + ending))
    opening.create(made)
    with (
        closing(damage.connect(copy, path, spare=made, remarks=remarks)) as damaged,
        closing(opening.connect(made, write=True)) as connection,
    ):
        tables, more = refill(connection, damaged)
    if not any(table.n_saved for table in tables):
        raise StoreError(f"nothing of {path} can be read", hint="the file is not changed; is there a copy elsewhere?")
    if new.suffix == _LINES:
        made = _lines(made, folder / "new.jsonl", n_lost=sum(table.n_lost for table in tables))
    _check_new(new)
    made.rename(new)
    opening.sync_directory(new.parent)
    return Salvage(path=str(path), new=str(new), tables=tables, remarks=(*remarks, *more))


def _lines(store: Path, lines: Path, *, n_lost: int) -> Path:
    """Return a file of the draws of a store's only run."""
    with open_store(store, read_only=True) as opened:
        labels = [run.label for run in opened.runs()]
        if len(labels) != 1:
            runs = f"{len(labels)} runs" if labels else "no run"
            raise StoreError(
                f"{runs} could be read, and JSON Lines hold one ({n_lost:,} rows are lost)",
                hint="write a store, then export its runs one by one",
            )
        fd = os.open(lines, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w", encoding="ascii") as file:
            os.fchmod(fd, 0o600)
            file.writelines(f"{line}\n" for line in export_jsonl(opened, labels[0]))
            file.flush()
            os.fsync(fd)
    return lines
