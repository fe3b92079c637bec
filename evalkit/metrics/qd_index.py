"""QD index: quality and diversity in one number, the chance of two good and different tries."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from rapidfuzz.distance import Indel

from evalkit.metrics.all_pairs import compared as compared_texts
from evalkit.metrics.all_pairs import several_compared
from evalkit.metrics.base import over_unique, pair_metric
from evalkit.metrics.quality_mean import quality_checked
from evalkit.nouns import JSON, Undefined
from evalkit.stats.rows import Rows, sparse_table, stacked
from evalkit.text.levels import at_level
from evalkit.text.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalkit.stats.pairs import Pairs

_MOST_COMPARED = 3_000

Item: TypeAlias = tuple[Any, ...]
"""Quality, what `compared` makes of the text, and the vector where vectors are compared."""
Distance: TypeAlias = Literal["vectors", "rouge_l", "exact"]
"""What tells two samples apart."""


def needs_of(options: Mapping[str, JSON]) -> Mapping[str, Any]:
    """Return what an item must hold for the distance that was chosen: vectors are dear, so only where compared.

    Raises:
        UsageError: The quality that was chosen is none, or refuses one of its options.
    """
    quality_checked(options)
    return {"needs": ("quality", "texts", *(("vectors",) if options["distance"] == "vectors" else ()))}


def compared(
    text: str,
    *,
    distance: Distance = "vectors",
    tokenizer: str = "uni",
    level: str = "nfc_strip",
    pattern: str | None = None,
) -> Hashable:
    """Return what a distance compares of a text: its tokens, or the text brought to a level; None for vectors."""
    if distance == "rouge_l":
        return tokens(text, tokenizer)
    # The pattern may be meant for the quality alone.
    return at_level(text, level=level, pattern=pattern if level == "answer" else None) if distance == "exact" else None


def qualities_of(items: Sequence[Item]) -> NDArray[np.float64]:
    """Return (n,) qualities in [0, 1].

    Raises:
        Undefined: A sample has none.
    """
    import numpy as np

    found = np.array([item[0] for item in items], dtype=np.float64)
    if np.isnan(found).any():
        raise Undefined("a sample has no quality, such as accuracy without a reference")
    return found


def pairs_between(
    items: Sequence[Item],
    counts: NDArray[np.float64],
    distance: Distance,
    *,
    scales: NDArray[np.float64] | None = None,
) -> Pairs:
    """Return the distances in [0, 1] of all pairs, each times the scales of both.

    Args:
        items: (u,) different ones, in an order that does not hang on how they came.
        counts: (u,) how often each came.
        distance: What tells two samples apart.
        scales: (u,); 1 when None.
    """
    import numpy as np

    from evalkit.stats.cosine import cosine_distance_pairs
    from evalkit.stats.pairs import MOST_WEIGHTED, Kernel
    from evalkit.stats.shifted_pairs import shifted_pairs

    scales = np.ones(len(items)) if scales is None else scales
    if len(items) > MOST_WEIGHTED and distance != "rouge_l":
        rows = stacked([item[2] for item in items]) if distance == "vectors" else _places([item[1] for item in items])
        found = cosine_distance_pairs(rows, counts, scales, nowhere=distance == "vectors")
        if found is not None:
            return found
    if len(items) <= _MOST_COMPARED:
        return Kernel(np.outer(scales, scales) * distances_of(items, distance), counts)
    of_pairs = partial(_several_distances, items, distance=distance)
    return shifted_pairs(counts, lambda a, b: scales[a] * scales[b] * of_pairs(a, b))


def distances_of(items: Sequence[Item], distance: Distance) -> NDArray[np.float64]:
    """Return the (n, n) distances in [0, 1] between samples."""
    if distance == "vectors":
        from evalkit.stats.cosine import cosine_distances

        return cosine_distances(stacked([item[2] for item in items]))
    texts = [item[1] for item in items]
    if distance == "rouge_l":
        return compared_texts(texts, Indel.normalized_distance)
    return over_unique(texts, _different)


def _several_distances(
    items: Sequence[Item], first: NDArray[np.intp], second: NDArray[np.intp], *, distance: Distance
) -> NDArray[np.float64]:
    if distance == "rouge_l":
        return several_compared([item[1] for item in items], first, second, Indel.normalized_distance)
    from evalkit.stats.cosine import several_cosine_distances

    return several_cosine_distances(stacked([item[2] for item in items]), first, second)


def _places(texts: Sequence[str | None]) -> Rows:
    """Return a row for each text that has one at a place of its own; none for what is the same as no other."""
    import numpy as np

    codes: dict[str, int] = {}
    places = np.array([-1 if text is None else codes.setdefault(text, len(codes)) for text in texts], dtype=np.intp)
    known = np.flatnonzero(places >= 0)
    table = sparse_table(np.ones(len(known)), known, places[known], (len(texts), len(codes)))
    return Rows(table, np.arange(len(texts)))


def _different(texts: list[str | None]) -> NDArray[np.float64]:
    import numpy as np

    # A text that holds no value or answer is the same as no other, not even as itself.
    same = np.diag([float(text is not None) for text in texts])
    return np.asarray(1.0 - same, dtype=np.float64)


def _matrix(items: Sequence[Item], *, distance: Distance = "vectors") -> NDArray[np.float64]:
    import numpy as np

    qualities = qualities_of(items)
    return np.outer(qualities, qualities) * distances_of(items, distance)


def _counted(items: Sequence[Item], counts: NDArray[np.float64], *, distance: Distance = "vectors") -> Pairs:
    return pairs_between(items, counts, distance, scales=qualities_of(items))


@pair_metric(
    depends_on_length=True,
    label="quality-diversity (QD) index",
    peaks=True,
    unit="index",
    bounds=(0.0, 1.0),
    prepare=compared,
    matrix=_matrix,
    counted=_counted,
    of_options=needs_of,
    needs=("quality", "texts", "vectors"),
)
def qd_index(a: Item, b: Item, *, distance: Distance = "vectors") -> float:
    """Return the product of two samples' qualities and their distance, in [0, 1]: the quality-diversity (QD) index.

    Its mean over pairs estimates E[q(X) q(X′) d(X, X′)] for two fresh samples of one prompt, without bias at any
    number of samples. Where quality and distance are 0 or 1 it is the chance that two tries are both acceptable and
    different. It is 0 for a parrot, whose answers are all the same, and 0 for noise, none of which is acceptable: so
    over temperature it may rise and fall, and the temperature at which it is largest is worth knowing, with its
    interval.

    The quality is named by `quality`, any metric of single samples in [0, 1]: ``validity`` unless told otherwise;
    its options are given here too. The distance is named by `distance`: ``vectors`` (one minus the cosine, 0 between
    texts without words), ``rouge_l`` (one minus the ROUGE-L F1 of the tokens that `tokenizer` cuts), or ``exact`` (1
    unless two texts are the same at a `level` of equality). Two empty texts are at distance 0, and an empty one at 1
    from any other. No weight is free. Print it with its two parts: it is the mean quality squared (`quality_mean`)
    times the mean distance weighted by quality (`weighted_distance`), up to sampling error.

    What it is not: originality against the world, or variety between models; it sees variety within a prompt only.
    It hangs on both names, so compare at equal ones. Quality must not be computed from the distance; a judge's
    quality needs a reliability of its own; and mere validity rewards wild but readable text. It moves with the
    length of the texts as far as the distance does. A sample without quality leaves the cell without a value.

    References:
        C. R. Rao, "Diversity and Dissimilarity Coefficients: A Unified Approach", Theoretical Population Biology
        21(1), 24-43 (1982), for the quadratic entropy, here of the acceptable mass.
        A. Shypula et al., "Evaluating the Diversity and Quality of LLM Generated Content", arXiv 2504.12522 (2025),
        for the pairwise form with binary quality and distance.
        The index with graded quality: definition by this project.
    """
    return float(_matrix([a, b], distance=distance)[0, 1])
