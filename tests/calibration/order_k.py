"""Further tables: intervals for what k draws would give, for languages of any shape; not part of `make test`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from calibration.check import Check, Effort, Experiment, holds, widened
from calibration.shapes import LANGUAGES
from evalkit.stats.order_k_interval import distinct_interval, distinct_valid_interval, tar_interval
from evalkit.stats.streams import stream

ROW, SIZES, DRAWS = 107, (10, 20, 50), (2, 5, 10)
MORE = {
    "three texts": np.array([0.4, 0.3, 0.3]),
    "two of 0.45 among rare ones": np.r_[0.45, 0.45, np.full(100, 0.1 / 100)],
}
INTERVALS = {"TAR@k": tar_interval, "distinct@k": distinct_interval}
VALID = {
    "all": lambda place: place >= 0,
    "all but the commonest": lambda place: place > 0,
    "the commonest only": lambda place: place == 0,
    "every second": lambda place: place % 2 == 1,
    "none": lambda place: place < 0,
    "the rarer half": lambda place: place >= (len(place) + 1) // 2,
}
"""Which answers are called valid."""


def experiments(effort: Effort) -> Iterator[Experiment]:
    """Yield every experiment of this table; none where few settings are tried."""
    if not effort.every_setting:
        return
    for name in (*LANGUAGES, *MORE):
        yield partial(draws, name)
        yield partial(valid_draws, name)


def draws(name: str, effort: Effort) -> list[Check]:
    """Return the least coverage over sizes and draws of the intervals of TAR@k and distinct@k."""
    chances = (LANGUAGES | MORE)[name]
    found: dict[str, list[float]] = {quantity: [] for quantity in INTERVALS}
    for n in SIZES:
        for k in DRAWS:
            truths = {"TAR@k": (chances**k).sum(), "distinct@k": (1 - (1 - chances) ** k).sum()}
            rng = stream(effort.seed, "calibration", "order k", name, str(n), str(k))
            samples = [[int(c) for c in sample if c] for sample in rng.multinomial(n, chances, size=effort.runs // 2)]
            for quantity, interval in INTERVALS.items():
                hits = [holds(interval(sample, k), float(truths[quantity])) for sample in samples]
                found[quantity].append(float(np.mean(hits)))
    return [_least(quantity, name, shares, effort) for quantity, shares in found.items()]


def valid_draws(name: str, effort: Effort, k: int = 5) -> list[Check]:
    """Return the least coverage over sizes and kinds of validity of the interval of distinct-valid@5."""
    chances, found = (LANGUAGES | MORE)[name], []
    for n in SIZES:
        for which, among in VALID.items():
            valid = among(np.arange(len(chances)))
            truth = float((1 - (1 - chances[valid]) ** k).sum())
            rng = stream(effort.seed, "calibration", "valid at k", name, which, str(n))
            # Answers that are not valid are drawn and never counted: one class stands for all of them.
            accepted = [*([True] * int(valid.sum())), False]
            samples = rng.multinomial(n, chances, size=effort.runs // 2)
            counts = [[*sample[valid].tolist(), int(sample[~valid].sum())] for sample in samples]
            hits = [holds(distinct_valid_interval(each, accepted, k), truth) for each in counts]
            found.append(float(np.mean(hits)))
    return [_least(f"distinct-valid@{k}", name, found, effort)]


def _least(quantity: str, name: str, shares: list[float], effort: Effort) -> Check:
    least = widened((0.93, 1.0), 0.95, effort.slack)[0]
    return Check(
        row=ROW,
        quantity=quantity,
        language=name,
        setting=f"the least of {len(shares)} settings",
        runs=effort.runs // 2,
        truth=0.95,
        mean=min(shares),
        coverage=min(shares),
        limit=f"coverage at least {least:.0%}".replace("%", " %"),
        passed=min(shares) >= least,
    )
