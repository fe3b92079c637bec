"""Self-BLEU: how much of each sample's n-grams stand in the others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from evalkit.metrics.base import set_metric
from evalkit.nouns import JSON, Panel
from evalkit.text.bleu import Rules, checked_order
from evalkit.text.bleu import self_bleu as scores_of
from evalkit.text.words import tokens


def _tokens(text: str, *, tokenizer: str = "uni") -> tuple[str, ...]:
    return tokens(text, tokenizer)


def _checked(options: Mapping[str, JSON]) -> dict[str, Any]:
    n: Any = options["n"]
    checked_order(n)
    return {}


@set_metric(
    label="self-BLEU-{n}",
    unit="similarity",
    bounds=(0.0, 1.0),
    min_samples=2,
    diversity=-1,
    depends_on_length=True,
    panel=Panel.LITERATURE,
    prepare=_tokens,
    of_options=_checked,
)
def self_bleu(
    texts: Sequence[tuple[str, ...]], *, n: int = 4, flavour: Literal["effective", "texygen"] = "effective"
) -> float:
    """Return the mean BLEU of each sample with all others as references, in [0, 1]; higher is less diverse.

    It rises with the number of samples, since more references hold more n-grams: compare only cells of the same
    number, or use `pairwise_bleu`. N-grams up to `n` weigh the same. In the flavour ``effective`` a text too short for
    an n-gram is judged by those it has, so equal answers score 1, however short; empty texts are equal to one another
    and unlike any other. In the flavour ``texygen``, for comparison with published numbers, equal answers of one word
    score 0.178 and empty ones 0. `tokenizer` says what a word is. One sample has no value.

    References:
        Y. Zhu et al., "Texygen: A Benchmarking Platform for Text Generation Models", SIGIR (2018), section 3.1,
        arXiv 1802.01886. The flavour ``effective``: definition by this project.
    """
    scores = scores_of(texts, Rules(order=n, effective_order=flavour == "effective"))
    return min(1.0, math.fsum(scores) / len(scores))
