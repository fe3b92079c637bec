"""`make probes`: for each misbehaviour its probe fires, and on the clean endpoint none; counted over many seeds.

Each repetition is a whole usual probing over HTTP of an embedded endpoint with one habit and answers of its own. Writes
docs/probes.md, whose guide stands in `probes_guide`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from calibration.probes_guide import FOLLOWS, OWN, guide
from evalkit.asking import script
from evalkit.loopback.habits import HABITS, meanings
from evalkit.loopback.server import Server
from evalkit.nouns import Conduct, Decoding, Endpoint, Finding, Setting
from evalkit.probing import probed, probes_of
from evalkit.stats.proportion import clopper_pearson

_MISSED = """\
Two are found by `--deep` only, and the table shows them with it. A default of 0.8 instead of 1: in this endpoint's answers, whose
words are nearly certain at that temperature, a token tells 0.004 nats of it on average and 5.4 exclude 1, so it takes some 1,400 tokens
(50 answers) for an even chance and the 160 answers of `--deep` for a good one; a model whose words are more open needs fewer, and
the finding says about how many. A cut to 0.9 of the mass after temperature: it keeps nearly all that lists of 20 tokens show, so only
tokens that no list holds tell of it, by being rare; an answer at T = 1.35 tells about 1.3 nats, 8.3 are needed, and as many again to
tell it from lower temperatures. `rare-branch` takes a thousand long answers at temperature 0, as `suites/determinism.yaml` asks for."""  # noqa: E501 - lines of a page
PAGE = Path(__file__).parents[2] / "docs" / "probes.md"
CLEAN = "clean"
_WRONG = frozenset({Conduct.IGNORED, Conduct.PARTLY, Conduct.REFUSED})
_WORKERS = 2
DEEP = {"default-temperature": "default", "truncated-after": "effective"}
"""Habits that take more tokens than a usual probing has, and the probe that is asked for them with --deep."""


@dataclass(slots=True)
class Tally:
    """What came of the probings of endpoints with one habit."""

    n: int = 0
    """Probings."""
    hits: int = 0
    """Those in which the habit's own probe fired."""
    alarmed: int = 0
    """Those in which a probe fired whose subject the habit does not touch."""
    others: Counter[str] = field(default_factory=Counter)
    """Other probes that fired, by how often."""


def fired(findings: Iterable[Finding]) -> set[str]:
    """Return the probes that hold something against an endpoint; the two subjects of `effective` by themselves."""
    wrong = (each for each in findings if each.conduct in _WRONG)
    return {each.subject if each.probe == "effective" else each.probe for each in wrong}


def told_apart(habit: str, findings: Sequence[Finding]) -> bool:
    """Return whether a habit was told: its probe fired, or told what logprobs are of, which is no fault."""
    if habit == "logprobs-after":
        return any(("convention", "after temperature") in each.details for each in findings)
    return OWN.get(habit) in fired(findings)


def probing(habit: str, seed: int, *, deep: bool = False) -> Sequence[Finding]:
    """Return what a usual probing finds of a fresh embedded endpoint with a habit; deep: what those of DEEP find."""
    with Server(seed=seed, habits=[] if habit == CLEAN else [habit]) as server:
        endpoint = Endpoint(model="any", base_url=server.url)
        setting = Setting(endpoint=endpoint, decoding=Decoding(), seed=seed, deep=deep)
        return probed(setting, probes_of(DEEP.values() if deep else None)).findings


def tally(habit: str, seeds: Iterable[int], *, deep: bool = False, each: Callable[..., Iterable[Any]] = map) -> Tally:
    """Return what came of a habit over some seeds.

    Args:
        habit: Its name, or CLEAN.
        seeds: One for each probing.
        deep: Whether the probes of DEEP are asked, and deeply, in place of a usual probing.
        each: Maps a function over the seeds; a pool's for several at once.
    """
    found = Tally()
    for findings in each(partial(probing, habit, deep=deep), seeds):
        others = fired(findings) - {OWN.get(habit)}
        found.n += 1
        found.hits += told_apart(habit, findings)
        found.alarmed += bool(others - FOLLOWS.get(habit, frozenset()))
        found.others.update(others)
    return found


