"""A hundred endpoints with a thousand workers each, in virtual time: what the pacing makes of limits nobody tells it.

`make fleet` writes the table of docs/scale.md; `python -m benchmarks.fleet --try --workers 50` shows less.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import platform
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.hidden import Limit, Server
from benchmarks.virtual import Virtual
from evalkit.errors import EvalkitError
from evalkit.nouns import Cell, Decoding, Delivery, Endpoint, Message, Prompt, Request
from evalkit.sampling.clock import Clock
from evalkit.sampling.sampler import Sampler
from evalkit.sampling.tally import Tally

LASTS_S = 300.0
"""Seconds that are passed, by the virtual clock."""
LEARNT_S = 60.0
"""Seconds from where shares are counted: before, limits are found out."""
PAGE = Path(__file__).parents[2] / "docs/scale.md"
BEGIN, END = "<!-- fleet: from here -->", "<!-- fleet: to here -->"
_SEED = 11

KINDS: Mapping[str, Callable[[random.Random], Limit]] = {
    "in flight, 429 alone": lambda chance: Limit(flight=chance.randint(2, 20)),
    "in flight, Retry-After": lambda chance: Limit(flight=chance.randint(2, 20), tells=True),
    "a second, sliding, 429 alone": lambda chance: Limit(number=chance.randint(2, 16)),
    "a second, by the clock, Retry-After": lambda chance: Limit(number=chance.randint(2, 16), fixed=True, tells=True),
    "a minute, sliding, Retry-After": lambda chance: Limit(
        number=60 * chance.randint(2, 16), window_s=60.0, tells=True
    ),
    "a bucket of ten seconds, 429 alone": lambda chance: Limit(
        number=10 * chance.randint(2, 16), window_s=10.0, bucket=True
    ),
    "no limit: a thousand slow answers": lambda _: Limit(latency_s=60.0),
    "one in ten fails, 429 alone": lambda chance: Limit(number=chance.randint(2, 16), flaky=0.1),
    "down for 30 s, then halved": lambda chance: Limit(
        number=chance.randint(4, 16), down=((100.0, 130.0),), halved_at=200.0
    ),
    "hangs for 15 s, then down for good": lambda chance: Limit(
        number=chance.randint(2, 16), hangs=((70.0, 85.0),), down=((110.0, 1e9),)
    ),
}
"""Limits by what they are of and what a refusal says; the last three are in trouble of their own."""
N_TROUBLED = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one endpoint."""

    kind: str
    server: Server
    tally: Tally
    ended: str
    """Slug of the error that ended its run; empty where time did."""
    ended_at: float


def limits(n: int, seed: int = _SEED) -> list[tuple[str, Limit]]:
    """Return so many endpoints, of each kind in turn."""
    chance = random.Random(seed)  # noqa: S311 - a server's whim
    return [(name, KINDS[name](chance)) for name, _ in zip(itertools.cycle(KINDS), range(n), strict=False)]


def _requests(name: str) -> Iterator[Request]:
    prompt = Prompt(id="p", messages=(Message(role="user", content="Tell a story."),))
    cell = Cell(endpoint=Endpoint(model=name), prompt=prompt, decoding=Decoding(temperature=1.0, max_tokens=64))
    return (Request(cell=cell, replicates=(k,)) for k in itertools.count())


async def _asked(number: int, kind: str, limit: Limit, workers: int, lasts_s: float) -> Seen:
    """Return what one run came to that asks one endpoint with so many workers until the time is over."""
    loop = asyncio.get_running_loop()
    server = Server(limit, random.Random(f"{_SEED}:{number}"))  # noqa: S311 - a server's whim
    jitter = random.Random(number)  # noqa: S311 - of waits
    clock = Clock(now=loop.time, date=lambda: "", sleep=asyncio.sleep, chance=jitter)

    async def keep(delivery: Delivery) -> None:
        """Nothing is written."""

    sampler = Sampler(backend=server, keep=keep, tally=Tally(n_wanted=0), concurrency=workers, clock=clock)
    loop.call_later(lasts_s, sampler.stop.set)
    ended = ""
    try:
        await sampler.run(_requests(f"m{number}"))
    except EvalkitError as error:
        ended = getattr(error, "slug", "error")
    return Seen(kind=kind, server=server, tally=sampler.tally, ended=ended, ended_at=min(lasts_s, loop.time()))


def fleet(given: Sequence[tuple[int, str, Limit]], workers: int, lasts_s: float = LASTS_S) -> tuple[list[Seen], float]:
    """Return what all endpoints came to, asked side by side in one loop, and the CPU seconds it took."""

    async def all_of_them() -> list[Seen]:
        runs = (_asked(number, kind, limit, workers, lasts_s) for number, kind, limit in given)
        return list(await asyncio.gather(*runs))

    loop, cpu = Virtual(), time.process_time()
    try:
        return loop.run_until_complete(all_of_them()), time.process_time() - cpu
    finally:
        loop.close()


