"""What a run holds already of the bytes that endpoints sent, so that a file that is read twice changes nothing."""

from __future__ import annotations

import hashlib
import json
import sqlite3

_REPLIES = """SELECT cell.key, replicates, raw FROM request
JOIN cell ON cell.id = cell_id JOIN reply ON request_id = request.id WHERE request.run_id = ?"""
_TRIES = """SELECT cell.key, replicates, raw FROM request
JOIN cell ON cell.id = cell_id JOIN attempt ON request_id = request.id WHERE request.run_id = ? AND length(raw) > 0"""


def mark(cell_key: str, replicates: tuple[int, ...], raw: bytes) -> bytes:
    """Return the digest of what came of a request: 16 bytes, the same for the same bytes to the same draws."""
    slots = f"{cell_key} {replicates} ".encode("ascii")
    return hashlib.blake2b(slots + raw, digest_size=16).digest()


def marks(connection: sqlite3.Connection, run_id: int) -> set[bytes]:
    """Return the digest of everything that came of a run's requests, replies and failed tries alike."""
    return {
        mark(key, tuple(json.loads(replicates)), bytes(raw))
        for query in (_REPLIES, _TRIES)
        for key, replicates, raw in connection.execute(query, (run_id,))
    }
