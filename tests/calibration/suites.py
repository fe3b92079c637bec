"""A suite of prompts with known truths: the short language, sharper for some prompts and blunter for others.

A prompt's logits are those of the language times its sharpness, so its answers at a temperature are the
language's at temperature over sharpness, and everything is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from calibration.sources import Short, kernel
from evalkit.loopback.enumerable import WEATHER
from evalkit.stats.ustatistic import jackknife_variance, pair_mean

SHARPNESS = tuple(float(x) for x in np.geomspace(0.5, 2.0, 60).round(4))
"""One for each prompt there is."""


@lru_cache(maxsize=1024)
def prompt(place: int, temperature: float) -> Short:
    """Return what a prompt says at a temperature."""
    return Short(temperature / SHARPNESS[place])


@lru_cache(maxsize=4096)
def truth(place: int, temperature: float, name: str) -> float:
    """Return the exact mean over pairs of a prompt's answers."""
    law = prompt(place, temperature).truth
    return law.agreement if name == "equal" else law.expect_pair(kernel(name)).mean


def mean_truth(places: tuple[int, ...], temperature: float, name: str = "equal") -> float:
    """Return the mean over prompts."""
    return float(np.mean([truth(place, temperature, name) for place in places]))


EVERY = tuple(range(len(SHARPNESS)))
TEN = EVERY[3::6]
"""Ten prompts of a fixed suite."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What one prompt answered."""

    places: np.ndarray
    """Places of the answers in the list."""

    @property
    def texts(self) -> list[str]:
        """The answers."""
        return [WEATHER.texts[place] for place in self.places]

    def matrix(self, name: str = "equal") -> np.ndarray:
        """Return the pair matrix."""
        return kernel(name)[np.ix_(self.places, self.places)]

    @cached_property
    def agreement(self) -> float:
        """Pair agreement."""
        return pair_mean(self.matrix())

    @cached_property
    def variance(self) -> float:
        """Its jackknife variance."""
        return jackknife_variance(self.matrix())


def ask(places: tuple[int, ...], temperature: float, n: int, rng: np.random.Generator) -> list[Answers]:
    """Return n answers of each prompt."""
    return [Answers(prompt(place, temperature).places(rng, n)) for place in places]
