"""Which batches were sent for which runs, in a small file beside them: a command that was killed buys nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evalkit.batching.writing import replace_with
from evalkit.errors import StoreError

NAME = "batches.json"
"""The file's name."""
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of requests and what became of it."""

    run: str
    """Label of the run."""
    tag: str
    """What names the run in the file."""
    file: str
    """Name of the file of requests, in the same folder."""
    n_requests: int
    """Requests in it."""
    endpoint: str
    """Address it was sent to."""
    input_file_id: str | None = None
    """The host's name of the file; None until it is there."""
    begun_at: str | None = None
    """UTC time at which a batch of it was asked for, ISO 8601; None until then."""
    batch_id: str | None = None
    """The host's name of the batch; None until it is known."""
    status: str = "written"
    """What the host said last."""
    read: bool = False
    """Whether its results are in the store."""
    forgotten: bool = False
    """Whether somebody gave it up."""

    @property
    def is_out(self) -> bool:
        """Whether answers may still come of it."""
        return not self.read and not self.forgotten and self.begun_at is not None


class Ledger:
    """The entries of a folder; each change is on disk when it returns."""

    def __init__(self, folder: Path) -> None:
        """Read what there is.

        Raises:
            StoreError: The file is none of ours, or of a newer program.
        """
        self.path = folder / NAME
        self._entries = list(_entries(self.path))

    @property
    def any_out(self) -> bool:
        """Whether answers may still come of any entry."""
        return any(entry.is_out for entry in self._entries)

    def of(self, tag: str) -> tuple[Entry, ...]:
        """Return the entries of a run, oldest first."""
        return tuple(entry for entry in self._entries if entry.tag == tag)

    def out(self, tag: str) -> tuple[Entry, ...]:
        """Return the entries of a run of which answers may still come."""
        return tuple(entry for entry in self.of(tag) if entry.is_out)

    def add(self, entry: Entry) -> Entry:
        """Return an entry, which stands in the file from now on; one that nothing was begun for is replaced."""
        same = [each for each in self._entries if (each.tag, each.file) == (entry.tag, entry.file)]
        for each in same:
            if each.begun_at is None:
                self._entries.remove(each)
        self._entries.append(entry)
        self._write()
        return entry

    def change(self, entry: Entry, **changes: Any) -> Entry:  # noqa: ANN401 - fields of an entry
        """Return an entry as it is now, written down."""
        changed = replace(entry, **changes)
        self._entries[self._entries.index(entry)] = changed
        self._write()
        return changed

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        told = {"version": _VERSION, "batches": [asdict(entry) for entry in self._entries]}
        replace_with(self.path, f"{json.dumps(told, indent=2)}\n".encode("ascii"))


def _entries(path: Path) -> Iterator[Entry]:
    try:
        told = json.loads(path.read_bytes())
        if told["version"] > _VERSION:
            raise StoreError(f"{path} was written by a newer evalkit", hint="install that version or newer")
        known = {each.name: each for each in fields(Entry)}
        for each in told["batches"]:
            yield Entry(**{name: _checked(value, str(known[name].type)) for name, value in each.items()})
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(
            f"{path} can not be read: it is no list of batches",
            hint="where it is lost, look at the host for what was sent",
        ) from error


def _checked(value: object, kind: str) -> Any:  # noqa: ANN401 - of the type that the field names
    good = {"str": str, "int": int, "bool": bool, "str | None": str | None}[kind]
    if not isinstance(value, good):
        raise TypeError(kind)
    return value


def now() -> str:
    """Return the UTC time, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
