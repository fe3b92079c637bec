"""Matched temperatures as text: the same words on a page and on a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evalkit.nouns import Match
from evalkit.reporting import numbers
from evalkit.text.visible import visible


def by_metric(matches: Sequence[Match]) -> dict[str, tuple[Match, ...]]:
    """Return matches by the title of their metric, in their order."""
    titles = dict.fromkeys(each.metric for each in matches)
    return {title: tuple(each for each in matches if each.metric == title) for title in titles}


def edges(matches: Sequence[Match]) -> tuple[float, float]:
    """Return the lowest and highest temperature that the matches of one metric were read off between."""
    used = [each.temperature for each in matches if each.n_prompts]
    return (min(used), max(used)) if used else (0.0, 0.0)


def as_text(match: Match, ends: tuple[float, float]) -> str:
    """Return the candidate's temperature, such as ``0.83 [0.71, 0.95]``, ``above 1.3`` or ``none: why``.

    Args:
        match: One match.
        ends: What `edges` gives of its metric.
    """
    below, above = f"below {numbers.temperature(ends[0])}", f"above {numbers.temperature(ends[1])}"
    if not match.n_prompts:
        return f"none: {visible(match.reason or '', limit=200)}"
    low = ends[0] if match.low is None else match.low
    high = ends[1] if match.high is None else match.high
    closed = match.low is not None and match.high is not None
    digits = min(3, max(2, numbers.decimals_for(high - low))) if closed else 2
    first = below if match.low is None else numbers.number(low, decimals=digits)
    last = above if match.high is None else numbers.number(high, decimals=digits)
    if match.value is None:
        value = above if (match.reason or "").startswith("above") else below
        return f"{value} [{first}, {last}]" if match.has_interval and not _is_beyond(match, ends) else value
    value = numbers.number(match.value, decimals=digits)
    return f"{value} [{first}, {last}]" if match.has_interval else f"{value}, no interval"


def finding(matches: Sequence[Match], baseline: str, candidate: str) -> str:
    """Return what the matches of one metric say at the temperature nearest to 1 that has a value, in a sentence.

    Args:
        matches: Of one metric, at least one of them read off.
        baseline: Label of the earlier run.
        candidate: Label of the later run.
    """
    read = [each for each in matches if each.n_prompts]
    ends, told = edges(matches), [each for each in read if each.value is not None]
    match = min(told or read, key=lambda each: abs(each.temperature - 1.0))
    at = f"{baseline} at T = {numbers.temperature(match.temperature)}"
    if match.value is not None:
        return f"{candidate} at T = {as_text(match, ends)} is as diverse as {at}, by {match.words}."
    first, last = numbers.temperature(read[0].temperature), numbers.temperature(read[-1].temperature)
    least, greatest = map(numbers.temperature, ends)
    open_at = [numbers.temperature(each.temperature) for each in read if not _is_beyond(each, ends)]
    doubt = f"; the intervals leave that open at T = {', '.join(open_at)}" if open_at else ""
    more, by = len(read) > 1, f"by {match.words}{doubt}."
    if all((each.reason or "").startswith("above") for each in read):
        at = f"{baseline} at T = {first}{' or any above it' if more else ''}"
        return f"Up to T = {greatest} {candidate} does not get as diverse as {at}, {by}"
    if all((each.reason or "").startswith("below") for each in read):
        at = f"{baseline} at T = {last}{' or any below it' if more else ''}"
        return f"From T = {least} on {candidate} is more diverse than {at}, {by}"
    return f"No temperature of {candidate} that was measured is as diverse as {at}, by {match.words}."


def _is_beyond(match: Match, ends: tuple[float, float]) -> bool:
    """Return whether the whole interval lies beyond the temperatures that were measured."""
    if not match.has_interval:
        return False
    low, high = (-math.inf if match.low is None else match.low), (math.inf if match.high is None else match.high)
    return low >= ends[1] or high <= ends[0]
