"""P7 and P8: an endpoint that will never answer, and a model that refuses the temperature."""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from collections.abc import Sequence

from drill.bench import IN_FLIGHT, bench
from drill.judge import judged
from drill.step import Line, counted

_STOPS = {"wrong key": "auth", "quota used up": "quota", "forbidden": "status:403", "unknown model": "status:404"}
_RATE = 2.0


def stopped(seeds: Sequence[int]) -> list[Line]:
    """Return P7 for what ends a run: key, quota, rights, model."""
    return [_stopped(what, fault, seeds) for what, fault in _STOPS.items()]


def _stopped(what: str, fault: str, seeds: Sequence[int]) -> Line:
    most, codes, lines, rows, resumed = 0, set(), 0, 0, 0
    for seed in seeds:
        with bench() as place:
            with place.serve(fault, calm=20, seed=seed, latency=0.05) as server:
                place.suite(server.url, samples=3)
                ended = place.run()
                journal = server.journal()
                most = max(most, sum(each["status"] != 200 for each in journal))
                codes.add(ended.code)
                lines = max(lines, len([line for line in ended.err.splitlines() if line.startswith("evalkit: ")]))
                rows = max(rows, sum(row["status"] != "ok" for row in place.rows()))
                port = server.port
            with place.serve(seed=seed, port=port):
                resumed += place.run().code == 0
    return Line(
        number="P7",
        what=f"{what} after 20 answers, {counted(len(seeds), 'seed')}",
        asked=f"at most {IN_FLIGHT} refusals, exit not 0, one line, slots left open, goes on later",
        got=f"{counted(most, 'refusal')}, exit {', '.join(map(str, sorted(codes)))}, "
        f"{counted(lines, 'line')}, {rows} slots used up, went on in {resumed} of {len(seeds)}",
        passed=most <= IN_FLIGHT and 0 not in codes and lines == 1 and not rows and resumed == len(seeds),
    )


def down_at_first(seeds: Sequence[int]) -> list[Line]:
    """Return P7 for an address where nobody listens."""
    seconds, codes = 0.0, set()
    for _ in seeds:
        with bench() as place, socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            listener.close()
            place.suite(f"http://127.0.0.1:{port}/v1")
            ended = place.run()
            seconds = max(seconds, ended.seconds)
            codes.add(ended.code)
    return [
        Line(
            number="P7",
            what=f"connection refused from the beginning, {counted(len(seeds), 'seed')}",
            asked="ends within 5 s, exit 3",
            got=f"{seconds:.1f} s, exit {', '.join(map(str, sorted(codes)))}",
            passed=seconds <= 5.0 and codes == {3},
        )
    ]


def down_later(seeds: Sequence[int], *, wait_s: float = 240.0) -> list[Line]:
    """Return P7 for an endpoint that answers 503 to everything after a while."""
    rate, codes, ends = 0.0, set(), []
    for seed in seeds:
        with bench() as place, place.serve("down", calm=40, seed=seed, latency=0.05) as server:
            place.suite(server.url)
            run = place.start_run()
            began = time.monotonic()
            while time.monotonic() - began < wait_s and run.process.poll() is None:
                time.sleep(0.2)
            ends.append(time.monotonic() - began)
            run.process.kill() if run.process.poll() is None else None
            codes.add(run.end().code)
            failed = [each["started"] for each in server.journal() if each["status"] != 200]
            late = Counter(int(each - failed[0]) for each in failed if each - failed[0] > 30)
            span = max(ends[-1] - 30, 1.0)
            rate = max(rate, sum(late.values()) / span)
    shown = ", ".join("still at it" if code < 0 else f"exit {code}" for code in sorted(codes))
    return [
        Line(
            number="P7",
            what=f"503 to everything after 40 answers, for {wait_s:.0f} s at most, {counted(len(seeds), 'seed')}",
            asked=f"at most {_RATE:.0f} requests/s after 30 s; never exit 0",
            got=f"{rate:.2f} requests/s after 30 s; {shown}, after {max(ends):.0f} s at most",
            passed=rate <= _RATE and 0 not in codes,
        )
    ]


def unsupported(seeds: Sequence[int]) -> list[Line]:
    """Return P8: a model that takes the temperature 1 only."""
    most, told, sound, silent = 0, True, True, 0
    for seed in seeds:
        with bench() as place, place.serve("refused", seed=seed, latency=0.02) as server:
            suite = place.suite(server.url, temperatures=[0.5, 1.0, 1.5], samples=3)
            ended = place.run()
            journal, rows = server.journal(), place.rows()
            refused = Counter(json.loads(each["asked"]).get("temperature") for each in journal if each["status"] == 400)
            most = max(most, *refused.values())
            silent += sum("temperature" not in json.loads(each["asked"]) for each in journal)
            told = told and all(word in ended.err for word in ("0.5", "1.5")) and "temperature" in ended.err
            statuses = Counter((row["temperature"], row["status"].partition("-")[0]) for row in rows)
            sound = sound and statuses == {(0.5, "unsupported"): 30, (1.0, "ok"): 30, (1.5, "unsupported"): 30}
            ok = [row for row in rows if row["status"] == "ok"]
            verdict = judged({**suite, "temperatures": [1.0]}, journal, ok)
            sound = sound and verdict.sound
    return [
        Line(
            number="P8",
            what=f"two of three temperatures refused, {counted(len(seeds), 'seed')}",
            asked="at most 1 request a refused one; said, recorded as unsupported, never dropped; the rest runs",
            got=f"at most {counted(most, 'request')} each; {'said' if told else 'not said'}; "
            f"{'all recorded' if sound else 'not recorded as asked'}; {silent} requests without the parameter",
            passed=most <= 1 and told and sound and not silent,
        )
    ]
