"""P1 and P2: nothing paid for is lost, duplicated, altered or misplaced, and nothing needless is sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from drill.bench import KEY, STORE, Bench, Serving, bench
from drill.judge import Verdict, judged, proper
from drill.step import Line, counted

PROFILES = ("calm", "flaky", "storm", "weird", "poison", "hangs", "redirects")
_OVER = 1.01
_ROUNDS = 4  # how often a run that recorded failures is asked to go on


@dataclass(slots=True)
class Found:
    """What came of one profile, over its seeds."""

    firsts: list[Verdict] = field(default_factory=list)
    """After one command."""
    verdicts: list[Verdict] = field(default_factory=list)
    """After as many as it took."""
    codes: list[tuple[int, ...]] = field(default_factory=list)
    unexplained: int = 0
    """Failed tries at the server that the store has no reason for, or the reverse."""
    elsewhere: int = 0
    """Requests and bytes of the key that reached another server."""


def delivered(seeds: Sequence[int], profiles: Sequence[str] = PROFILES, samples: int = 10) -> list[Line]:
    """Return P1 and P2: the profiles, each under every seed; odd seeds ask for several completions at once."""
    found = {profile: Found() for profile in profiles}
    for profile in profiles:
        for seed in seeds:
            with bench() as place, place.serve(seed=seed) as canary:
                fault = f"redirects:{canary.port}" if profile == "redirects" else profile
                with place.serve(fault, seed=seed, latency=0.02) as server:
                    _drill(place, server, (seed, samples), found[profile])
                reached = canary.path.read_text("ascii") if canary.path.exists() else ""
                found[profile].elsewhere += len(reached.splitlines()) + reached.count(KEY)
    return [_first(profile, each, len(seeds)) for profile, each in found.items()] + [_second(found)]


def _drill(place: Bench, server: Serving, how: tuple[int, int], found: Found) -> None:
    seed, samples = how
    mode = "choices" if seed % 2 else "separate"
    suite = place.suite(server.url, mode=mode, timeout_s=2, samples=samples)
    codes: list[int] = []
    while len(codes) < _ROUNDS:
        codes.append(place.run().code)
        journal = server.journal()
        verdict = judged(suite, journal, place.rows())
        if len(codes) == 1:
            found.firsts.append(verdict)
        if codes[-1] == 0:
            break
    found.verdicts.append(verdict)
    found.codes.append(tuple(codes))
    with closing(sqlite3.connect(place.folder / STORE)) as connection:
        tried, failed = connection.execute("SELECT count(*), count(error) FROM attempt").fetchone()
    wrong = sum(proper(entry) is None for entry in journal)
    found.unexplained += abs(tried - len(journal)) + abs(failed - wrong)


def _first(profile: str, found: Found, n_seeds: int) -> Line:
    sums = {
        name: sum(getattr(each, name) for each in found.verdicts)
        for name in ("lost", "duplicated", "altered", "misplaced", "n_ok", "n_planned")
    }
    failed, honest = sum(each.n_failed for each in found.firsts), True
    for codes, first in zip(found.codes, found.firsts, strict=True):
        honest = honest and codes[0] == (3 if first.n_failed else 0) and codes[-1] == 0
    rounds = max(len(codes) for codes in found.codes)
    return Line(
        number="P1",
        what=f"profile {profile}, {counted(n_seeds, 'seed')} of 200 draws",
        asked="0 lost, 0 duplicated, 0 altered, 0 misplaced; one record a slot after one command, exit 3 where "
        "one is a failure; 0 requests elsewhere",
        got=f"{sums['lost']} lost, {sums['duplicated']} duplicated, {sums['altered']} altered, "
        f"{sums['misplaced']} misplaced; {counted(failed, 'recorded failure')} of {sums['n_planned']:,} slots after "
        f"one command, {sums['n_ok']:,} answers after {rounds} at most; {found.elsewhere} elsewhere",
        passed=all(each.sound for each in (*found.firsts, *found.verdicts)) and honest and not found.elsewhere,
    )


def _second(found: dict[str, Found]) -> Line:
    over = max(each.over for profile in found.values() for each in profile.verdicts)
    requests = sum(each.n_requests for profile in found.values() for each in profile.verdicts)
    unexplained = sum(each.unexplained for each in found.values())
    return Line(
        number="P2",
        what=f"requests of all runs of P1, {requests:,} together",
        asked=f"at most {_OVER} times the floor in each run; each failed try in the store with its reason",
        got=f"at most {over:.3f} times; {unexplained} tries without a record",
        passed=over <= _OVER and not unexplained,
    )
