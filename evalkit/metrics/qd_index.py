"""QD index: quality and diversity in one number, the chance of two good and different tries."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from rapidfuzz.distance import Indel

from evalkit.metrics.all_pairs import compared as compared_texts
from evalkit.metrics.base import over_unique, pair_metric
from evalkit.metrics.quality_mean import quality_checked
from evalkit.nouns import JSON, Undefined
from evalkit.text.levels import at_level
from evalkit.text.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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


def distances_of(items: Sequence[Item], distance: Distance) -> NDArray[np.float64]:
    """Return the (n, n) distances in [0, 1] between samples."""
    if distance == "vectors":
        import numpy as np

        from evalkit.stats.cosine import cosine_distances

        return cosine_distances(np.array([item[2] for item in items], dtype=np.float64))
    texts = [item[1] for item in items]
    if distance == "rouge_l":
        return compared_texts(texts, Indel.normalized_distance)
    return over_unique(texts, _different)


def _different(texts: list[str | None]) -> NDArray[np.float64]:
    import numpy as np

    # A text that holds no value or answer is the same as no other, not even as itself.
    same = np.diag([float(text is not None) for text in texts])
    return np.asarray(1.0 - same, dtype=np.float64)


def _matrix(items: Sequence[Item], *, distance: Distance = "vectors") -> NDArray[np.float64]:
    import numpy as np

    qualities = qualities_of(items)
    return np.outer(qualities, qualities) * distances_of(items, distance)


@pair_metric(
    depends_on_length=True,
    label="quality-diversity (QD) index",
    peaks=True,
    unit="index",
    bounds=(0.0, 1.0),
    prepare=compared,
    matrix=_matrix,
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
