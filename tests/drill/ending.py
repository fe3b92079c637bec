"""P3, P4, P5 and P13: a process ends, gently or not, and another goes on."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Sequence

from drill.bench import IN_FLIGHT, STORE, Bench, Ended, Serving, bench, until
from drill.judge import judged, lost, paid
from drill.step import Line, counted

_LATENCY = 0.3


def killed(
    seeds: Sequence[int], *, kills: int = 10, samples: int = 30, modes: Sequence[str] = ("separate", "choices")
) -> list[Line]:
    """Return P3: kill -9 at random moments, counted one by one, with one completion a request and with several."""
    return [_killed(seeds, mode, kills, samples) for mode in modes]


def _killed(seeds: Sequence[int], mode: str, kills: int, samples: int) -> Line:
    costs: list[int] = []
    worst = changed = broken = unsound = n_kills = 0
    for seed in seeds:
        chance = random.Random(f"kills:{seed}:{mode}")  # noqa: S311 - repeatable on purpose
        with bench() as place, place.serve(seed=seed, latency=_LATENCY) as server:
            in_flight = IN_FLIGHT if mode == "separate" else 2
            suite = place.suite(server.url, mode=mode, samples=samples, concurrency=in_flight)
            known: set[str] = set()
            before: dict[str, object] = {}
            for _ in range(kills):
                if not _kill(place, server, chance.uniform(0.0, 1.0)):
                    break
                n_kills += 1
                broken += place.evalkit("verify", STORE).code != 0
                rows = place.rows()
                gone = lost(server.journal(), rows)
                costs.append(len(gone - known))
                worst = max(worst, costs[-1] - in_flight)
                known = gone
                now = {row["slot"]: row for row in rows if row["status"] == "ok"}
                changed += sum(now.get(slot) != row for slot, row in before.items())
                before = now
            last = place.run()
            verdict = judged(suite, server.journal(), place.rows())
            found_again = verdict.duplicated + verdict.altered + verdict.misplaced
            unsound += found_again + (last.code != 0) + (verdict.n_ok != verdict.n_planned)
    per_request = "one completion a request" if mode == "separate" else "several completions a request"
    return Line(
        number="P3",
        what=f"{counted(n_kills, 'kill')} -9 in {counted(len(seeds), 'seed')}, {per_request}, "
        f"{IN_FLIGHT if mode == 'separate' else 2} in flight",
        asked="each costs at most what is in flight; verify, export work; no answer changes; the same command ends it",
        got=f"bought again for each kill: {_spread(costs)}; {broken} broken stores, {changed} changed answers, "
        f"{unsound} wrong at the end",
        passed=n_kills > 0 and worst <= 0 and not (changed or broken or unsound),
    )


def _kill(place: Bench, server: Serving, after_s: float) -> bool:
    """Return whether a run was killed some seconds after its first request; false when it ended before."""
    n_before = _n_arrived(server)
    run = place.start_run()
    until(lambda: run.process.poll() is not None or _n_arrived(server) > n_before, 30)
    time.sleep(after_s)
    ended_before = run.process.poll() is not None
    run.send(signal.SIGKILL)
    run.end()
    time.sleep(_LATENCY + 0.2)  # what is in flight at the server is answered, to nobody
    return not ended_before


def _n_arrived(server: Serving) -> int:
    return server.path.stat().st_size if server.path.exists() else 0


def _spread(costs: Sequence[int]) -> str:
    return f"{min(costs)} to {max(costs)}, {sum(costs)} in all" if costs else "none"


def asked_to_stop(
    seeds: Sequence[int], *, signals: Sequence[signal.Signals] = (signal.SIGTERM, signal.SIGINT), within_s: float = 6.0
) -> list[Line]:
    """Return P4: TERM, and Ctrl-C once."""
    return [_asked_to_stop(seeds, each, within_s) for each in signals]


def _asked_to_stop(seeds: Sequence[int], number: signal.Signals, within_s: float) -> Line:
    code = 128 + number
    again, seconds, codes, told = 0, 0.0, set(), True
    for seed in seeds:
        with bench() as place, place.serve(seed=seed, latency=1.0) as server:
            suite = place.suite(server.url, samples=2)
            ended, took = _signalled(place, server, [number])
            seconds, told = max(seconds, took), told and "Go on with: evalkit run s.json" in ended.err
            codes.add(ended.code)
            place.run()
            verdict = judged(suite, server.journal(), place.rows())
            again += len(paid(server.journal())) - verdict.n_planned + (not verdict.sound)
    return Line(
        number="P4",
        what=f"{'TERM' if code == 143 else 'Ctrl-C once'}, answers take 1 s, {counted(len(seeds), 'seed')}",
        asked=f"ends within {within_s:g} s, exit {code}, 0 answers bought again, says how to go on",
        got=f"{seconds:.1f} s, exit {', '.join(map(str, sorted(codes)))}, {again} bought again, "
        f"{'says' if told else 'does not say'} how",
        passed=seconds <= within_s and codes == {code} and not again and told,
    )


def _signalled(place: Bench, server: Serving, numbers: Sequence[signal.Signals]) -> tuple[Ended, float]:
    """Return how a run ended that got signals, and the seconds from the last one to the end."""
    run = place.start_run()
    until(lambda: len(server.journal()) >= IN_FLIGHT)
    time.sleep(0.4)  # in the middle of the next answers
    for place_of, number in enumerate(numbers):
        time.sleep(0.3 * (place_of > 0))
        run.send(number)
        sent = time.monotonic()
    ended = run.end(60)
    return ended, time.monotonic() - sent


def left_at_once(seeds: Sequence[int]) -> list[Line]:
    """Return P5: Ctrl-C twice."""
    cost, seconds, codes = 0, 0.0, set()
    for seed in seeds:
        with bench() as place, place.serve(seed=seed, latency=3.0) as server:
            place.suite(server.url, samples=2)
            ended, took = _signalled(place, server, [signal.SIGINT, signal.SIGINT])
            seconds = max(seconds, took)
            codes.add(ended.code)
            time.sleep(3.2)
            cost = max(cost, len(lost(server.journal(), place.rows())))
    return [
        Line(
            number="P5",
            what=f"Ctrl-C twice, answers take 3 s, {counted(len(seeds), 'seed')}",
            asked=f"ends within 1 s, exit 130, costs at most {IN_FLIGHT}",
            got=f"{seconds:.1f} s, exit {', '.join(map(str, sorted(codes)))}, cost {cost}",
            passed=seconds <= 1.0 and codes == {130} and cost <= IN_FLIGHT,
        )
    ]


def shared(seeds: Sequence[int]) -> list[Line]:
    """Return P13: two processes, one store."""
    named = free = 0
    seconds = 0.0
    for seed in seeds:
        with bench() as place, place.serve(seed=seed, latency=1.0) as server:
            place.suite(server.url, samples=3)
            first = place.start_run()
            until(lambda server=server: server.journal())
            second = place.run()
            seconds = max(seconds, second.seconds)
            named += second.code == 4 and str(first.process.pid) in second.err
            first.send(signal.SIGKILL)
            first.end()
            free += place.run().code == 0
    return [
        Line(
            number="P13",
            what=f"a second process on one store, then kill -9 of the first, {counted(len(seeds), 'seed')}",
            asked="the second refuses at once with exit 4 and names the pid; then the lock is free",
            got=f"refused and named in {named} of {len(seeds)}, after {seconds:.1f} s at most; free in {free}",
            passed=named == free == len(seeds),
        )
    ]
