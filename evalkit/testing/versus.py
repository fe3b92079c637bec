"""A run against a baseline, as a test speaks of it: equivalent, not more diverse, not less diverse."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from evalkit.analysis.compare import Terms
from evalkit.comparing import compared, usual
from evalkit.equipping import equipped
from evalkit.errors import UsageError
from evalkit.nouns import CellOutcomes, Comparison, Contrast, Form, Metric, Quantity, Run
from evalkit.nouns.ports import CellsOfRuns
from evalkit.stats.equivalence import Equivalence, tost_of_interval
from evalkit.stats.verdict import Verdict, needed
from evalkit.testing.claims import Claim, Evidence
from evalkit.testing.curves import every
from evalkit.testing.different import most_different, pair
from evalkit.testing.hiding import expected
from evalkit.testing.looks import Look
from evalkit.testing.measuring import fixed_part
from evalkit.testing.wording import signed
from evalkit.text.visible import visible

__tracebackhide__ = expected


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: a run, and where its answers are."""

    run: Run
    """The run."""
    store: CellsOfRuns
    """Gives its cells."""


class Glimpse:
    """A view of a run that gives its cells as a store does."""

    def __init__(self, look: Look) -> None:
        """Keep the view: of one that was drawn until precise enough, the part that was drawn whatever was seen."""
        self._look = look

    def outcomes(self, label: str) -> Iterator[CellOutcomes]:  # noqa: ARG002 - as a store is asked
        """Yield the cells of the view; the label is its own."""
        view = fixed_part(self._look.view)
        for prompt in view.suite.prompts:
            yield from self._look.bench.outcomes(view, prompt.id)


