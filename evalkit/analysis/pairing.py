"""What two runs have in common: prompts, temperatures and cells; and what only one of them has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evalkit.nouns import LeftOut

Place = tuple[str, float]
"""A prompt's id and a temperature."""
_DIGITS = 9  # temperatures that differ further behind are one


@dataclass(frozen=True, slots=True)
class Pairing:
    """Where two runs can be set side by side."""

    prompts: tuple[str, ...]
    """In the order of the baseline."""
    temperatures: tuple[float, ...]
    """Ascending."""
    cells: frozenset[Place]
    """Places where both have samples."""
    left_out: tuple[LeftOut, ...]
    """What only one of them has."""


def place(prompt_id: str, temperature: float) -> Place:
    """Return the place of a cell, the same for temperatures that differ by rounding only."""
    return prompt_id, round(temperature, _DIGITS)


def pairing(baseline: Iterable[Place], candidate: Iterable[Place]) -> Pairing:
    """Return what two runs have in common.

    Args:
        baseline: Places of the cells in which the baseline has samples, in its order.
        candidate: The same of the candidate.
    """
    sides = {"baseline": dict.fromkeys(baseline), "candidate": dict.fromkeys(candidate)}
    first, second = sides.values()
    cells = [each for each in first if each in second]
    prompts = tuple(dict.fromkeys(prompt for prompt, _ in cells))
    temperatures = tuple(sorted({temperature for _, temperature in cells}))
    left_out = [
        each
        for side, own in sides.items()
        for each in _left_out(side, own, set(sides["candidate" if side == "baseline" else "baseline"]))
    ]
    return Pairing(prompts, temperatures, frozenset(cells), tuple(left_out))


def _left_out(side: str, own: Iterable[Place], other: set[Place]) -> Iterator[LeftOut]:
    """Yield whole prompts first, then whole temperatures, then single cells."""
    their_prompts, their_temperatures = {prompt for prompt, _ in other}, {t for _, t in other}
    found: dict[str, dict[str, None]] = {"prompt": {}, "temperature": {}, "cell": {}}
    for prompt, temperature in own:
        if prompt not in their_prompts:
            found["prompt"][prompt] = None
        elif temperature not in their_temperatures:
            found["temperature"][f"{temperature:g}"] = None
        elif (prompt, temperature) not in other:
            found["cell"][f"{prompt} at T = {temperature:g}"] = None
    for what, names in found.items():
        if names:
            yield LeftOut(what=what, side=side, names=tuple(names))
