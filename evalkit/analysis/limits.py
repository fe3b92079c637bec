"""The temperature beyond which quality falls, by each metric of quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalkit.analysis.optimum import FEWEST_PROMPTS, FEWEST_TEMPERATURES, complete
from evalkit.nouns import ChangePoint, Curve
from evalkit.stats.change_point import change_point
from evalkit.stats.streams import stream

_ALPHA = 0.05


def limits(curves: Mapping[str, Curve], *, seed: int, level: float = 0.95) -> tuple[ChangePoint, ...]:
    """Return where each metric of quality falls; a fall is shown at the 5 % level of all of them together.

    Args:
        curves: By title; those of metrics that say nothing of quality are passed over.
        seed: Seed of the analysis; each metric draws from a stream of its own name.
        level: Level of the intervals, in (0, 1).

    References:
        Definition by this project; the level is shared out by C. E. Bonferroni, "Teoria statistica delle classi e
        calcolo delle probabilità", Pubblicazioni del R. Istituto Superiore di Scienze Economiche e Commerciali di
        Firenze 8, 3 (1936).
    """
    chosen = [curve for curve in curves.values() if curve.metric.quality > 0]
    return tuple(_limit(curve, seed=seed, level=level, alpha=_ALPHA / len(chosen)) for curve in chosen)


def drawn_limit(found: Sequence[ChangePoint]) -> ChangePoint | None:
    """Return the fall at the lowest temperature among those shown; None where none is."""
    shown = [each for each in found if each.temperature is not None]
    return min(shown, key=lambda each: each.temperature or 0.0) if shown else None


def _limit(curve: Curve, *, seed: int, level: float, alpha: float) -> ChangePoint:
    temperatures, values, left_out = complete(curve)
    n, title, words = len(values), curve.metric.title, curve.metric.words
    place = low = high = None
    if len(temperatures) < FEWEST_TEMPERATURES or n < FEWEST_PROMPTS:
        kind = "unknown"
        fewest = f"{FEWEST_TEMPERATURES} temperatures and {FEWEST_PROMPTS} prompts with a value at each"
        method = f"none: it takes {fewest}; there are {len(temperatures)} and {n}"
    else:
        found = change_point(values, temperatures, random=stream(seed, "limit", title), level=level)
        kind = "falls" if found.p_value <= alpha else "no fall shown"
        method = f"kink of a level, then falling line; permutation test of a fall: p = {found.p_value:.2g}"
        if kind == "falls":
            place, low, high = round(found.place, 6), found.low, found.high
    if left_out:
        method += f"; too few prompts have a value at {', '.join(f'{t:g}' for t in left_out)}"
    return ChangePoint(
        metric=title,
        words=words,
        temperature=place,
        low=low,
        high=high,
        level=level,
        kind=kind,
        n_prompts=n,
        method=method,
    )
