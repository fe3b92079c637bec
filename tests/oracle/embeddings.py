"""Vectors of hashed character trigrams: distance of pairs and Vendi scores."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from evalkit.features.trigrams import Trigrams
from evalkit.stats.eigen_diversity import kernel_spectrum, vendi_score
from evalkit.stats.string_kernels import exact_match
from oracle.accounts import EIGENVALUES, Computed
from oracle.cells import value


def embeddings(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield what vectors say, for every set; texts without a trigram are left out, as the reference does."""
    for name, of_set in known["sets"].items():
        where = ("sets", name, "metrics", "embedding_vendi")
        rows = Trigrams().embed(of_set["texts"])
        texts = [text for text, row in zip(of_set["texts"], rows, strict=True) if row.any()]
        yield Computed((*where, "rows_used_nonzero"), "features/trigrams.py", len(texts))
        if "vendi_q1" not in of_set["metrics"]["embedding_vendi"]:
            continue
        yield Computed((*where, "mean_pairwise_cosine_distance"), "vector_distance", value(texts, "vector_distance"))
        for q in (0.5, 1, 2, math.inf):
            yield Computed((*where, f"vendi_q{q}"), "vendi_score", value(texts, "vendi_score", q=q), EIGENVALUES)
        inverse = value(texts, "vendi_pairs")
        yield Computed((*where, "vendi_q2_unbiased_inverse"), "vendi_pairs", inverse, EIGENVALUES)
        equal = vendi_score(kernel_spectrum(exact_match(texts)), q=1)
        yield Computed((*where, "vendi_q1_exact_match_kernel"), "stats/eigen_diversity.py", equal, EIGENVALUES)
