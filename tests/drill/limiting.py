"""P6: limits by rate and by requests at once, with and without Retry-After."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drill.bench import bench
from drill.judge import Entry, judged, proper
from drill.step import Line, counted

_LATENCY = 0.2
LEAST_S = {
    "rate:10": lambda n: (n - 10) / 10,
    "rate-bare:10": lambda n: (n - 10) / 10,
    "in-flight:4": lambda n: n * _LATENCY / 4,
    "in-flight-bare:4": lambda n: n * _LATENCY / 4,
}
"""Limits, and the least time in seconds that n answers take under each."""
_SHARE = 0.05
_TIMES = 1.15


def limited(seeds: Sequence[int], limits: Iterable[str] = LEAST_S, samples: int = 10) -> list[Line]:
    """Return P6: each limit under every seed."""
    return [_limited(limit, seeds, samples) for limit in limits]


def _limited(limit: str, seeds: Sequence[int], samples: int) -> Line:
    share = times = 0.0
    sound = True
    n = 0
    for seed in seeds:
        with bench() as place, place.serve(limit, seed=seed, latency=_LATENCY) as server:
            suite = place.suite(server.url, samples=samples)
            code = place.run().code
            journal = server.journal()
            verdict = judged(suite, journal, place.rows())
            n, sound = verdict.n_planned, sound and verdict.sound and code == 0
            share = max(share, sum(entry["status"] == 429 for entry in journal) / len(journal))
            times = max(times, _took(journal) / (LEAST_S[limit](n) + _LATENCY))
    return Line(
        number="P6",
        what=f"limit {limit}, {n} draws, {counted(len(seeds), 'seed')}",
        asked=f"at most {_SHARE:.0%} refused, all answers within {_TIMES} of the least time, 0 lost",
        got=f"{share:.1%} refused, {times:.2f} of the least time, {'0 lost' if sound else 'not all kept'}",
        passed=share <= _SHARE and times <= _TIMES and sound,
    )


def _took(journal: Sequence[Entry]) -> float:
    return max(each["ended"] for each in journal if proper(each)) - min(each["started"] for each in journal)
