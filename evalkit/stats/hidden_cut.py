"""What tokens that were drawn at several temperatures say of a cut, and of the temperatures.

Explained in docs/statistics.md, "Is what is reported what is sampled?".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from evalkit.stats.effective_temperature import Likelihood, Position, maximum
from evalkit.stats.pit import Cut, reaches, tables
from evalkit.stats.temperature_map import Fit, TemperatureMap, choose
from evalkit.stats.unlisted import Listed, Unlisted

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CUTS = ((Cut.RANK, False), (Cut.MASS, True), (Cut.MASS, False))
"""By what tokens are kept, and whether that is before the temperature."""
_LEAST = 5
_EVERY = [-5.0, 5.0]
"""Logarithms of temperatures that are searched."""
_Read = Mapping[float, tuple["NDArray[np.float64]", "NDArray[np.intp]"]]


@dataclass(frozen=True, slots=True)
class HiddenCut:
    """The cut that fits best, and whether no cut at all would do."""

    cut: Cut | None
    """By what; None where only tokens beyond the lists are cut, and by what can not be told."""
    before: bool
    """Whether tokens are kept by their probabilities before the temperature."""
    threshold: float
    """The narrowest that keeps all sampled tokens: so many of the likeliest, or the mass before the last one kept; no
    number where the cut lies beyond the lists."""
    gain: float
    """Log-likelihood with the cut less that without, both at the temperatures that were asked for; 0 or more."""
    p_value: float
    """In (0, 1]: that nothing is cut and the temperatures are those that were asked for."""
    kept: Mapping[float, tuple[Position, ...]]
    """The same places with the tokens that are kept: the temperature from these is the right one if this was cut."""
    n: int
    """Tokens behind it."""


def hidden_cut(
    positions: Mapping[float, Sequence[Position]],
    reported_at: Mapping[float, float],
    lists: Mapping[float, Sequence[Listed]] | None = None,
) -> HiddenCut | None:
    """Return the cut that explains the sampled tokens best at the temperatures asked for; None for fewer than five.

    Where nothing is cut, the chance that tokens stay inside of the narrowest threshold that keeps them all is the
    product of what it keeps: one over the factor by which the cut makes them likelier. So the p-value is that, times
    the number of cuts that are tried. A lower temperature makes unlikely tokens rare, too: hold the gain against that
    of `likelihood_map`, and take what explains more.

    Args:
        positions: Reported log-probabilities and which token was sampled, by the temperature that was asked for.
        reported_at: The temperature in the reported values, by the same.
        lists: Every place, those too whose sampled token was not listed; where given, too few of these count.

    References:
        `evalkit.stats.pit.truncation`, for the chance; Bonferroni's inequality. Definition by this project.
    """
    read = {t: tables(some) for t, some in positions.items()}
    read = {t: each for t, each in read.items() if len(each[1])}
    n = sum(len(sampled) for _, sampled in read.values())
    if n < _LEAST:
        return None
    as_listed = sum(_likelihood(*each).at(reported_at[t] / t) for t, each in read.items())
    unlisted = {t: Unlisted(some) for t, some in (lists or {}).items()}
    as_asked = as_listed - sum(each.lost(reported_at[t] / t) for t, each in unlisted.items())
    # Where any token came up that no list holds, only what lies beyond the lists can be cut.
    within = not any(each.n_outside for each in unlisted.values())
    found = [_cut(read, reported_at, cut, before=before) for cut, before in _CUTS] if within else []
    everything = {t: np.isfinite(logs) for t, (logs, _) in read.items()}
    kinds: list[tuple[Cut | None, bool]] = [*(_CUTS if within else ()), (None, False)]
    found.append((as_listed, math.nan, everything))
    best = max(range(len(found)), key=lambda i: found[i][0])
    log_likelihood, threshold, inside = found[best]
    gain = max(0.0, log_likelihood - as_asked)
    kept = {t: _kept(*read[t], inside[t]) if t in read else () for t in positions}
    p_value = min(1.0, (len(_CUTS) + 1) * math.exp(-gain))
    cut, is_before = kinds[best]
    return HiddenCut(cut, is_before, threshold, gain, p_value, kept, n)


def likelihood_map(
    positions: Mapping[float, Sequence[Position]],
    reported_at: Mapping[float, float],
    lists: Mapping[float, Sequence[Listed]] | None = None,
    *,
    alpha: float = 0.05,
) -> TemperatureMap:
    """Return what an endpoint does to temperatures, by the likelihood of the tokens themselves.

    As `evalkit.stats.temperature_map.temperature_map`, and stronger where some temperatures have few tokens: the
    logarithm of an estimate is far from normal there, and a ratio of likelihoods is not. Misfits are twice the
    log-likelihood that is lost against a temperature of its own for each that was asked for.

    Args:
        positions: Reported log-probabilities and which token was sampled, by the temperature that was asked for.
        reported_at: The temperature in the reported values, by the same.
        lists: Every place, those too whose sampled token was not listed; where given, too few of these count.
        alpha: Level at which the identity is excluded, in (0, 1).

    References:
        S. S. Wilks, "The Large-Sample Distribution of the Likelihood Ratio for Testing Composite Hypotheses", Annals
        of Mathematical Statistics 9(1), 60-62 (1938); G. Schwarz, "Estimating the Dimension of a Model", Annals of
        Statistics 6(2), 461-464 (1978).
    """
    each = {t: _likelihood(*tables(some)) for t, some in sorted(positions.items())}
    each = {t: likelihood for t, likelihood in each.items() if likelihood.n}
    left_out = tuple(t for t in positions if t not in each)
    found = {t: maximum(likelihood, reported_at=reported_at[t]) for t, likelihood in each.items()}
    if len(each) < 2:  # noqa: PLR2004 - a map of one temperature is any map
        return TemperatureMap(None, f"it takes tokens at two temperatures; there are {len(each)}", (), None, left_out)
    highs = [one.ends[1] for one in found.values() if one.value is None and one.ends and one.ends[0] == 0.0]
    if len(highs) == len(each):
        said = f"the likeliest token came up at every temperature: below {max(highs):.3g} throughout"
        return TemperatureMap(None, said, (), None, tuple(positions))
    unlisted = {t: Unlisted(some) for t, some in (lists or {}).items() if t in each}
    free = sum(_best(each[t], found[t].value, reported_at[t]) for t in each)

    def misfit(to: Callable[[float], float]) -> float:
        lost = sum(one.lost(reported_at[t] / to(t)) for t, one in unlisted.items())
        return max(0.0, 2.0 * (free + lost - sum(one.at(reported_at[t] / to(t)) for t, one in each.items())))

    price = math.log(max(2, sum(one.n for one in each.values())))
    fits = [Fit(name, told, lost, lost + price * len(told)) for name, told, lost in _maps(misfit, sorted(each))]
    return choose(fits, left_out, alpha)


def _maps(
    misfit: Callable[[Callable[[float], float]], float], asked: Sequence[float]
) -> Iterator[tuple[str, tuple[float, ...], float]]:
    """Yield maps with their best parameters and what they lose, the identity first."""
    yield "identity", (), misfit(lambda t: t)
    for name, bounds in (("constant", _EVERY), ("rescaled", _EVERY), ("clamped", [math.log(t) for t in asked])):
        # A ceiling between two temperatures may fit as well as one between two others: each pair is tried.
        lost = partial(_lost, name, misfit)
        found = [
            optimize.minimize_scalar(lost, bounds=pair, method="bounded", options={"xatol": 1e-3})
            for pair in pairwise(bounds)
        ]
        best = min(found, key=lambda one: float(one.fun))
        yield name, (math.exp(float(best.x)),), float(best.fun)


def _lost(name: str, misfit: Callable[[Callable[[float], float]], float], log: float) -> float:
    c = math.exp(log)
    return misfit(lambda t: c if name == "constant" else c * t if name == "rescaled" else min(t, c))


def _likelihood(logs: NDArray[np.float64], sampled: NDArray[np.intp]) -> Likelihood:
    counts = np.zeros_like(logs)
    counts[np.arange(len(sampled)), sampled] = 1.0
    return Likelihood(logs, counts)


def _best(likelihood: Likelihood, value: float | None, reported_at: float) -> float:
    """Return the log-likelihood at the best temperature."""
    if value is not None:
        return likelihood.at(reported_at / value)
    return max(likelihood.most_even, likelihood.most_certain)


def _cut(
    read: _Read, reported_at: Mapping[float, float], cut: Cut, *, before: bool
) -> tuple[float, float, dict[float, NDArray[np.bool_]]]:
    """Return the log-likelihood at the asked temperatures, the threshold, and which tokens it keeps."""
    out = {t: reaches(logs, cut, reported_at[t] / (1.0 if before else t)) for t, (logs, _) in read.items()}
    furthest = max(float(out[t][np.arange(len(sampled)), sampled].max()) for t, (_, sampled) in read.items())
    inside = {t: each <= furthest for t, each in out.items()}
    narrow = {t: _likelihood(np.where(inside[t], logs, -np.inf), sampled) for t, (logs, sampled) in read.items()}
    return sum(each.at(reported_at[t] / t) for t, each in narrow.items()), furthest, inside


def _kept(logs: NDArray[np.float64], sampled: NDArray[np.intp], inside: NDArray[np.bool_]) -> tuple[Position, ...]:
    found = []
    for row, place, keep in zip(logs, sampled, inside, strict=True):
        chosen = np.flatnonzero(keep & np.isfinite(row))
        found.append(Position(row[chosen].tolist(), int(np.flatnonzero(chosen == place)[0])))
    return tuple(found)
