"""The same metrics by evalkit: from texts to value and interval, as `measure` makes them, without a store."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from benchmarks.clients import cost_of
from benchmarks.texts import texts

_SEED = 5


def measured(names: Sequence[str], given: Sequence[str]) -> dict[str, float | None]:
    """Return each metric's value, or None where it has none, features included."""
    from evalkit.analysis.measure import measure_cell
    from evalkit.deriving import derived
    from evalkit.metrics.base import resolve
    from evalkit.nouns import Cell, CellOutcomes, Decoding, Draw, Endpoint, Message, MetricRequest, Prompt, Sample
    from evalkit.nouns.ports import Tools
    from evalkit.threads import single_threaded

    prompt = Prompt(id="p", messages=(Message(role="user", content="Tell a story."),))
    cell = Cell(endpoint=Endpoint(model="made"), prompt=prompt, decoding=Decoding(temperature=1.0))
    samples = tuple(Sample(draw=Draw(cell=cell, replicate=k), text=text) for k, text in enumerate(given))
    metrics = [resolve(MetricRequest(name=name)) for name in names]

    @single_threaded
    def work() -> dict[str, float | None]:
        return {
            metric.name: measure_cell(metric, found, derived=needed).value
            for found, rows in derived([CellOutcomes(cell=cell, samples=samples)], metrics, Tools())
            for metric, needed in zip(metrics, rows, strict=True)
        }

    return work()


def resampled(given: Sequence[str]) -> dict[str, float | None]:
    """Return the lower end of the interval of a mean over pairs, and what it cost, the matrix not counted."""
    import numpy as np

    from evalkit.features.tfidf import tfidf
    from evalkit.stats.ustatistic import pair_interval

    rows = tfidf(given)
    matrix = np.clip(rows @ rows.T, 0.0, 1.0)
    ends: list[tuple[float, float] | None] = []
    cost = cost_of(lambda: ends.append(pair_interval(matrix)))
    return {**cost, "value": None if ends[0] is None else ends[0][0]}


def main() -> None:
    """Print what one or more metrics cost at a number of texts; `slices` stands for the interval over pairs."""
    from evalkit.nouns import USUAL_METRICS

    n, names = int(sys.argv[1]), sys.argv[2:]
    few, many = (list(texts(size, seed=_SEED)) for size in (20, n))
    if names == ["slices"]:
        resampled(few)
        print(json.dumps(resampled(many)))  # noqa: T201 - the parent reads it
        return
    if names[0] == "usual":
        names = [name for name in USUAL_METRICS if name not in {each.removeprefix("-") for each in names[1:]}]
    measured(names, few)  # what is loaded once is no cost of a metric
    values: list[dict[str, float | None]] = []
    cost = cost_of(lambda: values.append(measured(names, many)))
    print(json.dumps({**cost, "value": values[0][names[0]]}))  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main()
