"""How many samples a question takes in a suite: by a plan without looks, and by one that stops when enough is known."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from evalkit.analysis.stopping import asked, level_of_a_look, seen_at
from evalkit.errors import UsageError
from evalkit.metrics.base import resolve
from evalkit.nouns import MOST_CHOICES, MOST_SAMPLES, Curve, Form, Goal, Metric, Mode, Precision, Suite, in_words
from evalkit.planning import preview
from evalkit.powering import FEWEST_SAMPLES, LEAST_ZETA1, USUAL_ZETA1, Answer, Row
from evalkit.stats.group_sequential import POWERED, Seen, expected_sizes, n_fixed

_WIDTH = re.compile(r"(?:(?P<metric>.+?)\s+)?(?P<way>within|above|below|against)\s+(?P<number>\S+)")
_PILOT = 100  # samples that an assumption stands for; any number gives the same


def goal_of(text: str) -> Goal:
    """Return the goal that a text asks for, such as ``exact_agreement within 0.05`` or ``accuracy above 0.9``.

    Raises:
        UsageError: It asks for none.
    """
    found = _WIDTH.fullmatch(text.strip())
    try:
        number = float(found["number"]) if found else math.nan
    except ValueError:
        number = math.nan
    if found is None or not math.isfinite(number) or (found["way"] == "within" and number <= 0.0):
        raise UsageError(
            f"{text!r} asks for no width and no side",
            hint="such as 'exact_agreement within 0.05', 'accuracy above 0.9'",
        )
    name = found["metric"] or ""
    return Goal(metric=name, within=number) if found["way"] == "within" else Goal(metric=name, against=number)


def metric_of(suite: Suite, name: str) -> Metric:
    """Return the metric of a suite that a question is about; the first that can be asked when it has no name.

    Raises:
        UsageError: The suite does not measure it, or it is no mean over samples or pairs.
    """
    return asked([resolve(request) for request in suite.metrics], name)


def for_goal(
    suite: Suite, goal: Goal, metric: Metric, pilot: Curve | None, *, zeta1: float | None = None, level: float = 0.95
) -> Answer:
    """Return what a goal takes at every temperature of a suite: a fixed plan, and one that looks.

    Args:
        suite: What would be run.
        goal: What is to be known.
        metric: Of which metric.
        pilot: Its curve in a run that tells how it varies; None for an assumption.
        zeta1: Variance of a pair's mean given one of its samples, as assumed; a usual one when None.
        level: Level of the intervals, in (0, 1).

    Raises:
        UsageError: A side is asked for, and no run tells where the metric lies; or it has no bounds, and no pilot.
    """
    known, basis = _known(suite, metric, pilot, zeta1)
    aims = [_aim(goal, math.fsum(seen.values) / len(seen.values), pilot) for seen in known]
    title = in_words(replace(goal, metric=metric.title))
    question = f"samples for {title} at every temperature"
    return _answer(suite, known, aims, basis, level=level, sides=1, question=question, against=goal.against)


def for_difference(
    suite: Suite, delta: float, metric: Metric, pilot: Curve | None, *, zeta1: float | None = None, level: float = 0.95
) -> Answer:
    """Return what it takes to see a difference between two runs of a suite, at every temperature, with a chance of 0.8.

    Args:
        suite: What would be run, on either side.
        delta: The difference, above 0.
        metric: Of which metric.
        pilot: As in `for_goal`.
        zeta1: As in `for_goal`.
        level: Level of the intervals, in (0, 1).

    Raises:
        UsageError: The difference is none, or a metric without bounds has no pilot.
    """
    if not delta > 0.0:
        raise UsageError(f"a difference of {delta:g} is none", hint="such as 0.1")
    known, basis = _known(suite, metric, pilot, zeta1)
    aims = [POWERED * delta / math.sqrt(2.0)] * len(known)
    question = f"samples that show a difference of {delta:g} in {metric.title} between two runs, at every temperature"
    return _answer(suite, known, aims, basis, level=level, sides=2, question=question)


def _known(suite: Suite, metric: Metric, pilot: Curve | None, zeta1: float | None) -> tuple[list[Seen], str]:
    """Return how the metric varies at each temperature, and where that is known from."""
    pairs, n_prompts = metric.form is Form.PAIR, len(suite.prompts)
    if pilot is not None:
        points = [seen for point in pilot.points if (seen := seen_at(metric, point)) is not None]
        if not points:
            raise UsageError("the run tells no variance of this metric", hint="draw more samples, or assume: --zeta1")
        told = f"{sum(sum(seen.sizes) for seen in points):,} samples at {len(points)} temperatures of a run"
        return [replace(seen, variances=_at_least(seen)) for seen in points], f"{metric.title}, {told}"
    low, high = metric.bounds
    if not math.isfinite(high - low):
        raise UsageError(f"{metric.title} has no bounds, so nothing usual is known of it", hint="--from STORE@LABEL")
    scale = (high - low) ** 2
    value = USUAL_ZETA1 * scale if zeta1 is None else zeta1
    seen = Seen(
        values=((low + high) / 2.0,) * n_prompts,
        variances=(4.0 * value / _PILOT,) * n_prompts,
        sizes=(_PILOT,) * n_prompts,
        bounds=metric.bounds,
        pairs=pairs,
    )
    how = "assumed as usual for edit distances of short texts" if zeta1 is None else "as assumed"
    return [seen] * len(suite.temperatures), f"zeta1 {value:g} at every temperature, {how}; a run tells yours (--from)"


def _at_least(seen: Seen) -> tuple[float, ...]:
    """Return variances that are none too small: answers that happen to be alike in a pilot must end no sampling."""
    span = seen.bounds[1] - seen.bounds[0]
    # At an end of the range all answers were alike, and the interval counts them: no variance is needed for it.
    inside = any(value not in seen.bounds for value in seen.values)
    least = 4.0 * LEAST_ZETA1 * span * span if math.isfinite(span) and inside else 0.0
    return tuple(max(v, least / n) for v, n in zip(seen.variances, seen.sizes, strict=True))


def _aim(goal: Goal, value: float, pilot: Curve | None) -> float:
    if goal.within is not None:
        return goal.within
    distance = abs(value - (goal.against or 0.0))
    if pilot is None or distance == 0.0:
        raise UsageError("on which side it lies hangs on where it lies", hint="--from STORE@LABEL tells that")
    return 0.0


def _answer(  # noqa: PLR0913 - what is known, and what is asked
    suite: Suite,
    known: Sequence[Seen],
    aims: Sequence[float],
    basis: str,
    *,
    level: float,
    sides: int,
    question: str,
    against: float | None = None,
) -> Answer:
    precision = suite.precision or Precision(goals=())
    needed = [n_fixed(seen, aim, level=level, against=against) for seen, aim in zip(known, aims, strict=True)]
    fixed = max(FEWEST_SAMPLES, *(math.inf if n is None else n for n in needed))
    if not math.isfinite(fixed):
        raise UsageError("it takes more than a million samples of each prompt", hint="ask for less")
    at_look, most = level_of_a_look(precision, level), max(suite.samples, MOST_SAMPLES, 4 * int(fixed))
    looks = {"first": min(precision.first, most), "looks": precision.looks, "most": most}
    ends = [
        expected_sizes(seen, aim, level=at_look, against=against, **looks)[0]
        for seen, aim in zip(known, aims, strict=True)
    ]
    sizes = [size for each in ends for size in each]
    once = replace(suite, precision=None, standings=(), samples=1, load=())
    n_cells = len(suite.prompts) * len(suite.temperatures)
    return Answer(
        question=f"{question}, at {level:.0%}",
        rows=(
            _row("fixed", f"{fixed:,}", int(fixed) * n_cells, once, sides),
            _row(
                f"in {precision.looks} looks",
                f"{min(sizes):,} to {max(sizes):,}",
                round(math.fsum(sizes) / len(sizes) * n_cells),
                once,
                sides,
            ),
        ),
        basis=f"Rests on {basis}. A fixed plan draws as many everywhere as the neediest temperature takes. One that"
        f" looks (--precision) pays for {precision.looks} looks with intervals at {at_look:.1%}, and stops at each"
        " temperature when enough is known: where all of them need alike, it costs more.",
    )


def _row(plan: str, samples: str, draws: int, once: Suite, sides: int) -> Row:
    """Return a row of the table: what so many draws of a suite come to."""
    seen, draws = preview(once), sides * draws
    times = (-(-draws // MOST_CHOICES) if once.mode is Mode.CHOICES else draws) / seen.n_draws
    low, high = round(times * seen.prompt_tokens_low), round(times * seen.prompt_tokens_high)
    return {
        "plan": plan,
        "samples_of_a_cell": samples,
        "draws": draws,
        "requests": round(times * seen.n_draws),
        "tokens_asked": f"{low:,} to {high:,}",
        "tokens_answered": f"0 to {draws * once.decoding.max_tokens:,}",
    }
