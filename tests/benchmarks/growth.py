"""How the cost of measuring grows with the number of samples, up to a million; each case in a process of its own."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.apart import BrokenOffError, asked
from benchmarks.line import Line, seconds

SIZES = (20, 100, 1_000, 10_000, 100_000, 1_000_000)
COPIES = 0.05
"""Share of texts that are new where most are copies."""
_MOST_S = {100_000: 180.0, 1_000_000: 600.0}
"""Seconds by the clock after which a case is broken off; a minute for the others."""
_MOST_BYTES = 12 * 2**30
_HOPELESS = 1.5
"""How many times its limit the largest case would take at least, in proportion to the one before, to be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a case may take."""

    cpu_s: float
    over_mb: float


LIMITS = {100_000: Limit(cpu_s=25.0, over_mb=1_024.0), 1_000_000: Limit(cpu_s=300.0, over_mb=6_144.0)}
"""Targets, by number of samples; 10,000 is among the cases of `measuring`."""


def lines() -> Iterator[Line]:
    """Yield a line for each number of samples, copies first: where one is broken off, larger ones are not tried."""
    for share, kind in ((COPIES, "95 % copies"), (1.0, "all different")):
        former: tuple[int, float] | None = None
        broken = ""
        for n in SIZES:
            what, limit = f"{n:,} samples of one prompt, {kind}", LIMITS.get(n)
            target = f"{seconds(limit.cpu_s)} of CPU, {limit.over_mb:,.0f} MB more than before" if limit else ""
            if limit and n == SIZES[-1] and former and former[1] * n / former[0] > _HOPELESS * limit.cpu_s:
                least = seconds(former[1] * n / former[0])
                broken = broken or f"not tried: {least} at least, in proportion to {former[0]:,}"
            try:
                found = asked("growth", n, share, limit_s=_MOST_S.get(n, 60.0)) if not broken else {}
            except BrokenOffError as error:
                yield Line(what=what, target=target, ours="", others="", got=str(error), reached=limit and False)
                broken = f"not tried, since {n:,} was {error}"
                continue
            if not found:
                yield Line(what=what, target=target, ours="", others="", got=broken, reached=limit and False)
                continue
            cpu, over = found["cpu"], found["resident"] - found["before"]
            power = math.log(cpu / former[1]) / math.log(n / former[0]) if former else None
            yield Line(
                what=what,
                target=target,
                ours=f"{seconds(cpu)}, {over:,.0f} MB more; read in {1e6 * found['import'] / n:.0f} us each",
                others="",
                got="" if power is None else f"n^{power:.2f} since {former and former[0]:,}",
                reached=None if limit is None else cpu <= limit.cpu_s and over <= limit.over_mb,
            )
            former = n, cpu


if __name__ == "__main__":
    import resource

    from benchmarks.measuring import Case, measure

    n, share = int(sys.argv[1]), float(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    case = Case(what="", prompts=1, temperatures=1, samples=n, limit_s=0.0, different=share)
    print(json.dumps(measure(case)))  # noqa: T201 - the parent reads it
