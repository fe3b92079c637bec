"""Which temperature serves which aim, as far as the measurements carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalkit.analysis.limits import drawn_limit
from evalkit.nouns import Advice, ChangePoint, Curve, Form, Panel, Point

_ROUNDING = 1e-9


def advice(curves: Mapping[str, Curve], limits: Sequence[ChangePoint]) -> tuple[Advice, ...]:
    """Return a temperature for each aim, or that the data leave it undecided and what would decide it.

    Repeatable: where two answers most often agree, when agreement is shown to move with temperature. Balanced: where
    quality times diversity is largest, when that lies at one place and not at the highest temperature asked. Creative:
    the highest temperature asked that is not beyond the fall of quality, when such a fall is shown and diversity is
    shown to rise.

    Args:
        curves: By title.
        limits: Where each metric of quality falls.

    References:
        Definition by this project.
    """
    measured = tuple(curves.values())
    return _repeatable(measured), _balanced(measured), _creative(measured, limits)


def _repeatable(curves: Sequence[Curve]) -> Advice:
    aim = "repeatable"
    found = next(
        (c for c in curves if c.metric.diversity < 0 and c.metric.bounds == (0.0, 1.0) and c.metric.equality), None
    )
    if found is None:
        return _open(aim, "no metric of agreement was measured; exact_agreement is one")
    known = _known(found)
    evidence = tuple(_said(found, point) for point in known)
    if len(known) < 2:  # noqa: PLR2004 - a choice takes two
        return _open(aim, f"{found.metric.words} is known at fewer than two temperatures", evidence)
    if found.trend.direction == "undecided":
        return _open(aim, f"{found.metric.words} is not shown to move with temperature", evidence)
    best = max(known, key=lambda point: (point.estimate.value or 0.0, -point.temperature))
    sentence = f"Use T = {best.temperature:g}: {_said(found, best)}, the most of all temperatures asked."
    if (best.estimate.value or 0.0) < 0.5:  # noqa: PLR2004 - more often different than not
        sentence += " Even there two answers differ more often than not."
    return Advice(aim=aim, decided=True, temperature=best.temperature, sentence=sentence, evidence=evidence)


def _balanced(curves: Sequence[Curve]) -> Advice:
    aim = "balanced"
    found = next((c for c in curves if c.metric.peaks), None)
    if found is None or found.optimum is None:
        return _open(aim, "quality times diversity was not measured; qd_index is that, with a check of quality")
    best, words = found.optimum, found.metric.words
    evidence = tuple(_said(found, point) for point in _known(found))
    if best.temperature is None or best.low is None or best.high is None:
        return _open(aim, f"where {words} is largest can not be told ({best.method.removeprefix('none: ')})", evidence)
    reach = f"the {100 * best.level:g} % interval goes from {best.low:g} to {best.high:g}"
    why = {
        "flat": f"no temperature is shown to have a larger {words} than another ({reach}, which is all of them)",
        "rises to the end": f"{words} is largest at T = {best.temperature:g}, the highest asked ({reach}): the best "
        "may lie beyond, so ask higher temperatures",
        "open": f"{words} is largest at T = {best.temperature:g}, but {reach}, an end of the temperatures: more "
        "prompts or samples would narrow it",
    }
    if best.kind in why:
        return _open(aim, why[best.kind], evidence)
    at = found.at(best.temperature)
    value = "" if at is None else f", {at.estimate}"
    sentence = f"Use T = {best.temperature:g}: {words} is largest there{value}; {reach}."
    return Advice(aim=aim, decided=True, temperature=best.temperature, sentence=sentence, evidence=evidence)


def _creative(curves: Sequence[Curve], limits: Sequence[ChangePoint]) -> Advice:
    aim = "creative"
    found = next(
        (
            c
            for c in curves
            if c.metric.diversity > 0
            and c.metric.panel is Panel.FRONT
            and c.metric.form is Form.PAIR
            and not c.metric.peaks
        ),
        None,
    )
    if found is None:
        return _open(aim, "no distance between answers was measured; rouge_l_distance and vector_distance are such")
    known = _known(found)
    evidence = tuple(_said(found, point) for point in known)
    if found.trend.direction != "rises":
        return _open(aim, f"{found.metric.words} is not shown to rise with temperature", evidence)
    if not limits:
        why = "no metric of quality was measured, so nothing tells where answers stop being good; validity is one"
        return _open(aim, why, evidence)
    limit = drawn_limit(limits)
    if limit is None or limit.temperature is None:
        return _open(aim, _unlimited(limits, known), evidence)
    reachable = [point for point in known if point.temperature <= limit.temperature + _ROUNDING]
    if not reachable:
        return _open(aim, f"{limit.words} falls before the lowest temperature with a value", evidence)
    best = reachable[-1]
    told = f"Use T = {best.temperature:g}: {_said(found, best)}. Beyond T = {limit.temperature:g}{_ends(limit)} "
    return Advice(
        aim=aim,
        decided=True,
        temperature=best.temperature,
        sentence=f"{told}{limit.words} falls clearly, and may have begun to fall before.",
        evidence=evidence,
    )


def _unlimited(limits: Sequence[ChangePoint], known: Sequence[Point]) -> str:
    if all(each.kind == "unknown" for each in limits):
        return f"where quality falls can not be told ({limits[0].method.removeprefix('none: ')})"
    words = ", ".join(each.words for each in limits)
    return (
        f"no fall of {words} is shown up to T = {known[-1].temperature:g}, the most varied; that is no proof that "
        "there is none: ask higher temperatures, or more prompts"
    )


def _known(curve: Curve) -> list[Point]:
    return [point for point in curve.points if point.estimate.value is not None]


def _said(curve: Curve, point: Point) -> str:
    return f"{curve.metric.words} is {point.estimate} at T = {point.temperature:g}"


def _ends(limit: ChangePoint) -> str:
    return "" if limit.low is None or limit.high is None else f" [{limit.low:g}, {limit.high:g}]"


def _open(aim: str, why: str, evidence: tuple[str, ...] = ()) -> Advice:
    return Advice(aim=aim, decided=False, temperature=None, sentence=f"Undecided: {why}.", evidence=evidence)