def share(seen: Seen, workers: int, since: float = LEARNT_S, until: float = LASTS_S) -> float:
    """Return the share of what an endpoint could answer that it did answer, in [0, 1] but for chance."""
    return sum(since <= at < until for at in seen.server.answered) / seen.server.limit.capacity(workers, since, until)


def refused(seen: Seen, since: float = 0.0, until: float = LASTS_S) -> float:
    """Return the share of requests that were refused, in [0, 1]."""
    return sum(since <= at < until for at in seen.server.refused) / max(
        1, sum(since <= at < until for at in seen.server.sent)
    )


def fairness(seen: Seen, workers: int) -> float:
    """Return Jain's index of the answers by worker: 1 where all had the same, 1 / workers where one had all.

    References:
        R. Jain, D.-M. Chiu and W. Hawe, "A quantitative measure of fairness and discrimination for resource allocation
        in shared computer systems", DEC Research Report TR-301 (1984), section 3.
    """
    counts = list(seen.server.by_worker.values())
    return sum(counts) ** 2 / (workers * sum(count * count for count in counts)) if counts else 1.0


def row(kind: str, found: Sequence[Seen], workers: int) -> str:
    """Return the line of the table for the endpoints of one kind."""
    shares = sorted(share(each, workers) for each in found)
    ends = {f"`{each.ended}` after {each.ended_at:.0f} s" for each in found if each.ended}
    cells = (
        f"{sum(len(each.server.answered) for each in found):,}",
        f"{statistics.median(shares):.1%}, {shares[0]:.1%}",
        f"{statistics.mean(refused(each) for each in found):.2%}",
        f"{statistics.mean(refused(each, LEARNT_S) for each in found):.2%}",
        f"{sum(each.tally.n_failures for each in found):,}",
        f"{max(spread(each, workers) for each in found)}",
        ", ".join(sorted(ends)) or "-",
    )
    return f"| {kind} | {' | '.join(cells)} |"


def spread(seen: Seen, workers: int) -> int:
    """Return how many answers more than any other worker of an endpoint one of them had."""
    counts = seen.server.by_worker
    return max(counts.values(), default=0) - (min(counts.values()) if len(counts) == workers else 0)


HEAD = (
    "| limit | answers | share reached: median, least | refused | after the first minute | given up "
    "| two workers differ by at most | ended |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
)


def told(together: Sequence[Seen], workers: int, cpu_s: float) -> str:
    """Return the table, and what it cost."""
    resident_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    n_sent = sum(len(seen.server.sent) for seen in together)
    found = {kind: [seen for seen in together if seen.kind == kind] for kind in KINDS}
    rows = "\n".join(row(kind, seen, workers) for kind, seen in found.items() if seen)
    return (
        f"{HEAD}\n{rows}\n\n{len(together)} endpoints x {workers:,} workers, {LASTS_S:.0f} virtual seconds: {n_sent:,} "
        f"requests, {cpu_s:.0f} s of CPU, {1e6 * cpu_s / n_sent:.0f} us a request, loop and endpoints included; "
        f"{resident_mb:,.0f} MB resident."
    )


def apart(given: Sequence[tuple[int, str, Limit]], together: Sequence[Seen], workers: int) -> str:
    """Return whether endpoints without trouble, some of each kind, do the same by themselves."""
    some = [each for each in given if each[1] not in tuple(KINDS)[-N_TROUBLED:]][: 2 * (len(KINDS) - N_TROUBLED)]
    alone, _ = fleet(some, workers)
    same = sum(one.server.answered == together[k].server.answered for (k, *_), one in zip(some, alone, strict=True))
    return (
        f"{len(some)} of the endpoints without trouble of their own were asked again without all others: {same} gave "
        f"the same answers at the same instants."
    )


def main() -> int:
    """Print the table, and keep it on the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoints", type=int, default=100)
    parser.add_argument("--workers", type=int, default=1_000)
    parser.add_argument("--try", dest="trying", action="store_true", help="show what comes, and leave the page alone")
    asked = parser.parse_args()
    given = [(number, *each) for number, each in enumerate(limits(asked.endpoints))]
    together, cpu_s = fleet(given, asked.workers)
    when = f"`make fleet`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}."
    text = f"{when}\n\n{told(together, asked.workers, cpu_s)}"
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
    rest = apart(given, together, asked.workers)
    sys.stdout.write(f"{rest}\n")
    if not asked.trying:
        before, _, after = PAGE.read_text("utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{text} {rest}\n{END}{after.partition(END)[2]}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
