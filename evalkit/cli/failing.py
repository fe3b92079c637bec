"""What `--fail-on` asks of a comparison, and the exit code it gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evalkit.errors import UsageError
from evalkit.nouns import Comparison, Contrast, Interval, Quantity, Verdict

PASSED, FAILED, UNDECIDED = 0, 1, 5
"""Exit codes."""
_WORDS = ("lower", "higher", "different")
_BOUND = re.compile(r"^(?P<metric>.+?)\s*(?P<sign>[<>])\s*(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))\s*(?P<percent>%?)$")
_HINT = 'lower, higher, different, or a bound such as "distinct_n<-10%"'


@dataclass(frozen=True, slots=True)
class Failing:
    """When a comparison fails."""

    text: str
    """As it was asked."""
    metric: str | None = None
    """Whose differences are held against a bound; None for the words, which look at all contrasts."""
    below: bool = True
    """Whether a difference fails below the bound, else above."""
    bound: float = 0.0
    """The bound of the difference."""
    relative: bool = False
    """Whether the bound is a share of the baseline's value."""

    def code(self, comparisons: Iterable[Comparison]) -> tuple[int, str]:
        """Return the exit code and why: 1 where any failure is shown, else 5 where any question stays open, else 0.

        Raises:
            UsageError: The metric of the bound was not compared.
        """
        found = [self._judged(each) for comparison in comparisons for each in self._asked(comparison)]
        failed, still_open = found.count(FAILED), found.count(UNDECIDED)
        why = f"--fail-on {self.text}: {failed} shown, {still_open} undecided of {len(found)} contrasts"
        if failed:
            return FAILED, why
        return (UNDECIDED if still_open or not found else PASSED), why

    def outcome(self, each: Contrast) -> str:
        """Return what a build is told of one contrast: passed, failed, undecided, undefined or not asked."""
        if self.metric is not None and (each.quantity is not Quantity.VALUE or not each.is_of(self.metric)):
            return "not asked"
        if each.difference is None:
            return "not asked" if self.metric is None else "undefined"
        return {PASSED: "passed", FAILED: "failed"}.get(self._judged(each), "undecided")

    def _asked(self, comparison: Comparison) -> Iterator[Contrast]:
        if self.metric is None:
            yield from (each for each in comparison.contrasts if each.difference is not None)
            return
        of_metric = comparison.of(self.metric)
        if not of_metric:
            compared = ", ".join(dict.fromkeys(each.metric for each in comparison.contrasts))
            raise UsageError(f"--fail-on {self.text}: {self.metric!r} is not compared", hint=f"compared: {compared}")
        yield from (each for each in of_metric if each.quantity is Quantity.VALUE and each.difference is not None)

    def _judged(self, each: Contrast) -> int:
        if self.metric is None:
            return _by_verdict(self.text, each)
        bound = self.bound * abs(each.baseline or 0.0) if self.relative else self.bound
        ends = each.interval
        if ends is None:
            return UNDECIDED
        if ends.high < bound if self.below else ends.low > bound:
            return FAILED
        return PASSED if (ends.low >= bound if self.below else ends.high <= bound) else UNDECIDED


def failing(text: str) -> Failing:
    """Return when a comparison fails.

    Raises:
        UsageError: It is neither of the words nor a bound.
    """
    if text in _WORDS:
        return Failing(text)
    found = _BOUND.match(text.strip())
    if found is None:
        raise UsageError(f"--fail-on can not be {text!r}", hint=_HINT)
    relative = bool(found["percent"])
    number = float(found["number"]) / (100.0 if relative else 1.0)
    return Failing(text, found["metric"].strip(), found["sign"] == "<", number, relative)


def _by_verdict(word: str, each: Contrast) -> int:
    wrong = {"lower": (Verdict.LOWER,), "higher": (Verdict.HIGHER,)}.get(word, (Verdict.LOWER, Verdict.HIGHER))
    if each.verdict in wrong:
        return FAILED
    if each.verdict is not Verdict.INCONCLUSIVE:
        return PASSED
    # Undecided as a whole, but that it did not fall, or did not rise, by the margin may be shown all the same.
    return PASSED if each.margin is not None and _spared(word, each.interval, each.margin) else UNDECIDED


def _spared(word: str, ends: Interval | None, margin: float) -> bool:
    if ends is None or word == "different":
        return False
    return ends.low > -margin if word == "lower" else ends.high < margin
