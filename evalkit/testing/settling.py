"""What would settle an open claim: more samples, or none, because even perfect ones prove too little."""

from __future__ import annotations

import math
from collections.abc import Mapping

from evalkit.nouns import Form, Measurement, Metric
from evalkit.stats.proportion import all_equal_lower, even_trials
from evalkit.stats.verdict import LOGARITHM, Needed


def would_settle(found: Needed | None, n: int, n_prompts: int, *, unit: str = "samples") -> str:
    """Say how many samples would settle a claim, were the value to stay what it is.

    Args:
        found: What was reckoned; None where no number is known to.
        n: How many there are.
        n_prompts: Prompts they are spread over.
        unit: What they are.
    """
    if found is None:
        return "the value is at the limit itself"
    each = " of each prompt" if n_prompts > 1 else ""
    there, wanted = (-(-count // max(1, n_prompts)) for count in (n, found.n))
    if found.law == LOGARITHM:
        return f"it can not pass with {there} {unit}{each}, and needs at least {wanted:,}"
    return f"about {wanted:,} {unit}{each} would settle it (there are {there:,})"


def perfect(
    metric: Metric, measurements: Mapping[str, Measurement], bound: float, *, above: bool, level: float
) -> str | None:
    """Return why not even perfect samples could show the bound, and how many could; None where some could.

    Args:
        metric: What was measured; nothing is said of one that is no mean over samples or pairs in [0, 1].
        measurements: What each prompt gave.
        bound: What is claimed.
        above: Whether the value is claimed to lie above it.
        level: Level of the interval, in (0, 1).
    """
    goal = bound if above else 1.0 - bound
    trials = [m.n_samples // metric.order if metric.order else 0 for m in measurements.values()]
    if metric.bounds != (0.0, 1.0) or metric.form is Form.SET or not trials or not all(trials) or not 0.0 < goal < 1.0:
        return None
    alpha = 1.0 - level
    proved = all_equal_lower(even_trials(trials, alpha), alpha)
    if proved > goal:
        return None
    n = min(m.n_samples for m in measurements.values())
    P = len(trials)  # noqa: N806 - the number of prompts, as in stats
    wanted = metric.order * math.ceil(math.log(alpha) / math.log(goal) / P)
    each = f"{n} samples" if P == 1 else f"{n} samples of each of {P} prompts"
    limit = proved if above else 1.0 - proved
    return (
        f"it can not pass with {each}: a perfect {n} of {n} proves only {limit:.3f} at one-sided {level:.0%}; "
        f"{bound:g} needs {wanted:,}"
    )
