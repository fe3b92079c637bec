"""What was found out about a run's endpoint, and the answers that it rests on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalkit.nouns import Caution, Conduct, Finding, Heard, Interval, Occasion, Probing, Setting, Suite
from evalkit.store import codec, migrations

_PROBING = "INSERT INTO probing (run_id, occasion, began_at, n_requests, description) VALUES (?, ?, ?, ?, ?)"
_HEARD = "INSERT INTO heard VALUES (?, ?, ?, ?, ?, ?)"
_PLAIN = ("probe", "subject", "evidence", "n_requests", "p_value", "p_adjusted", "value", "unit", "settle", "test")


def write(connection: sqlite3.Connection, run_id: int, probing: Probing, heard: Mapping[str, Sequence[Heard]]) -> None:
    """Write a probing and every answer of it, as it came."""
    began_at, occasion = codec.put(probing.began_at), probing.occasion.value
    values = (run_id, occasion, began_at, probing.n_requests, codec.put(probing_json(probing)))
    probing_id = connection.execute(_PROBING, values).lastrowid
    answers = ((key, number, each) for key, some in heard.items() for number, each in enumerate(some))
    connection.executemany(_HEARD, ((probing_id, k, n, e.status, e.latency_s, e.raw) for k, n, e in answers))


def read(connection: sqlite3.Connection, run_id: int, suite: Suite) -> tuple[Probing, ...]:
    """Return the probings of a run, oldest first; none of a store that was made before there were any."""
    if migrations.version_of(connection) < migrations.SINCE["probing"]:
        return ()
    columns = "occasion, began_at, n_requests, description"
    rows = connection.execute(f"SELECT {columns} FROM probing WHERE run_id = ? ORDER BY id", (run_id,))  # noqa: S608 - our names
    return tuple(
        probing_of(codec.get(text), suite, occasion=Occasion(occasion), began_at=began_at, n_requests=n)
        for occasion, began_at, n, text in rows.fetchall()
    )


def read_heard(
    connection: sqlite3.Connection, run_id: int, occasion: Occasion | None
) -> dict[str, list[tuple[int, bytes]]]:
    """Return status and body of each answer of a run's newest probing of a kind, by the key of what was asked.

    Of all its probings when the kind is None.
    """
    if migrations.version_of(connection) < migrations.SINCE["probing"]:
        return {}
    wanted = "SELECT max(id) FROM probing WHERE run_id = ?1 AND occasion = ?2"
    wanted = wanted if occasion else "SELECT id FROM probing WHERE run_id = ?1 AND ?2 IS NULL"
    found: dict[str, list[tuple[int, bytes]]] = {}
    query = f"SELECT ask_key, status, raw FROM heard WHERE probing_id IN ({wanted}) ORDER BY ask_key, number"  # noqa: S608 - our names
    for key, status, raw in connection.execute(query, (run_id, occasion.value if occasion else None)):
        found.setdefault(key, []).append((status, raw))
    return found


def probing_json(probing: Probing) -> str:
    """Return the JSON text of a probing: what it was asked for beyond its suite, and what was found."""
    setting = probing.setting
    told = {
        "temperatures": list(setting.temperatures),
        "deep": setting.deep,
        "brief": setting.brief,
        "findings": [dict(_plain(each)) for each in probing.findings],
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def probing_of(text: str, suite: Suite, **more: Any) -> Probing:  # noqa: ANN401 - fields of a probing
    """Return the probing that `probing_json` was given, of a run's suite."""
    told = json.loads(text)
    setting = Setting(
        endpoint=suite.endpoint,
        decoding=suite.decoding,
        temperatures=tuple(told["temperatures"]),
        concurrency=suite.concurrency,
        mode=suite.mode,
        deep=told["deep"],
        brief=told["brief"],
        seed=suite.seed,
    )
    return Probing(setting=setting, findings=tuple(map(_finding_of, told["findings"])), **more)


def check(text: str) -> None:
    """Do nothing when a text is what `probing_json` gives; raise what is wrong with it otherwise."""
    told = json.loads(text)
    tuple(told["temperatures"])
    for each in told["findings"]:
        _finding_of(each)


def _plain(finding: Finding) -> Iterator[tuple[str, Any]]:
    yield from ((name, getattr(finding, name)) for name in _PLAIN)
    yield "conduct", finding.conduct.value
    ends = finding.interval
    yield "interval", None if ends is None else [ends.low, ends.high, ends.level]
    yield "details", [list(pair) for pair in finding.details]
    yield "cautions", [[c.slug, c.fact, c.meaning, c.remedy, list(c.temperatures)] for c in finding.cautions]


def _finding_of(told: dict[str, Any]) -> Finding:
    ends = told["interval"]
    return Finding(
        **{name: told[name] for name in _PLAIN},
        conduct=Conduct(told["conduct"]),
        interval=None if ends is None else Interval(low=ends[0], high=ends[1], level=ends[2]),
        details=tuple((name, value) for name, value in told["details"]),
        cautions=tuple(
            Caution(slug=slug, fact=fact, meaning=meaning, remedy=remedy, temperatures=tuple(at))
            for slug, fact, meaning, remedy, at in told["cautions"]
        ),
    )
