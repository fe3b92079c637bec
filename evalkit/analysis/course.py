"""Whether answers changed while the run was going on: quantities by part of the run, with a test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from evalkit.nouns import Caution, CellOutcomes, Course, Courses, Interval, Stretch
from evalkit.stats.multiplicity import holm
from evalkit.stats.order import order_distance, order_trend, within_blocks
from evalkit.stats.streams import stream
from evalkit.text.bags import jaccard, of_union
from evalkit.text.grams import grams_of
from evalkit.text.prefixes import units_of
from evalkit.text.words import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW_SAMPLES = 6
"""Below, a cell has too few orders to tell one from another."""
MOST_COMPARED = 24
"""Samples of a cell whose likeness is looked at, evenly chosen over the run."""
MOST_PARTS = 6
"""Parts of a run at most."""
UNITS = {"words": "words", "likeness": "share", "latency": "s"}
"""Quantities, and what each is counted in."""
_FAMILIES = (("words", "likeness"), ("latency",))
_LEAST_PARTS = 3
_MOST_WORDS = 50_000  # different ones, up to which texts are compared by a table of all of them

_Block: TypeAlias = "tuple[NDArray[np.float64], NDArray[np.float64]]"


@dataclass(frozen=True, slots=True)
class _Cell:
    """What is remembered of a cell: numbers only."""

    prompt: str
    replicates: NDArray[np.intp]
    words: NDArray[np.float64]
    latency: NDArray[np.float64]
    compared: NDArray[np.intp]
    likeness: NDArray[np.float64]


class Timeline:
    """Quantities by part of the run, from cells seen once and not kept."""

    def __init__(self, *, samples: int, seed: int = 0, level: float = 0.95) -> None:
        """Remember the design.

        Args:
            samples: Replicates that were planned of each cell; the number of a replicate is the clock, since
                replicate r of every cell is sent before replicate r + 1 of any.
            seed: Seed of the orders that are drawn.
            level: Level of the intervals; one minus it is the greatest p-value that shows drift.
        """
        self._samples, self._seed, self._level = samples, seed, level
        self._edges = parts_of(samples)
        self._at: defaultdict[float, list[_Cell]] = defaultdict(list)

    def see(self, outcomes: CellOutcomes) -> None:
        """Add one cell; cells of few samples have no course."""
        samples = outcomes.samples
        if len(samples) < FEW_SAMPLES or not self._edges:
            return
        compared = np.linspace(0, len(samples) - 1, min(len(samples), MOST_COMPARED)).astype(np.intp)
        latency = [np.nan if sample.latency_s is None else sample.latency_s for sample in samples]
        self._at[outcomes.cell.temperature].append(
            _Cell(
                prompt=outcomes.cell.prompt.id,
                replicates=np.array([sample.draw.replicate for sample in samples], dtype=np.intp),
                words=np.array(list(map(len, units_of([sample.text for sample in samples]))), dtype=np.float64),
                latency=np.array(latency, dtype=np.float64),
                compared=compared,
                likeness=likeness([samples[index].text for index in compared]),
            )
        )

    def courses(self) -> Courses:
        """Return every quantity at every temperature; p-values of texts are adjusted together, those of time apart."""
        found: list[Course] = []
        for family in _FAMILIES:
            raw = [
                self._course(quantity, temperature, cells)
                for quantity in family
                for temperature, cells in sorted(self._at.items())
                if quantity != "latency" or any(np.isfinite(cell.latency).any() for cell in cells)
            ]
            tested = [course.p_value for course in raw if course.p_value is not None]
            adjusted = iter(holm(tested) if tested else ())
            found += [c if c.p_value is None else replace(c, p_adjusted=next(adjusted)) for c in raw]
        return Courses(courses=tuple(found))

    def _course(self, quantity: str, temperature: float, cells: Sequence[_Cell]) -> Course:
        rng = stream(self._seed, "course", quantity, f"{temperature:g}")
        blocks = [block for cell in cells if len((block := _block(cell, quantity))[0]) >= FEW_SAMPLES]
        test = (order_distance if quantity == "likeness" else order_trend)(blocks, rng)
        none = "no prompt has 6 samples of it" if not blocks else "it never differs within a prompt"
        return Course(
            quantity=quantity,
            unit=UNITS[quantity],
            temperature=temperature,
            stretches=self._stretches(blocks, quantity),
            statistic=None if test is None else test.statistic,
            p_value=None if test is None else test.p_value,
            p_adjusted=None if test is None else test.p_value,
            undefined=none if test is None else None,
            n_prompts=len(blocks),
            n_samples=sum(len(times) for times, _ in blocks),
            level=self._level,
        )

    def _stretches(self, blocks: Sequence[_Block], quantity: str) -> tuple[Stretch, ...]:
        of = likeness_by_part if quantity == "likeness" else mean_by_part
        rows = np.array([of(times, values, self._edges) for times, values in blocks]).reshape(-1, len(self._edges))
        rows = rows[np.isfinite(rows).all(axis=1)]
        known = len(rows) > 0
        ends = within_blocks(rows, level=self._level) if known else [None] * len(self._edges)
        means = rows.mean(axis=0).tolist() if known else [None] * len(self._edges)
        last = [*(edge - 1 for edge in self._edges[1:]), self._samples - 1]
        return tuple(
            Stretch(
                first=first,
                last=until,
                value=value,
                interval=None if pair is None else Interval(low=pair[0], high=pair[1], level=self._level),
            )
            for first, until, value, pair in zip(self._edges, last, means, ends, strict=True)
        )


def parts_of(samples: int) -> tuple[int, ...]:
    """Return the first replicate of each part of a run; none for a run of few samples.

    Parts hold two replicates or more, and are equal where a number of parts from three to six divides the samples.

    Args:
        samples: Replicates of each cell.
    """
    if samples < FEW_SAMPLES:
        return ()
    most = min(MOST_PARTS, samples // 2)
    n = next((n for n in range(most, _LEAST_PARTS - 1, -1) if samples % n == 0), most)
    return tuple(part * samples // n for part in range(n))


def likeness(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the share of the words of every two texts that both have, in [0, 1]; (n, n), 1 for two without a word.

    Args:
        texts: (n,) texts.
    """
    found = grams_of([tokens(text) for text in texts])
    grams = found.held(1)
    if len(grams.starts) > _MOST_WORDS:
        return jaccard([tokens(text) for text in texts])
    held = np.zeros((len(found.lengths), len(grams.starts)))
    held[grams.texts, np.repeat(np.arange(len(grams.starts)), grams.sizes)] = 1.0
    return of_union(held @ held.T)[np.ix_(found.place_of, found.place_of)]


