"""Two runs' measurements -> the temperature at which the candidate is as diverse as the baseline at its own."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from evalkit.analysis.comparable import require_one_size
from evalkit.analysis.compare import Terms
from evalkit.analysis.pairing import Pairing, Place, place
from evalkit.errors import StatisticsError
from evalkit.nouns import Caution, Estimand, Form, Match, Measurement, Metric
from evalkit.stats.matched_temperature import Known, MatchedTemperature, matched_temperature
from evalkit.stats.several_prompts import UNIT, MeanOverPrompts, prompts_like_these, these_prompts
from evalkit.stats.streams import stream
from evalkit.stats.student import quantile

_Cells = Mapping[Place, Measurement]
_FEWEST = 2  # temperatures to read off between; and places of a disagreement that is told


def matches(
    measured: Sequence[tuple[Metric, Sequence[Measurement], Sequence[Measurement]]], common: Pairing, terms: Terms
) -> tuple[Match, ...]:
    """Return, for each metric of diversity in [0, 1] and each temperature of the baseline above 0, the candidate's.

    A metric of agreement is turned round. All means are over the same prompts: those that have a value on both sides
    at every temperature above 0; a temperature is given up only while it would cost half of the prompts or more, and
    then there is a reason in place of its match. A metric without bounds, such as entropy, has no matches, nor has one
    whose values hang on numbers of samples that differ.

    Where prompts like these are spoken of, means at different temperatures are drawn as if each had prompts of its own;
    they share them, so that interval is wider than it need be.

    Args:
        measured: Each metric with the measurements of the baseline and those of the candidate.
        common: What the runs have in common.
        terms: On what terms.
    """
    return tuple(
        match
        for metric, baseline, candidate in measured
        if metric.diversity and metric.bounds == UNIT
        for match in _of_metric(metric, _known(baseline, common), _known(candidate, common), common, terms)
    )


def differing_in_kind(found: Sequence[Match]) -> tuple[Caution, ...]:
    """Return the caution that two metrics contradict one another in how the temperatures match, if any do.

    They do where their intervals have nothing in common, the same one above, at two temperatures of the baseline at
    least (at one, where there is only one): a single such place among many would be no surprise.
    """
    by_metric: dict[str, dict[float, Match]] = {}
    for each in found:
        if each.has_interval:
            by_metric.setdefault(each.metric, {})[each.temperature] = each
    least = min(_FEWEST, len({each.temperature for each in found}))
    facts, where = [], set()
    for below, above in itertools.permutations(by_metric.values(), 2):
        apart = [t for t in below if t in above and _highest(below[t]) < _lowest(above[t])]
        if len(apart) >= max(1, least):
            words = next(iter(below.values())).words, next(iter(above.values())).words
            named = ", ".join(f"{t:g}" for t in apart)
            facts.append(
                f"By {words[0]} the candidate's matched temperature is lower than by {words[1]} (T = {named})."
            )
            where.update(apart)
    if not facts:
        return ()
    return (
        Caution(
            slug="differ-in-kind",
            fact=" ".join(facts),
            meaning="The models differ in kind, not in scale: no one temperature makes one as diverse as the other.",
            remedy="Choose the metric that your use is about, and match by that one alone.",
            temperatures=tuple(sorted(where)),
        ),
    )


def _highest(match: Match) -> float:
    return math.inf if match.high is None else match.high


def _lowest(match: Match) -> float:
    return -math.inf if match.low is None else match.low


def _known(measured: Sequence[Measurement], common: Pairing) -> dict[Place, Measurement]:
    cells = ((place(m.prompt_id, m.temperature), m) for m in measured if m.value is not None)
    return {at: m for at, m in cells if at in common.cells}


def _of_metric(metric: Metric, before: _Cells, after: _Cells, common: Pairing, terms: Terms) -> Iterator[Match]:
    warm = tuple(t for t in common.temperatures if t > 0.0)
    both = before.keys() & after.keys()
    prompts, grid = _complete(both, common.prompts, warm)
    try:
        require_one_size(metric, [side[p, t].n_samples for side in (before, after) for p in prompts for t in grid])
    except StatisticsError:
        return
    if len(grid) < _FEWEST or not prompts:
        return
    cells = [[[side[p, t] for p in prompts] for t in grid] for side in (before, after)]
    estimand = _estimand(metric, cells, terms)
    targets, curve = ([_mean(metric, at, estimand, terms.level) for at in side] for side in cells)
    target_of = dict(zip(grid, targets, strict=True))
    for temperature in warm:
        target = target_of.get(temperature)
        if target is None:
            missing = sum((p, temperature) not in both for p in common.prompts)
            why = f"{missing} of {len(common.prompts)} prompts have no value there on both sides"
            yield _match(metric, temperature, MatchedTemperature(None, why, None), 0, estimand, terms)
            continue
        rng = stream(terms.seed, "compare", "match", metric.title, f"{temperature:g}")
        found = matched_temperature(target, grid, curve, rng, level=terms.level)
        if found.value is None and found.ends is None and target.se > 0.0:  # every draw lies beyond the same edge
            ends = (-math.inf, grid[0]) if target.value < curve[0].value else (grid[-1], math.inf)
            found = MatchedTemperature(None, found.reason, ends)
        yield _match(metric, temperature, found, len(prompts), estimand, terms)


def _complete(
    both: set[Place], prompts: Sequence[str], temperatures: tuple[float, ...]
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return the prompts with a value everywhere, and where: without temperatures that would cost half of them."""
    grid = temperatures
    told = {prompt for prompt, t in both if t in temperatures}
    while grid:
        kept = tuple(p for p in prompts if all((p, t) in both for t in grid))
        if kept and 2 * len(kept) >= len(told):
            return kept, grid
        poorest = min(grid, key=lambda t: (sum((p, t) in both for p in prompts), -t))
        grid = tuple(t for t in grid if t != poorest)
    return (), ()


