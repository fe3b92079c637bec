"""What may be opened, and how files are made."""

import os
import sqlite3
import tempfile
import warnings
from contextlib import closing
from pathlib import Path

import pytest

from evalkit.errors import StoreError, StoreVersionError
from evalkit.store import migrations, opening
from evalkit.store.sqlite import open_store


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_files_are_private_whatever_the_mask(tmp_path, suite_of, origin, mask):
    """Store, log, index and lock are made 0600, missing directories 0700."""
    before = os.umask(mask)
    try:
        with open_store(tmp_path / "a" / "b" / "runs.sqlite") as store:
            store.begin("r", suite_of(), origin)
            modes = {found.name: found.stat().st_mode & 0o777 for found in (tmp_path / "a" / "b").iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("runs.sqlite", "runs.sqlite-wal", "runs.sqlite-shm", "runs.sqlite.lock"), 0o600)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


def test_a_closed_store_is_one_file_and_its_lock(path):
    """Nothing else stays behind a writer that ends in peace."""
    open_store(path).close()
    assert sorted(found.name for found in path.parent.iterdir()) == ["runs.sqlite", "runs.sqlite.lock"]


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0", b"x" * 5000])
def test_any_other_file_is_no_store(path, content, read_only):
    """A file of another kind is refused and left as it is."""
    path.write_bytes(content)
    with pytest.raises(StoreError, match="not a store"):
        open_store(path, read_only=read_only)
    assert path.read_bytes() == content
    assert not path.with_name("runs.sqlite.new").exists()


@pytest.mark.parametrize("read_only", [True, False])
def test_another_database_is_no_store(path, read_only):
    """Somebody else's SQLite file is refused."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE meta (key, value)")
    with pytest.raises(StoreError, match="another program's database"):
        open_store(path, read_only=read_only)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_link_is_refused(path, read_only):
    """A store is opened by its own name, whether the link leads to one or nowhere."""
    link = path.with_name("link")
    link.symlink_to(path)
    for _ in range(2):
        with pytest.raises(StoreError, match="is a link"):
            open_store(link, read_only=read_only)
        open_store(path).close()


def test_a_link_in_place_of_the_lock_is_refused(path, tmp_path):
    """Nobody makes us write a number into a file of their choice."""
    path.with_name("runs.sqlite.lock").symlink_to(tmp_path / "victim")
    with pytest.raises(StoreError, match="can not be made"):
        open_store(path)
    assert not (tmp_path / "victim").exists()


@pytest.mark.parametrize("made", [True, False])
@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_a_link_in_place_of_the_log_is_refused(path, tmp_path, ending, made):
    """Answers are not written where somebody's link leads."""
    if made:
        open_store(path).close()
    path.with_name(path.name + ending).symlink_to(tmp_path / "victim")
    with pytest.raises(StoreError, match=f"{ending} is a link"):
        open_store(path)
    assert not (tmp_path / "victim").exists()


@pytest.mark.parametrize("read_only", [True, False])
def test_a_directory_is_no_store(tmp_path, read_only):
    """A directory is refused in one line."""
    with pytest.raises(StoreError, match="is no file"):
        open_store(tmp_path, read_only=read_only)


def test_reading_makes_no_store(path):
    """A wrong path is an error, not an empty store."""
    with pytest.raises(StoreError, match="there is no store at"):
        open_store(path, read_only=True)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("name", ["a" * 300, "a" * 252, "é" * 130, "a\0b", "\ud800", f"{'a' * 300}/runs.sqlite"])
def test_a_name_no_store_can_have_is_refused(tmp_path, name, read_only):
    """Names too long for the system, or for the log beside the store, and names that are none."""
    with pytest.raises(StoreError, match=r"too long|no file can have|can not be made"):
        open_store(tmp_path / name, read_only=read_only)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_open_to_all_is_refused(tmp_path):
    """Where anybody may replace files no store is kept."""
    tmp_path.chmod(0o777)
    with pytest.raises(StoreError, match="chmod o-w"):
        open_store(tmp_path / "runs.sqlite")


def test_a_newer_schema_is_refused_by_number(path):
    """The line names both versions."""
    open_store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")
    for read_only in (True, False):
        with pytest.raises(StoreVersionError, match=f"schema version 7, this evalkit reads up to {migrations.VERSION}"):
            open_store(path, read_only=read_only)


def test_a_log_without_its_store_is_not_lost(path):
    """A store whose main file went astray is not begun anew over its log."""
    path.with_name("runs.sqlite-wal").write_bytes(b"frames")
    with pytest.raises(StoreError, match=r"is missing, but its log runs\.sqlite-wal is there"):
        open_store(path)
    assert path.with_name("runs.sqlite-wal").read_bytes() == b"frames"


def test_what_a_killed_beginning_left_is_no_hindrance(path):
    """A half-made file of an earlier try is made anew."""
    path.with_name("runs.sqlite.new").write_bytes(b"half")
    open_store(path).close()
    assert not path.with_name("runs.sqlite.new").exists()


def test_a_truncated_store_is_not_begun_anew(path, suite_of, origin):
    """A damaged file is an error and stays as it is."""
    with open_store(path) as store:
        store.begin("r", suite_of(), origin)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StoreError), open_store(path) as store:
        store.runs()
    assert path.stat().st_size <= 5000


