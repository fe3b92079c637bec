"""What temperature 0 does not settle: the floor by load, and how far loads and temperatures lie from it."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import JSON, Contrast, Estimate, FingerprintSplit, Floor, FloorLevel, Load, LoadArm, MetricFloor
from evalkit.reporting import numbers
from evalkit.reporting.blocks.base import block
from evalkit.reporting.contrast_rows import row_of
from evalkit.reporting.findings import Findings
from evalkit.reporting.floor_words import known, sentences
from evalkit.reporting.headline import heading
from evalkit.reporting.view import Block, Table
from evalkit.text.tree import tree
from evalkit.text.visible import visible

_LOADS = {
    Load.SERIAL: "one request at a time",
    Load.BURST: "equal requests at once",
    Load.MIXED: "among all others",
}
_HOW = (
    "The floor is the value at T = 0 under the load that disturbs least of those asked for. Differences are paired by"
    " prompt and speak of these prompts; p-values are adjusted over all metrics, loads and temperatures each by"
    " themselves (Holm). “Inconclusive” is not “the same”."
)
_ORDER = (
    "Serial and burst were sent by themselves, before everything else: what changed at the server between these phases"
    " would pose as load."
)
_WIDTH = 92  # columns that fit beside the table of contents
_WORDS = (
    "Different answers and the share of the commonest are means over prompts. Words shared: the fewest that all answers"
    " to a prompt begin with, over the prompts that part."
)
_MARKS = (
    "Pairs of answers are of one prompt under one load. If fingerprints meant nothing they could change places within"
    " their cell; the p-value counts such arrangements."
)


@block(Findings)
def floor(found: Findings, plots: Sequence[str] | None) -> Block | None:
    """Return the floor in words, the answers by load, and each metric's distance from its floor."""
    del plots  # the floor is drawn where the curves are
    if found.floor is None:
        return None
    it = found.floor
    return Block(
        anchor="floor",
        heading="The floor: what differs at temperature 0",
        order=5,
        lead=sentences(it),
        tables=tuple(tables(it)),
        trees=tuple(
            (f"{visible(each.prompt_id, limit=80, keep='')}, T = 0, {arm.load.value}", tree(each, width=_WIDTH))
            for arm in it.arms
            for each in arm.forks
        ),
        notes=tuple(_notes(it)),
        data=data(it),
    )


def tables(it: Floor) -> list[Table]:
    """Return the answers by load, each metric by load and by temperature, and pairs by fingerprint."""
    made = []
    if it.arms:
        made.append(_arms(it.arms))
    if it.metrics:
        made.append(_levels(it.metrics))
    if any(each.above for each in it.metrics):
        made.append(_above(it.metrics))
    if it.fingerprints is not None:
        made.append(_fingerprints(it.fingerprints))
    return made


def _arms(arms: Sequence[LoadArm]) -> Table:
    """Return what answers at temperature 0 look like, one row for each load."""
    failed = any(arm.n_failed for arm in arms)
    names = ("load", "prompts", "samples", "different answers", "commonest", "prompts that part", "words shared")
    return Table(
        caption="Answers at T = 0 by load: different answers to a prompt and the share of the commonest, as means.",
        columns=(*names, "failed") if failed else names,
        rows=tuple(
            (
                f"{arm.load.value}: {_LOADS[arm.load]}",
                numbers.count(arm.n_prompts),
                numbers.count(arm.n_samples),
                "–" if arm.distinct is None else numbers.number(arm.distinct),
                "–" if arm.commonest is None else f"{100 * arm.commonest:.0f} %",
                numbers.count(arm.n_parting),
                "–" if arm.first_parting is None else numbers.count(arm.first_parting),
                *([numbers.count(arm.n_failed)] if failed else []),
            )
            for arm in arms
        ),
    )


def _levels(metrics: Sequence[MetricFloor]) -> Table:
    rows = []
    for each in metrics:
        name = heading(each.metric)
        rows.append((name, each.level.load.value, _value(each.level), "the floor", "–", "–"))
        for level, against in zip(each.others, each.loads, strict=True):
            told = row_of(against.contrast)
            difference, p_value = told.difference or "–", told.p_value or "–"
            rows.append((name, level.load.value, _value(level), difference, p_value, told.verdict))
    return Table(
        caption="Each metric at T = 0 by load.",
        columns=("metric", "load", "value", "minus the floor", "adjusted p", "verdict"),
        rows=tuple(rows),
    )


