"""Meanings: which samples of a cell say the same, as classes."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from evalkit.errors import StatisticsError, UnknownNameError, UsageError
from evalkit.features.base import feature
from evalkit.features.likeness import word_distances
from evalkit.features.vectors import vectors
from evalkit.nouns import JSON, CellOutcomes
from evalkit.nouns.ports import Judge, Tools
from evalkit.stats.clustering import average_linkage
from evalkit.stats.cosine import cosine_distances
from evalkit.text.levels import level_of, loose

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EXACT = ("raw", "nfc_strip", "whitespace", "loose", "punctuation")
MOST_PAIRS = 5_000
"""Pairs of one cell that a judge is asked about: as many as 100 different answers make, and each may cost twice."""
MOST_LINKED = 5_000
"""Different answers of one cell that are linked: every two of them are compared."""
_THRESHOLDS: Mapping[str, float] = {"lexical": 0.5, "embedding": 0.3, "judge": 0.5}

Equivalence: TypeAlias = Literal[
    "raw", "nfc_strip", "whitespace", "loose", "punctuation", "lexical", "embedding", "judge"
]
"""How to tell that two texts say the same."""

EQUIVALENCES: tuple[Equivalence, ...] = get_args(Equivalence)
"""Names of the ways to tell that two texts say the same."""

_Distances: TypeAlias = "Callable[[Sequence[int]], NDArray[np.float64]]"


def _check(options: Mapping[str, JSON]) -> None:
    equivalence, threshold = str(options["equivalence"]), options["threshold"]
    if equivalence in _EXACT:
        if threshold is not None:
            raise UsageError(f"the equivalence {equivalence!r} has no threshold", hint="texts are equal there, or not")
    elif not isinstance(threshold, int | float | None):
        raise UsageError(f"threshold is {threshold!r}, no number", hint="a distance at which texts still agree")
    else:
        _limit(equivalence, threshold)


@partial(feature, check=_check)
def meanings(
    cells: Sequence[CellOutcomes], tools: Tools, *, equivalence: Equivalence = "loose", threshold: float | None = None
) -> list[NDArray[np.intp]]:
    """Return (n,) classes for each cell: samples of one number say the same, by the chosen equivalence.

    ``raw``, ``nfc_strip``, ``whitespace``, ``loose`` and ``punctuation`` are equality at that level. The others
    join texts that differ even loosely, by average linkage up to `threshold`, the greatest mean distance between
    two classes that are one: ``lexical`` by the words that are not shared (0.5 unless told otherwise), ``embedding``
    by the angle between vectors (0.3), ``judge`` by the share of pairs that a judge, asked both ways, calls
    different (0.5). Each different text counts once, however often it came, so no class depends on which sample came
    first. Classes are made in each cell alone and numbered by the order of their texts. Samples without a
    visible character are a class of their own.

    References:
        Y. Zhang et al., "NoveltyBench: Evaluating Language Models for Humanlike Diversity", arXiv 2504.05228 (2025),
        for classes that a reader would not tell apart.
        L. Kuhn, Y. Gal, S. Farquhar, "Semantic Uncertainty", ICLR (2023), arXiv 2302.09664, for asking both ways.
    """
    _check({"equivalence": equivalence, "threshold": threshold})
    if equivalence in _EXACT:
        return [_numbered(_texts(found), equivalence) for found in cells]
    limit = _limit(equivalence, threshold)
    given = vectors(cells, tools) if equivalence == "embedding" else [None] * len(cells)
    verdicts: dict[tuple[str, str], bool] = {}
    classes = []
    for found, rows in zip(cells, given, strict=True):
        texts = _texts(found)
        if equivalence == "judge":
            _ask(found, tools.judge, verdicts)
        classes.append(_linked(texts, _distances_of(equivalence, texts, rows, verdicts), limit))
    return classes


def _limit(equivalence: str, threshold: float | None) -> float:
    if equivalence not in _THRESHOLDS:
        near = difflib.get_close_matches(equivalence, EQUIVALENCES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(EQUIVALENCES)}"
        raise UnknownNameError(f"there is no equivalence named {equivalence!r}", hint=hint)
    limit = _THRESHOLDS[equivalence] if threshold is None else float(threshold)
    if not 0.0 <= limit <= 1.0:
        raise UsageError(f"threshold is {limit:g}, not between 0 and 1", hint="a distance at which texts still agree")
    return limit


def _texts(found: CellOutcomes) -> list[str]:
    return [sample.text for sample in found.samples]


def _numbered(texts: Sequence[str], level: str) -> NDArray[np.intp]:
    brought = level_of(level)
    numbers: dict[str, int] = {}
    # Empty texts never share a class with others, such as mere punctuation at the level that drops it.
    different = dict.fromkeys(texts)
    said = [text for text in different if text.strip()]
    for some in ([text for text in different if not text.strip()] if len(said) < len(different) else [], said):
        keys = [brought(text) or "" for text in some]
        order = {key: number for number, key in enumerate(sorted(set(keys)), start=len(set(numbers.values())))}
        numbers.update(zip(some, map(order.__getitem__, keys), strict=True))
    return np.fromiter(map(numbers.__getitem__, texts), dtype=np.intp, count=len(texts))


def _linked(texts: Sequence[str], distances: _Distances, limit: float) -> NDArray[np.intp]:
    """Return (n,) classes: of each loose text once, in the order of the alphabet; empty ones apart."""
    places: dict[str, int] = {}
    for place in sorted(range(len(texts)), key=lambda number: (loose(texts[number]), texts[number])):
        places.setdefault(loose(texts[place]), place)
    said = [key for key in places if key]
    if len(said) > MOST_LINKED:
        raise StatisticsError(
            f"classes of meaning link up to {MOST_LINKED:,} different answers to a prompt, and there are {len(said):,}",
            hint="equivalence: loose counts equal ones, however many; or measure a run of fewer samples",
        )
    found = average_linkage(distances([places[key] for key in said]), limit) if said else np.zeros(0, dtype=np.intp)
    number = dict(zip(said, found + ("" in places), strict=True)) | ({"": 0} if "" in places else {})
    return np.array([number[loose(text)] for text in texts], dtype=np.intp)


def _distances_of(
    equivalence: str,
    texts: Sequence[str],
    rows: NDArray[np.float64] | None,
    verdicts: Mapping[tuple[str, str], bool],
) -> _Distances:
    def distances(places: Sequence[int]) -> NDArray[np.float64]:
        if rows is not None:
            return cosine_distances(rows[list(places)])
        if equivalence == "lexical":
            return word_distances([texts[place] for place in places])
        keys = [loose(texts[place]) for place in places]
        return np.array([[0.0 if a == b or verdicts[min(a, b), max(a, b)] else 1.0 for b in keys] for a in keys])

    return distances


def _ask(found: CellOutcomes, judge: Judge | None, verdicts: dict[tuple[str, str], bool]) -> None:
    """Add a verdict for each unordered pair of different loose texts of a cell that has none yet."""
    if judge is None:
        hint = "judge: {model: ...} in the suite, or tools=Tools(judge=...) for evalkit.measure"
        raise StatisticsError("the equivalence 'judge' needs a judge, and there is none", hint=hint)
    shown: dict[str, str] = {}
    for text in sorted(_texts(found)):
        shown.setdefault(loose(text), text)
    keys = sorted(key for key in shown if key)
    wanted = [(a, b) for place, a in enumerate(keys) for b in keys[place + 1 :] if (a, b) not in verdicts]
    if len(wanted) > MOST_PAIRS:
        raise StatisticsError(
            f"a judge would be asked about {len(wanted):,} pairs of answers to {found.cell.prompt.id!r} at"
            f" T = {found.cell.temperature:g}, more than {MOST_PAIRS:,}",
            hint="equivalence: lexical or embedding needs no judge; or measure a run of fewer samples",
        )
    question = found.cell.prompt.text
    several = getattr(judge, "verdicts", None)
    if several is not None:
        verdicts.update(zip(wanted, several(question, [(shown[a], shown[b]) for a, b in wanted]), strict=True))
        return
    for a, b in wanted:
        one, other = shown[a], shown[b]
        verdicts[a, b] = bool(judge.same(question, one, other)) and bool(judge.same(question, other, one))
