"""Prefix survival: the chance that two samples begin with the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit.errors import UsageError
from evalkit.metrics.base import over_unique, pair_metric
from evalkit.text.prefixes import units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalkit.stats.pairs import Equal


def _beginning(text: str, *, length: int = 10, unit: str = "words") -> tuple[str, ...]:
    if length < 1:
        raise UsageError(f"prefix_survival can not compare {length} words", hint="length is 1 or more")
    return units(text, unit=unit)[:length]


def _matrix(beginnings: Sequence[tuple[str, ...]]) -> NDArray[np.float64]:
    import numpy as np

    return over_unique(beginnings, lambda unique: np.eye(len(unique)))


def _counted(beginnings: Sequence[tuple[str, ...]], counts: NDArray[np.float64]) -> Equal:
    from evalkit.stats.pairs import equal_pairs

    return equal_pairs(beginnings, counts)


@pair_metric(
    unit="probability",
    equality=True,
    bounds=(0.0, 1.0),
    diversity=-1,
    prepare=_beginning,
    matrix=_matrix,
    counted=_counted,
)
def prefix_survival(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """Return 1 when the first `length` words of two samples are the same, else 0.

    Its mean over pairs is one point of the survival curve of the common beginning, 10 words in unless told otherwise:
    asked for at several lengths, its first drop is where answers part. The limit on the length of answers and the
    answers' own length matter less to it than to `exact_agreement`. A text shorter than that counts whole: it agrees
    with its equals alone. Words and `unit` are those of `prefix_agreement`.

    References:
        E. H. Simpson, "Measurement of Diversity", Nature 163, 688 (1949), for the chance that two are the same. Of
        beginnings: definition by this project.
    """
    return float(a == b)
