"""How long answers are and how long they take: quantiles over all samples of a temperature."""

from __future__ import annotations

from array import array
from collections import defaultdict

import numpy as np

from evalkit.nouns import CellOutcomes, Spread, Spreads
from evalkit.stats.pairs import quantiles
from evalkit.text.prefixes import units_of

UNITS = {"words": "words", "latency": "s"}
"""Quantities, and what each is counted in."""
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Lengths:
    """Lengths and latencies by temperature, from cells seen once and not kept; a number of each sample is."""

    def __init__(self) -> None:
        """Begin without a cell."""
        self._at: dict[str, defaultdict[float, array[float]]] = {name: defaultdict(_numbers) for name in UNITS}

    def see(self, outcomes: CellOutcomes) -> None:
        """Add one cell; samples without a latency count for their words only."""
        temperature, samples = outcomes.cell.temperature, outcomes.samples
        latencies = [sample.latency_s for sample in samples if sample.latency_s is not None]
        if samples:
            self._at["words"][temperature].extend(map(len, units_of([sample.text for sample in samples])))
        if latencies:
            self._at["latency"][temperature].extend(latencies)

    def spreads(self) -> Spreads:
        """Return quantiles over all samples of a temperature, whatever their prompt."""
        return Spreads(
            spreads=tuple(
                _spread(quantity, temperature, values)
                for quantity, seen in self._at.items()
                for temperature, values in sorted(seen.items())
            )
        )


def _numbers() -> array[float]:
    return array("d")


def _spread(quantity: str, temperature: float, values: array[float]) -> Spread:
    low, lower, median, upper, high = quantiles(np.asarray(values), _SHARES)
    return Spread(
        quantity=quantity,
        unit=UNITS[quantity],
        temperature=temperature,
        low=low,
        lower=lower,
        median=median,
        upper=upper,
        high=high,
        n=len(values),
    )
