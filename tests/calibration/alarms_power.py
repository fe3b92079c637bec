"""What the planner says of the real changes that `alarming/changed.py` looks at, from pilot runs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from statistics import fmean, median

from calibration.alarming import truths
from calibration.alarming.truths import (
    COLD,
    FACTS,
    HOT,
    LIKELIEST,
    N_HOT,
    N_ONE,
    N_STORIES,
    N_STORY,
    ONE,
    STORIES,
    STORY,
    T,
)
from calibration.readings import Measured
from evalkit import api
from evalkit.loopback.repertoire import law_for
from evalkit.nouns import MetricRequest
from evalkit.powering import Variation, difference, variation
from evalkit.stats.power import zeta1_of
from evalkit.stats.streams import stream

PILOTS, PILOT_SAMPLES = 20, 20
_BLOCKS, _BLOCK = 100, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A real change, and how a test looks for it."""

    test: str
    """Name of the test in `changed.py`."""
    words: str
    """What changes."""
    asked: str
    """How it is looked for."""
    suite: str
    """The suite."""
    prompts: tuple[str, ...]
    """Its prompts."""
    temperature: float
    """That of a pilot: of what there is before the change."""
    metric: str
    """The metric."""
    samples: int
    """Samples of each prompt on each side."""
    caught: str
    """The verdict of the contrast that means it was caught; empty where the claim itself says it."""
    exactly: Callable[[], tuple[float, float, float]]
    """Gives the difference, zeta1 as the mean of both sides, and the metric before: exactly, or from many answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What the planner said of a change."""

    change: Change
    """The change."""
    delta: float
    """The difference."""
    zeta1: float
    """zeta1 as it is."""
    powers: tuple[float, ...]
    """Predicted power from each pilot run."""
    exact: float
    """Predicted power from zeta1 as it is."""

    @property
    def usual(self) -> float:
        """The prediction of the pilot in the middle."""
        return median(self.powers)


def _hotter() -> tuple[float, float, float]:
    cold, hot = ([truths.truth(p, None, t) for p in FACTS] for t in (COLD, HOT))
    before = fmean(t.agreement for t in cold)
    return fmean(t.agreement for t in hot) - before, fmean(truths.zeta1(t) for t in (*cold, *hot)), before


def _likeliest() -> tuple[float, float, float]:
    before, after = truths.truth(ONE), truths.truth(ONE, LIKELIEST)
    zeta1 = (truths.zeta1(before) + truths.zeta1(after)) / 2.0
    return after.agreement - before.agreement, zeta1, before.agreement


def _story() -> tuple[float, float, float]:
    return _of_story(STORY)


def _stories() -> tuple[float, float, float]:
    delta, zeta1, before = (fmean(column) for column in zip(*map(_of_story, STORIES), strict=True))
    return delta, zeta1, before


@lru_cache(maxsize=8)
def _of_story(name: str) -> tuple[float, float, float]:
    """Return difference, zeta1 and distance of a story, from 10,000 answers of each side in blocks of 100."""
    prompt = next(each for each in truths.suite("stories").prompts if each.id == name)
    messages = [{"role": turn.role, "content": turn.content} for turn in prompt.messages]
    reader, means, parts = Measured("rouge_l_distance"), [], []
    for top_p in (None, LIKELIEST):
        law, rng = law_for(messages, T, top_p), stream(1, "alarms", name, str(top_p))
        cells = [reader.measurement([law.answer(rng.random, 200).text for _ in range(_BLOCK)]) for _ in range(_BLOCKS)]
        means.append(fmean(m.value or 0.0 for m in cells))
        parts.append(zeta1_of([m.variance or 0.0 for m in cells], [m.n_samples for m in cells]))
    return means[1] - means[0], fmean(parts), means[0]


CHANGES = (
    Change(
        test="test_hotter",
        words=f"temperature {COLD:g} to {HOT:g}",
        asked=f"`agreement[{HOT:g}] < agreement[{COLD:g}]`, mean of ten questions",
        suite="facts",
        prompts=FACTS,
        temperature=COLD,
        metric="exact_agreement",
        samples=N_HOT,
        caught="",
        exactly=_hotter,
    ),
    Change(
        test="test_likeliest_words",
        words=f"top_p 1 to {LIKELIEST:g}",
        asked="verdict of `evalkit.compare()` on one question",
        suite="facts",
        prompts=(ONE,),
        temperature=T,
        metric="exact_agreement",
        samples=N_ONE,
        caught="HIGHER",
        exactly=_likeliest,
    ),
    Change(
        test="test_likeliest_words_of_all_stories",
        words=f"top_p 1 to {LIKELIEST:g}",
        asked="verdict of `evalkit.compare()` on six stories",
        suite="all_stories",
        prompts=STORIES,
        temperature=T,
        metric="rouge_l_distance",
        samples=N_STORIES,
        caught="LOWER",
        exactly=_stories,
    ),
    Change(
        test="test_likeliest_words_of_a_story",
        words=f"top_p 1 to {LIKELIEST:g}",
        asked="verdict of `evalkit.compare()` on one story",
        suite="stories",
        prompts=(STORY,),
        temperature=T,
        metric="rouge_l_distance",
        samples=N_STORY,
        caught="LOWER",
        exactly=_story,
    ),
)


def predicted(url: str, change: Change) -> Prediction:
    """Return what the planner says of a change, from pilot runs of what there is before it."""
    delta, zeta1, before = change.exactly()
    suite = truths.suite(change.suite)
    suite = replace(
        suite,
        endpoint=replace(suite.endpoint, base_url=url),
        prompts=tuple(each for each in suite.prompts if each.id in change.prompts),
        temperatures=(change.temperature,),
        samples=PILOT_SAMPLES,
        metrics=(MetricRequest(name=change.metric),),
    )
    powers = []
    for number in range(PILOTS):
        with tempfile.TemporaryDirectory() as folder, api.open_store(Path(folder) / "pilot.sqlite") as store:
            # The seed differs each time: an endpoint asked anew gives new answers.
            run = replace(suite, seed=number)
            api.run(run, store)
            powers.append(_power(change, delta, variation(api.measure(store, run.name)[change.metric])))
    exact = _power(change, delta, Variation(zeta1=zeta1, basis="as it is", value=before))
    return Prediction(change=change, delta=delta, zeta1=zeta1, powers=tuple(powers), exact=exact)


def _power(change: Change, delta: float, vary: Variation) -> float:
    rows = difference(abs(delta), vary, prompts=[len(change.prompts)], samples=change.samples).rows
    return float(rows[0]["power_these_prompts"])