def test_every_commit_is_synced(store):
    """Full sync and a log: the settings that match paid for."""
    writing = store._writer._connection  # noqa: SLF001 - the setting has no other sign
    assert writing.execute("PRAGMA synchronous").fetchone() == (2,)
    assert writing.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert writing.execute("PRAGMA foreign_keys").fetchone() == (1,)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_network_file_system_is_refused(tmp_path, kind):
    """The innermost mount counts: a local disk within a remote one is a local disk."""
    mounts = tmp_path / "mountinfo"
    root = "1 0 8:1 / / rw - ext4 /dev/a rw\n"
    remote = f"2 1 0:2 / {tmp_path} rw shared:1 - {kind} server:/x rw\n"
    mounts.write_text(root + remote)
    with pytest.raises(StoreError, match=f"network file system .{kind}."):
        opening.check_disk(tmp_path / "runs.sqlite", mounts)
    mounts.write_text(root + remote + f"3 2 8:3 / {tmp_path}/local rw - ext4 /dev/b rw\n")
    opening.check_disk(tmp_path / "local" / "runs.sqlite", mounts)
    opening.check_disk(tmp_path / "runs.sqlite", tmp_path / "none")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_store_of_another_user_is_not_written():
    """Who does not own a store may not write to it, whatever its mode."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.sqlite"
        open_store(path).close()
        path.parent.chmod(0o755)
        path.chmod(0o666)
        child = os.fork()
        if not child:
            os.setuid(65534)
            try:
                opening.check_file(path, write=True)
            except StoreError as error:
                os._exit(7 if "another user" in str(error) else 1)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@pytest.fixture
def told():
    """Return a caller of functions as a user who is not root; gives what it returned, or the error's line."""

    def call(function):
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the child does without
            child = os.fork()
        if not child:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            try:
                said = str(function())
            except StoreError as error:
                said = str(error)
            except BaseException as error:  # noqa: BLE001 - the parent reads it
                said = f"not told: {error!r}"
            os.write(writing, said.encode())
            os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as pipe:
            return pipe.read().decode()

    return call


@pytest.fixture
def place():
    """Yield a path in a directory that belongs to the user of `told`, wherever the tests lie."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "own"
        own.mkdir()
        for each in (Path(folder), own):
            each.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(own, 65534, 65534)
        yield own / "runs.sqlite"
        own.chmod(0o755)


def own(path):
    """Give all that is beside a store to the user of `told`."""
    if os.geteuid() == 0:
        for found in path.parent.iterdir():
            os.chown(found, 65534, 65534)


def test_a_directory_that_can_not_be_written_is_told_first(place, told):
    """No store, no lock: nothing can be bought before the line is read."""
    place.parent.chmod(0o500)
    assert "can not be made: Permission denied" in told(lambda: open_store(place))
    assert "can not be made: Permission denied" in told(lambda: open_store(place.parent / "sub" / "runs.sqlite"))


def test_a_store_in_a_directory_that_can_not_be_written(place, told):
    """It is read as it lies; who would write is told why the store can not take anything."""
    open_store(place).close()
    own(place)
    place.parent.chmod(0o500)
    assert told(lambda: open_store(place, read_only=True).runs()) == "()"
    assert f"nothing may be written to {place.parent}" in told(lambda: open_store(place))


def test_a_log_without_an_index_is_told_where_none_can_be_made(place, told, suite_of, origin):
    """What a killed run left in a directory that is write-protected now is read with its index, or not at all."""
    with open_store(place) as store:
        store.begin("r", suite_of(), origin)
        aside = {found: found.read_bytes() for found in place.parent.iterdir()}
    for found, content in aside.items():
        found.write_bytes(content)
    own(place)
    place.parent.chmod(0o500)
    labels = lambda: [run.label for run in open_store(place, read_only=True).runs()]  # noqa: E731 - called elsewhere
    assert told(labels) == "['r']"
    place.parent.chmod(0o755)
    place.with_name("runs.sqlite-shm").unlink()
    place.parent.chmod(0o500)
    assert "its log runs.sqlite-wal has no index (`evalkit salvage`" in told(labels)


def test_an_index_of_a_store_that_was_write_protected(place, told, suite_of, origin):
    """Log and index that have the mode of a store as it was are no hindrance to its owner."""
    with open_store(place) as store:
        store.begin("r", suite_of(), origin)
        aside = {found: found.read_bytes() for found in place.parent.iterdir()}
    for found, content in aside.items():
        found.write_bytes(content)
        found.chmod(0o400 if found.suffix != ".lock" and found != place else 0o600)
    own(place)
    assert told(lambda: open_store(place).keep("name", {"key": b"value"})) == "True"


def test_a_store_of_two_names_is_not_written(path):
    """Two names would have two locks, two logs and two writers of one file."""
    open_store(path).close()
    path.with_name("other.sqlite").hardlink_to(path)
    with pytest.raises(StoreError, match="hard link"):
        open_store(path)
    with open_store(path, read_only=True) as store:
        assert store.runs() == ()
    path.with_name("other.sqlite").unlink()
    open_store(path).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes to what is another's")
def test_a_store_that_root_wrote_to_is_its_owners(place, told):
    """Root leaves no lock behind that the owner may not take."""
    open_store(place).close()
    own(place)
    place.with_name("runs.sqlite.lock").unlink()
    open_store(place).close()
    assert told(lambda: open_store(place).keep("name", {"key": b"value"})) == "True"
