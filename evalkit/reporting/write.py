"""Writing a page: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from evalkit.errors import ReportError

_ENDINGS = {"md": "markdown", "htm": "html", "xml": "junit"}
"""Endings of files that are not the name of a renderer."""


def renderer_of(path: str | Path) -> str:
    """Return the name of the renderer that a file's ending stands for."""
    ending = Path(path).suffix.removeprefix(".").lower()
    return _ENDINGS.get(ending, ending)


def write_report(content: str | bytes, path: str | Path) -> Path:
    """Write a text or the bytes of a file, whole or not at all, and return its path.

    The content goes to a new file in the same folder, is synced, and takes the place of the old
    one in a single step; a pipe or a device is written to as it is. A lone surrogate in a text, which no
    file can hold, is written as an escape.

    Args:
        content: The page, table, data or picture.
        path: Where to; missing folders are made.

    Raises:
        ReportError: The file can not be written there.
    """
    target = Path(path)
    with _told(target), _replacing(target) as file:
        file.write(content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))
    return target


def write_lines(lines: Iterable[str], path: str | Path) -> int:
    """Return how many lines in ASCII were written to a file, whole or not at all, as `write_report` writes.

    Args:
        lines: Without their ends; taken one by one.
        path: Where to; missing folders are made.

    Raises:
        ReportError: The file can not be written there.
    """
    n_lines = 0
    with _told(Path(path)), _replacing(Path(path)) as file:
        for line in lines:
            file.write(f"{line}\n".encode("ascii"))
            n_lines += 1
    return n_lines


def check_place(path: str | Path) -> None:
    """Do nothing where a file can be written, as far as can be told without writing it; missing folders are not made.

    Raises:
        ReportError: It can not.
    """
    target = Path(path)
    try:
        with contextlib.suppress(FileNotFoundError):
            target.lstat()  # tells of a name that no file can have
        folder = next(parent for parent in target.absolute().parents if parent.exists())
        if target.is_dir():
            raise ReportError(f"{target} is a folder", hint=f"give a file name, such as {target / 'report.html'}")
        told = None if folder.is_dir() else "Not a directory"
        told = told if told or os.access(folder, os.W_OK | os.X_OK) else "Permission denied"
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or str(error)
    if told:
        raise ReportError(f"can not write {target}: {told}", hint="choose a folder you may write to")


@contextlib.contextmanager
def _told(target: Path) -> Iterator[None]:
    """Turn what the system says into a ReportError."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ReportError(f"can not write {target}: {reason}", hint="choose a folder you may write to") from error


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """Give a new file that takes the place of the old one when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        raise ReportError(f"{target} is a folder", hint=f"give a file name, such as {target / 'report.html'}")
    if target.exists() and not target.is_file():  # /dev/stdout: nothing takes the place of a pipe
        with target.open("wb") as file:
            yield file
        return
    target = target.resolve() if target.is_symlink() else target
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # A page is made to be shared: it gets the rights of any new file, not those of a temporary one.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable, where the system can sync a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