@dataclass(slots=True)
class Versus:
    """A candidate against a baseline; each claim is about one metric or several, at each common temperature."""

    look: Look
    """The candidate, as the test looks at it."""
    baseline: Side
    """The earlier side."""
    candidate: Side
    """The later side."""
    _made: dict[tuple[str, ...], Comparison] = field(default_factory=dict)

    def comparison(self, metric: str | Sequence[str] | None = None) -> Comparison:
        """Return the whole comparison, by the metrics that are named, or those the suite puts in front."""
        return self._compared(self._metrics(metric))

    def equivalent(
        self,
        *,
        within: float = 0.05,
        metric: str | Sequence[str] | None = None,
        at: float | Sequence[float] | None = None,
    ) -> Claim:
        """Claim that no difference is as large as a margin, at any common temperature: two one-sided tests each.

        Args:
            within: The greatest difference that does not matter, in (0, 1): of a value in [0, 1] itself, else a share
                of the baseline's value.
            metric: A metric or several; those of the suite's front that are means over samples or pairs when None.
            at: Temperatures; all common ones when None.
        """
        return self._claim("is equivalent to", within, self._metrics(metric), at, sign=0)

    def not_more_diverse(
        self, *, within: float = 0.05, metric: str | None = None, at: float | Sequence[float] | None = None
    ) -> Claim:
        """Claim that the candidate is not more diverse by a margin or more, at any common temperature.

        Args:
            within: The greatest growth that does not matter, in (0, 1).
            metric: A metric that speaks of diversity; the suite's first when None.
            at: Temperatures; all common ones when None.
        """
        return self._claim("is not more diverse than", within, [self._diversity(metric)], at, sign=1)

    def not_less_diverse(
        self, *, within: float = 0.05, metric: str | None = None, at: float | Sequence[float] | None = None
    ) -> Claim:
        """Claim that the candidate is not less diverse by a margin or more, at any common temperature.

        Args:
            within: The greatest loss that does not matter, in (0, 1).
            metric: A metric that speaks of diversity; the suite's first when None.
            at: Temperatures; all common ones when None.
        """
        return self._claim("is not less diverse than", within, [self._diversity(metric)], at, sign=-1)

    def __repr__(self) -> str:
        """Return both labels."""
        return visible(f"<{self.candidate.run.label} against {self.baseline.run.label}>", keep="")

    def _metrics(self, metric: str | Sequence[str] | None) -> list[Metric]:
        if metric is not None:
            return [self.look.metric(name) for name in ([metric] if isinstance(metric, str) else metric)]
        return [each for each in usual(self.look.view.suite) if each.form is not Form.SET and each.bounds == (0.0, 1.0)]

    def _diversity(self, metric: str | None) -> Metric:
        known = [self.look.metric(metric)] if metric else self._metrics(None)
        found = next((each for each in known if each.diversity), None)
        if found is None:
            raise UsageError(
                f"{metric or 'no metric of the suite'} speaks of diversity", hint="metric='rouge_l_distance' does"
            )
        return found

    def _compared(self, metrics: Sequence[Metric]) -> Comparison:
        key = tuple(metric.title for metric in metrics)
        if key not in self._made:
            bench = self.look.bench
            self._made[key] = compared(
                (self.baseline.run, self.baseline.store),
                (self.candidate.run, self.candidate.store),
                metrics,
                tools=equipped(self.look.view.suite, bench.cache(self.look.view.suite), None),
                terms=Terms(level=self.look.level),
            )
        return self._made[key]

    def _claim(
        self, verb: str, margin: float, metrics: Sequence[Metric], at: float | Sequence[float] | None, *, sign: int
    ) -> Claim:
        if not 0.0 < margin < 1.0:
            raise UsageError(f"within is {margin:g}, not between 0 and 1", hint="such as 0.05")
        if not metrics:
            raise UsageError(
                "no metric of the suite is a mean in [0, 1]", hint="metric= names one, such as exact_agreement"
            )
        chosen = None if at is None else {float(at)} if isinstance(at, int | float) else set(map(float, at))
        found = self._compared(metrics)
        by_title = {metric.title: metric for metric in metrics}
        parts = [
            self._part(contrast, by_title[contrast.metric], margin, sign)
            for contrast in found.contrasts
            if contrast.quantity is Quantity.VALUE and (chosen is None or contrast.temperature in chosen)
        ]
        if not parts:
            raise UsageError("there is no contrast at these temperatures", hint="at= names common ones")
        named = ", ".join(by_title)
        own, other = self.candidate.run.suite, self.baseline.run
        model_against_model = own.endpoint.model != other.suite.endpoint.model
        sides = (own.endpoint.model, other.suite.endpoint.model) if model_against_model else (own.name, other.label)
        return every(f"{sides[0]} {verb} {sides[1]} within {margin:g} ({named})", parts)

    def _part(self, contrast: Contrast, metric: Metric, share: float, sign: int) -> Claim:
        """Return the claim about one contrast; sign 0 is for both sides, 1 against growth of diversity, -1 loss."""
        text = f"{contrast.metric} at T = {contrast.temperature:g}"
        known = contrast.interval
        verdict, p_value = Verdict.INCONCLUSIVE, None
        if contrast.difference is None or known is None:
            lines = [contrast.undefined or contrast.method]
        else:
            margin = share if metric.bounds == (0.0, 1.0) else share * abs(contrast.baseline or 0.0)
            # Growth of what falls with diversity is a loss of it: the difference is told with the sign of diversity.
            turn = -1.0 if sign and metric.diversity * sign > 0 else 1.0
            value = turn * contrast.difference
            ends = (known.low, known.high) if turn > 0 else (-known.high, -known.low)
            tested = _tested(value, ends, margin, sign, self.look.level)
            p_value = tested.p_value
            outside = ends[1] < -margin or (sign == 0 and ends[0] > margin)
            surely = contrast.p_adjusted is not None and contrast.p_adjusted <= 1.0 - self.look.level
            verdict = Verdict.PASS if tested.shown else Verdict.FAIL if outside and surely else Verdict.INCONCLUSIVE
            lines = [_told(contrast, verdict, _limits(margin, turn if sign else 0.0))]
        evidence = Evidence(
            verdict=verdict,
            lines=tuple(lines),
            metric=contrast.metric,
            place=f"T = {contrast.temperature:g}",
            value=contrast.difference,
            interval=known,
            n_samples=contrast.n_units * max(1, contrast.n_prompts),
            p_value=p_value,
            change=""
            if contrast.difference is None or known is None
            else signed(contrast.difference, (known.low, known.high)),
        )
        return Claim(text=text, evidence=evidence, log=self.look.bench.log, show=lambda: self._answers(contrast))

    def _answers(self, contrast: Contrast) -> list[str]:
        """Return an answer of each side to the prompt that moved most at this temperature."""
        found = next(iter(self._made.values()), None)
        if found is None or contrast.temperature is None:
            return [*self.look.foot]
        before, after = (_at(side, contrast.temperature) for side in (self.baseline, self.candidate))
        for prompt in found.prompts:
            if prompt in before and prompt in after:
                new = next(
                    (s for s in after[prompt].samples if s.text not in {b.text for b in before[prompt].samples}), None
                )
                if new is not None:
                    head = f"an answer of {prompt} at T = {contrast.temperature:g} that the baseline did not give"
                    return [head, *pair(before[prompt].samples[0], new, ("baseline", "candidate")), *self.look.foot]
        return [*(most_different(next(iter(after.values()))) if after else []), *self.look.foot]


