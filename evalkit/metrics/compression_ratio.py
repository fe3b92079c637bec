"""Compression ratio: how much shorter the samples are when written together."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.metrics.base import set_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import JSON, Panel, Undefined
from evalkit.stats.streams import stream

_MOST_EFFORT = 9
_ORDERS = 20


def _follow(options: Mapping[str, JSON]) -> dict[str, Any]:
    # A beginning of texts in random order is a mean over subsets: its size does not tell how many texts there were.
    at_least("compression_ratio", options, size=1)
    return {"depends_on_n": options["size"] is None and options["rarefy"] is None}


def _no_ends(_texts: Sequence[str], _level: float) -> tuple[None, str]:
    return None, "none: the texts share one dictionary, so their spread is no guide to the value's"


@set_metric(
    unit="ratio",
    bounds=(0.0, math.inf),
    diversity=-1,
    depends_on_length=True,
    panel=Panel.LITERATURE,
    interval=_no_ends,
    of_options=_follow,
)
def compression_ratio(texts: Sequence[str], *, size: int | None = None) -> float:
    """Return the number of bytes of all samples over the number after compression (deflate, level 9, once).

    Repetition compresses: a higher ratio is less diversity. It rises with the number of samples and their length until
    32,768 bytes, as far as deflate looks back. Compare cells at a common `size` in bytes: then the first `size` bytes
    count, of the samples in 20 orders drawn by a fixed seed, and the mean is taken; a cell with fewer bytes has no
    value. Without a size the samples are sorted. In either case the order they came in does not count. Below about
    2,000 bytes the fixed cost of the format dominates, and a short answer alone has a ratio below 1; differences below
    3 % may come from the build of zlib. Where the samples hold no character at all, there is no value.

    References:
        C. Shaib et al., "Standardizing the Measurement of Text Diversity: A Tool and a Comparative Analysis of
        Scores", arXiv 2403.00553 (2024).
        P. Deutsch, "DEFLATE Compressed Data Format Specification version 1.3", RFC 1951 (1996).
    """
    if not any(texts):
        raise Undefined("every text is empty")
    lines = [text.encode("utf-8", "surrogatepass") for text in sorted(texts)]
    if size is None:
        return _ratio(b"\n".join(lines))
    total = sum(map(len, lines)) + len(lines) - 1
    if total < size:
        raise Undefined(
            f"the texts hold {total} bytes, fewer than the {size} to compare; a smaller size for all may help"
        )
    rng = stream(0, "compression_ratio", str(len(lines)))
    orders = [rng.permutation(len(lines)) for _ in range(_ORDERS)]
    return math.fsum(_ratio(b"\n".join(lines[place] for place in order)[:size]) for order in orders) / _ORDERS


def _ratio(joined: bytes) -> float:
    return len(joined) / len(zlib.compress(joined, _MOST_EFFORT))
