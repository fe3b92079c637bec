"""What the requests of a run have come to: how many, and how many tokens the server counted."""

from __future__ import annotations

import sqlite3
from collections import Counter

from evalkit.nouns import Charge, TokenCount, may_be_billed
from evalkit.store import codec

_TRIES = """SELECT cell.key, json_array_length(replicates), status, error, count(*)
FROM request JOIN attempt ON request_id = request.id JOIN cell ON cell.id = cell_id
WHERE request.run_id = ? GROUP BY 1, 2, 3, 4"""
_TOLD = """SELECT cell.key, json_array_length(replicates), count(*),
sum(asked), sum(given), max(asked), max(given)
FROM request JOIN cell ON cell.id = cell_id JOIN (
    SELECT request_id, max(prompt_tokens) AS asked, max(completion_tokens) AS given FROM sample
    WHERE run_id = ?1 AND prompt_tokens IS NOT NULL AND completion_tokens IS NOT NULL GROUP BY request_id
) ON request_id = request.id WHERE request.run_id = ?1 GROUP BY 1, 2"""


def read(connection: sqlite3.Connection, run_id: int) -> tuple[Charge, ...]:
    """Return what the requests of a run have come to, for each cell and number of completions asked for at once."""
    sent: Counter[tuple[str, int]] = Counter()
    billed: Counter[tuple[str, int]] = Counter()
    for key, n, status, slug, times in connection.execute(_TRIES, (run_id,)):
        error = codec.get_optional(slug)
        sent[key, n] += times
        billed[key, n] += times if error is None or may_be_billed(status, error) else 0
    told = {(key, n): numbers for key, n, *numbers in connection.execute(_TOLD, (run_id,))}
    nothing = (0, 0, 0, 0, 0)
    return tuple(
        Charge(
            cell_key=key,
            n=n,
            n_requests=times,
            tokens=TokenCount(prompt=asked, completion=given),
            n_uncounted=billed[key, n] - counted,
            longest=TokenCount(prompt=most_asked, completion=most_given),
        )
        for (key, n), times in sent.items()
        for counted, asked, given, most_asked, most_given in [told.get((key, n), nothing)]
    )
