"""What is exactly so of the questions that the suites ask, and how often they ask them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from evalkit import api
from evalkit.loopback.truth import Truth, truth_of
from evalkit.nouns import Suite

FOLDER = Path(__file__).parent
T = 1.0
FLAT = (1.0, 1.0001, 1.0002)
"""Temperatures between which nothing moves that so few answers could show."""
LIKELY, LIKELIEST = 0.9, 0.7
"""top_p of the second suite of short questions, and of a real change."""
N = 30
"""Samples of each cell, as in the README."""
COLD, HOT, N_HOT = 0.7, 0.8, 84
"""A real change of temperature, and the samples of each prompt with which the planner sees it at about 80 %."""
ONE, N_ONE = "france", 128
"""The question, and its samples, with which it sees the likeliest words at about 80 %."""
STORY, N_STORY = "lighthouse", 28
"""The same for a story."""
N_STORIES = 13
"""The same for each of all stories."""


@lru_cache(maxsize=8)
def suite(name: str) -> Suite:
    """Return a suite."""
    return api.load_suite(FOLDER / f"{name}.yaml")


IDS = tuple(prompt.id for prompt in suite("short").prompts)
FACTS = tuple(prompt.id for prompt in suite("facts").prompts)
STORIES = tuple(prompt.id for prompt in suite("stories").prompts)


@lru_cache(maxsize=128)
def truth(prompt: str, top_p: float | None = None, temperature: float = T) -> Truth:
    """Return what is true of the answers to a question."""
    asked = next(each for name in ("short", "facts") for each in suite(name).prompts if each.id == prompt)
    messages = [{"role": turn.role, "content": turn.content} for turn in asked.messages]
    return truth_of(messages, temperature=temperature, top_p=top_p, max_tokens=60)


def value(metric: str, prompt: str, top_p: float | None = None) -> float:
    """Return the exact value of a metric."""
    name = {"exact_agreement": "agreement", "length_words": "expected_length", "prefix_agreement": "expected_prefix"}
    return float(getattr(truth(prompt, top_p), name[metric]))


def mean(metric: str, top_p: float | None = None) -> float:
    """Return its exact mean over the short questions."""
    return sum(value(metric, prompt, top_p) for prompt in IDS) / len(IDS)


def zeta1(found: Truth) -> float:
    """Return the exact variance of agreement with one more answer, given an answer."""
    return found.power_sum(3) - found.agreement**2


def short_enough(prompt: str) -> tuple[int, float]:
    """Return a number of words, and the exact chance of an answer that has so many at most; about a half or more."""
    total = 0.0
    for words, chance in enumerate(truth(prompt).length_distribution().tolist()):
        total += chance
        if total >= 0.5:
            return words, total
    raise AssertionError("chances sum to 1")
