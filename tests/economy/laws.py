"""Laws of answers that are exactly known: a cell's is that of a pool of the embedded language's own answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import evalkit
from economy.questions import Question
from evalkit.analysis.measure import pairs_of
from evalkit.loopback.repertoire import law_for
from evalkit.metrics.base import resolve
from evalkit.nouns import (
    Cell,
    CellOutcomes,
    Decoding,
    Draw,
    Form,
    Measurement,
    Metric,
    Prompt,
    Sample,
    Suite,
)
from evalkit.stats.pairs import Kernel, Pairs, equal_pairs
from evalkit.stats.streams import stream
from evalkit.stats.ustatistic import jackknife_variance, pair_interval

SUITES = Path(__file__).parents[2] / "suites"
POOL = 2000
"""Answers in the pool of a cell, each as likely as any other."""
COMPARED = 500
"""The same, where all pairs of them are compared."""
SEED = 1


@dataclass(frozen=True, eq=False)
class Law:
    """What a metric sees of the answers of one cell: the classes they fall into, with chances."""

    metric: Metric
    """What is measured."""
    prompt: str
    """Of which prompt."""
    temperature: float
    """At which temperature."""
    chances: np.ndarray
    """(u,) chance of each class."""
    values: np.ndarray
    """(u,) value of each class of samples, or (u, u) of pairs of them; (0,) where only equality counts."""

    @property
    def truth(self) -> float:
        """The mean over samples, or over pairs of independent ones."""
        p = self.chances
        if self.metric.form is Form.SAMPLE:
            return float(p @ self.values)
        return float(p @ p) if not self.values.size else float(p @ self.values @ p)

    @property
    def spread(self) -> float:
        """What the variance of a mean of many samples is, times their number."""
        p, pairs = self.chances, self.metric.form is not Form.SAMPLE
        own = self.values if not pairs else (p if not self.values.size else self.values @ p)
        return float((4.0 if pairs else 1.0) * (p @ (own - self.truth) ** 2))

    def draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """Return (n,) the classes of so many answers."""
        return np.asarray(rng.choice(len(self.chances), size=n, p=self.chances))

    def measured(self, drawn: np.ndarray, *, level: float, alone: bool) -> Measurement:
        """Return what `measure_cell` says of answers, without the interval where it is not looked at.

        Args:
            drawn: (n,) their classes.
            level: Level of the interval.
            alone: Whether this is the suite's only prompt: a mean over several takes no interval of one.
        """
        n, ends = len(drawn), None
        if self.metric.form is Form.SAMPLE:
            seen = self.values[drawn]
            value, variance = float(seen.mean()), float(seen.var(ddof=1)) / n
            if alone:
                raise NotImplementedError
        else:
            pairs = self._pairs(drawn)
            value, variance = pairs.mean(), jackknife_variance(pairs)
            least, greatest = pairs.extremes()
            value = least if least == greatest else value
            if alone:
                ends = pair_interval(pairs, bounds=self.metric.bounds, level=level, equality=self.metric.equality)
        return Measurement(
            metric=self.metric.title,
            prompt_id=self.prompt,
            temperature=self.temperature,
            value=value,
            undefined=None,
            n_samples=n,
            interval=None if ends is None else evalkit.nouns.Interval(low=ends[0], high=ends[1], level=level),
            method="pool",
            variance=variance,
        )

    def _pairs(self, drawn: np.ndarray) -> Pairs:
        classes, counts = np.unique(drawn, return_counts=True)
        if not self.values.size:
            return equal_pairs([str(each) for each in classes], counts.astype(float))
        return Kernel(self.values[np.ix_(classes, classes)], counts.astype(float))


def suite_of(question: Question) -> Suite:
    """Return the shipped suite that is asked."""
    return evalkit.load_suite(SUITES / f"{question.suite}.yaml")


def metric_of(question: Question, suite: Suite) -> Metric:
    """Return the metric of the suite that is asked for."""
    fitting = [
        request
        for request in suite.metrics
        if request.name == question.metric and dict(request.options).get("level", "") == question.level
    ]
    return resolve(fitting[0])


def texts_of(suite: Suite, prompt: Prompt, temperature: float, size: int) -> list[str]:
    """Return answers of the embedded language to a prompt: one at temperature 0, where all are alike."""
    law = law_for([{"role": m.role, "content": m.content} for m in prompt.messages], temperature)
    rng = stream(SEED, "economy", suite.name, prompt.id, f"{temperature:g}")
    most = suite.decoding.max_tokens or 256
    return [law.answer(rng.random, most).text for _ in range(size if temperature else 1)]


def law_of(metric: Metric, prompt: Prompt, temperature: float, texts: list[str], *, rare: float = 0.0) -> Law:
    """Return what a metric sees of the law whose answers are these texts, each as likely as any other."""
    if rare:
        chances, values = np.array([1.0 - rare, rare]), np.zeros(0)
    elif metric.name == "exact_agreement":
        prepared = [metric.prepare(text) for text in texts] if metric.prepare else texts
        counts = np.array(list(Counter(prepared).values()), dtype=float)
        chances, values = counts / counts.sum(), np.zeros(0)
    elif metric.form is Form.SAMPLE:
        kinds, counts = np.unique(_values(metric, prompt, temperature, texts), return_counts=True)
        chances, values = counts / counts.sum(), kinds
    else:
        counts = np.array(list(Counter(texts[:COMPARED]).values()), dtype=float)
        kinds = list(dict.fromkeys(texts[:COMPARED]))
        chances, values = counts / counts.sum(), _compared(metric, kinds)
    return Law(metric, prompt.id, temperature, chances, values)


def _compared(metric: Metric, kinds: list[str]) -> np.ndarray:
    if len(kinds) == 1:
        return np.zeros((1, 1))
    pairs = pairs_of(metric, kinds, [metric.prepare(text) for text in kinds])
    return np.asarray(pairs.values)


def _values(metric: Metric, prompt: Prompt, temperature: float, texts: list[str]) -> list[float]:
    from evalkit.analysis.measure import values_of

    return [value for value in values_of(metric, outcomes(prompt, temperature, texts)) if value is not None]


def outcomes(prompt: Prompt, temperature: float, texts: list[str]) -> CellOutcomes:
    """Return a cell with these texts."""
    from evalkit.nouns import Endpoint

    cell = Cell(endpoint=Endpoint(model="m"), prompt=prompt, decoding=Decoding(temperature=temperature))
    samples = tuple(Sample(draw=Draw(cell=cell, replicate=i), text=text) for i, text in enumerate(texts))
    return CellOutcomes(cell=cell, samples=samples)
