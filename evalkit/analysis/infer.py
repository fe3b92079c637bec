"""From measurements to a curve: means over prompts, their intervals, and whether they move."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from evalkit.analysis.measure import DEGENERATE, clipped
from evalkit.nouns import Caution, Curve, Estimate, Form, Interval, Measurement, Metric, Point, Trend
from evalkit.stats.effective import bounded_interval
from evalkit.stats.proportion import all_equal_interval, even_trials
from evalkit.stats.streams import stream
from evalkit.stats.student import mean_interval
from evalkit.stats.trend import Block, kendall_tau_b, least_p_value, trend_test

ALPHA = 0.05
"""Level at which a trend has a direction."""
_ROUNDING = 1e-12


def curve(metric: Metric, measurements: Sequence[Measurement], *, seed: int, level: float = 0.95) -> Curve:
    """Return a metric against temperature: at each one the mean over prompts with its interval, and the trend.

    Prompts are the unit: an interval over two or more speaks of prompts like these. With one prompt it is that
    prompt's own. Prompts without a value are left out of a point, and its number of prompts says so; so are those
    whose value can not be compared, because it hangs on a number of samples that is not the usual one there.

    Args:
        metric: What was measured.
        measurements: One for each cell, in the suite's order.
        seed: Seed of the analysis; each metric draws from a stream of its own name.
        level: Level of the intervals, in (0, 1).
    """
    cells: defaultdict[float, list[Measurement]] = defaultdict(list)
    for each in measurements:
        cells[each.temperature].append(each)
    points = tuple(
        Point(temperature=t, estimate=_estimate(metric, cells[t], level), measurements=tuple(cells[t]))
        for t in sorted(cells)
    )
    cautions = (*_degenerate(metric, points), *_unequal(metric, measurements))
    return Curve(metric=metric, points=points, trend=_trend(metric, measurements, seed), cautions=cautions)


def _estimate(metric: Metric, measurements: Sequence[Measurement], level: float) -> Estimate:
    usable = _comparable(metric, measurements)
    known, values = [m for m, _ in usable], np.array([value for _, value in usable], dtype=np.float64)
    interval: Interval | None = None
    if not known:
        method = "none: there is no value"
    elif len(known) == 1:
        interval, method = known[0].interval, f"one prompt: {known[0].method}"
    else:
        ends, method = _ends(metric, values, [_trials(metric, m.n_samples) for m in known], level)
        interval = None if ends is None else Interval(low=ends[0], high=ends[1], level=level)
    reasons = Counter(m.undefined or "there is no value" for m in measurements if m.value is None)
    return Estimate(
        value=float(values[0] if np.ptp(values) == 0.0 else values.mean()) if known else None,
        interval=interval,
        n_prompts=len(known),
        n_samples=sum(m.n_samples for m in known),
        method=method,
        undefined=None if known else reasons.most_common(1)[0][0],
        unit=metric.unit,
    )


def _ends(
    metric: Metric, values: np.ndarray[tuple[int], np.dtype[np.float64]], trials: Sequence[int], level: float
) -> tuple[tuple[float, float] | None, str]:
    """Return the ends of the interval for a mean over prompts, and how they were made."""
    bounds, n = metric.bounds, len(values)
    if np.ptp(values) <= _ROUNDING * max(1.0, float(np.abs(values).max())):
        ends = _all_equal(metric, float(values[0]), trials, level)
        return ends, (
            "none: all prompts give the same value, and nothing is known of their spread"
            if ends is None
            else "exact bound for these prompts: every trial gave the same value"
        )
    if all(map(math.isfinite, bounds)):
        variance = float(values.var(ddof=1)) / n
        ends = bounded_interval(float(values.mean()), variance, n - 1, bounds=bounds, level=level)
        return ends, f"Jeffreys interval at the effective number of trials, from the spread over {n} prompts"
    return clipped(mean_interval(values, level=level), bounds), f"t interval over {n} prompts"


def _trials(metric: Metric, n_samples: int) -> int:
    """Return how many independent trials a cell holds: its samples, or pairs that share none."""
    return {Form.SAMPLE: n_samples, Form.PAIR: n_samples // 2, Form.SET: 0}[metric.form]


def _all_equal(metric: Metric, value: float, trials: Sequence[int], level: float) -> tuple[float, float] | None:
    """Return the exact bound for a mean whose every trial came out at one end of its range, else None."""
    if not all(trials) or value not in metric.bounds:
        return None
    # Only at an end of the range does an equal mean say that all it was made of is equal.
    return all_equal_interval(value, even_trials(trials, 1.0 - level), bounds=metric.bounds, level=level)


def _trend(metric: Metric, measurements: Sequence[Measurement], seed: int) -> Trend:
    blocks, left_out = _blocks(metric, measurements)
    varied = [block for block in blocks if kendall_tau_b(*block) is not None]
    if not varied:
        reason = "none: " + (
            "no prompt's value differs between temperatures"
            if any(len(x) > 1 for x, _ in blocks)
            else "no prompt has a value at two temperatures"
        )
        return Trend(statistic=None, p_value=None, direction="undecided", n_prompts=0, method=reason)
    found = trend_test(varied, stream(seed, "trend", metric.title))
    least = least_p_value(varied)
    if least > ALPHA:
        method = f"none: with so few prompts and temperatures no p-value below {least:.2g} is possible"
        return Trend(
            statistic=found.statistic, p_value=None, direction="undecided", n_prompts=len(varied), method=method
        )
    still = len(blocks) - len(varied)
    notes = [
        "Kendall's tau-b, temperatures permuted within prompts",
        f"all {found.n_arrangements:,} orders" if found.exact else f"{found.n_arrangements:,} orders drawn",
        *([f"{_number(still, 'prompt')} without variation left out"] if still else []),
        *([f"{_number(left_out, 'cell')} with another number of samples left out"] if left_out else []),
    ]
    direction = "undecided" if found.p_value >= ALPHA else "rises" if found.statistic > 0 else "falls"
    return Trend(
        statistic=found.statistic,
        p_value=found.p_value,
        direction=direction,
        n_prompts=len(varied),
        method="; ".join(notes),
    )


def _blocks(metric: Metric, measurements: Sequence[Measurement]) -> tuple[list[Block], int]:
    """Return each prompt's temperatures and values, and how many cells may not be compared."""
    usable = _comparable(metric, measurements)
    left_out = sum(m.value is not None for m in measurements) - len(usable)
    of_prompt: defaultdict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for each, value in usable:
        of_prompt[each.prompt_id][0].append(each.temperature)
        of_prompt[each.prompt_id][1].append(value)
    return list(of_prompt.values()), left_out


