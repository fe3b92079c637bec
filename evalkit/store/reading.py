"""Lines of a file that came from elsewhere, packed or not: none longer than allowed, none held twice."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import NoReturn

from evalkit.errors import StoreError

LONGEST_LINE = 256 * 2**20
"""Most bytes of one line: an answer of 32 MiB with every byte escaped."""

_PIECE = 2**20  # bytes that are read at once
_LOOSE, _TIGHT = 64 * 2**20, 500  # bytes that are unpacked from any file; from then on, how many of each packed one
_REMEDY = "each line is an object with model, prompt_id, temperature, replicate and text"


def read_lines(path: Path, *, longest: int = LONGEST_LINE, loose: int = _LOOSE) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of each line of a file, which is unpacked when its name ends in ``.gz``.

    Args:
        path: The file.
        longest: Most bytes of a line.
        loose: Bytes that are unpacked from any file, however small.

    Raises:
        StoreError: The file can not be read, a line is too long, or more is packed into it than a text can be.
    """
    number = 0
    try:
        with path.open("rb") as packed, _unpacked(packed, path) as file:
            size, line = 0, bytearray()
            while piece := file.readline(_PIECE):
                line += piece
                size += len(piece)
                if len(line) > longest:
                    refuse(path, number + 1, f"the line is longer than {longest:,} bytes", "is it JSON Lines?")
                if size > max(loose, _TIGHT * packed.tell()):
                    problem = f"more than {_TIGHT} bytes come of each packed one"
                    refuse(path, number + 1, problem, "unpack it yourself if it is what you expect")
                if line.endswith(b"\n"):
                    number += 1
                    yield number, bytes(line)
                    line.clear()
            if line:
                yield number + 1, bytes(line)
    except (OSError, EOFError, zlib.error) as error:
        at = f" after line {number}" if number else ""
        raise StoreError(
            f"{path} can not be read{at}: {error}", hint="is the path right, and the file whole?"
        ) from error


def refuse(path: Path, line: int, problem: str, hint: str = _REMEDY) -> NoReturn:
    """Raise the error of a line.

    Raises:
        StoreError: Always.
    """
    raise StoreError(f"{path}:{line}: {problem}", hint=hint)


def _unpacked(file: BufferedReader, path: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
