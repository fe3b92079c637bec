"""N-grams: lengths, distinct-n, rarefied distinct-n, Jaccard and cosine, self-BLEU, repetition."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalkit.text import bleu
from evalkit.text.degeneration import repetition
from evalkit.text.words import TOKENIZERS
from evalkit.text.words import ngrams as ngrams_of
from evalkit.text.words import tokens as tokens_of
from oracle.accounts import Computed, Path
from oracle.cells import each, value

_SMOOTHINGS = {
    "method1_eps0.1": "method1",
    "method2_add1": "method2",
    "method3_nist": "method3",
    "method4_chen_cherry": "method4",
}
_DISTINCT = {
    "pooled_per_ngram": ("distinct_n", {}),
    "pooled_per_token_li2016": ("distinct_n", {"per": "words"}),
    "macro_per_response": ("intra_distinct_n", {}),
    "ead_vocab50000": ("expectation_adjusted_distinct", {}),
}


def ngrams(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield what counts n-grams, for every set."""
    for name, of_set in known["sets"].items():
        texts, values, where = of_set["texts"], of_set["metrics"], ("sets", name, "metrics")
        yield from _lengths(texts, values["lengths"], (*where, "lengths"))
        yield from _repetition(texts, (*where, "repetition_uni"))
        for cut, expected in values["distinct"].items():
            yield from _distinct(texts, cut, expected, (*where, "distinct", cut))
        for cut, expected in values["jaccard_cosine"].items():
            yield from _overlap(texts, cut, expected, (*where, "jaccard_cosine", cut))
        yield from _self_bleu(texts, values["self_bleu"], (*where, "self_bleu"))


def _lengths(texts: Sequence[str], expected: Mapping[str, Any], where: Path) -> Iterator[Computed]:
    for tokenizer in expected.keys() & {*TOKENIZERS}:
        if tokenizer == "char":
            yield Computed((*where, tokenizer), "length_characters", each(texts, "length_characters"))
        else:
            yield Computed((*where, tokenizer), "text/words.py", [len(tokens_of(text, tokenizer)) for text in texts])


def _distinct(texts: Sequence[str], cut: str, expected: Mapping[str, Any], where: Path) -> Iterator[Computed]:
    tokenizer, n = cut.split("/")
    options: dict[str, Any] = {"tokenizer": tokenizer, "n": int(n)}
    cuts = [tokens_of(text, tokenizer) for text in texts]
    grams = [ngrams_of(tokens, int(n)) for tokens in cuts]
    counted = {
        "total_tokens": sum(map(len, cuts)),
        "total_ngrams": sum(map(len, grams)),
        "unique": len({gram for of_text in grams for gram in of_text}),
        "responses_without_ngrams": sum(not of_text for of_text in grams),
    }
    for key, number in counted.items():
        yield Computed((*where, key), "text/words.py", number)
    for key in expected.keys() - counted.keys():
        if key.startswith("rarefied"):
            m = int(key.rpartition("_")[2])
            share = value(texts, "rarefied_distinct_n", m=m, **options)
            yield Computed((*where, key), "rarefied_distinct_n", None if share is None else share * m)
        else:
            metric, more = _DISTINCT[key]
            if more and not counted["total_ngrams"]:
                continue
            yield Computed((*where, key), metric, value(texts, metric, **options, **more))


def _overlap(texts: Sequence[str], cut: str, expected: Mapping[str, Any], where: Path) -> Iterator[Computed]:
    tokenizer, n = cut.split("/")
    options: dict[str, Any] = {"tokenizer": tokenizer, "n": int(n)}
    jaccard = value(texts, "word_jaccard_distance", **options)
    yield Computed((*where, "mean_jaccard_distance"), "word_jaccard_distance", jaccard)
    holding = [text for text in texts if ngrams_of(tokens_of(text, tokenizer), int(n))]
    if "nonempty" in expected:
        yield Computed((*where, "nonempty"), "text/words.py", len(holding))
        cosine = value(holding, "ngram_cosine_distance", **options)
        yield Computed((*where, "mean_cosine_distance_nonempty_only"), "ngram_cosine_distance", cosine)


def _self_bleu(texts: Sequence[str], expected: Mapping[str, Any], where: Path) -> Iterator[Computed]:
    if "defined" in expected:
        yield Computed((*where, "defined"), "self_bleu", value(texts, "self_bleu") is not None)
        return
    for key, known in expected.items():
        tokenizer, order, smoothing = key.split("/")[:3]
        if smoothing not in _SMOOTHINGS:
            continue
        n, first = int(order.removeprefix("bleu")), smoothing.startswith("method1")
        rules = bleu.Rules(n, _SMOOTHINGS[smoothing], effective_order=False)
        scores = bleu.self_bleu([tokens_of(text, tokenizer) for text in texts], rules)
        mean = value(texts, "self_bleu", n=n, tokenizer=tokenizer, flavour="texygen") if first else None
        by = "self_bleu" if first else "text/bleu.py"
        yield Computed((*where, key, "mean"), by, mean if first else math.fsum(scores) / len(scores))
        if "per_response" in known:
            yield Computed((*where, key, "per_response"), "text/bleu.py", scores)
    yield from _exponential(texts, where)


def _exponential(texts: Sequence[str], where: Path) -> Iterator[Computed]:
    """Yield sacrebleu's own score on characters without blanks: smoothing by halves, effective order."""
    key = "sacrebleu/char/exp/effective_order"
    cuts = [tokens_of("".join(text.split()), "char") for text in texts]
    scores = bleu.self_bleu(cuts, bleu.Rules(4, "method3", effective_order=True))
    yield Computed((*where, key, "mean"), "text/bleu.py", math.fsum(scores) / len(scores))
    yield Computed((*where, key, "per_response"), "text/bleu.py", scores)


def _repetition(texts: Sequence[str], where: Path) -> Iterator[Computed]:
    for n in (2, 3, 4):
        yield Computed((*where, f"mean_rep_{n}"), "rep_n", value(texts, "rep_n", n=n))
    again = [[repetition(text, n=n) for n in (2, 3, 4)] for text in texts]
    whole = [math.prod(1.0 - share for share in shares) for shares in again if None not in shares]
    yield Computed((*where, "responses_with_4grams"), "text/degeneration.py", len(whole))
    mean = math.fsum(whole) / len(whole) if whole else None
    yield Computed((*where, "mean_diversity_2to4"), "text/degeneration.py", mean)
