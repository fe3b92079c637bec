"""Exact agreement: the chance that two samples are the same text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit.metrics.base import pair_metric
from evalkit.text.levels import at_level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalkit.stats.pairs import Equal


def _matrix(texts: Sequence[str | None]) -> NDArray[np.float64]:
    import numpy as np

    codes: dict[str, int] = {}
    index = np.array([-1 if text is None else codes.setdefault(text, len(codes)) for text in texts])
    same: NDArray[np.bool_] = (index[:, None] == index[None, :]) & (index >= 0)[:, None]
    return same.astype(np.float64)


def _counted(texts: Sequence[str | None], counts: NDArray[np.float64]) -> Equal:
    from evalkit.stats.pairs import equal_pairs

    return equal_pairs(texts, counts)


@pair_metric(
    unit="probability",
    equality=True,
    bounds=(0.0, 1.0),
    diversity=-1,
    depends_on_length=True,
    prepare=at_level,
    matrix=_matrix,
    counted=_counted,
)
def exact_agreement(a: str | None, b: str | None) -> float:
    """Return 1 when two samples are the same text, else 0.

    Its mean over pairs estimates the collision probability Σ pᵢ², the chance that two fresh samples agree,
    without bias at any number of samples. What counts as the same is chosen by `level`: ``raw``, ``nfc_strip``,
    ``whitespace``, ``loose`` (without case), ``punctuation`` (without that either), ``json`` (the value a text holds)
    or ``answer`` (what `pattern` finds last). A text that holds no value or answer agrees with no other. Longer texts
    agree less, mechanically: compare only cells of the same prompts and the same limit of tokens.

    References:
        E. H. Simpson, "Measurement of Diversity", Nature 163, 688 (1949).
        B. Atil et al., "Non-Determinism of 'Deterministic' LLM Settings", arXiv 2408.04667 (2024), for agreement
        of parsed answers.
    """
    return float(a is not None and a == b)
