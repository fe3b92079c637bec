"""What to do with the numbers: where quality falls, which temperature serves which aim, which ones match."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.nouns.estimate import Estimand


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """The temperature beyond which a curve of quality falls clearly: the kink of the closest line."""

    metric: str
    """Title of the metric, such as ``accuracy``."""
    words: str
    """The metric as readers know it."""
    temperature: float | None
    """The kink of the closest line, level and then falling: a fall that begins gently begins before it. None when no
    fall is shown, or none can be looked for."""
    low: float | None
    """Lower end of its interval; None when there is none."""
    high: float | None
    """Upper end of its interval, never equal to the lower; None when there is none."""
    level: float = 0.95
    """Level of the interval, in (0, 1)."""
    kind: str
    """``falls``, ``no fall shown`` or ``unknown``."""
    n_prompts: int
    """Prompts it rests on."""
    method: str
    """How it was found, or why it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Which temperature serves an aim, as far as the data carry it."""

    aim: str
    """``repeatable``, ``balanced`` or ``creative``."""
    decided: bool
    """Whether the data carry it."""
    temperature: float | None
    """The temperature to use; None when undecided."""
    sentence: str
    """The advice, or why it is undecided, for a reader who knows no statistics."""
    evidence: tuple[str, ...]
    """The numbers it rests on, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The temperature at which the candidate is as diverse as the baseline at its own."""

    metric: str
    """Title of the metric of diversity."""
    words: str
    """The metric as readers know it."""
    temperature: float
    """The baseline's."""
    value: float | None
    """The candidate's; None where it lies outside the temperatures that were measured."""
    low: float | None
    """Lower end of its interval; None where that lies below the lowest temperature measured."""
    high: float | None
    """Upper end of its interval; None where that lies above the highest temperature measured."""
    has_interval: bool
    """Whether there is an interval at all."""
    reason: str | None
    """Why there is no value; None when there is one."""
    level: float = 0.95
    """Level of the interval, in (0, 1)."""
    n_prompts: int = 0
    """Prompts it rests on."""
    estimand: Estimand = Estimand.THESE_PROMPTS
    """What the interval speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """The matched temperatures of one metric, to be drawn against the baseline's own."""

    words: str
    """The metric as readers know it."""
    matches: tuple[Match, ...]
    """By the baseline's temperature."""
    baseline: str
    """Label of the earlier run."""
    candidate: str
    """Label of the later run."""
    temperatures: tuple[float, ...]
    """Temperatures above 0 that both were asked at, ascending."""
