"""The floor in sentences: for the page, for pictures and for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Contrast, Curve, FingerprintSplit, Floor, FloorLevel, Load, LoadArm, MetricFloor, Verdict
from evalkit.reporting import numbers
from evalkit.reporting.headline import heading
from evalkit.text.counting import counted
from evalkit.text.visible import visible

LOADS = {
    Load.SERIAL: "one request at a time",
    Load.BURST: "in a burst of equal requests",
    Load.MIXED: "among all other requests of the run",
}
"""What each load is, in words."""
_ALPHA = 0.05


def sentences(floor: Floor) -> tuple[str, ...]:
    """Return what answers do at temperature 0, whether load matters, and where temperature shows.

    Loads and temperatures are judged by the first metric of the suite that compares answers; a table has the others.
    """
    first = next((each for each in floor.metrics if each.level.estimate.value is not None), None)
    said = [] if not floor.arms else [_arm(floor.arms[0], first)]
    if first is not None:
        said += _loads(first)
        said += _above(first)
    if floor.fingerprints is not None:
        said.append(_fingerprints(floor.fingerprints))
    return tuple(visible(sentence) for sentence in said)


def of_curve(curve: Curve) -> str:
    """Return the floor of a curve in a sentence; empty where it has none."""
    if curve.floor is None:
        return ""
    return f"The floor at T = 0, {LOADS[curve.floor.load]}: {known(curve.floor)}."


def known(level: FloorLevel) -> str:
    """Return value and interval of a floor, or why there is none."""
    return visible(numbers.shown(level.estimate), limit=200)


def _arm(arm: LoadArm, first: MetricFloor | None) -> str:
    where = f"At T = 0, {LOADS[arm.load]},"
    if not arm.n_prompts:
        return f"{where} no prompt has two answers to compare."
    prompts = counted(arm.n_prompts, "prompt")
    if arm.n_parting:
        of_them = f"{arm.n_parting} of {prompts} got different answers"
        said = f"{where} {of_them}" if arm.n_prompts > 1 else f"{where} the prompt got different answers"
    else:
        said = f"{where} {prompts if arm.n_prompts == 1 else f'each of {prompts}'} got the same answer every time"
    if first is None:
        return f"{said}."
    return (
        f"{said}. The floor of {heading(first.metric)} is {known(first.level)}: the server's own noise, not sampling."
    )


def _loads(first: MetricFloor) -> list[str]:
    """Return whether each other load differs from the floor's."""
    said = []
    for each in first.loads:
        found, load = each.contrast, LOADS[each.load]
        where = load[:1].upper() + load[1:]
        if found.difference is None:
            said.append(f"{where} it can not be compared: {found.undefined}.")
        elif found.verdict in {Verdict.HIGHER, Verdict.LOWER}:
            said.append(f"{where} it is {found.verdict.value} ({_numbers(found)}): load matters.")
        elif found.verdict is Verdict.EQUIVALENT:
            said.append(f"{where} it is the same within {numbers.number(found.margin or 0.0)}.")
        else:
            said.append(f"{where} a difference is not decided ({_numbers(found)}).")
    return said


def _numbers(found: Contrast) -> str:
    ends = numbers.value_and_interval(found.difference or 0.0, found.interval)
    return ends if found.p_adjusted is None else f"{ends}, {numbers.p_value(found.p_adjusted)}"


def _above(first: MetricFloor) -> list[str]:
    """Return at which temperatures the metric lies off its floor."""
    warm = [each for each in first.above if each.temperature]
    if not warm:
        return []
    groups: dict[str, list[Contrast]] = {}
    for each in warm:
        groups.setdefault("undefined" if each.difference is None else each.verdict.value, []).append(each)
    words = {
        "higher": "it lies above the floor",
        "lower": "it lies below the floor",
        "equivalent": "it is the floor, within the margin",
        "inconclusive": "it is not decided whether it differs from the floor",
        "undefined": "there is no difference to speak of",
    }
    parts = [f"{text} at T = {_where(groups[verdict])}" for verdict, text in words.items() if verdict in groups]
    text = "; ".join(parts)
    return [f"With temperature, {text}."]


def _where(found: Sequence[Contrast]) -> str:
    return ", ".join(numbers.temperature(each.temperature or 0.0) for each in found)


def _fingerprints(split: FingerprintSplit) -> str:
    named = f"The server named {counted(split.n_fingerprints, 'configuration')} of itself at T = 0"
    if split.difference is None or split.p_value is None:
        return f"{named}, but no cell holds pairs with the same and pairs with different ones, so nothing can be told."
    both = (
        f"answers of the same one are equal in {numbers.shown(split.same)} of pairs,"
        f" of different ones in {numbers.shown(split.different)} ({numbers.p_value(split.p_value)})"
    )
    if split.p_value > _ALPHA:
        return f"{named}: {both}. That configurations answer differently is not shown."
    if split.difference > 0.0:
        return f"{named}: {both}. A mixture of configurations is part of what differs at T = 0."
    return f"{named}: {both}. Those of different ones agree more, which a mixture does not explain."
