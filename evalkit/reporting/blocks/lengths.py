"""Length and latency: how long answers are, and how long they took."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Spread
from evalkit.reporting import numbers
from evalkit.reporting.blocks.base import block
from evalkit.reporting.findings import Findings
from evalkit.reporting.pictures import pictures
from evalkit.reporting.view import Block, Table

_NAMES = {"words": "Words", "latency": "Seconds from sending to the last byte"}
_POOLED = "All samples of a temperature count alike, whatever their prompt; cut and empty answers are among them."
_NO_LATENCY = "No latency is known: the answers were recorded elsewhere, or in a way that does not tell it."


@block(Findings)
def lengths(found: Findings, plots: Sequence[str] | None) -> Block | None:
    """Return medians at the lowest and the highest temperature in a sentence, quantiles as tables, and the boxes."""
    if found.spreads is None or not found.spreads.spreads:
        return None
    by_quantity = {
        name: shown for name in _NAMES if (shown := [each for each in found.spreads.spreads if each.quantity == name])
    }
    lead = tuple(_in_words(name, shown) for name, shown in by_quantity.items())
    figures, cautions = pictures(found.spreads, plots, finding=" ".join(lead), about="length and latency")
    return Block(
        anchor="lengths",
        heading="Length and latency",
        order=20,
        lead=lead,
        tables=tuple(_table(name, shown) for name, shown in by_quantity.items()),
        figures=figures,
        notes=(
            _POOLED,
            *([] if "latency" in by_quantity else [_NO_LATENCY]),
            *(caution.fact for caution in cautions),
        ),
        data=[
            {
                "quantity": each.quantity,
                "unit": each.unit,
                "temperature": each.temperature,
                "low": each.low,
                "lower": each.lower,
                "median": each.median,
                "upper": each.upper,
                "high": each.high,
                "n": each.n,
            }
            for shown in by_quantity.values()
            for each in shown
        ],
    )


def _in_words(name: str, shown: Sequence[Spread]) -> str:
    what = "the middle half of the answers have" if name == "words" else "the middle half of them took"
    cold, hot = shown[0], shown[-1]
    said = f"{numbers.at_temperature(cold.temperature)} {what} {_middle(cold)}"
    return f"{said}." if cold is hot else f"{said}; at T = {numbers.temperature(hot.temperature)}, {_middle(hot)}."


def _middle(each: Spread) -> str:
    low, high = numbers.number(each.lower), numbers.number(each.upper)
    return f"{low if low == high else f'{low} to {high}'} {each.unit}"


def _table(name: str, shown: Sequence[Spread]) -> Table:
    return Table(
        caption=f"{_NAMES[name]}, by temperature.",
        columns=("temperature", "5 % below", "lower quartile", "median", "upper quartile", "5 % above", "samples"),
        rows=tuple(
            (
                numbers.temperature(each.temperature),
                *(numbers.number(value) for value in (each.low, each.lower, each.median, each.upper, each.high)),
                numbers.count(each.n),
            )
            for each in shown
        ),
    )
