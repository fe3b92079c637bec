"""Clustering agreement: how far classes of meaning differ from plain equality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalkit.metrics.base import pair_metric
from evalkit.metrics.cluster_agreement import drift_of_classes
from evalkit.text.levels import at_level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def _plain(text: str, *, against: str = "loose") -> str | None:
    return at_level(text, level=against)


def _matrix(items: Sequence[tuple[int, str | None]]) -> NDArray[np.float64]:
    import numpy as np

    codes: dict[str | None, int] = {}
    labels = np.array([label for label, _ in items])
    keys = np.array([codes.setdefault(text, len(codes)) for _, text in items])
    same = (labels[:, None] == labels[None, :]) == (keys[:, None] == keys[None, :])
    return np.asarray(same, dtype=np.float64)


@pair_metric(
    unit="share",
    bounds=(0.0, 1.0),
    needs=("meanings", "texts"),
    prepare=_plain,
    matrix=_matrix,
    of_options=drift_of_classes,
)
def clustering_agreement(a: tuple[int, str | None], b: tuple[int, str | None]) -> float:
    """Return 1 when classes of meaning and plain equality say the same of two samples, else 0.

    Its mean over pairs, in [0, 1], is the Rand index of the two partitions: 1 where the classes are those of equal
    texts at the level `against`, lower the more pairs a threshold or a judge joined that differ in letters. It says
    nothing of diversity; it shows how much a finding about meanings
    hangs on how they were made. Choose that with `equivalence` and `threshold`; unless told otherwise the classes
    are plain equality themselves, and the value is 1.

    References:
        W. M. Rand, "Objective Criteria for the Evaluation of Clustering Methods", Journal of the American
        Statistical Association 66(336), 846-850 (1971).
    """
    return float((a[0] == b[0]) == (a[1] == b[1]))
