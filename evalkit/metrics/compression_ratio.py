"""Compression ratio: how much shorter the samples are when written together."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.nouns import Undefined

_MOST_EFFORT = 9


@set_metric(unit="ratio", bounds=(0.0, math.inf), diversity=-1)
def compression_ratio(texts: Sequence[str]) -> float:
    """Return the number of bytes of all samples over the number after compression (deflate, level 9).

    The samples are sorted, so that their order does not count, and joined by line breaks. Repetition compresses: a
    higher ratio is less diversity. It rises with the number of samples and their length; below about 2,000 bytes
    the fixed cost of the format dominates; differences below 3 % may come from the build of zlib. Where the
    samples hold no character at all, there is no value.

    References:
        C. Shaib et al., "Standardizing the Measurement of Text Diversity: A Tool and a Comparative Analysis of
        Scores", arXiv 2403.00553 (2024).
        P. Deutsch, "DEFLATE Compressed Data Format Specification version 1.3", RFC 1951 (1996).
    """
    if not any(texts):
        raise Undefined("every text is empty")
    joined = "\n".join(sorted(texts)).encode("utf-8", "surrogatepass")
    return len(joined) / len(zlib.compress(joined, _MOST_EFFORT))