def _estimand(metric: Metric, cells: Sequence[Sequence[Sequence[Measurement]]], terms: Terms) -> Estimand:
    """Return what can be spoken of: these prompts only where the variance within each of them is known."""
    flat = [m for side in cells for at in side for m in at]
    if len(cells[0][0]) == 1:
        return Estimand.THIS_PROMPT
    within = metric.form is not Form.SET and all(m.variance is not None and m.n_samples > 1 for m in flat)
    return terms.estimand if within else Estimand.PROMPTS_LIKE_THESE


def _mean(metric: Metric, measured: Sequence[Measurement], estimand: Estimand, level: float) -> Known:
    """Return the mean diversity over prompts with a standard error that is never 0 for want of variety.

    The error is the longer half of the interval over the normal quantile: where all samples agreed the variance is 0,
    and only an interval knows that more of them might not.
    """
    values = [m.value or 0.0 for m in measured]
    variances = [m.variance for m in measured if m.variance is not None]
    own = measured[0].interval
    if estimand is Estimand.PROMPTS_LIKE_THESE:
        found = prompts_like_these(values, level=level)
    elif len(variances) == len(values) and all(m.n_samples > 1 for m in measured):
        sizes = [m.n_samples for m in measured]
        found = these_prompts(values, variances, sizes, level=level, pairs=metric.form is Form.PAIR)
    else:  # one prompt, whose own interval is all there is
        found = MeanOverPrompts(values[0], 0.0, math.inf, None if own is None else (own.low, own.high))
    ends = found.ends or (found.value, found.value)
    se = max(found.se, max(found.value - ends[0], ends[1] - found.value) / quantile(level, math.inf))
    return Known(1.0 - found.value if metric.diversity < 0 else found.value, se)


def _match(
    metric: Metric, temperature: float, found: MatchedTemperature, n_prompts: int, estimand: Estimand, terms: Terms
) -> Match:
    low, high = found.ends or (-math.inf, math.inf)
    return Match(
        metric=metric.title,
        words=metric.words,
        temperature=temperature,
        value=found.value,
        low=low if math.isfinite(low) else None,
        high=high if math.isfinite(high) else None,
        has_interval=found.ends is not None,
        reason=found.reason,
        level=terms.level,
        n_prompts=n_prompts,
        estimand=estimand,
    )