def drift_cautions(courses: Courses) -> tuple[Caution, ...]:
    """Return the caution that texts changed during the run; none where that is not shown."""
    shown = [course for course in courses.courses if course.drifts and course.quantity != "latency"]
    if not shown:
        return ()
    facts = ", ".join(
        f"{_named(course)} at T = {course.temperature:g} (p = {course.p_adjusted:.2g})" for course in shown
    )
    return (
        Caution(
            slug="drift",
            fact=f"Answers changed while the run was going on: {facts}.",
            meaning="Temperatures stay comparable, since they were asked in turns; but the level is a mixture of what"
            " was answered early and late, and a run at another time may differ for that reason alone.",
            remedy="Look for a change of version or load at the endpoint; draw the run again in one go.",
            temperatures=tuple(sorted({course.temperature for course in shown})),
        ),
    )


def _named(course: Course) -> str:
    if course.quantity == "likeness":
        return "answers near in time are more alike than distant ones"
    return f"answers grew {'longer' if (course.statistic or 0.0) > 0 else 'shorter'}"


def _block(cell: _Cell, quantity: str) -> _Block:
    if quantity == "likeness":
        return cell.replicates[cell.compared].astype(np.float64), cell.likeness
    values = cell.words if quantity == "words" else cell.latency
    known = np.isfinite(values)
    return cell.replicates[known].astype(np.float64), values[known]


def _parts(times: NDArray[np.float64], edges: Sequence[int]) -> NDArray[np.intp]:
    return np.searchsorted(np.asarray(edges), times, side="right") - 1


def mean_by_part(times: NDArray[np.float64], values: NDArray[np.float64], edges: Sequence[int]) -> list[float]:
    """Return the mean of the values of each part; nan for a part without one.

    Args:
        times: (n,) replicates.
        values: (n,) values.
        edges: First replicate of each part.
    """
    part, n = _parts(times, edges), len(edges)
    return _ratios(np.bincount(part, weights=values, minlength=n), np.bincount(part, minlength=n))


def likeness_by_part(times: NDArray[np.float64], values: NDArray[np.float64], edges: Sequence[int]) -> list[float]:
    """Return how alike the answers of each part are to those of the first; an answer is not compared with itself.

    Args:
        times: (n,) replicates.
        values: (n, n) likenesses of every two.
        edges: First replicate of each part.
    """
    part, n = _parts(times, edges), len(edges)
    first = part == 0
    sums = values[first].sum(axis=0) - np.where(first, np.diagonal(values), 0.0)
    pairs = int(first.sum()) * np.bincount(part, minlength=n)
    pairs[0] -= int(first.sum())
    return _ratios(np.bincount(part, weights=sums, minlength=n), pairs)


def _ratios(sums: NDArray[Any], counts: NDArray[np.intp]) -> list[float]:
    """Return the mean of each part; nan for an empty one."""
    found: list[float] = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0).tolist()
    return found
