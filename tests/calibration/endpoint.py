"""Further tables: the embedded endpoint, its languages simulated and asked over HTTP; not part of `make test`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

import evalkit
from calibration.check import Check, Effort, Experiment, Limits, Setting, holds, rate, unbiased
from calibration.readings import Measured
from evalkit.analysis.infer import curve
from evalkit.loopback.repertoire import law_of, topic_for
from evalkit.loopback.topics import TOPICS
from evalkit.loopback.truth import Truth, truth_of
from evalkit.nouns import Decoding, Endpoint, Measurement, Message, MetricRequest, Prompt, Suite
from evalkit.stats.streams import stream

PROMPTS, SAMPLES, WORDS = 30, 20, 256
TRUTHS = {"exact_agreement": "agreement", "prefix_agreement": "expected_prefix", "length_words": "expected_length"}
TEMPERATURES = (0.3, 0.7, 1.0)
OVER_HTTP = (0.1, 0.2, 0.4)
# Common words are too skewed over prompts for a t interval of 30; the table says by how much.
LEAST = {"exact_agreement": 0.93, "prefix_agreement": 0.88, "length_words": 0.92}


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of these tables; none where few settings are tried."""
    if not effort.every_setting:
        return
    yield over_http
    for temperature in TEMPERATURES:
        yield partial(simulated, temperature)


def simulated(temperature: float, effort: Effort) -> list[Check]:
    """Return the coverage of intervals over prompts and within one, of runs of 30 prompts drawn from all topics."""
    rng = stream(effort.seed, "calibration", "endpoint", f"T {temperature:g}")
    found = {name: _Found(Measured(name), _truths(name, temperature)) for name in TRUTHS}
    for _ in range(effort.runs // 2):
        places = rng.integers(len(TOPICS), size=PROMPTS).tolist()
        laws = [law_of(TOPICS[place], temperature) for place in places]
        cells = [[law.answer(rng.random, WORDS).text for _ in range(SAMPLES)] for law in laws]
        for each in found.values():
            each.add(places, cells)
    return [check for name, each in found.items() for check in each.checks(name, temperature, effort)]


@dataclass
class _Found:
    """What one metric gave, run after run."""

    reader: Measured
    truths: Sequence[float]
    values: list[float] = field(default_factory=list)
    over: list[bool] = field(default_factory=list)
    within: list[bool] = field(default_factory=list)
    bare: int = 0

    def add(self, places: Sequence[int], cells: Sequence[Sequence[str]]) -> None:
        """Measure one run: the topic of each prompt, and what it answered."""
        measured = [self.reader.measurement(texts, str(i)) for i, texts in enumerate(cells)]
        told = [(m, self.truths[place]) for m, place in zip(measured, places, strict=True) if m.interval is not None]
        self.bare += len(measured) - len(told)
        self.within += [_inside(m, truth) for m, truth in told]
        estimate = curve(self.reader.metric, measured, seed=0).points[0].estimate
        self.values.append(estimate.value)
        self.over.append(estimate.interval is not None and float(np.mean(self.truths)) in estimate.interval)

    def checks(self, name: str, temperature: float, effort: Effort) -> list[Check]:
        """Return what is to be said of it."""
        at = Setting(105, f"{name}, over prompts", "all topics", f"T {temperature:g}")
        limits = Limits(coverage=(LEAST[name], 1.0))
        inside = replace(at, quantity=f"{name}, within a prompt", words=f"{at.words}; {self.bare:,} without interval")
        return [
            unbiased(at, effort, self.values, float(np.mean(self.truths)), hits=self.over, limits=limits),
            rate(inside, effort, self.within, 0.95, (0.93, 1.0), what="coverage"),
        ]


def over_http(effort: Effort) -> list[Check]:
    """Return the share of intervals that hold the exact value, of 90 cells asked over HTTP."""
    prompts = tuple(Prompt(id=n, messages=(Message(role="user", content=cue),)) for n, cue in _questions())
    suite = Suite(
        name="exact",
        endpoint=Endpoint(model="storyteller-small", base_url="loopback"),
        prompts=prompts,
        temperatures=OVER_HTTP,
        samples=SAMPLES,
        metrics=tuple(MetricRequest(name=name) for name in TRUTHS),
        decoding=Decoding(max_tokens=WORDS),
    )
    cues = {prompt.id: prompt.text for prompt in prompts}
    with tempfile.TemporaryDirectory() as folder, evalkit.open_store(Path(folder) / "runs.sqlite") as store:
        evalkit.run(suite, store)
        curves = evalkit.measure(store, "exact")
    checks = []
    for name, truth in TRUTHS.items():
        cells = [m for point in curves[name].points for m in point.measurements if m.interval is not None]
        exact = [
            getattr(truth_of([{"role": "user", "content": cues[m.prompt_id]}], temperature=m.temperature), truth)
            for m in cells
        ]
        hits = [_inside(m, value) for m, value in zip(cells, exact, strict=True)]
        at = Setting(106, name, "embedded endpoint", f"{len(cells)} of 90 cells have an interval")
        checks.append(rate(at, effort, hits, 0.95, (0.90, 1.0), what="coverage"))
    return checks


def _questions() -> list[tuple[str, str]]:
    """Return topics that are called by a cue of their own, the wordiest answers first."""
    found = [(topic.name, max(topic.cues, key=len)) for topic in reversed(TOPICS) if topic.cues]
    mine = [(name, cue) for name, cue in found if topic_for([{"role": "user", "content": cue}]).name == name]
    return mine[:PROMPTS]


def _truths(name: str, temperature: float) -> list[float]:
    return [getattr(_truth(place, temperature), TRUTHS[name]) for place in range(len(TOPICS))]


@lru_cache(maxsize=256)
def _truth(place: int, temperature: float) -> Truth:
    return Truth(law_of(TOPICS[place], temperature), WORDS)


def _inside(found: Measurement, truth: float) -> bool:
    return found.interval is not None and holds((found.interval.low, found.interval.high), truth)
