"""Whether a metric moves with temperature, and how fast, each prompt compared with itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from evalkit.analysis.comparable import comparable
from evalkit.nouns import Interval, Measurement, Metric, Trend
from evalkit.stats.permutation import PermutationTest
from evalkit.stats.slope import mean_log_slope
from evalkit.stats.streams import stream
from evalkit.stats.trend import Block, least_p_value, trend_test, varies
from evalkit.text.counting import counted

ALPHA = 0.05
"""Level at which a trend has a direction."""


def trend(metric: Metric, measurements: Sequence[Measurement], *, seed: int, level: float = 0.95) -> Trend:
    """Return the trend of a metric over temperature, paired by prompt, with its slope against ln T.

    Args:
        metric: What was measured.
        measurements: One for each cell.
        seed: Seed of the analysis; each metric draws from a stream of its own name.
        level: Level of the slope's interval, in (0, 1).
    """
    blocks, left_out = _blocks(metric, measurements)
    varied = [block for block in blocks if varies(block)]
    if not varied:
        reason = "none: " + (
            "no prompt's value differs between temperatures"
            if any(len(x) > 1 for x, _ in blocks)
            else "no prompt has a value at two temperatures"
        )
        return Trend(statistic=None, p_value=None, direction="undecided", n_prompts=0, method=reason)
    found = trend_test(varied, stream(seed, "trend", metric.title))
    least = least_p_value(varied)
    p_value, direction, method = None, "undecided", f"none: {_too_few(least)}"
    if least <= ALPHA:
        p_value = found.p_value
        direction = "undecided" if p_value >= ALPHA else "rises" if found.statistic > 0 else "falls"
        method = _method(found, still=len(blocks) - len(varied), left_out=left_out)
    slope = mean_log_slope(blocks, level=level)
    return Trend(
        statistic=found.statistic,
        p_value=p_value,
        direction=direction,
        n_prompts=len(varied),
        method=method,
        slope=slope.value,
        slope_interval=None if slope.ends is None else Interval(low=slope.ends[0], high=slope.ends[1], level=level),
    )


def _too_few(least: float) -> str:
    return f"with so few prompts and temperatures no p-value below {least:.2g} is possible"


def _method(found: PermutationTest, *, still: int, left_out: int) -> str:
    notes = [
        "Kendall's tau-b, temperatures permuted within prompts",
        f"all {found.n_arrangements:,} orders" if found.exact else f"{found.n_arrangements:,} orders drawn",
        *([f"{counted(still, 'prompt')} without variation left out"] if still else []),
        *([f"{counted(left_out, 'cell')} with another number of samples left out"] if left_out else []),
    ]
    return "; ".join(notes)


def _blocks(metric: Metric, measurements: Sequence[Measurement]) -> tuple[list[Block], int]:
    """Return each prompt's temperatures and values, and how many cells may not be compared."""
    usable = comparable(metric, measurements)
    left_out = sum(m.value is not None for m in measurements) - len(usable)
    of_prompt: defaultdict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for each, value in usable:
        of_prompt[each.prompt_id][0].append(each.temperature)
        of_prompt[each.prompt_id][1].append(value)
    return list(of_prompt.values()), left_out
