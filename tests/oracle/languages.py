"""Next tokens, and the language of which every answer is listed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from evalkit.loopback.enumerable import EnumerableLanguage, EnumerableLaw
from evalkit.stats import token_entropy
from oracle.accounts import Computed
from oracle.cells import cell_of, pairs, value

_WORDS = "abcdefg"


def tokens(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield entropies of a token of eight, by the metrics that read log-probabilities, at every temperature."""
    logits = tuple(known["tokens"]["logits"])
    language = EnumerableLanguage(tuple(_WORDS), (logits,) * len(logits), max_tokens=1)
    for temperature in known["tokens"]["by_temperature"]:
        where, law = ("tokens", "by_temperature", temperature), language.at(float(temperature))
        p = law.rows[0].tolist()
        whole, five = cell_of(["a"], _told(p)), cell_of(["a"], _told(p[:5]))
        nats = value(whole, "token_entropy")
        gap = token_entropy.top_gap(np.log(p).tolist())
        yield Computed((*where, "p"), "loopback/enumerable.py", p)
        yield Computed((*where, "collision_probability"), "loopback/enumerable.py", law.agreement)
        yield Computed((*where, "entropy_nats"), "token_entropy", nats)
        yield Computed((*where, "entropy_bits"), "token_entropy, over ln 2", nats / math.log(2.0))
        yield Computed((*where, "varentropy_nats2"), "token_varentropy", value(whole, "token_varentropy"))
        yield Computed((*where, "perplexity"), "stats/token_entropy.py", token_entropy.perplexity(p))
        yield Computed((*where, "top1_top2_gap_nats"), "stats/token_entropy.py", gap)
        yield Computed((*where, "entropy_from_top5_lower"), "token_entropy", value(five, "token_entropy"))
        greatest = value(five, "token_entropy", bound="upper", vocabulary=8)
        yield Computed((*where, "entropy_from_top5_upper_V8"), "token_entropy", greatest)


def reference_language(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield what is exactly so of the listed language; distances of its answers are the metric's."""
    table = known["reference_lm"]
    logits = tuple(map(tuple, table["logits_rows_bos_a_b_c_cols_a_b_c_eos"]))
    language = EnumerableLanguage(("a", "b", "c"), logits, table["max_tokens"])
    distances, _ = pairs(language.texts, "edit_distance", unit="token", tokenizer="ws")
    for temperature in table["by_temperature"]:
        where, law = ("reference_lm", "by_temperature", temperature), language.at(float(temperature))
        for key, found in _exactly(law, distances).items():
            yield Computed((*where, key), "loopback/enumerable.py", found)


def _exactly(law: EnumerableLaw, distances: np.ndarray) -> dict[str, Any]:
    edits, equal = law.expect_pair(distances), law.expect_pair(np.eye(len(law.probabilities)))
    found: dict[str, Any] = {
        "outcomes": len(law.probabilities),
        "entropy_nats": law.entropy_nats,
        "hill_q1": math.exp(law.entropy_nats),
        "hill_q2": 1.0 / law.agreement,
        "modal_probability": law.modal_probability,
        "power_sum_2": law.agreement,
        "power_sum_3": law.power_sum(3),
        "expected_length_tokens": law.expected_length,
        "expected_common_prefix_tokens": law.expected_prefix,
        "first_token_p": law.rows[0].tolist(),
        "ustat_zeta1_exact_match": equal.zeta1,
        "expected_normalized_levenshtein": edits.mean,
        "ustat_zeta1_normalized_levenshtein": edits.zeta1,
        "ustat_zeta2_normalized_levenshtein": edits.zeta2,
    }
    for n in (5, 10, 20, 50):
        found[f"expected_coverage_n{n}"] = law.coverage(n)
        found[f"expected_distinct_n{n}"] = law.distinct(n)
        found[f"prob_all_agree_n{n}"] = law.power_sum(n)
    for n in (10, 20):
        found[f"ustat_exact_variance_normalized_levenshtein_n{n}"] = edits.variance(n)
    return found


def _told(p: list[float]) -> str:
    """Return the log-probabilities of one token as an endpoint tells them, these of its likeliest."""
    top = [{"token": word, "logprob": math.log(chance)} for word, chance in zip("abcdefgh", p, strict=False)]
    return json.dumps({"content": [{"token": "a", "logprob": math.log(p[0]), "top_logprobs": top}]})
