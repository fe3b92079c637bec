"""Claims about the share of a cell's answers that are of one kind: equal, or valid; by exact bounds of one side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evalkit.analysis.measure import values_of
from evalkit.errors import UsageError
from evalkit.metrics.base import bind
from evalkit.nouns import CellOutcomes, Interval, Sample
from evalkit.stats.power import n_for_commonest_share, n_for_lower_bound
from evalkit.stats.proportion import clopper_pearson, commonest_share_lower
from evalkit.stats.verdict import Verdict
from evalkit.testing.claims import Claim, Evidence
from evalkit.testing.different import most_different
from evalkit.testing.hiding import expected
from evalkit.testing.looks import Look
from evalkit.text.classes import class_counts
from evalkit.text.levels import at_level
from evalkit.text.visible import visible

__tracebackhide__ = expected

Lower = Callable[[int, int, float], float]
"""Count, trials and the probability of being wrong -> the lower bound of a chance."""


def deterministic(
    look: Look, outcomes: CellOutcomes, *, level: str, pattern: str | None, at_least: float, confidence: float
) -> Claim:
    """Return the claim that the commonest answer of a cell comes up with a chance of `at_least`.

    References:
        `evalkit.stats.proportion.commonest_share_lower`.
    """
    counts = class_counts([at_level(s.text, level=level, pattern=pattern) for s in outcomes.samples])
    others = "no other came" if len(counts) == 1 else f"{len(counts)} different ones came"
    count, n = (counts or [0])[0], len(outcomes.samples)
    return _claim(
        look,
        outcomes,
        f"deterministic (level {level})",
        (count, n),
        (_commonest, at_least, confidence, n_for_commonest_share(at_least, alpha=1.0 - confidence)),
        f"the commonest answer came {count} times of {n}, {others}",
        lambda: most_different(outcomes),
    )


def valid_share(
    look: Look, outcomes: CellOutcomes, checks: Mapping[str, Any], *, at_least: float, confidence: float
) -> Claim:
    """Return the claim that the answers of a cell are what was asked for with a chance of `at_least`.

    References:
        C. J. Clopper, E. S. Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the
        Binomial", Biometrika 26(4), 404-413 (1934).
    """
    metric = look.metric("validity")
    passed = [bool(value) for value in values_of(bind(metric, checks) if checks else metric, outcomes)]
    wrong = next((s for s, fine in zip(outcomes.samples, passed, strict=True) if not fine), None)
    return _claim(
        look,
        outcomes,
        "valid answers",
        (sum(passed), len(passed)),
        (_fixed, at_least, confidence, n_for_lower_bound(at_least, alpha=1.0 - confidence)),
        f"{sum(passed)} of {len(passed)} answers are valid",
        lambda: _first(wrong),
    )


def checked(name: str, value: float, least: float = 0.0) -> float:
    """Return a share, or refuse what is none.

    Raises:
        UsageError: It is not between `least` and 1.
    """
    if not least < value < 1.0:
        raise UsageError(f"{name} is {value:g}, not between {least:g} and 1", hint="such as 0.95")
    return value


def _commonest(count: int, n: int, alpha: float) -> float:
    return commonest_share_lower(count, n, alpha=alpha)


def _fixed(count: int, n: int, alpha: float) -> float:
    return clopper_pearson(count, n, level=1.0 - 2.0 * alpha)[0]


def _claim(
    look: Look,
    outcomes: CellOutcomes,
    what: str,
    counts: tuple[int, int],
    asked: tuple[Lower, float, float, int],
    told: str,
    show: Callable[[], list[str]],
) -> Claim:
    (count, n), (lower, at_least, confidence, _) = counts, asked
    place = f"{outcomes.cell.prompt.id} at T = {outcomes.cell.temperature:g}"
    evidence = Evidence(verdict=Verdict.INCONCLUSIVE, lines=("there is no answer",), metric=what, place=place)
    if n:
        alpha = 1.0 - confidence
        low, high = lower(count, n, alpha), clopper_pearson(count, n, level=1.0 - 2.0 * alpha)[1]
        verdict = Verdict.PASS if low >= at_least else Verdict.FAIL if high < at_least else Verdict.INCONCLUSIVE
        evidence = Evidence(
            verdict=verdict,
            lines=(_proved(asked, counts, (low, high)), f"share {count / n:.3f}, {n:,} samples: {told}"),
            metric=what,
            place=place,
            value=count / n,
            interval=Interval(low=low, high=high, level=1.0 - 2.0 * alpha),
            n_samples=n,
            # Held against the session's level like all others: the confidence is this claim's own.
            p_value=min(1.0, _p_value(lower, counts, at_least) * (1.0 - look.level) / alpha),
        )
    text = f"{what} of {place} with a chance of at least {at_least:g}"
    return Claim(text=text, evidence=evidence, log=look.bench.log, show=lambda: [*show(), *look.foot])


def _proved(asked: tuple[Lower, float, float, int], counts: tuple[int, int], ends: tuple[float, float]) -> str:
    """Say what a count proves of a share, and what would."""
    (count, n), (lower, at_least, confidence, wanted) = counts, asked
    side = f"at one-sided {confidence:.4g}"
    if ends[0] >= at_least:
        return f"{count} of {n} proves at least {ends[0]:.3f} {side}"
    if ends[1] < at_least:
        return f"{count} of {n} proves at most {ends[1]:.3f} {side}, less than {at_least:g}"
    if wanted > n:
        most = lower(n, n, 1.0 - confidence)
        best = f"a perfect {n} of {n} proves only {most:.3f} {side}"
        return f"it can not pass with {n} samples: {best}; {at_least:g} needs {wanted:,}"
    return f"{count} of {n} proves only {ends[0]:.3f} {side}, not {at_least:g}"


def _p_value(lower: Lower, counts: tuple[int, int], at_least: float) -> float:
    """Return the greatest probability of being wrong at which the bound still falls short, by halving."""
    low, high = 0.0, 0.5
    for _ in range(50):
        middle = (low + high) / 2.0
        low, high = (low, middle) if lower(*counts, middle) >= at_least else (middle, high)
    return high


def _first(wrong: Sample | None) -> list[str]:
    if wrong is None:
        return []
    said = visible(wrong.text, limit=200, keep="") if wrong.text.strip() else "(empty)"
    return [f"the first that is not valid, draw {wrong.draw.replicate}: {said}"]
