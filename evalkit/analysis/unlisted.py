"""How much of the next token's probability no list holds, and what that leaves open."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from evalkit.nouns import Caution, CellOutcomes, Metric, Reads
from evalkit.text.logprobs import token_logprobs

WIDE = 0.05
"""Ends of a bracket that lie farther apart than this, in nats, are to be read both."""
VOCABULARY = 100_000
"""Tokens of a usual model, where nobody says how many there are."""


class Unlisted:
    """Means over all places of the probability outside the lists, by temperature; from cells seen once and not kept."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        """Look at nothing unless a metric hangs on what no list holds, and has values."""
        self._wanted = any(
            metric.reads in {Reads.TOLD, Reads.CONVERTED} and metric.meaning.temperature and not metric.meaning.of_list
            for metric in metrics
        )
        self._rests: defaultdict[float, list[float]] = defaultdict(list)

    def see(self, outcomes: CellOutcomes) -> None:
        """Add one cell: the mean over its places."""
        if not self._wanted:
            return
        lists = [each.top for sample in outcomes.samples for each in token_logprobs(sample.logprobs) if each.top]
        if lists:
            rests = [max(0.0, 1.0 - math.fsum(map(math.exp, top))) for top in lists]
            self._rests[outcomes.cell.temperature].append(math.fsum(rests) / len(rests))

    def cautions(self) -> tuple[Caution, ...]:
        """Return the caution that a bracket is wide, with what lies outside the lists at each temperature, if so."""
        means = {t: math.fsum(some) / len(some) for t, some in sorted(self._rests.items())}
        wide = {t: rest for t, rest in means.items() if rest * math.log(VOCABULARY) > WIDE}
        if not wide:
            return ()
        seen = ", ".join(f"{rest:.1%} at T = {t:g}" for t, rest in wide.items())
        worst = max(wide.values()) * math.log(VOCABULARY)
        return (
            Caution(
                slug="wide-bracket",
                fact=f"The lists of likeliest tokens leave out part of the probability: {seen}, on average.",
                meaning="Entropies of the next token are known up to a bracket only: with a vocabulary of"
                f" {VOCABULARY:,} its upper end lies up to {worst:.2g} nats above the lower one, and farther where"
                " values are brought to a higher temperature.",
                remedy="Read both ends (bound: lower, and bound: upper with the model's vocabulary), or ask for longer"
                " lists by top_logprobs.",
                temperatures=tuple(wide),
            ),
        )
