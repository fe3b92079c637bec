"""From a path to a connection: what is no store is refused before SQLite touches it."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib.resources import files
from pathlib import Path

from evalkit.errors import StoreError
from evalkit.store import damage, migrations

_BUSY_S = 30.0  # a database browser may hold the file for a moment; an answer was paid for
_PAGE = 8_192  # bytes: an answer of a kilobyte, twice over, leaves less of a page empty than of half of one
_NAME_BYTES = 255
_LONGEST_ENDING = ".lock"
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "fuse.sshfs", "fuse.glusterfs", "ceph"})


def check_name(path: Path) -> None:
    """Do nothing when a store can have this name, and the files beside it theirs.

    Raises:
        StoreError: The system knows no such name, or it is too long.
    """
    try:
        n_bytes = len(os.fsencode(path.name + _LONGEST_ENDING))
    except UnicodeEncodeError:
        n_bytes = None
    if n_bytes is None or "\0" in str(path):
        raise StoreError(f"{path} is a name that no file can have", hint="choose another path")
    if n_bytes > _NAME_BYTES:
        raise StoreError(f"the name {path.name[:40]}... is too long for a store", hint="choose a shorter one")


def check_directory(path: Path) -> None:
    """Make the directories a new store needs, for the owner only, and refuse one that anybody may write to.

    Raises:
        StoreError: The directory can not be made, others could replace the store in it, or the name is no name.
    """
    check_name(path)
    try:
        missing = [parent for parent in path.parents if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir(mode=0o700)
            parent.chmod(0o700)  # whatever the umask leaves of it
        mode = path.parent.stat().st_mode
    except OSError as error:
        raise StoreError(f"{path.parent} can not be made: {error.strerror}", hint="choose another directory") from error
    if not stat.S_ISDIR(mode):
        raise StoreError(f"{path.parent} is no directory", hint="choose another path")
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise StoreError(f"anybody may replace files in {path.parent}", hint=f"chmod o-w {path.parent}")


def check_disk(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> None:
    """Do nothing when a store lies on a disk of this machine; where the system tells of no mounts, trust it.

    Raises:
        StoreError: It lies on a network file system, which keeps neither locks nor logs well enough.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return
    folder = str(path.parent.resolve())
    kind, longest = "", -1
    for line in lines:
        before, _, after = line.partition(" - ")
        place = before.split(" ")[4].replace("\\040", " ")
        if (folder == place or folder.startswith(place.rstrip("/") + "/")) and len(place) >= longest:
            kind, longest = after.split(" ")[0], len(place)
    if kind in _REMOTE:
        problem = f"{path.parent} lies on a network file system ({kind}), which can not keep a store whole"
        raise StoreError(problem, hint="use a local disk, and copy the store when the run is done")


def check_file(path: Path, *, write: bool) -> None:
    """Do nothing when the path leads to a store that may be opened.

    Args:
        path: Where the store is said to be.
        write: Whether it will be written to.

    Raises:
        FileNotFoundError: Nothing is there.
        StoreError: No file can have that name; it is a link, a directory, of another user or any other file; it has a
            second name, or lies where its log can not be.
    """
    check_name(path)
    # By its name, not by a descriptor of ours: closing one would drop the locks SQLite holds on the file for
    # every other connection of this process.
    try:
        status = path.lstat()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError(f"{path} can not be opened: {error.strerror}", hint="is it a file of yours?") from error
    if stat.S_ISLNK(status.st_mode):
        raise StoreError(f"{path} is a link, not a store", hint="give the path it leads to")
    if not stat.S_ISREG(status.st_mode):
        raise StoreError(f"{path} is no file, so no store", hint="choose another path")
    if not status.st_size:
        raise StoreError(f"{path} is empty, not a store", hint="remove it to begin a new store there")
    check_companions(path)
    if write and status.st_nlink > 1:
        # Each name would have a lock and a log of its own, and two writers.
        raise StoreError(f"{path} has another name, as a hard link", hint="copy it, and write to the copy")
    if write and os.geteuid() not in {0, status.st_uid}:
        raise StoreError(f"{path} belongs to another user", hint="copy it, or ask its owner")
    if not os.access(path, os.R_OK | (os.W_OK if write else 0)):
        raise StoreError(f"{path} may not be {'written' if write else 'read'}", hint="change its mode, or copy it")
    if write and not os.access(path.parent, os.W_OK | os.X_OK):
        problem = f"nothing may be written to {path.parent}, where the log of {path.name} has to be"
        raise StoreError(problem, hint="change its mode, or copy the store")


def check_companions(path: Path) -> None:
    """Do nothing when neither the log nor its index is a link, which SQLite would follow.

    Raises:
        StoreError: One of them is a link.
    """
    for companion in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        if companion.is_symlink():
            raise StoreError(f"{companion} is a link", hint="remove it")


