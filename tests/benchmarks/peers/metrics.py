"""Metrics of other libraries, or written down plainly, over the same texts: what each costs, and its value."""

from __future__ import annotations

import itertools
import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.clients import cost_of
from benchmarks.texts import texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REPLICATES = 1_000
_WORDS = re.compile(r"\w+|[^\w\s]")
_SEED = 5


def tokens(given: Sequence[str]) -> list[list[str]]:
    """Return each text's words, as evalkit cuts texts of these letters."""
    return [_WORDS.findall(text) for text in given]


def fast_bleu(given: Sequence[str]) -> float:
    """Return self-BLEU-4 by fast-bleu, which is C++."""
    from fast_bleu import SelfBLEU

    scores = SelfBLEU(tokens(given), {4: (0.25,) * 4}).get_score()[4]
    return sum(scores) / len(scores)


def nltk(given: Sequence[str]) -> float:
    """Return self-BLEU-4 by nltk, a sentence at a time."""
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    cut, smooth = tokens(given), SmoothingFunction().method1
    scores = [sentence_bleu(cut[:k] + cut[k + 1 :], cut[k], smoothing_function=smooth) for k in range(len(cut))]
    return float(sum(scores)) / len(scores)


def sacrebleu(given: Sequence[str]) -> float:
    """Return self-BLEU-4 by sacrebleu, a sentence at a time."""
    from sacrebleu.metrics import BLEU

    cut = [" ".join(words) for words in tokens(given)]
    judge = BLEU(tokenize="none", smooth_method="floor", smooth_value=0.1, effective_order=True)
    scores = [judge.sentence_score(cut[k], cut[:k] + cut[k + 1 :]).score / 100.0 for k in range(len(cut))]
    return float(sum(scores)) / len(scores)


def rouge_score(given: Sequence[str]) -> float:
    """Return one minus the mean ROUGE-L of all pairs by rouge-score, its own tokenizer replaced by ours."""
    from rouge_score.rouge_scorer import RougeScorer
    from rouge_score.tokenizers import Tokenizer

    class Cut(Tokenizer):  # type: ignore[misc] - ships no types
        def tokenize(self, text: str) -> list[str]:
            return _WORDS.findall(text)

    scorer = RougeScorer(["rougeL"], tokenizer=Cut())
    found = [scorer.score(a, b)["rougeL"].fmeasure for a, b in itertools.combinations(given, 2)]
    return 1.0 - float(sum(found)) / len(found)


def _vectors(given: Sequence[str]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(tokenizer=_WORDS.findall, token_pattern=None).fit_transform(given)


def vendi(given: Sequence[str]) -> float:
    """Return the Vendi score of TF-IDF vectors by vendi-score, by the smaller of its two matrices."""
    from vendi_score.vendi import score_dual, score_X

    rows = _vectors(given).toarray()
    return float((score_dual if rows.shape[1] < len(rows) else score_X)(rows))


def cosine(given: Sequence[str]) -> float:
    """Return one minus the mean cosine of all pairs by scikit-learn, through the matrix of all pairs."""
    from sklearn.metrics.pairwise import cosine_similarity

    found, n = cosine_similarity(_vectors(given)), len(given)
    return 1.0 - float(found.sum() - found.trace()) / (n * (n - 1))


def kernel(given: Sequence[str]) -> NDArray[np.float64]:
    """Return the cosines of all pairs, which what is resampled begins with."""
    from sklearn.metrics.pairwise import cosine_similarity

    found: NDArray[np.float64] = cosine_similarity(_vectors(given))
    return found


def slices(matrix: NDArray[np.float64]) -> float:
    """Return the lower end of a bootstrap of the mean over pairs, each replicate a slice of the matrix."""
    import numpy as np

    rng, n = np.random.default_rng(0), len(matrix)
    drawn = []
    for _ in range(REPLICATES):
        places = rng.integers(0, n, n)
        found = matrix[np.ix_(places, places)]
        drawn.append((found.sum() - found.trace()) / (n * (n - 1)))
    return float(np.quantile(drawn, 0.025))


def distinct(given: Sequence[str]) -> float:
    """Return the share of pairs of words that are different ones, with a counter."""
    found = Counter(pair for words in tokens(given) for pair in itertools.pairwise(words))
    return len(found) / found.total()


def agreement(given: Sequence[str]) -> float:
    """Return the share of pairs that are equal, pair by pair."""
    found = [a == b for a, b in itertools.combinations(given, 2)]
    return sum(found) / len(found)


def parting(given: Sequence[str]) -> float:
    """Return the median number of words before two texts part, pair by pair."""
    import statistics

    def shared(a: Sequence[str], b: Sequence[str]) -> int:
        return next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))

    cut = [text.split() for text in given]
    return float(statistics.median(shared(a, b) for a, b in itertools.combinations(cut, 2) if a != b))


def compression(given: Sequence[str]) -> float:
    """Return the bytes over those that zlib makes of them."""
    joined = "\n".join(sorted(given)).encode()
    return len(joined) / len(zlib.compress(joined, 9))


WAYS: dict[str, Callable[[Any], float]] = {
    each.__name__: each
    for each in (
        fast_bleu, nltk, sacrebleu, rouge_score, vendi, cosine, slices, distinct, agreement, parting, compression
    )
}  # fmt: skip
"""Every way, by name."""


if __name__ == "__main__":
    way, n = sys.argv[1], int(sys.argv[2])
    few, many = (list(texts(size, seed=_SEED)) for size in (20, n))
    given = [kernel(few), kernel(many)] if way == "slices" else [few, many]
    WAYS[way](given[0])  # what is loaded once is no cost of a metric
    values: list[float] = []
    cost = cost_of(lambda: values.append(WAYS[way](given[1])))
    print(json.dumps({**cost, "value": values[0]}))  # noqa: T201 - the parent reads it
