"""Contrasts as rows of texts, and what they show in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from evalkit.nouns import Comparison, Contrast, Quantity, Verdict
from evalkit.reporting import numbers
from evalkit.reporting.sides import ContrastRow
from evalkit.text.visible import visible

WHOLE = {Quantity.MEAN: "mean over T", Quantity.SLOPE: "slope per ln T"}
"""What a contrast of whole curves is made of, in words."""
_VERDICTS = ("higher", "lower", "equivalent", "inconclusive", "undefined")


def row_of(each: Contrast, outcome: Callable[[Contrast], str] | None = None, *, words: str = "") -> ContrastRow:
    """Return a contrast as texts.

    Args:
        each: The contrast.
        outcome: What a build is told of it, one of `evalkit.reporting.sides.OUTCOMES`; None when nobody asked.
        words: The metric as readers know it; its title when empty.
    """
    known = each.difference is not None
    told = "not asked" if outcome is None else outcome(each)
    shown = replace(
        each,
        metric=visible(each.metric, limit=120),
        undefined=None if each.undefined is None else visible(each.undefined, limit=400),
        left_out=tuple(visible(name, limit=80) for name in each.left_out),
    )
    return ContrastRow(
        metric=shown.metric,
        words=words or shown.metric,
        where=where(each),
        baseline="" if each.baseline is None else numbers.number(each.baseline),
        candidate="" if each.candidate is None else numbers.number(each.candidate),
        difference="" if each.difference is None else _signed(each),
        p_value="" if each.p_adjusted is None else numbers.p_alone(each.p_adjusted),
        verdict=each.verdict.value if known else "undefined",
        remark=remark_of(shown),
        outcome=told,
        contrast=shown,
    )


def where(each: Contrast) -> str:
    """Return where a contrast was made, such as ``T = 0.7`` or ``mean over T``."""
    return WHOLE.get(each.quantity) or f"T = {numbers.temperature(each.temperature or 0.0)}"


def in_words(counts: Sequence[tuple[str, int]]) -> str:
    """Return verdict counts in words, such as ``2 higher, 9 lower, 3 equivalent, 12 inconclusive``."""
    return ", ".join(f"{n} {verdict}" for verdict, n in counts)


def counts_of(comparison: Comparison) -> tuple[tuple[str, int], ...]:
    """Return how many contrasts have each verdict; those without a difference are counted apart, if there are any."""
    n_undefined = sum(each.difference is None for each in comparison.contrasts)
    known = tuple((verdict.value, comparison.count(verdict)) for verdict in Verdict)
    return (*known, ("undefined", n_undefined)) if n_undefined else known


def sentence_of(rows: Sequence[ContrastRow]) -> str:
    """Return where a metric is higher and lower, and where nothing is shown."""
    parts = [
        f"{verdict} {_places([row for row in rows if row.verdict == verdict])}"
        for verdict in _VERDICTS
        if any(row.verdict == verdict for row in rows)
    ]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else "Nothing was contrasted."


def _places(rows: Sequence[ContrastRow]) -> str:
    at = [row.where.removeprefix("T = ") for row in rows if row.contrast.quantity is Quantity.VALUE]
    parts = [f"at T = {', '.join(at)}"] if at else []
    parts += [f"in the {row.where}" for row in rows if row.contrast.quantity is not Quantity.VALUE]
    return " and ".join(parts)


def _signed(each: Contrast) -> str:
    text = numbers.value_and_interval(each.difference or 0.0, each.interval)
    shown = text.partition(" [")[0]
    return f"+{text}" if (each.difference or 0.0) > 0 and shown.strip("0.") else text


def remark_of(each: Contrast) -> str:
    """Return why there is no difference, or what would settle it; empty where nothing is to be added."""
    if each.difference is None:
        return each.undefined or "no reason given"
    if each.verdict is Verdict.INCONCLUSIVE and each.n_needed is not None:
        return f"about {each.n_needed:,} {each.needed_of} would settle it, not {each.n_units:,}"
    return ""
