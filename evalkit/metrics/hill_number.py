"""Hill number: how many equally common answers would be as diverse."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import JSON, Panel, Undefined
from evalkit.stats import pairs, richness, ustatistic
from evalkit.text.classes import class_counts
from evalkit.text.levels import at_level

_OF_PAIRS = 2.0
_DRIFTS = "none: an order other than 2 hangs on the number of samples, so its spread over them is no guide"


def _of_q(options: Mapping[str, JSON]) -> Mapping[str, Any]:
    at_least("hill_number", options, q=0)
    return {"min_samples": 2 if options["q"] == _OF_PAIRS else 1}


def _ends(texts: Sequence[str | None], level: float, *, q: float = 2.0) -> tuple[tuple[float, float] | None, str]:
    if q != _OF_PAIRS:
        return None, _DRIFTS
    ends = ustatistic.pair_interval(
        pairs.Equal(np.array(class_counts(texts), dtype=np.float64)), level=level, equality=True
    )
    if ends is None or ends[0] <= 0.0:
        return None, "none: two samples may never agree, so the number has no upper end"
    return (1.0 / ends[1], 1.0 / ends[0]), "inverse of the guarded interval of the agreement of two samples"


@set_metric(
    label="Hill number",
    unit="answers",
    bounds=(1.0, math.inf),
    depends_on_length=True,
    diversity=1,
    panel=Panel.LITERATURE,
    prepare=at_level,
    interval=_ends,
    of_options=_of_q,
)
def hill_number(texts: Sequence[str | None], *, q: float = 2.0) -> float:
    """Return the effective number of different answers: so many, all equally common, would be as diverse.

    Order `q` is 2 unless told otherwise: one over the chance that two samples agree (`exact_agreement`), which is
    unbiased on the scale of that chance: compare and test there. Its inverse is too large with few samples, 2.2 of
    1.6 at n = 5, say, so it compares at one number of samples only. It may exceed n; where no two samples agree, it
    has no value, and a mean over prompts then lacks the most diverse of them: look at how many it rests on. The other
    orders are those of the sample itself, in [1, n], and rise with n whatever the model does, the more so the smaller
    q: 0 counts the different answers, 1 is the exponential of the plug-in entropy, infinity one over `modal_share`.
    What counts as the same is chosen by `level`; a text in which the `pattern` finds nothing is an answer of its own,
    empty texts are one.

    References:
        M. O. Hill, "Diversity and Evenness: A Unifying Notation and Its Consequences", Ecology 54(2), 427-432 (1973).
        L. Jost, "Entropy and Diversity", Oikos 113(2), 363-375 (2006).
    """
    counts = class_counts(texts)
    value = richness.unbiased_hill_2(counts) if q == _OF_PAIRS else richness.hill_number(counts, q)
    if value is None:
        raise Undefined("no two samples agree, so their effective number has no upper end")
    return max(1.0, value)  # not 0.9999999999999999 of equal samples
