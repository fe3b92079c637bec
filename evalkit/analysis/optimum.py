"""The temperature at which a curve is largest, and how well it is known."""

from __future__ import annotations

import math
from collections import defaultdict
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from evalkit.nouns import Curve, Optimum
from evalkit.stats.streams import stream
from evalkit.stats.student import quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_TEMPERATURES = 3
"""With fewer, none lies between others."""
FEWEST_PROMPTS = 5
"""With fewer, drawing prompts anew says next to nothing."""
_DRAWS = 2000
_SAME = 1e-12


def optimum(curve: Curve, *, seed: int, level: float = 0.95, draws: int = _DRAWS) -> Optimum:
    """Return the temperature at which the mean over prompts is largest, with its interval over the temperatures.

    The interval reaches from the lowest to the highest temperature that the data do not show to be worse than
    another: the largest studentised lead of any other temperature over it is no larger than chance makes it, by
    drawing whole prompts with replacement, each with its values at all temperatures, so that what a prompt has in
    common at every temperature cancels. The interval holds the best temperature that was asked at about its level;
    where all are equally good, it holds them all. (The temperatures at which drawn curves have their tops do not do
    that: of many equal ones some inner ones win most draws, and look like a best between others.) Where one
    temperature is left, it ends at the two neighbours: between them nothing is known.

    ``flat`` says that the interval holds every temperature, which is no evidence that they are equal. Only prompts
    with a value at every temperature can be compared; a temperature at which fewer than half of the prompts have one
    would leave too few, and is left out instead.

    Args:
        curve: Points with what each prompt gave.
        seed: Seed of the analysis; each metric draws from a stream of its own name.
        level: Level of the interval, in (0, 1).
        draws: Number of times the prompts are drawn anew.

    Returns:
        An optimum of the kind ``unknown``, with the reason as its method, where there are fewer than three
        temperatures or five prompts.

    References:
        S. S. Gupta, "On Some Multiple Decision (Selection and Ranking) Rules", Technometrics 7(2), 225-245 (1965),
        for a subset that holds the best.
        A. C. Davison, D. V. Hinkley, "Bootstrap Methods and their Application", Cambridge University Press (1997),
        section 3.8, for resampling whole units of hierarchical data.
        The interval of the subset and the kinds: definition by this project.
    """
    temperatures, values, left_out = complete(curve)
    n, end = len(values), len(temperatures) - 1
    if len(temperatures) < FEWEST_TEMPERATURES or n < FEWEST_PROMPTS:
        fewest = f"{FEWEST_TEMPERATURES} temperatures and {FEWEST_PROMPTS} prompts with a value at each"
        reason = f"none: it takes {fewest}; there are {len(temperatures)} and {n}"
        return Optimum(temperature=None, low=None, high=None, level=level, kind="unknown", n_prompts=n, method=reason)
    shares = stream(seed, "optimum", curve.metric.title).multinomial(n, np.full(n, 1.0 / n), size=draws) / n
    best = int(values.mean(axis=0).argmax())
    kept = [place for place in range(end + 1) if place == best or not _beaten(values, place, shares, level)]
    first, last = kept[0], kept[-1]
    low, high = (max(0, first - 1), min(end, last + 1)) if first == last else (first, last)
    method = f"from the lowest to the highest temperature not shown to be worse, by {draws:,} draws of {n} prompts"
    if left_out:
        method += f"; too few prompts have a value at {', '.join(f'{t:g}' for t in left_out)}"
    return Optimum(
        temperature=temperatures[best],
        low=temperatures[low],
        high=temperatures[high],
        level=level,
        kind=_kind(best, first, last, end),
        n_prompts=n,
        method=method,
    )


def complete(curve: Curve) -> tuple[list[float], NDArray[np.float64], list[float]]:
    """Return the temperatures to compare, the (n, t) values of prompts that have one at each, and those left out."""
    at: defaultdict[float, dict[str, float]] = defaultdict(dict)
    for point in curve.points:
        at[point.temperature] = {m.prompt_id: m.value for m in point.measurements if m.value is not None}
    n_prompts = len({prompt for found in at.values() for prompt in found})
    kept = [t for t in sorted(at) if 2 * len(at[t]) >= n_prompts > 0]
    prompts = [prompt for prompt in at[kept[0]] if all(prompt in at[t] for t in kept)] if kept else []
    values = np.array([[at[t][prompt] for t in kept] for prompt in prompts], dtype=np.float64)
    return kept, values.reshape(len(prompts), len(kept)), [t for t in sorted(at) if t not in kept]


def _beaten(values: NDArray[np.float64], place: int, shares: NDArray[np.float64], level: float) -> bool:
    """Return whether the lead of some other temperature over this one is more than chance.

    Args:
        values: (n, t) values of prompts by temperature.
        place: The temperature, from 0.
        shares: (draws, n) share of each prompt in a draw, summing to 1.
        level: Chance that one of the best temperatures is not beaten.
    """
    n = len(values)
    leads = values - values[:, [place]]
    means = leads.mean(axis=0)
    # Rounding must not make a lead where there is none, nor a spread where all prompts agree.
    least = _SAME * max(1.0, float(np.abs(values).max()))
    errors = np.maximum(leads.std(axis=0, ddof=1) / math.sqrt(n), least)
    by_chance = ((shares @ leads - means) / errors).max(axis=1)
    # The errors are estimates too, from few prompts.
    wider = quantile(level, n - 1) / NormalDist().inv_cdf(0.5 + level / 2.0)
    return bool((means / errors).max() > max(1.0, wider * float(np.quantile(by_chance, level))))


def _kind(best: int, first: int, last: int, end: int) -> str:
    if (first, last) == (0, end):
        return "flat"
    # An end is claimed only where the interval stays in its half of the temperatures.
    if best == end and 2 * first >= end:
        return "rises to the end"
    if best == 0 and 2 * last <= end:
        return "best at the edge"
    return "interior" if first > 0 and last < end else "open"
