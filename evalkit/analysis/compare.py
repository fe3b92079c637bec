"""Two runs' measurements -> contrasts with verdicts: paired by prompt, adjusted over all of them.

Explained in docs/statistics.md, "Comparing two runs".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evalkit.analysis.comparable import require_one_size
from evalkit.analysis.difference import PROMPTS, Difference, Known, Scale, difference, fewest_prompts, known_of
from evalkit.analysis.pairing import Pairing, Place, pairing, place
from evalkit.errors import StatisticsError
from evalkit.nouns import Contrast, Estimand, Form, Interval, Measurement, Metric, Quantity, Verdict
from evalkit.stats.multiplicity import holm
from evalkit.stats.slope import LEAST_TEMPERATURE, log_slope, log_slope_variance
from evalkit.stats.streams import stream
from evalkit.stats.student import quantile
from evalkit.stats.verdict import needed, within

MARGIN = 0.05
"""The greatest difference that does not matter, unless told: of a value in [0, 1] itself, else a share of the
baseline's."""
_UNBOUNDED = (-math.inf, math.inf)
_NONE = "no prompt has a value on both sides"
_Both = tuple[Measurement, Measurement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms two runs are compared."""

    seed: int = 0
    """Seed of the analysis; each contrast draws from a stream of its own name."""
    level: float = 0.95
    """Level of the intervals; 1 less it is the chance of any false HIGHER or LOWER."""
    estimand: Estimand = Estimand.THESE_PROMPTS
    """What intervals and p-values speak of, where that is known."""
    margin: float = MARGIN
    """The greatest difference that does not matter, above 0: of a value in [0, 1] itself, else a share of the
    baseline's value."""

    @property
    def alpha(self) -> float:
        """The chance of being wrong."""
        return 1.0 - self.level


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One contrast before its p-value is adjusted."""

    metric: Metric
    quantity: Quantity
    temperature: float | None
    sides: tuple[float, float] | None
    difference: Difference | None
    margin: float | None
    n_prompts: int
    left_out: tuple[str, ...]
    undefined: str | None


def contrasts(
    measured: Sequence[tuple[Metric, Sequence[Measurement], Sequence[Measurement]]], common: Pairing, terms: Terms
) -> tuple[Contrast, ...]:
    """Return candidate minus baseline for each metric: at each common temperature, over all of them, and its slope.

    Holm's adjustment runs over every contrast that has a p-value. A metric that changes with the number of samples is
    contrasted only where all cells hold the same number; otherwise it has no difference, with the way on as reason.

    Args:
        measured: Each metric with the measurements of the baseline and those of the candidate.
        common: What the runs have in common.
        terms: On what terms.
    """
    found = [
        each
        for metric, baseline, candidate in measured
        for each in _of_metric(metric, _both(baseline, candidate, common), common, terms)
    ]
    return _adjusted(found, terms)


def contrasts_at(
    sides: Sequence[tuple[Metric, float, Sequence[Measurement], Sequence[Measurement]]], terms: Terms
) -> tuple[Contrast, ...]:
    """Return candidate minus baseline for each pair of sides, paired by prompt, whatever the baseline's temperature.

    Holm's adjustment runs over all of them. Sides without a prompt in common have a contrast without a difference.

    Args:
        sides: Metric, the candidate's temperature, the baseline's measurements and the candidate's, one for each
            prompt.
        terms: On what terms.
    """
    found = []
    for metric, temperature, baseline, candidate in sides:
        moved = [replace(m, temperature=temperature) for m in baseline if m.n_samples]
        drawn = [m for m in candidate if m.n_samples]
        common = pairing(*([place(m.prompt_id, m.temperature) for m in side] for side in (moved, drawn)))
        one = next(_of_metric(metric, _both(moved, drawn, common), common, terms), None)
        found.append(one or _found(metric, Quantity.VALUE, temperature, {}, common, terms, _NONE))
    return _adjusted(found, terms)


def _adjusted(found: Sequence[_Found], terms: Terms) -> tuple[Contrast, ...]:
    p_values = {i: p for i, each in enumerate(found) if each.difference and (p := each.difference.p_value) is not None}
    adjusted = dict(zip(p_values, holm(list(p_values.values())), strict=True)) if p_values else {}
    return tuple(_judged(each, adjusted.get(i), len(p_values), terms) for i, each in enumerate(found))


def _both(baseline: Sequence[Measurement], candidate: Sequence[Measurement], common: Pairing) -> dict[Place, _Both]:
    second = {place(m.prompt_id, m.temperature): m for m in candidate}
    pairs = ((place(m.prompt_id, m.temperature), m) for m in baseline)
    return {at: (m, second[at]) for at, m in pairs if at in common.cells and at in second}


def _of_metric(metric: Metric, both: Mapping[Place, _Both], common: Pairing, terms: Terms) -> Iterator[_Found]:
    known = {at: pair for at, pair in both.items() if all(m.value is not None for m in pair)}
    refused = _refusal(metric, [m for pair in known.values() for m in pair])
    if refused:
        known = {}
    why = {
        t: refused or _reason([m for (_, at), pair in both.items() if at == t for m in pair])
        for t in common.temperatures
    }
    for temperature in common.temperatures:
        here = {prompt: known[prompt, temperature] for prompt in common.prompts if (prompt, temperature) in known}
        sides = [(known_of(c), known_of(b)) for b, c in here.values()]
        yield _found(
            metric, Quantity.VALUE, temperature, dict(zip(here, sides, strict=True)), common, terms, why[temperature]
        )
    grids = {
        Quantity.MEAN: common.temperatures,
        Quantity.SLOPE: tuple(t for t in common.temperatures if t >= LEAST_TEMPERATURE),
    }
    pairs = metric.form is Form.PAIR
    for quantity, grid in grids.items():
        if len(grid) > 1:
            whole = {
                prompt: (
                    _over(quantity, grid, [known[prompt, t][1] for t in grid], pairs=pairs),
                    _over(quantity, grid, [known[prompt, t][0] for t in grid], pairs=pairs),
                )
                for prompt in common.prompts
                if all((prompt, t) in known for t in grid)
            }
            yield _found(metric, quantity, None, whole, common, terms, next((why[t] for t in grid if why[t]), ""))


def _refusal(metric: Metric, known: Sequence[Measurement]) -> str | None:
    try:
        require_one_size(metric, [m.n_samples for m in known])
    except StatisticsError as error:
        return str(error)
    return None


def _reason(measured: Sequence[Measurement]) -> str:
    """Return why a value does not exist; empty where all do."""
    return next((m.undefined for m in measured if m.undefined), "")


def _over(quantity: Quantity, grid: Sequence[float], cells: Sequence[Measurement], *, pairs: bool) -> Known:
    """Return one prompt's mean over the temperatures, or its slope."""
    values = [m.value or 0.0 for m in cells]
    variances = [m.variance for m in cells if m.variance is not None]
    complete = len(variances) == len(cells)
    n = min(m.n_samples for m in cells)
    if quantity is Quantity.SLOPE:
        variance = log_slope_variance(grid, variances) if complete else None
        return Known(log_slope(grid, values) or 0.0, variance, n)
    weights = _trapezoid(grid)
    value = math.fsum(w * v for w, v in zip(weights, values, strict=True))
    variance = math.fsum(w * w * v for w, v in zip(weights, variances, strict=True)) if complete else None
    halves = (
        [(m.value or 0.0) - m.interval.low for m in cells if m.interval],
        [m.interval.high - (m.value or 0.0) for m in cells if m.interval],
    )
    ends = None
    if len(halves[0]) == len(cells):
        below, above = (math.hypot(*(w * half for w, half in zip(weights, side, strict=True))) for side in halves)
        ends = value - below, value + above
    return Known(value, variance, n, ends, _size(weights, [m.n_samples for m in cells], pairs=pairs))


def _size(weights: Sequence[float], sizes: Sequence[int], *, pairs: bool) -> int:
    """Return how many samples of one cell hold as many independent trials as a weighted mean over several cells."""
    trials = [n * (n - 1) / 2 if pairs else n for n in sizes]
    if not all(trials):
        return min(sizes)
    effective = 1.0 / math.fsum(w * w / n for w, n in zip(weights, trials, strict=True))
    return max(min(sizes), math.floor((1.0 + math.sqrt(1.0 + 8.0 * effective)) / 2.0 if pairs else effective))


def _trapezoid(grid: Sequence[float]) -> list[float]:
    """Return the weight of each temperature in the mean over their range; they sum to 1."""
    gaps = [0.0, *(b - a for a, b in itertools.pairwise(grid)), 0.0]
    width = grid[-1] - grid[0]
    return [(left + right) / (2.0 * width) for left, right in itertools.pairwise(gaps)]


def _found(
    metric: Metric,
    quantity: Quantity,
    temperature: float | None,
    sides: Mapping[str, tuple[Known, Known]],
    common: Pairing,
    terms: Terms,
    undefined: str,
) -> _Found:
    candidate, baseline = [c for c, _ in sides.values()], [b for _, b in sides.values()]
    found, means = None, None
    if sides:
        slope = quantity is Quantity.SLOPE
        scale = Scale(_UNBOUNDED if slope else metric.bounds, metric.form is Form.PAIR, terms.level)
        names = ("compare", metric.title, quantity.value, "" if temperature is None else f"{temperature:g}")
        rng = stream(terms.seed, *names)
        found = difference(candidate, baseline, rng, scale=scale, estimand=terms.estimand)
        means = _mean(baseline), _mean(candidate)
    left_out = tuple(
        prompt
        for prompt in common.prompts
        if prompt not in sides and (temperature is None or (prompt, temperature) in common.cells)
    )
    return _Found(
        metric=metric,
        quantity=quantity,
        temperature=temperature,
        sides=means,
        difference=found,
        margin=None if means is None else _margin(metric, means[0], terms.margin),
        n_prompts=len(sides),
        left_out=left_out,
        undefined=None if sides else undefined or _NONE,
    )


def _mean(side: Sequence[Known]) -> float:
    return math.fsum(each.value for each in side) / len(side)


def _margin(metric: Metric, baseline: float, share: float) -> float | None:
    """Return the margin: itself for a value in [0, 1], else that share of the baseline's; None where that is 0."""
    if metric.bounds == (0.0, 1.0):
        return share
    return share * abs(baseline) or None


def _judged(found: _Found, p_adjusted: float | None, n_tests: int, terms: Terms) -> Contrast:
    known = found.difference
    verdict = Verdict.INCONCLUSIVE if known is None else _verdict(known, p_adjusted, found.margin, terms)
    open_one = known if verdict is Verdict.INCONCLUSIVE else None
    ends = None if known is None or known.ends is None or not all(map(math.isfinite, known.ends)) else known.ends
    return Contrast(
        metric=found.metric.title,
        quantity=found.quantity,
        temperature=found.temperature,
        baseline=None if found.sides is None else found.sides[0],
        candidate=None if found.sides is None else found.sides[1],
        difference=None if known is None else known.value,
        interval=None if ends is None else Interval(low=ends[0], high=ends[1], level=terms.level),
        p_value=None if known is None else known.p_value,
        p_adjusted=p_adjusted,
        verdict=verdict,
        margin=found.margin,
        n_needed=None if open_one is None else _needed(open_one, found.margin, n_tests, terms),
        needed_of="" if open_one is None else open_one.unit,
        n_units=0 if known is None else known.n_units,
        n_prompts=found.n_prompts,
        estimand=terms.estimand if known is None else known.estimand,
        method="none: there is no difference to speak of" if known is None else _method(known, n_tests, terms),
        left_out=found.left_out,
        undefined=found.undefined,
    )


def _verdict(known: Difference, p_adjusted: float | None, margin: float | None, terms: Terms) -> Verdict:
    """Return what may be said: within the margin first, for such a difference does not matter whatever its sign."""
    if margin is not None and known.within(margin, level=terms.level, alpha=terms.alpha):
        return Verdict.EQUIVALENT
    if known.ends is None or p_adjusted is None or p_adjusted > terms.alpha:
        return Verdict.INCONCLUSIVE
    if known.ends[0] > 0.0:
        return Verdict.HIGHER
    return Verdict.LOWER if known.ends[1] < 0.0 else Verdict.INCONCLUSIVE


def _method(known: Difference, n_tests: int, terms: Terms) -> str:
    note = f"; Holm over {n_tests}"
    if known.least_p * n_tests > terms.alpha:
        note += f", so that no adjusted p-value below {min(1.0, known.least_p * n_tests):.2g} is possible"
    return known.method + note


def _needed(known: Difference, margin: float | None, n_tests: int, terms: Terms) -> int | None:
    """Return about how many prompts or samples would settle a difference, were it to stay what it is."""
    if known.ends is None:
        return None
    if margin is not None and abs(known.value) < margin:
        found = within(known.value, known.ends, (-margin, margin), n=known.n_units).needed
        return None if found is None else found.n
    # The interval that decides is the one at the level that the adjustment leaves for the clearest of so many.
    wider = quantile(1.0 - terms.alpha / max(1, n_tests), math.inf) / quantile(terms.level, math.inf)
    ends = tuple(known.value + wider * (end - known.value) for end in known.ends)
    found = needed(known.value, (ends[0], ends[1]), 0.0, n=known.n_units)
    if found is None:
        return None
    return max(found.n, fewest_prompts(n_tests, terms.alpha)) if known.unit == PROMPTS else found.n
