"""What a sample costs in other harnesses: each buys from the same endpoint, in turns with evalkit."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.apart import BrokenOffError, asked, endpoint
from benchmarks.environments import NotInstalledError, interpreter, node, pinned, versions
from benchmarks.line import Line, seconds, times

IN_FLIGHT = 64
_ROUNDS, _OURS = 3, 4_000
"""How often the turns go around, and how many samples evalkit buys in its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """Another way to the same samples."""

    name: str
    """As its makers write it."""
    program: str
    """Under `benchmarks.peers`, and the end of its requirements' name."""
    samples: int
    """Bought in a turn: as many as it buys in half a minute at the most."""
    target: float
    """How many times less CPU a sample is to cost here."""
    how: str
    """What it does with an answer."""


HARNESSES = (
    Harness(name="inspect_ai", program="inspect", samples=200, target=100.0, how="scored, in its own log"),
    Harness(name="promptfoo", program="promptfoo", samples=400, target=50.0, how="scored, in its database"),
    Harness(name="litellm", program="litellm", samples=600, target=30.0, how="a line of JSON"),
    Harness(name="lm-eval", program="lm_eval", samples=1_000, target=2.5, how="scored, held in memory"),
)
_ENVIRONMENTS = {"inspect": "inspect_ai"}


def lines() -> Iterator[Line]:
    """Yield a line for each harness."""
    found: dict[str, list[float]] = {each.name: [] for each in HARNESSES}
    ours: dict[str, list[float]] = {each.name: [] for each in HARNESSES}
    why: dict[str, str] = {}
    for _ in range(_ROUNDS):
        here = _here()
        for each in HARNESSES:
            if each.name in why:
                continue
            try:
                found[each.name].append(_there(each))
                ours[each.name].append(here)
            except NotInstalledError as error:
                why[each.name] = f"not installed: {error}"
            except BrokenOffError as error:
                why[each.name] = str(error)
    for each in HARNESSES:
        yield _line(each, ours[each.name], found[each.name], why.get(each.name, ""))


def told() -> dict[str, str]:
    """Return the versions of the harnesses."""
    found: dict[str, str] = {}
    for each in HARNESSES:
        found |= versions(environment(each))
    return found | pinned()


def _line(each: Harness, ours: list[float], theirs: list[float], why: str) -> Line:
    what = f"CPU of a sample, n = 1, {IN_FLIGHT} in flight, against {each.name} ({each.how})"
    target = f"{each.target:g} x"
    if not theirs:
        return Line(what=what, target=target, ours="", others="", got=why, reached=None)
    ratio = statistics.median(there / here for here, there in zip(ours, theirs, strict=True))
    return Line(
        what=what,
        target=target,
        ours=seconds(statistics.median(ours)),
        others=seconds(statistics.median(theirs)),
        got=times(ratio) + (f" in {len(theirs)} turns; then {why}" if why else ""),
        reached=ratio >= each.target,
    )


def _here() -> float:
    with endpoint() as url:
        return float(asked("clients", "evalkit", url, _OURS, IN_FLIGHT, 1)["cpu"]) / _OURS


def _there(each: Harness) -> float:
    if each.program == "promptfoo":
        program, home = node()
        command = (program, home / "node_modules" / "promptfoo" / "dist" / "src" / "main.js")
    else:
        command = ()
    with endpoint() as url:
        cost = asked(
            f"peers.buying_{each.program}",
            url,
            each.samples,
            IN_FLIGHT,
            *command,
            python=interpreter(environment(each)),
        )
    return float(cost["cpu"]) / each.samples


def environment(each: Harness) -> str:
    """Return the name of the environment a harness lives in."""
    return _ENVIRONMENTS.get(each.program, each.program)