def _at(side: Side, temperature: float) -> dict[str, CellOutcomes]:
    """Return the cells of one side at a temperature that hold answers, by prompt."""
    cells = side.store.outcomes(side.run.label)
    return {c.cell.prompt.id: c for c in cells if c.cell.temperature == temperature and c.samples}


def _tested(value: float, ends: tuple[float, float], margin: float, sign: int, level: float) -> Equivalence:
    alpha = 1.0 - level
    if margin <= 0.0:
        return Equivalence(1.0, 1.0, 1.0, shown=False)
    return tost_of_interval(value, ends, level=level, margin=margin, alpha=alpha, lower_only=sign != 0)


def _limits(margin: float, turn: float) -> tuple[float, float]:
    """Return the least and the greatest difference that pass: on one side all do, unless `turn` is 0."""
    return (-margin if turn >= 0.0 else -math.inf, margin if turn <= 0.0 else math.inf)


def _told(contrast: Contrast, verdict: Verdict, limits: tuple[float, float]) -> str:
    """Return what a contrast says of its limits, and what would settle it."""
    value, ends = contrast.difference, contrast.interval
    if value is None or ends is None:
        return contrast.undefined or contrast.method
    low, high = limits
    region = f"above {low:g}" if math.isinf(high) else f"below {high:g}" if math.isinf(low) else f"within ±{high:g}"
    word = {Verdict.PASS: "lies", Verdict.FAIL: "does not lie", Verdict.INCONCLUSIVE: "is not shown to lie"}[verdict]
    units = contrast.needed_of or "samples of each prompt"
    shown = f"difference {signed(value, (ends.low, ends.high))} {word} {region}"
    told = f"{shown}: {contrast.baseline:.3f} -> {contrast.candidate:.3f}, {contrast.n_units} {units}"
    if verdict is not Verdict.INCONCLUSIVE or not low < value < high:
        return told
    known = (ends.low, ends.high)
    ways = [needed(value, known, bound, n=contrast.n_units) for bound in limits if math.isfinite(bound)]
    most = max((each.n for each in ways if each is not None), default=None)
    return told if most is None else f"{told}; about {most:,} would settle it"


def as_side(look: Look, run: Run) -> Side:
    """Return what a test looks at as one side of a comparison."""
    view = fixed_part(look.view)
    return Side(replace(run, suite=view.suite, label=view.label), Glimpse(look))
