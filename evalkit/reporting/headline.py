"""The result in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Curve, Metric, Point, Trend
from evalkit.reporting import numbers
from evalkit.text.visible import visible

_MOST_LETTERS = 80
_OPEN = ("is undecided", "are undecided")
_SIGNS = {"rises": 1, "falls": -1}


def headline(curves: Sequence[Curve]) -> tuple[str, ...]:
    """Return the result in sentences, the most important first.

    It rests on the first metric of the suite that speaks of diversity, whatever that metric
    says: choosing the clearest one would find a trend in noise. The others are counted after it.
    """
    main = main_curve(curves)
    if main is None:
        return ("No metric was measured.",)
    others = [curve for curve in curves if curve is not main and curve.metric.diversity]
    sentences = [_main_sentence(main)]
    if main.metric.diversity and len(main.points) > 1 and others:
        sentences.append(_others_sentence(others))
    return tuple(sentences)


def main_curve(curves: Sequence[Curve]) -> Curve | None:
    """Return the curve the headline rests on: the first that speaks of diversity, else the first."""
    return next((curve for curve in curves if curve.metric.diversity), curves[0] if curves else None)


def heading(metric: Metric) -> str:
    """Return a metric's title in words, such as ``TAR@5`` or ``distinct n (n = 3)``."""
    return visible(metric.words, limit=_MOST_LETTERS)


def trend_sentence(curve: Curve) -> str:
    """Return whether a metric moves with temperature, with the numbers of the test."""
    name, trend = heading(curve.metric), curve.trend
    name = name[:1].upper() + name[1:]
    if not numbers.is_temperature_sent():
        return f"{name} was measured over repetitions: no temperature was sent."
    if len(curve.points) < 2:  # noqa: PLR2004 - a trend needs two temperatures
        return f"{name} was measured at one temperature, which shows no trend."
    if trend.p_value is None:
        return f"Whether {heading(curve.metric)} moves with temperature was not tested: {trend.method}."
    if trend.direction in _SIGNS:
        return f"{name} {trend.direction} with temperature ({_test(trend)})."
    return (
        f"Whether {heading(curve.metric)} moves with temperature is not decided by these data ({_test(trend)}); "
        "that is not the same as no difference."
    )


def _main_sentence(curve: Curve) -> str:
    name = heading(curve.metric)
    known = [point for point in curve.points if point.estimate.value is not None]
    if not known:
        reason = curve.points[0].estimate.undefined if curve.points else "there are no temperatures"
        return f"{name[:1].upper() + name[1:]} is undefined at every temperature: {reason}."
    if len(curve.points) == 1:
        n, where = numbers.count(known[0].estimate.n_prompts, "prompt"), numbers.temperature(known[0].temperature)
        if not numbers.is_temperature_sent():
            return f"No temperature was sent. Over repetitions {name} is {_at(known[0])} ({n})."
        return f"At T = {where}, {name} is {_at(known[0])} ({n}); one temperature shows no trend."
    first, last = known[0], known[-1]
    if first is last:
        return f"{name[:1].upper() + name[1:]} exists at one temperature only: {_where(first)}. That shows no trend."
    sign = _SIGNS.get(curve.trend.direction, 0)
    evidence = f"from {_where(first)} to {_where(last)} ({_test(curve.trend)})"
    if not sign:
        goes = f"{name} goes {evidence}"
        asked = "Whether answers vary more as temperature rises" if curve.metric.diversity else f"Whether {name} moves"
        return f"{asked} is not decided by these data: {goes}. That is not the same as no difference."
    return _moving_sentence(curve, known, sign, evidence)


def _moving_sentence(curve: Curve, known: Sequence[Point], sign: int, evidence: str) -> str:
    name = heading(curve.metric)
    if not curve.metric.diversity:
        return f"As temperature rises, {name} {curve.trend.direction} {evidence}."
    if sign * ((known[-1].estimate.value or 0.0) - (known[0].estimate.value or 0.0)) < 0:
        return _turning(curve, known, sign)
    more = "more" if sign * curve.metric.diversity > 0 else "less"
    return f"Answers vary {more} as temperature rises: {name} {curve.trend.direction} {evidence}."


def _turning(curve: Curve, known: Sequence[Point], sign: int) -> str:
    """Return what is true of a curve whose ends lie the other way round than its trend."""
    turn = max(known, key=lambda point: sign * (point.estimate.value or 0.0))
    name = heading(curve.metric)
    places = f"{_where(known[0])}, {_where(turn)} and {_where(known[-1])}"
    return (
        f"Answers do not vary in one direction as temperature rises: {name} is {places}. On the whole it "
        f"{curve.trend.direction} ({_test(curve.trend)}), from end to end it does not."
    )


def _others_sentence(others: Sequence[Curve]) -> str:
    told: dict[int, list[str]] = {1: [], -1: [], 0: []}
    for curve in others:
        told[_SIGNS.get(curve.trend.direction, 0) * curve.metric.diversity].append(heading(curve.metric))
    words = {1: ("shows more variation", "show more variation"), -1: ("shows less variation", "show less variation")}
    parts = [
        f"{len(told[sign])} {words.get(sign, _OPEN)[len(told[sign]) > 1]} ({', '.join(told[sign])})"
        for sign in (1, -1, 0)
        if told[sign]
    ]
    n = f"Of the other {len(others)} metrics" if len(others) > 1 else "Of one other metric"
    return f"{n} of diversity, as temperature rises, {', '.join(parts)}."


def _where(point: Point) -> str:
    return f"{_at(point)} at T = {numbers.temperature(point.temperature)}"


def _at(point: Point) -> str:
    return numbers.with_unit(numbers.shown(point.estimate), point.estimate.unit)


def _test(trend: Trend) -> str:
    n = numbers.count(trend.n_prompts, "prompt")
    if trend.p_value is None:
        return f"no trend test: {trend.method}; {n}"
    return f"trend {numbers.p_value(trend.p_value)}, {n}"
