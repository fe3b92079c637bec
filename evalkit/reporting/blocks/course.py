"""Drift over time: whether answers changed while the run was going on."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import JSON, Course
from evalkit.reporting import numbers
from evalkit.reporting.blocks.base import block
from evalkit.reporting.findings import Findings
from evalkit.reporting.pictures import pictures
from evalkit.reporting.view import Block, Table
from evalkit.text.visible import visible

_NAMES = {"words": "length", "likeness": "likeness", "latency": "latency"}
_CLOCK = (
    "Replicate r of every cell is sent before replicate r + 1 of any: the number of the replicate is the clock, but for"
    " draws that failed and were sent again later."
)
_RECORDED = "The answers were recorded elsewhere: that their numbers are their order in time is taken for granted."
_TESTS = (
    "Length and latency: mean over prompts of the rank correlation with time. Likeness, in the"
    " table that to the answers of the first part: mean over prompts of the correlation, over pairs of answers, of the"
    " share of words in common with nearness in time. p-values by"
    " permutation within prompts, those of length and likeness adjusted together, those of latency by themselves"
    " (Holm)."
)
_WAVE = "Latency moves with the load of the endpoint and of this machine; it alone raises no caution."


@block(Findings)
def course(found: Findings, plots: Sequence[str] | None) -> Block | None:
    """Return what drifts, or that no drift is shown, the tests as a table, and the run in parts as a picture."""
    if found.courses is None or not found.courses.courses:
        return None
    shown = found.courses.courses
    lead = tuple(_lead(shown))
    figures, cautions = pictures(found.courses, plots, finding=" ".join(lead), about="the course of the run")
    recorded = found.run.first_at is None
    return Block(
        anchor="course",
        heading="Drift over time",
        order=30,
        lead=lead,
        tables=(_table(shown),),
        figures=figures,
        notes=(
            _RECORDED if recorded else _CLOCK,
            _TESTS,
            *_untested(shown),
            *([_WAVE] if any(each.quantity == "latency" for each in shown) else []),
            *(caution.fact for caution in cautions),
        ),
        data=[_numbers(each) for each in shown],
    )


def _lead(courses: Sequence[Course]) -> list[str]:
    texts = [each for each in courses if each.quantity != "latency"]
    clocks = [each for each in courses if each.quantity == "latency"]
    if any(each.drifts for each in texts):
        said = [f"Answers changed while the run was going on: {'; '.join(_drifts(texts))}."]
    elif any(each.p_value is not None for each in texts):
        said = ["No drift of the answers is shown, which is no proof that there was none."]
    else:
        said = ["Whether answers changed during the run can not be tested: the notes say why."]
    if any(each.drifts for each in clocks):
        said.append(f"Latency moved: {'; '.join(_drifts(clocks))}.")
    elif any(each.p_value is not None for each in clocks):
        said.append("No drift of the latency is shown.")
    return said


def _drifts(courses: Sequence[Course]) -> list[str]:
    """Return what drifts, temperatures at which the same is seen together."""
    kinds: dict[str, list[Course]] = {}
    for each in courses:
        if each.drifts:
            kinds.setdefault(_kind(each), []).append(each)
    return [f"{kind} {_where(group)}" for kind, group in kinds.items()]


def _kind(each: Course) -> str:
    if each.quantity == "likeness":
        return "answers near in time are more alike than distant ones"
    name = "it" if each.quantity == "latency" else _NAMES[each.quantity]
    return f"{name} {'rose' if (each.statistic or 0.0) > 0 else 'fell'}"


def _where(group: Sequence[Course]) -> str:
    greatest = max(each.p_adjusted or 0.0 for each in group)
    at = f"at T = {', '.join(numbers.temperature(each.temperature) for each in group)}"
    if len(group) > 1:
        return f"{at} ({numbers.p_value(greatest)} or less)"
    only = group[0]
    ends = [s.value for s in (only.stretches[0], only.stretches[-1]) if s.value is not None]
    moved = len(ends) > 1 and only.quantity != "likeness"
    values = f" from {numbers.number(ends[0])} to {numbers.number(ends[1])} {only.unit}" if moved else ""
    return f"{at}{values} ({numbers.p_value(greatest)})"


def _untested(courses: Sequence[Course]) -> list[str]:
    """Return why there is no test, in a sentence for each reason."""
    reasons: dict[str, list[Course]] = {}
    for each in courses:
        if each.undefined is not None:
            reasons.setdefault(visible(each.undefined, limit=200), []).append(each)
    return [f"Not tested, since {reason}: {_all_of(group)}." for reason, group in reasons.items()]


def _all_of(group: Sequence[Course]) -> str:
    places: dict[str, list[str]] = {}
    for each in group:
        places.setdefault(_NAMES[each.quantity], []).append(numbers.temperature(each.temperature))
    return "; ".join(f"{name} at T = {', '.join(where)}" for name, where in places.items())


def _table(courses: Sequence[Course]) -> Table:
    return Table(
        caption="Drift over time: by quantity and temperature, first and last part of the run, and the test.",
        columns=("quantity", "temperature", "first part", "last part", "correlation", "adjusted p", "prompts"),
        rows=tuple(
            (
                _NAMES[each.quantity] + (f", {each.unit}" if each.unit != "share" else ""),
                numbers.temperature(each.temperature),
                *(_value(each, place) for place in (0, -1)),
                "–" if each.statistic is None else numbers.number(each.statistic, decimals=2),
                _p(each),
                numbers.count(each.n_prompts),
            )
            for each in courses
        ),
    )


def _value(each: Course, place: int) -> str:
    stretch = each.stretches[place]
    return "–" if stretch.value is None else numbers.value_and_interval(stretch.value, stretch.interval)


def _p(each: Course) -> str:
    if each.p_adjusted is None:
        return "–"
    return numbers.p_alone(each.p_adjusted)


def _numbers(each: Course) -> JSON:
    return {
        "quantity": each.quantity,
        "unit": each.unit,
        "temperature": each.temperature,
        "parts": [
            {
                "first": part.first,
                "last": part.last,
                "value": part.value,
                "low": part.interval.low if part.interval else None,
                "high": part.interval.high if part.interval else None,
            }
            for part in each.stretches
        ],
        "statistic": each.statistic,
        "p_value": each.p_value,
        "p_adjusted": each.p_adjusted,
        "undefined": each.undefined,
        "drifts": each.drifts,
        "n_prompts": each.n_prompts,
        "n_samples": each.n_samples,
    }
