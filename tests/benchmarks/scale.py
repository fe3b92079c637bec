"""What one store bears: rows a second as it grows to gigabytes, bytes of a row, reading it, and two ways to merge."""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.apart import asked
from benchmarks.clients import cost_of
from benchmarks.line import Line, seconds
from benchmarks.measuring import resident_mb
from benchmarks.texts import texts

if TYPE_CHECKING:
    from evalkit.nouns import Delivery, Suite

SIZES = (100_000, 500_000)
_SLICE = 100_000
_WAITING = 1_024  # deliveries that may wait for the disk, as many as the writer takes at once
_CELLS, _SHARD = 2_000, 50_000
_FAR = 10_000_000  # between the numbers of a row and of its copy
_COPIES = 3  # of the largest store's run, for a file of gigabytes
_LIMIT_S = 1_800.0


def lines() -> Iterator[Line]:
    """Yield what it takes to write, read and merge stores, each size in a process of its own."""
    made = asked("scale", "make", _SLICE)["cpu"] / _SLICE
    yield _told("making an answer here, which is part of what follows", made)
    for n in SIZES:
        found = asked("scale", "grow", n, limit_s=_LIMIT_S)
        for at, wall_s, cpu_s in found["slices"]:
            if at in {_SLICE, n // 2, n}:
                yield _told(f"rows {at - _SLICE:,} to {at:,} of a store", cpu_s / _SLICE, _SLICE / wall_s)
        size, raw, text = (found[name] / n for name in ("bytes", "raw", "text"))
        size = f"{size:,.0f} bytes: {raw:,.0f} are the reply, {text:,.0f} its text"
        yield Line(
            what=f"a row of {n:,}", target="", ours=size, others="", got=f"{found['bytes'] / 1e9:.2f} GB", reached=None
        )
        if found["later"]:
            (_, wall_s, cpu_s), before = found["later"][0], found["later_bytes"] / 1e9
            yield _told(f"rows of a new run in a store of {before:.1f} GB", cpu_s / _SLICE, _SLICE / wall_s)
        yield _told(f"a row of {n:,} read back, cell by cell", found["read"] / n)
        held = f"{1e6 * found['held'] / n:,.0f} bytes held"
        yield _told(f"a row of {n:,} looked up before a run goes on, {held}", found["resume"] / n)
    found = asked("scale", "merge", _SHARD, limit_s=_LIMIT_S)
    what = f"of a shard of {_SHARD:,} rows"
    yield _told(f"a row {what} exported: {found['line_bytes']:,.0f} bytes", found["export"] / _SHARD)
    yield _told(
        f"a row {what} imported into a run, `import --fill`", found["import"] / _SHARD, _SHARD / found["import_wall"]
    )
    yield _told(
        f"a row {what} copied by SQL, as a merge would", found["attach"] / _SHARD, _SHARD / found["attach_wall"]
    )


def _told(what: str, cpu_s: float, rate: float | None = None) -> Line:
    got = "" if rate is None else f"{rate:,.0f} a second"
    return Line(what=what, target="", ours=f"{seconds(cpu_s)} of CPU", others="", got=got, reached=None)


def suite_of(n: int, cells: int = _CELLS) -> Suite:
    """Return a suite of so many draws."""
    from evalkit.nouns import Decoding, Endpoint, Message, MetricRequest, Prompt, Suite

    prompts = (Prompt(id=f"p{i}", messages=(Message(role="user", content=f"Story {i}?"),)) for i in range(cells // 4))
    return Suite(
        name="scale",
        endpoint=Endpoint(model="made", base_url="http://127.0.0.1:9/v1"),
        prompts=tuple(prompts),
        temperatures=(0.0, 0.4, 0.7, 1.1),
        samples=n // cells,
        metrics=(MetricRequest(name="exact_agreement"),),
        decoding=Decoding(max_tokens=256),
    )


def answers(suite: Suite, share: slice = slice(None)) -> Iterator[Delivery]:
    """Yield an answer to each draw, in the order in which a run asks: a kilobyte of reply with eighty words in it."""
    from evalkit.nouns import Attempt, Completion, FinishReason, Plan, Reply, Usage, cells
    from evalkit.sampling.deliveries import answered
    from evalkit.sampling.requests import requests_of

    pool = list(texts(1_000, seed=7))
    plan = Plan(cells=cells(suite)[share], samples=suite.samples, seed=suite.seed)
    for k, request in enumerate(requests_of(iter(plan), suite.mode)):
        text = f"{k}. {pool[k % len(pool)]}"
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text, "refusal": None},
            "finish_reason": "stop",
        }
        usage = {"prompt_tokens": 12, "completion_tokens": 110, "total_tokens": 122}
        body = {
            "id": f"chatcmpl-{k:024}",
            "object": "chat.completion",
            "created": k,
            "model": "made",
            "choices": [choice],
        }
        reply = Reply(
            raw=json.dumps(body | {"usage": usage, "system_fingerprint": "fp_1"}).encode(),
            completions=(Completion(text=text, finish_reason=FinishReason.STOP),),
            response_id=f"chatcmpl-{k:024}",
            model="made",
            system_fingerprint="fp_1",
            usage=Usage(prompt_tokens=12, completion_tokens=110),
        )
        tries = [Attempt(number=1, queued=k, sent=k, first_byte=None, done=k + 1.0, status=200)]
        yield answered(request, tries, reply, "2026-01-01T00:00:00.000+00:00")


def _fill(store: Any, suite: Suite, given: Iterator[Delivery], label: str = "scale") -> list[tuple[int, float, float]]:
    """Write answers as a run does that never waits for its endpoint; return rows so far, seconds and CPU by slices."""
    from evalkit.provenance import provenance

    store.begin(label, suite, provenance("benchmark"))
    room, slices = threading.Semaphore(_WAITING), list[tuple[int, float, float]]()
    errors: list[Exception] = []

    def told(error: Exception | None) -> None:
        if error is not None:
            errors.append(error)
        room.release()

    n, wall, cpu = 0, time.monotonic(), time.process_time()
    for n, delivery in enumerate(given, start=1):
        room.acquire()
        store.hand(label, delivery, told)
        if n % _SLICE == 0:
            slices.append((n, time.monotonic() - wall, time.process_time() - cpu))
            wall, cpu = time.monotonic(), time.process_time()
    for _ in range(_WAITING):
        room.acquire()
    assert not errors, errors[0]
    return slices


def grow(n: int) -> dict[str, Any]:
    """Return what a store of so many rows took to write and takes to read, and how large it is."""
    from evalkit import api

    suite = suite_of(n)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.sqlite"
        with api.open_store(path) as store:
            slices = _fill(store, suite, answers(suite))
        with api.open_store(path, read_only=True) as store:
            read = cost_of(lambda: sum(len(cell.samples) for cell in store.outcomes("scale")))
        with api.open_store(path, read_only=True) as store:
            held, before = list[Any](), resident_mb()
            resume = cost_of(lambda: held.append(store.filled("scale")))
            over_mb = resident_mb() - before
        with sqlite3.connect(path) as connection:
            raw = connection.execute("SELECT sum(length(raw)) FROM reply").fetchone()[0]
            text = connection.execute("SELECT sum(length(text)) FROM sample").fetchone()[0]
        size, later, later_bytes = path.stat().st_size, list[Any](), 0
        if n == SIZES[-1]:
            for number in range(1, 1 + _COPIES):
                _copy(path, number)
            later_bytes = path.stat().st_size
            with api.open_store(path) as store:
                few = suite_of(_SLICE)
                later = _fill(store, few, answers(few), label="more")
    return {
        "slices": slices,
        "later": later,
        "later_bytes": later_bytes,
        "bytes": size,
        "raw": raw,
        "text": text,
        "read": read["cpu"],
        "resume": resume["cpu"],
        "held": over_mb,
    }


def _copy(path: Path, number: int) -> None:
    """Copy the first run of a store as another one, by SQL: a large file in little time."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    moved = {
        "run": ("id",),
        "cell": ("id", "run_id"),
        "request": ("id", "run_id", "cell_id"),
        "attempt": ("request_id",),
    }
    moved |= {"suite": ("id", "run_id"), "reply": ("request_id",), "sample": ("run_id", "cell_id", "request_id")}
    for table, numbers in moved.items():
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        new = {name: f"{name} + {number * _FAR}" for name in numbers}
        new |= {"label": f"'copy {number}'"} if table == "run" else {}
        values, first = ", ".join(new.get(name, name) for name in names), numbers[0]
        connection.execute(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {first} < {_FAR}")  # noqa: S608 - our own names
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def merge(n: int) -> dict[str, float]:
    """Return what it costs to bring the second half of a run, which another store holds, into the first one's."""
    from evalkit import api
    from evalkit.store.adding import add_lines

    suite = suite_of(2 * n)
    half = _CELLS // 2
    with tempfile.TemporaryDirectory() as folder:
        whole, shard, copy, exported = (Path(folder) / name for name in ("whole", "shard", "copy", "shard.jsonl"))
        for path, share in ((whole, slice(0, half)), (copy, slice(0, half)), (shard, slice(half, None))):
            with api.open_store(path) as store:
                _fill(store, suite, answers(suite, share))

        def export() -> None:
            with api.open_store(shard, read_only=True) as store, exported.open("w", encoding="ascii") as out:
                out.writelines(f"{line}\n" for line in api.export(store, "scale"))

        def bring() -> None:
            with api.open_store(whole) as store:
                assert add_lines(store, exported, label="scale").n_added == n

        costs = cost_of(export), cost_of(bring), cost_of(lambda: _attached(copy, shard))
        return {
            "export": costs[0]["cpu"],
            "line_bytes": exported.stat().st_size / n,
            "import": costs[1]["cpu"],
            "import_wall": costs[1]["wall"],
            "attach": costs[2]["cpu"],
            "attach_wall": costs[2]["wall"],
        }


def _attached(into: Path, shard: Path) -> None:
    """Copy the rows of another store of the same run, numbers of requests behind those that are there; one sync."""
    connection = sqlite3.connect(into, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("ATTACH ? AS shard", (str(shard),))
    (last,) = connection.execute("SELECT max(id) FROM main.request").fetchone()
    connection.execute("BEGIN IMMEDIATE")
    for table, number in (
        ("request", "id"),
        ("attempt", "request_id"),
        ("reply", "request_id"),
        ("sample", "request_id"),
    ):
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        values = ", ".join(f"{name} + {last}" if name == number else name for name in names)
        connection.execute(f"INSERT INTO main.{table} SELECT {values} FROM shard.{table}")  # noqa: S608 - our own names
    connection.execute("COMMIT")
    connection.close()


def make(n: int) -> dict[str, float]:
    """Return what it costs to make answers, none of which is kept."""
    return cost_of(lambda: sum(1 for _ in answers(suite_of(n))))


if __name__ == "__main__":
    print(json.dumps({"grow": grow, "merge": merge, "make": make}[sys.argv[1]](int(sys.argv[2]))))  # noqa: T201 - the parent reads it
