"""P9 and P10: a finished run again, and a run that is changed."""

from __future__ import annotations

from collections.abc import Sequence

from drill.bench import bench
from drill.judge import judged
from drill.step import Line, counted

_SECONDS = 2.0


def finished(seeds: Sequence[int]) -> list[Line]:
    """Return P9: the same command again."""
    sent, seconds, codes, equal = 0, 0.0, set(), 0
    for seed in seeds:
        with bench() as place, place.serve(seed=seed) as server:
            place.suite(server.url)
            place.run("--report", "first.html")
            n_before = len(server.journal())
            again = place.run()
            sent += len(server.journal()) - n_before
            seconds = max(seconds, again.seconds)
            codes.add(again.code)
            place.run("--report", "second.html")
            equal += (place.folder / "first.html").read_bytes() == (place.folder / "second.html").read_bytes()
    return [
        Line(
            number="P9",
            what=f"a finished run of 200 draws again, {counted(len(seeds), 'seed')}",
            asked="0 requests, under 2 s, exit 0, byte-equal page",
            got=f"{counted(sent, 'request')}, {seconds:.1f} s, exit {', '.join(map(str, sorted(codes)))}, "
            f"page equal in {equal} of {len(seeds)}",
            passed=not sent and seconds < _SECONDS and codes == {0} and equal == len(seeds),
        )
    ]


def changed(seeds: Sequence[int]) -> list[Line]:
    """Return P10: more draws, and other changes."""
    surplus = refused = named = mixed = n = 0
    for seed in seeds:
        with bench() as place, place.serve(seed=seed) as server:
            suite = place.suite(server.url, samples=2)
            place.run()
            before = place.rows()
            suite = place.suite(server.url, samples=3)
            place.run()
            after = place.rows()
            verdict = judged(suite, server.journal(), after)
            kept = {row["slot"]: row for row in after}
            surplus += verdict.n_requests - 60 + (not verdict.sound)
            surplus += sum(kept.get(row["slot"]) != row for row in before)
            for word, change in _changes(suite).items():
                n += 1
                place.suite(server.url, **{"samples": 3, **change})
                ended = place.run()
                refused += ended.code == 4
                named += word in ended.err
                mixed += place.rows() != after or len(server.journal()) != 60
    return [
        Line(
            number="P10",
            what=f"more draws, then prompt, model, temperature, token limit changed, {counted(len(seeds), 'seed')}",
            asked="only the new draws bought; each other change refused by name, never a mix",
            got=f"{surplus} bought beyond the new; {refused} of {n} refused, {named} named; {mixed} mixed",
            passed=not surplus and refused == named == n and not mixed,
        )
    ]


def _changes(suite: dict) -> dict[str, dict]:
    first, *others = suite["prompts"]
    return {
        "prompt": {"prompts": [{**first, "user": "Another question?"}, *others]},
        "model": {"endpoint": {**suite["endpoint"], "model": "another"}},
        "temperature": {"temperatures": [0.7, 1.3]},
        "max_tokens": {"decoding": {"max_tokens": 41}},
    }