def _comparable(metric: Metric, measurements: Sequence[Measurement]) -> list[tuple[Measurement, float]]:
    """Return what has a value, with it; of a metric that hangs on the number of samples, at the usual number."""
    known = [(m, m.value) for m in measurements if m.value is not None]
    if not metric.depends_on_n or not known:
        return known
    sizes = Counter(m.n_samples for m, _ in known)
    usual = max(sizes, key=lambda size: (sizes[size], size))
    return [(m, value) for m, value in known if m.n_samples == usual]


def _degenerate(metric: Metric, points: Sequence[Point]) -> tuple[Caution, ...]:
    bare = tuple(
        p.temperature
        for p in points
        if p.estimate.value is not None and p.estimate.interval is None and _without_spread(p)
    )
    if not bare:
        return ()
    return (
        Caution(
            slug="degenerate-data",
            fact=f"{metric.title}: all prompts have the same value at {len(bare)} of {len(points)} temperatures.",
            meaning="Equal values do not tell how far others may lie, so there is no interval, which is not certainty.",
            remedy="Draw more samples or add prompts. Where all samples agree, exact_agreement has an exact bound.",
            temperatures=bare,
        ),
    )


def _without_spread(point: Point) -> bool:
    values = [m.value for m in point.measurements if m.value is not None]
    if len(values) > 1:
        return True
    return any(m.method == DEGENERATE for m in point.measurements)


def _unequal(metric: Metric, measurements: Sequence[Measurement]) -> tuple[Caution, ...]:
    known = [m for m in measurements if m.value is not None]
    usable = _comparable(metric, measurements)
    if len(usable) == len(known):
        return ()
    usual = usable[0][0].n_samples
    other = [m for m in known if m.n_samples != usual]
    sizes = ", ".join(map(str, sorted({m.n_samples for m in other})))
    return (
        Caution(
            slug="incomplete",
            fact=f"{metric.title}: {_number(len(other), 'cell')} of {len(known):,} rest on {sizes} samples instead of"
            f" {usual}.",
            meaning="Its value changes with the number of samples, so they can not be compared with the others: the"
            " trend leaves them out, and so does each point that rests on another number.",
            remedy="Draw what is missing, or read a metric that does not hang on the number of samples.",
            temperatures=tuple(sorted({m.temperature for m in other})),
        ),
    )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
