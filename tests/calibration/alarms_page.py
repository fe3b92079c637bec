"""What sessions of the suites in `alarming` came to, as docs/suite_alarms.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import evalkit
from calibration.alarming.truths import FLAT, IDS, N
from calibration.alarms_power import PILOT_SAMPLES, PILOTS, Prediction
from evalkit.powering import LEAST_ZETA1
from evalkit.stats.multiplicity import holm
from evalkit.stats.proportion import clopper_pearson

ALPHA = 0.05
_AT_TRUTH = (
    *("claim", "metric", "claims", "holds", "promised", "false", "promised", "open"),
    *("holds: kept", "false: kept"),
)
_CHANGED = (
    *("change", "looked for by", "metric", "prompts x samples", "difference", "predicted from pilots"),
    *("predicted from zeta1 as it is", "caught", "pilot in the middle fits", "zeta1 as it is fits"),
)
Sessions = Sequence[Sequence[dict]]
"""For each session what each of its tests claimed."""
ROWS = {
    "test_cell": ("`cell[metric] > truth`, `< truth`", ALPHA / 2, ALPHA / 2, True),
    "test_point": ("`curve(metric)[T] > truth`, `< truth`", ALPHA / 2, ALPHA / 2, True),
    "test_between": ("`between(0, truth)`, `between(truth, 1)`", ALPHA / 2, ALPHA / 2, True),
    "test_two_cells": ("`cell > cell` that are alike, both ways", ALPHA / 2, ALPHA / 2, True),
    "test_two_points": ("`curve[T] > curve[T']` that are alike, both ways", ALPHA / 2, ALPHA / 2, True),
    "test_trend": ("`rises()` or `falls()` of what is flat", ALPHA / 2, ALPHA / 2, True),
    "test_deterministic": ("`deterministic(at_least=truth)`", ALPHA, ALPHA, False),
    "test_valid_share": ("`valid_share(at_least=truth)`", ALPHA, ALPHA, False),
    "test_margin": ("`compare(...)` whose margin is the change", ALPHA, ALPHA / 2, True),
    "test_precision": ("`cell[metric] > truth`, `< truth` with `precision=0.15`", ALPHA / 2, ALPHA / 2, True),
}
"""By test: the claim, how often it may be said to hold, and to be false, when its bound is the truth itself, and
whether it is told by metric."""
_WHY = {
    "prefix_agreement": "Of few answers that fall into groups whose beginnings are of very different lengths, the "
    "interval, which is made on a logarithmic scale, misses more often than it should, and mostly at one end; the mean "
    "of several prompts does not."
}
"""What is known of metrics that do not keep what is promised."""
_OPPOSITE = {"HIGHER": "LOWER", "LOWER": "HIGHER"}
_UNBOUNDED = ("length_words", "prefix_agreement")
_VERBS = {"is equivalent": "equivalent,", "is not less": "not_less_diverse,", " rises": "rises,", " falls": "falls,"}


def page(sessions: Sessions, predictions: Sequence[Prediction], took_s: float) -> str:
    """Return docs/suite_alarms.md."""
    parts = (_head(sessions, took_s), _at_truth(sessions), _green(sessions), _same(sessions))
    return "\n".join([*(line for part in parts for line in part), *_power(sessions, predictions)]) + "\n"


def broken_promises(sessions: Sessions) -> list[str]:
    """Return the rows about claims at the truth whose share is above what was promised, beyond chance."""
    return [row[0] for row in _rows(sessions) if "no" in row[-2:]]


def _head(sessions: Sessions, took_s: float) -> Iterator[str]:
    yield "# False alarms of a suite of tests, and what it sees"
    yield ""
    yield (
        f"Made by `make alarms` with evalkit {evalkit.__version__}: {len(sessions)} repetitions in {took_s / 60:.0f} "
        "minutes. Each is a session of pytest over HTTP to the embedded endpoint, with new answers and a store of its "
        "own, compared with another session that was saved with `--evalkit-save` before it. The tests are in "
        f"[`tests/calibration/alarming`](../tests/calibration/alarming): {len(IDS)} short questions, {N} samples of "
        "each cell, level 0.95. What is true of the answers is known exactly. Shares have 95 % intervals in brackets "
        "(Clopper-Pearson). Answers come eight to a request, to save time."
    )
    yield ""


def _at_truth(sessions: Sessions) -> Iterator[str]:
    yield "## Bounds that are the truth itself"
    yield ""
    yield (
        "The hardest case: the number in the claim is exactly what is so, so whatever is decided is decided by chance. "
        "At most so many may be said to hold, or to be false, as an interval of 95 % leaves out at one end: 2.5 %; an "
        "exact bound of one side, or a margin, 5 %. What is claimed both ways holds one way where it is false the "
        "other. Kept means that the share is not above what was promised beyond chance: the lower end of its interval "
        f"is not. What is alike or flat was asked at T = {', '.join(f'{t:g}' for t in FLAT)}."
    )
    yield ""
    rows = _rows(sessions)
    yield from _table(_AT_TRUTH, rows)
    for words, metric, *_ in (row for row in rows if "no" in row[-2:]):
        yield f"Not kept: {words}{f' of {metric}' if metric else ''}. {_WHY.get(metric, '')}".rstrip()
        yield ""
    single, together, bounded, n = _families(sessions)
    yield (
        f"A session makes {n} of these claims at once. At least one of them held in {_share(single, len(sessions))} of "
        f"the sessions; under Holm's adjustment (`--evalkit-adjust=holm`), of which at most 5 % are promised, in "
        f"{_share(together, len(sessions))}: {_kept(together, len(sessions), ALPHA, 'kept', 'not kept')}. Among claims "
        f"about metrics between 0 and 1 alone it was {_share(bounded, len(sessions))}: "
        f"{_kept(bounded, len(sessions), ALPHA, 'kept', 'not kept')}. Metrics without an upper bound, such as a number "
        "of words, have intervals made for 95 %; of a few texts that are nearly all of one length they say too much "
        "about chances far smaller, which is what an adjustment over many claims asks for."
    )
    yield ""


def _rows(sessions: Sessions) -> list[list[str]]:
    counts: dict[str, dict[str, Counter[str]]] = {test: {} for test in ROWS}
    for claim, test in _claims(sessions, ("at_truth", "precise")):
        # Two claims that one interval decides alike are two rows, lest they count as twice as many.
        verb = next((word for phrase, word in _VERBS.items() if phrase in claim["claim"]), "")
        name = f"{verb} {claim['metric']}".strip() if ROWS[test][3] else ""
        counts[test].setdefault(name, Counter())[claim["verdict"]] += 1
    rows = []
    for test, (words, holding, failing, _) in ROWS.items():
        for name, count in counts[test].items():
            n = count.total()
            shares = [_share(count["holds"], n), _percent(holding), _share(count["false"], n), _percent(failing)]
            kept = [_kept(count["holds"], n, holding), _kept(count["false"], n, failing)]
            rows.append([words, name, f"{n:,}", *shares, _percent(count["inconclusive"] / n), *kept])
    return rows


def _families(sessions: Sessions) -> tuple[int, int, int, int]:
    """Return the sessions in which a claim at the truth held: by itself, under Holm, and so of metrics in [0, 1].

    The last number is how many claims a session makes.
    """
    single = together = bounded = most = 0
    for session in sessions:
        claims = [claim for claim, _ in _claims([session], ("at_truth",))]
        single += any(claim["verdict"] == "holds" for claim in claims)
        together += _held_under_holm(claims)
        bounded += _held_under_holm([claim for claim in claims if claim["metric"] not in _UNBOUNDED])
        most = max(most, len(claims))
    return single, together, bounded, most


def _held_under_holm(claims: Sequence[dict]) -> bool:
    p_values = [claim["p_value"] for claim in claims if claim["p_value"] is not None]
    return bool(p_values) and min(holm(p_values)) <= ALPHA


def _green(sessions: Sessions) -> Iterator[str]:
    yield "## A green suite"
    yield ""
    yield (
        "[`green.py`](../tests/calibration/alarming/green.py) claims what is true, with room; an open claim fails its "
        "test, too. How often a test is green is a matter of its room and samples (`evalkit power`); how often a true "
        "claim is called false is what is promised: at most 2.5 %, or 5 % where a bound has one side."
    )
    yield ""
    counts: dict[str, Counter[str]] = {}
    for claim, test in _claims(sessions, ("green",)):
        counts.setdefault(test, Counter())[claim["verdict"]] += 1
    yield from _table(
        ["test", "claims", "holds", "open", "false"],
        [
            [f"`{test}`", f"{c.total():,}", _share(c["holds"], c.total()), str(c["inconclusive"]), str(c["false"])]
            for test, c in counts.items()
        ],
    )
    tests = [[each for each in session if each["suite"] == "green"] for session in sessions]
    green = sum(all(each["outcome"] == "passed" for each in some) for some in tests)
    yield f"All {len(counts)} tests were green in {_share(green, len(sessions))} of the sessions."
    yield ""


def _same(sessions: Sessions) -> Iterator[str]:
    found = [each for session in sessions for each in session if each["suite"] == "same"]
    yield "## An endpoint against a baseline of itself"
    yield ""
    alarms = sum(bool({"HIGHER", "LOWER"} & set(each["verdicts"])) for each in found)
    three = max(len(each["verdicts"]) for each in found)
    yield (
        f"`evalkit.compare()` by {three} metrics called one of them HIGHER or LOWER in {_share(alarms, len(found))} of "
        f"the sessions, of which at most 5 % are promised: {_kept(alarms, len(found), ALPHA, 'kept', 'not kept')}. "
        "Claims within the usual margin of 0.05, by rouge_l_distance:"
    )
    yield ""
    verbs = ("is equivalent to", "is not more diverse", "is not less diverse")
    rows = []
    for verb in verbs:
        count = Counter(c["verdict"] for each in found for c in each["claims"] if verb in c["claim"])
        n = count.total()
        rows.append([verb, str(n), _share(count["holds"], n), str(count["inconclusive"]), _share(count["false"], n)])
    yield from _table(["claim", "claims", "holds", "open", "false (promised at most 5 %)"], rows)


def _power(sessions: Sessions, predictions: Sequence[Prediction]) -> Iterator[str]:
    found = [each for session in sessions for each in session if each["suite"] == "changed"]
    if not found:
        return
    yield "## Real changes"
    yield ""
    yield (
        f"Before each change {PILOTS} pilot runs of {PILOT_SAMPLES} samples were made, and the planner (`evalkit power "
        "--from PILOT --detect DIFFERENCE --samples N`) was asked of each how often the change will be seen: the "
        "prediction in the middle, and the least and the greatest. Beside it what it says when it is told zeta1 as it "
        "is on both sides, exactly or from 10,000 answers of each."
    )
    yield ""
    rows = []
    for each in predictions:
        change = each.change
        seen = [_caught(test, change.caught) for test in found if test["test"] == change.test]
        k, n = sum(seen), len(seen)
        if not n:
            continue
        design = f"{len(change.prompts)} x {change.samples}"
        pilots = f"{_percent(each.usual)} ({_percent(min(each.powers))} to {_percent(max(each.powers))})"
        fits = [_fits(power, k, n) for power in (each.usual, each.exact)]
        told = [change.words, change.asked, change.metric, design, f"{each.delta:+.3f}", pilots, _percent(each.exact)]
        rows.append([*told, f"{k} of {n}: {_share(k, n)}", *fits])
    yield from _table(_CHANGED, rows)
    yield (
        "A prediction fits when it lies in the interval of the share that was caught. One pilot of few samples knows "
        "zeta1 badly, so what it predicts scatters: plan with some room, or with a pilot of more prompts."
    )
    yield ""
    yield from _told(found, predictions)


def _told(found: Sequence[dict], predictions: Sequence[Prediction]) -> Iterator[str]:
    yield (
        "The planner reckons with the interval that comparing makes, its guards included: the ends of Clopper and "
        "Pearson at as many trials as would know the mean as well, and no more trials than there are pairs of samples."
    )
    yield ""
    low = [each for each in predictions if each.zeta1 < LEAST_ZETA1]
    if low:
        yield (
            f"It reckons with a zeta1 of {LEAST_ZETA1:g} at the least, whatever a pilot says. Of the stories zeta1 is "
            f"{' and '.join(f'{each.zeta1:.4f}' for each in low)}: from pilots it promises less there than it keeps."
        )
        yield ""
    for each in predictions:
        tests = [test for test in found if test["test"] == each.change.test]
        if tests:
            wrong = sum(_caught(test, _OPPOSITE[each.change.caught]) for test in tests if each.change.caught)
            count = Counter(claim["verdict"] for test in tests for claim in test["claims"])
            told = ", ".join(f"{word} {count[word]}" for word in ("holds", "inconclusive", "false"))
            other = f"; the verdict was of the wrong sign {wrong} times" if each.change.caught else ""
            yield f"- `{tests[0]['claims'][0]['claim']}`: {told}{other}."


def _caught(test: dict, verdict: str) -> bool:
    return verdict in test["verdicts"] if verdict and test["verdicts"] else test["claims"][0]["verdict"] == "holds"


def _claims(sessions: Iterable[Sequence[dict]], suites: Sequence[str]) -> Iterator[tuple[dict, str]]:
    return (
        (claim, each["test"])
        for session in sessions
        for each in session
        if each["suite"] in suites
        for claim in each["claims"]
    )


def _kept(count: int, n: int, promised: float, yes: str = "yes", no: str = "no") -> str:
    return yes if clopper_pearson(count, n)[0] <= promised else no


def _fits(power: float, count: int, n: int) -> str:
    low, high = clopper_pearson(count, n)
    return "yes" if low <= power <= high else "no, less was seen" if high < power else "no, more was seen"


def _share(count: int, n: int) -> str:
    low, high = clopper_pearson(count, n)
    return f"{_percent(count / n)} [{100 * low:.1f}, {100 * high:.1f}]"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
