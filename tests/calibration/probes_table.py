"""`make probes`: for each misbehaviour its probe fires, and on the clean endpoint none; counted over many seeds.

Each repetition is a whole usual probing over HTTP of an embedded endpoint with one habit and answers of its own. Writes
docs/probes.md, whose guide stands in `probes_guide`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from calibration.probes_guide import FOLLOWS, OWN, guide
from evalkit.asking import script
from evalkit.loopback.habits import HABITS, meanings
from evalkit.loopback.server import Server
from evalkit.nouns import Conduct, Decoding, Endpoint, Finding, Setting
from evalkit.probing import probed, probes_of
from evalkit.stats.proportion import clopper_pearson

_MISSED = """\
`default-temperature` at 0.8 is too near to 1 for the few tokens that a usual probing draws from this endpoint, whose words are nearly
certain at that temperature; the finding says how many would do. `truncated-after` at 0.9 keeps nearly all that lists of 20 tokens
show. `rare-branch` takes a thousand long answers at temperature 0."""  # noqa: E501 - lines of a page
PAGE = Path(__file__).parents[2] / "docs" / "probes.md"
CLEAN = "clean"
_WRONG = frozenset({Conduct.IGNORED, Conduct.PARTLY, Conduct.REFUSED})
_TOGETHER = 4


@dataclass(slots=True)
class Tally:
    """What came of the probings of endpoints with one habit."""

    n: int = 0
    """Probings."""
    hits: int = 0
    """Those in which the habit's own probe fired."""
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


def probing(habit: str, seed: int) -> Sequence[Finding]:
    """Return what a usual probing finds of a fresh embedded endpoint with a habit."""
    with Server(seed=seed, habits=[] if habit == CLEAN else [habit]) as server:
        endpoint = Endpoint(model="any", base_url=server.url)
        return probed(Setting(endpoint=endpoint, decoding=Decoding(), seed=seed), probes_of()).findings


def tally(habit: str, seeds: Iterable[int]) -> Tally:
    """Return what came of a habit over some seeds; most of a probing is waiting, so several wait together."""
    found = Tally()
    with ThreadPoolExecutor(_TOGETHER) as pool:
        every = list(pool.map(partial(probing, habit), seeds))
    for findings in every:
        found.n += 1
        found.hits += told_apart(habit, findings)
        found.others.update(fired(findings) - {OWN.get(habit)})
    return found


def table(tallies: Mapping[str, Tally]) -> list[str]:
    """Return the lines of the table of habits."""
    lines = [
        "| habit of `evalkit serve --fault` | its probe or subject | fired | what else fired |",
        "| --- | --- | --- | --- |",
    ]
    for habit, each in tallies.items():
        if habit == CLEAN:
            continue
        due = FOLLOWS.get(habit, frozenset())
        others = [f"{name} {n}{' (follows)' if name in due else ''}" for name, n in sorted(each.others.items())]
        own = OWN.get(habit)
        hits = f"{each.hits} of {each.n}" if own or each.hits else "by no probe"
        lines.append(f"| `{habit}` | {own or '-'} | {hits} | {', '.join(others) or '-'} |")
    return lines


def alarms(clean: Tally) -> list[str]:
    """Return the lines about the clean endpoint."""
    n, total = len(probes_of()), sum(clean.others.values())
    named = ", ".join(f"{name} {count}" for name, count in sorted(clean.others.items())) or "none"
    most = clopper_pearson(min(total, clean.n), clean.n)[1]
    said = (
        f"On the clean endpoint, {clean.n} probings of {n} probes each, false alarms: {named}. So at most "
        f"{100 * most:.1f} % of probings have one, by the exact bound of 95 %."
    )
    return [said]


def page(tallies: Mapping[str, Tally], took_s: float) -> str:
    """Return docs/probes.md."""
    setting = Setting(endpoint=Endpoint(model="any", base_url="http://127.0.0.1:9/v1"), decoding=Decoding())
    seeds = max(each.n for name, each in tallies.items() if name != CLEAN)
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
                *alarms(tallies[CLEAN]),
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
    parser.add_argument("--clean", type=int, default=50, help="probings of the clean endpoint")
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    given = parser.parse_args(words)
    began = time.monotonic()
    tallies = {}
    for habit in (CLEAN, *(name for name in meanings() if name in HABITS)):
        n = given.clean if habit == CLEAN else given.seeds
        tallies[habit] = tally(habit, range(given.first, given.first + n))
        sys.stdout.write(f"{time.monotonic() - began:.0f} s: {habit}: {tallies[habit]}\n")
        sys.stdout.flush()
    PAGE.write_text(page(tallies, time.monotonic() - began), encoding="utf-8")


if __name__ == "__main__":
    main()