def _value(level: FloorLevel) -> str:
    return "undefined" if level.estimate.value is None else known(level)  # the notes say why


def _above(metrics: Sequence[MetricFloor]) -> Table:
    return Table(
        caption="Each metric minus its floor, by temperature.",
        columns=("metric", "temperature", "minus the floor", "adjusted p", "verdict"),
        rows=tuple(
            (
                heading(each.metric),
                numbers.temperature(found.temperature or 0.0),
                (told := row_of(found)).difference or "–",
                told.p_value or "–",
                told.verdict,
            )
            for each in metrics
            for found in each.above
        ),
    )


def _fingerprints(split: FingerprintSplit) -> Table:
    return Table(
        caption="Pairs of answers at T = 0 by the server's fingerprints.",
        columns=("fingerprints", "pairs", "equal", "prompts"),
        rows=tuple(
            (name, numbers.count(n), visible(numbers.shown(share), limit=200), numbers.count(share.n_prompts))
            for name, n, share in (
                ("the same", split.n_same, split.same),
                ("different", split.n_different, split.different),
            )
        ),
    )


def _notes(it: Floor) -> list[str]:
    notes = [_HOW, *([_ORDER] if any(arm.load is not Load.MIXED for arm in it.arms) else [])] if it.metrics else []
    if any(arm.first_parting is not None for arm in it.arms):
        notes.append(_WORDS)
    reasons: dict[str, list[str]] = {}
    for each in it.metrics:
        missing = [c.undefined for c in (*each.above, *(e.contrast for e in each.loads)) if c.undefined]
        for reason in dict.fromkeys(missing):
            reasons.setdefault(visible(reason, limit=200), []).append(heading(each.metric))
    notes += [f"No difference for {', '.join(names)}: {reason}." for reason, names in reasons.items()]
    return [*notes, *([_MARKS] if it.fingerprints is not None else [])]


def data(it: Floor) -> JSON:
    """Return the same in numbers."""
    return {
        "level": it.level,
        "arms": [
            {
                "load": arm.load.value,
                "n_prompts": arm.n_prompts,
                "n_samples": arm.n_samples,
                "n_failed": arm.n_failed,
                "distinct": arm.distinct,
                "commonest": arm.commonest,
                "n_parting": arm.n_parting,
                "first_parting": arm.first_parting,
            }
            for arm in it.arms
        ],
        "metrics": [
            {
                "metric": visible(each.metric.title, limit=120),
                "load": each.level.load.value,
                "floor": _estimate(each.level.estimate),
                "others": [{"load": other.load.value, **_estimate(other.estimate)} for other in each.others],
                "loads": [{"load": other.load.value, **_contrast(other.contrast)} for other in each.loads],
                "above": [{"temperature": other.temperature, **_contrast(other)} for other in each.above],
            }
            for each in it.metrics
        ],
        "fingerprints": None if it.fingerprints is None else _split(it.fingerprints),
    }


def _estimate(known: Estimate) -> dict[str, JSON]:
    return {
        "value": known.value,
        "undefined": None if known.undefined is None else visible(known.undefined, limit=200),
        "low": known.interval.low if known.interval else None,
        "high": known.interval.high if known.interval else None,
        "n_prompts": known.n_prompts,
        "n_samples": known.n_samples,
        "method": known.method,
        "estimand": known.estimand.value,
    }


def _contrast(found: Contrast) -> dict[str, JSON]:
    return {
        "difference": found.difference,
        "undefined": None if found.undefined is None else visible(found.undefined, limit=200),
        "low": found.interval.low if found.interval else None,
        "high": found.interval.high if found.interval else None,
        "p_value": found.p_value,
        "p_adjusted": found.p_adjusted,
        "verdict": None if found.difference is None else found.verdict.value,
        "margin": found.margin,
        "n_prompts": found.n_prompts,
        "estimand": found.estimand.value,
        "method": found.method,
    }


def _split(split: FingerprintSplit) -> dict[str, JSON]:
    return {
        "n_fingerprints": split.n_fingerprints,
        "n_same": split.n_same,
        "n_different": split.n_different,
        "same": _estimate(split.same),
        "different": _estimate(split.different),
        "difference": split.difference,
        "p_value": split.p_value,
    }