def create(path: Path) -> None:
    """Make an empty store, readable by its owner only; it is there whole or not at all.

    Raises:
        StoreError: It can not be made, or the log of a store that was there still is.
    """
    check_companions(path)
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise StoreError(
            f"{path} is missing, but its log {log.name} is there", hint="bring both back, or remove the log"
        )
    new = path.with_name(path.name + ".new")
    try:
        new.unlink(missing_ok=True)
        fd = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        os.fchmod(fd, 0o600)
        try:
            _furnish(new)
            os.fsync(fd)
        finally:
            os.close(fd)
        new.rename(path)
        sync_directory(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{path} can not be made: {error}", hint="is there space, and may you write to the directory?"
        ) from error


def _furnish(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {_PAGE}")
        connection.execute("PRAGMA synchronous = OFF")  # the whole file is synced once, when it is done
        connection.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        connection.executescript(schema())
        connection.execute("INSERT INTO meta VALUES ('first_version', ?)", (str(migrations.VERSION),))
        connection.execute(f"PRAGMA user_version = {migrations.VERSION}")


def schema() -> str:
    """Return the SQL that makes a store."""
    return files("evalkit.store").joinpath("schema.sql").read_text(encoding="utf-8")


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what SQLite says while reading, and rows that make no sense, into a StoreError."""
    hint = "`evalkit verify` says what is readable, `evalkit salvage` saves it"
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{path} can not be read: {error}", hint=hint) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StoreError(f"{path} holds what can not be understood: {error!r}", hint=hint) from error


def connect(path: Path, *, write: bool, newer: bool = False) -> sqlite3.Connection:
    """Return a connection to a store that is there.

    Args:
        path: The store's file.
        write: Full sync at each commit; otherwise nothing can be changed.
        newer: Whether a store of a newer program is read, too, as far as it can be.

    Raises:
        StoreError: It can not be opened, or its disk can not keep a log.
        StoreVersionError: It was written by a newer program.
    """
    uri = path.absolute().as_uri()
    with readable(path):
        reading = _reading(uri, path, newer=newer)
        if not write:
            return reading
        reading.close()
        for problem in damage.of_log(path, begin_only=True):
            raise StoreError(problem, hint="`evalkit salvage` saves the rest; removing the log gives up what it held")
        _open_companions(path)
        return _prepared(_open(f"{uri}?mode=rw"), path, write=True)


def _open_companions(path: Path) -> None:
    """Let the owner write to log and index, which who read a write-protected store made write-protected, too."""
    for companion in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        with suppress(FileNotFoundError):
            mode = companion.stat().st_mode & 0o777
            if mode & 0o600 != 0o600:  # noqa: PLR2004 - reading and writing
                companion.chmod(mode | 0o600)


def _reading(uri: str, path: Path, *, newer: bool) -> sqlite3.Connection:
    try:
        return _prepared(_open(f"{uri}?mode=ro"), path, write=False, newer=newer)
    except sqlite3.OperationalError:
        # The log's index can not be made in a directory of others; without a log there is nothing to index.
        log = path.with_name(path.name + "-wal")
        if log.exists():
            if os.access(path.parent, os.W_OK | os.X_OK):
                raise
            problem = f"{path} can not be read where nothing may be written: its log {log.name} has no index"
            hint = f"`evalkit salvage` makes a store of both elsewhere; or copy {path.name} and {log.name} together"
            raise StoreError(problem, hint=hint) from None
        return _prepared(_open(f"{uri}?mode=ro&immutable=1"), path, write=False, newer=newer)


def _open(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)


def _prepared(connection: sqlite3.Connection, path: Path, *, write: bool, newer: bool = False) -> sqlite3.Connection:
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA foreign_keys = ON")
        _identify(connection, path)
        if not newer:
            migrations.check(connection, path)
        if write:
            _keep_log(connection, path)
            connection.execute("PRAGMA synchronous = FULL")
            migrations.upgrade(connection, path)
    except (sqlite3.Error, StoreError):
        connection.close()
        raise
    return connection


def _identify(connection: sqlite3.Connection, path: Path) -> None:
    try:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        with path.open("rb") as file:
            ours = file.read(72)[68:] == migrations.APPLICATION_ID.to_bytes(4, "big")
        hint = "`evalkit salvage` saves what can be read; nothing was changed"
        problem = "is a damaged store" if ours else "is not a store"
        raise StoreError(f"{path} {problem}: {error}", hint=hint if ours else "choose another path") from error
    if found != migrations.APPLICATION_ID:
        raise StoreError(f"{path} is not a store: it is another program's database", hint="choose another path")


def _keep_log(connection: sqlite3.Connection, path: Path) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreError(f"the disk of {path} can not keep a write-ahead log", hint="use a local disk")


def sync_directory(directory: Path) -> None:
    """Make sure that the names in a directory are on disk."""
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
