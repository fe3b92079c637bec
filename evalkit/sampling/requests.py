"""From draws to requests: one each, or several completions of a cell in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evalkit.nouns import MOST_CHOICES, Cell, Draw, Mode, Request


def requests_of(draws: Iterable[Draw], mode: Mode, *, most: int = MOST_CHOICES) -> Iterator[Request]:
    """Yield requests that fill the draws, in their order.

    Args:
        draws: What is wanted, in sending order; not held unless the mode is CHOICES.
        mode: SEPARATE and STREAM make one request of each draw; CHOICES gathers those of a cell.
        most: Most draws of one request in mode CHOICES.
    """
    if mode is not Mode.CHOICES:
        for draw in draws:
            yield Request(cell=draw.cell, replicates=(draw.replicate,))
        return
    gathered: dict[str, tuple[Cell, list[int]]] = {}
    for draw in draws:
        gathered.setdefault(draw.cell.key, (draw.cell, []))[1].append(draw.replicate)
    # Round by round over the cells, so that a drifting endpoint falls evenly on all of them.
    longest = max((len(replicates) for _, replicates in gathered.values()), default=0)
    for start in range(0, longest, most):
        for cell, replicates in gathered.values():
            if part := tuple(replicates[start : start + most]):
                yield Request(cell=cell, replicates=part)
