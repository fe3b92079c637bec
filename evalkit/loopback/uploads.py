"""Files that clients send up and fetch again: a form of several parts, read by hand, and a shelf with an end."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from evalkit.loopback.wire import ProtocolError

FILE_LIMIT = 32 * 2**20
"""Bytes a file may have."""
FORM_LIMIT = FILE_LIMIT + 64 * 1024
"""Bytes that a file and what stands around it may have."""
SHELF_LIMIT = 192 * 2**20
"""Bytes of all files together; above, the oldest that nobody works on are forgotten."""
MOST_FILES = 256
"""Files that are kept; above, likewise."""

_MOST_PARTS = 16
_HEAD = 8 * 1024  # bytes of a part's headers
_NAME = 200  # letters of a file's name
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.ASCII)
_FIELD = re.compile(r'(?:^|;)\s*(name|filename)="([^"\r\n]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that is kept."""

    id: str
    """Its name here."""
    filename: str
    """Its name there."""
    purpose: str
    """What it is for."""
    created_at: int
    """Seconds of the Unix clock."""
    content: bytes
    """What is in it."""

    @property
    def shown(self) -> dict[str, Any]:
        """What the protocol tells of it."""
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.content),
            "created_at": self.created_at,
            "filename": self.filename,
            "purpose": self.purpose,
            "status": "processed",
        }


@dataclass(slots=True)
class Shelf:
    """Files in memory, the newest of them."""

    limit: int = SHELF_LIMIT
    """Bytes of all files together."""
    _files: dict[str, File] = field(default_factory=dict)

    def put(self, content: bytes, filename: str, purpose: str, *, needed: Collection[str] = ()) -> File:
        """Return a file that is kept from now on; older ones make room, but for those that are needed.

        Raises:
            ProtocolError: There is no room.
        """
        size = sum(len(file.content) for file in self._files.values())
        for name in list(self._files):
            if size + len(content) <= self.limit and len(self._files) < MOST_FILES:
                break
            if name not in needed:
                size -= len(self._files.pop(name).content)
        if size + len(content) > self.limit or len(self._files) >= MOST_FILES:
            raise ProtocolError("There is no room for another file.", status=413, code="storage_limit_exceeded")
        file = File(
            id=f"file-{secrets.token_hex(12)}",
            filename=filename[:_NAME],
            purpose=purpose,
            created_at=int(time.time()),
            content=content,
        )
        self._files[file.id] = file
        return file

    def get(self, name: object, param: str | None = None) -> File:
        """Return a file.

        Raises:
            ProtocolError: There is none of that name.
        """
        found = self._files.get(name) if isinstance(name, str) else None
        if found is None:
            raise ProtocolError("There is no such file.", status=404, param=param, code="not_found")
        return found


def parts_of(body: bytes, content_type: str) -> Mapping[str, tuple[bytes, str]]:
    """Return content and file name of each field of a form.

    Args:
        body: As it came.
        content_type: What its header says.

    Raises:
        ProtocolError: It is no form of several parts, or a broken one.
    """
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        raise ProtocolError("The content type must be multipart/form-data.", status=415, code="unsupported_media_type")
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise ProtocolError("The form has no boundary.", code="invalid_form")
    line = b"\r\n--" + (found[1] or found[2]).encode("latin-1", "replace")
    first, *parts = (b"\r\n" + body).split(line, _MOST_PARTS)
    del first
    if not parts or not parts[-1].startswith(b"--"):
        raise ProtocolError("The form is not whole, or has too many parts.", code="invalid_form")
    return dict(map(_part, parts[:-1]))


def _part(part: bytes) -> tuple[str, tuple[bytes, str]]:
    head, blank, content = part.partition(b"\r\n\r\n")
    fields: dict[str, str] = {}
    if blank and len(head) <= _HEAD:
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-disposition":
                fields = dict(_FIELD.findall(value))
    if "name" not in fields:
        raise ProtocolError("A part of the form has no name.", code="invalid_form")
    return fields["name"], (content, fields.get("filename", ""))
