"""What a sample costs, against the official client and against the least that can be done."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.apart import asked, endpoint
from benchmarks.clients import WAYS
from benchmarks.line import Line

_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is bought."""

    samples: int
    in_flight: int
    choices: int = 1
    latency_s: float = 0.0


LOADS = {
    "n = 1": Load(samples=4_000, in_flight=64),
    "n = 8 in one request": Load(samples=16_000, in_flight=16, choices=8),
}
WAITING = (
    Load(samples=6_400, in_flight=64, latency_s=0.1),
    Load(samples=25_600, in_flight=256, latency_s=0.1),
)
"""Ten seconds of waiting each: the beginning, in which it is found out how many may be in flight, is one of them."""
_TARGETS = {"n = 1": 20.0, "n = 8 in one request": 80.0}


def lines() -> Iterator[Line]:
    """Yield the table's lines, as they are measured."""
    for name, load in LOADS.items():
        rounds = [{way: _cost(way, load) for way in WAYS} for _ in range(_ROUNDS)]
        for other, target in (("client", _TARGETS[name]), ("aiohttp", 0.8)):
            ratios = [each[other]["cpu"] / each["evalkit"]["cpu"] for each in rounds]
            yield Line(
                what=f"samples for a second of CPU, {name}, against "
                + ("AsyncOpenAI and a line of JSON" if other == "client" else "aiohttp alone, which stores nothing"),
                target=f"{target:g} x",
                ours=f"{statistics.median(_per_sample(each['evalkit'], load) for each in rounds):.3f} ms",
                others=f"{statistics.median(_per_sample(each[other], load) for each in rounds):.3f} ms",
                got=f"{statistics.median(ratios):.2f} x",
                reached=statistics.median(ratios) >= target,
            )
    resident: list[float] = []
    for load in WAITING:
        yield _waiting(load, resident)
    most = max(resident)
    yield Line(
        what="resident memory of a run",
        target="120 MB",
        ours=f"{most:.0f} MB",
        others="",
        got="",
        reached=most <= 120,
    )


def _waiting(load: Load, resident: list[float]) -> Line:
    """Return the line of a load that waits; the resident megabytes of each round go to a list."""
    ideal = math.ceil(load.samples / load.in_flight) * load.latency_s
    rounds = [{way: _cost(way, load) for way in ("evalkit", "aiohttp")} for _ in range(_ROUNDS)]
    resident += [each["evalkit"]["resident"] for each in rounds]
    ours, alone = (statistics.median(each[way]["wall"] for each in rounds) for way in ("evalkit", "aiohttp"))
    return Line(
        what=f"wall time of {load.samples:,} requests of 100 ms, {load.in_flight} in flight",
        target="1.05 x the least",
        ours=f"{ours:.2f} s",
        others=f"{ideal:.2f} s at least; aiohttp alone {alone:.2f} s",
        got=f"{ours / ideal:.2f} x",
        reached=ours <= 1.05 * ideal,
    )


def _per_sample(cost: dict[str, float], load: Load) -> float:
    return 1e3 * cost["cpu"] / load.samples


def _cost(way: str, load: Load) -> dict[str, float]:
    with endpoint(load.latency_s) as url:
        return asked("clients", way, url, load.samples, load.in_flight, load.choices)
