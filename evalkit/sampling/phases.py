"""What may be in flight together: draws with a load of their own are sent by themselves, before all others."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from evalkit.nouns import Draw, Load


def phases(draws: Iterable[Draw], most: int) -> Iterator[tuple[Iterator[Draw], int]]:
    """Yield draws that may be in flight together, with how many of them at once; each phase ends before the next.

    Serial draws are one phase, one request at a time. Those of a burst are a phase for each cell, so that equal
    questions meet one another and nothing else. All others are one phase.

    Args:
        draws: In sending order; pulled as they are sent, never held.
        most: Most requests in flight.
    """
    for (load, _), together in itertools.groupby(draws, key=_phase):
        yield together, 1 if load is Load.SERIAL else most


def _phase(draw: Draw) -> tuple[Load | None, str]:
    cell = draw.cell
    return cell.load, cell.key if cell.load is Load.BURST else ""