def table(tallies: Mapping[str, Tally]) -> list[str]:
    """Return the lines of the table of habits."""
    lines = [
        "| habit of `evalkit serve --fault` | its probe or subject | fired | hit rate, 95 % | what else fired |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, each in tallies.items():
        habit, _, deep = name.partition(" ")
        if habit == CLEAN:
            continue
        due = FOLLOWS.get(habit, frozenset())
        others = [f"{other} {n}{' (follows)' if other in due else ''}" for other, n in sorted(each.others.items())]
        own = OWN.get(habit)
        hits, rate = (f"{each.hits} of {each.n}", _percent(each.hits, each.n)) if own else ("by no probe", "-")
        lines.append(
            f"| `{habit}`{f', `{deep}`' * bool(deep)} | {own or '-'} | {hits} | {rate} | {', '.join(others) or '-'} |"
        )
    return lines


def _percent(k: int, n: int) -> str:
    low, high = clopper_pearson(k, n)
    return f"{100 * low:.0f} to {100 * high:.0f} %"


def alarms(tallies: Mapping[str, Tally]) -> list[str]:
    """Return the lines about false alarms, on the clean endpoint and on others."""
    clean, deep = tallies[CLEAN], tallies.get(f"{CLEAN} --deep")
    wrong = {name: each for name, each in tallies.items() if not name.startswith(CLEAN)}
    n, k = sum(each.n for each in wrong.values()), sum(each.alarmed for each in wrong.values())
    said = f"{n:,} probings, something else than the habit was held against {k} of them ({_percent(k, n)})."
    return [
        f"On the clean endpoint, {clean.n} probings of {len(probes_of())} probes each, false alarms: {_named(clean)}."
        + (f" In {deep.n} more of the two probes that `--deep` is shown with below: {_named(deep)}." if deep else ""),
        "",
        f"On endpoints with one habit, {said}",
    ]


def _named(clean: Tally) -> str:
    named = ", ".join(f"{name} {count}" for name, count in sorted(clean.others.items())) or "none"
    most = clopper_pearson(clean.alarmed, clean.n)[1]
    return f"{named}, so at most {100 * most:.1f} % of probings have one, by the exact bound of 95 %"


def page(tallies: Mapping[str, Tally], took_s: float) -> str:
    """Return docs/probes.md."""
    setting = Setting(endpoint=Endpoint(model="any", base_url="http://127.0.0.1:9/v1"), decoding=Decoding())
    seeds = max(each.n for name, each in tallies.items() if not name.startswith(CLEAN))
    n_requests = script(probes_of(), setting).n_requests
    made = (
        f"Made by `make probes`, here with `--seeds {seeds} --clean {tallies[CLEAN].n}`, in {took_s / 60:.0f} minutes: "
        f"each habit of the embedded endpoint at its "
        f"usual value, {seeds} times with answers of its own, {n_requests} requests each. A probe has fired when it "
        "calls one of its subjects ignored, partly honoured or refused (`effective` has two: effective temperature, "
        "unlikely tokens); could not tell is no alarm. What follows by necessity from the misbehaviour is marked so."
    )
    return (
        "\n".join(
            [
                guide(setting),
                "",
                "## How often they are right",
                "",
                made,
                "",
                *alarms(tallies),
                "",
                *table(tallies),
                "",
                _MISSED,
            ]
        )
        + "\n"
    )


def main(words: Sequence[str] | None = None) -> None:
    """Probe endpoints with all habits, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50, help="probings of each habit")
    parser.add_argument("--clean", type=int, default=200, help="probings of the clean endpoint")
    parser.add_argument(
        "--first", type=int, default=5000, help="the first seed; thresholds were looked at with lower ones"
    )
    given = parser.parse_args(words)
    began = time.monotonic()
    tallies = {}
    names = (CLEAN, *(name for name in meanings() if name in HABITS))
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
        for name in (*names, f"{CLEAN} --deep", *(f"{habit} --deep" for habit in DEEP)):
            habit, _, deep = name.partition(" ")
            n = given.clean if name == CLEAN else given.seeds
            seeds = range(given.first, given.first + n)
            tallies[name] = tally(habit, seeds, deep=bool(deep), each=pool.map)
            sys.stdout.write(f"{time.monotonic() - began:.0f} s: {name}: {tallies[name]}\n")
            sys.stdout.flush()
    PAGE.write_text(page(tallies, time.monotonic() - began), encoding="utf-8")


if __name__ == "__main__":
    main()
