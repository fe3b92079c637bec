"""Two curves of one metric -> how far each prompt moved."""

from __future__ import annotations

import math

from evalkit.analysis.pairing import Place, place
from evalkit.nouns import Curve, Moved


def moved(baseline: Curve, candidate: Curve) -> tuple[Moved, ...]:
    """Return the prompts by how far they moved, the farthest first; equal ones in the order of their ids.

    How far is the mean over temperatures of the absolute difference of the metric; it looks at what happened to be
    drawn, and is no estimate: it chooses what to read, and no number rests on it.

    Args:
        baseline: The earlier run's curve.
        candidate: The later run's curve, of the same metric.
    """
    before, after = _values(baseline), _values(candidate)
    found: dict[str, list[float]] = {}
    for at, value in before.items():
        if at in after:
            found.setdefault(at[0], []).append(abs(after[at] - value))
    rows = [
        Moved(prompt=prompt, distance=math.fsum(far) / len(far), n_temperatures=len(far))
        for prompt, far in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.distance, row.prompt)))


def _values(curve: Curve) -> dict[Place, float]:
    return {
        place(each.prompt_id, each.temperature): each.value
        for point in curve.points
        for each in point.measurements
        if each.value is not None
    }
