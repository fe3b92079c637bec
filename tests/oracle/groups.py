"""What is computed, and by which group of values it is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path as File
from typing import Any

from oracle import answers, embeddings, inference, languages, ngrams, orders, temperatures
from oracle.accounts import Accounts, Computed, Path, account, meant
from oracle.excuses import EXCUSES

FILE = File(__file__).parents[3] / "shared" / "oracles" / "metrics.json"
ABSENT = "the reference values (../shared/oracles/metrics.json) are not here"

WALKS: tuple[Callable[[Mapping[str, Any]], Iterator[Computed]], ...] = (
    answers.agreement,
    answers.classes,
    ngrams.ngrams,
    orders.orders,
    embeddings.embeddings,
    languages.tokens,
    languages.reference_language,
    inference.at_k,
    inference.intervals,
    inference.tests,
    inference.sequences,
    inference.sizes,
    temperatures.from_tokens,
    temperatures.from_counts,
)

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Agreement", ("sets > * > metrics > agreement",)),
    ("Hill numbers, Chao1, coverage, entropy", ("sets > * > metrics > hill_raw",)),
    ("Rarefied distinct-n", ("sets > * > metrics > distinct > * > rarefied*",)),
    ("Distinct-n and EAD", ("sets > * > metrics > distinct",)),
    ("Self-BLEU", ("sets > * > metrics > self_bleu",)),
    ("Jaccard and cosine of n-grams", ("sets > * > metrics > jaccard_cosine",)),
    ("Levenshtein and indel", ("sets > * > metrics > levenshtein",)),
    ("ROUGE-L", ("sets > * > metrics > rouge_l",)),
    ("Common prefix", ("sets > * > metrics > common_prefix",)),
    ("Compression", ("sets > * > metrics > compression",)),
    ("Vendi scores", ("sets > * > metrics > embedding_vendi > vendi*",)),
    ("Pairwise distance of vectors", ("sets > * > metrics > embedding_vendi",)),
    ("Repetition", ("sets > * > metrics > repetition_uni",)),
    ("Lengths and tokens", ("sets > * > metrics > lengths", "sets > * > metrics > utf8_bytes")),
    ("Of k draws", ("inference > at_k*", "inference > pass_*")),
    ("Sequences", ("inference > hedged_capital_cs", "inference > binomial* > * > beta_binomial_mixture_CS")),
    (
        "Intervals",
        tuple(f"inference > {key}" for key in ("binomial*", "bootstrap*", "mover*", "several_prompts*", "ustat*")),
    ),
    ("Tests", tuple(f"inference > {key}" for key in ("isotonic", "jonckheere*", "multiple*", "page*", "two_sample"))),
    ("Sample sizes", ("inference > zero_failure*", "inference > prob_no_failure*")),
    ("Token entropies", ("tokens",)),
    ("Reference language", ("reference_lm",)),
    ("Temperature", ("temperature_from_*", "inference > pit*")),
    ("Texts of the sets", ("sets > * > texts",)),
    ("How the file was made", ("meta",)),
)
GROUPS = tuple(title for title, _ in _GROUPS)


def group_of(where: Path) -> str:
    """Return the title of the group a leaf belongs to, the first that means it."""
    return next(title for title, meaning in _GROUPS if any(meant(tuple(one.split(" > ")), where) for one in meaning))


def known_values() -> dict[str, Any] | None:
    """Return the reference values; None where the file is absent."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else None


def walk(known: Mapping[str, Any]) -> Accounts:
    """Return what became of every value of the file."""
    return account(known, [found for of_part in WALKS for found in of_part(known)], EXCUSES)
