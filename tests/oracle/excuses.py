"""Leaves that are not compared, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oracle.accounts import Excused, Path

_INPUT = "goes into a computation, and is no result of one"
_MADE = "says how the reference was made"
_GRAPHEMES = "grapheme clusters are no unit of the product: it counts code points, or words"
_SIZES = "other compressors and levels are not offered: the ratio is deflate's at level 9, without a file's header"
_BYTES = "a count of bytes, which no metric is"
_NOT_BOTH = "compares two libraries with each other, and is no value of texts"
_DIAGONAL = "counts a text's distance 0 from itself, so it rises with n; `vector_distance` leaves it out"
_TOKENIZER = "cut by a tokenizer of that library alone; the same score is compared on `char`, without blanks"

_OF_SETS: dict[str, str] = {
    "agreement > * > pair_agreement_plugin_biased": "the sum of squared shares is biased upwards, and not offered;"
    " `exact_agreement` is the unbiased one",
    "compression > bytes_joined_newline": _BYTES,
    "compression > bz2_9_joined": _SIZES,
    "compression > gzip9_joined_mtime0": _SIZES,
    "compression > lzma_joined": _SIZES,
    "compression > zlib6_joined": _SIZES,
    "compression > zlib9_empty_input": "empty texts have no ratio; the size of nothing is the compressor's own",
    "embedding_vendi > embedding": _MADE,
    "embedding_vendi > mean_distance_to_centroid_1_minus_norm2": _DIAGONAL,
    "embedding_vendi > with_diagonal_biased": _DIAGONAL,
    "lengths > grapheme": _GRAPHEMES,
    "levenshtein > grapheme": _GRAPHEMES,
    "levenshtein > truncated_to_3000_chars": _MADE,
    "rouge_l > note": _MADE,
    "rouge_l > rougeL_f1_mean_default_tokenizer": "that library keeps a to z and 0 to 9 alone, so equal Chinese texts"
    " are 0 alike; `rouge_l_distance` has words in every script",
    "rouge_l > truncated_to_3000_chars": _MADE,
    "self_bleu > sacrebleu/13a*": _TOKENIZER,
    "self_bleu > sacrebleu/zh*": _TOKENIZER,
    "self_bleu > sacrebleu/char* > signature": _MADE,
    "self_bleu > */fast_bleu_max_abs_diff_vs_nltk": _NOT_BOTH,
    "utf8_bytes": _BYTES,
}
_EQUAL_TEXTS = "equal texts are at 0 by definition, where the compressor leaves up to 0.1 of them"
_NO_NGRAM = "no text holds an n-gram: undefined here, 0 there"
_OF_ONE_SET: dict[str, str] = {
    "identical > metrics > compression > mean_ncd_zlib9_concat_ij": _EQUAL_TEXTS,
    "short_answers > metrics > compression > mean_ncd_zlib9_concat_ij": _EQUAL_TEXTS,
    "short_answers > metrics > distinct > uni/3 > pooled_per_token_li2016": _NO_NGRAM,
    "short_answers > metrics > distinct > word/3 > pooled_per_token_li2016": _NO_NGRAM,
    "short_answers > metrics > distinct > ws/[23] > pooled_per_token_li2016": _NO_NGRAM,
    "single > metrics > hill_raw": "the reference has none for a single text",
    "* > texts": _INPUT,
}
_AT_THE_END = "at no success and at none but successes the product's end is 0 or 1 itself, so that the share is inside"
_EDGE = (
    "takes (n - 1)/2 trials and both sides; the product takes the n // 2 pairs that share no sample and the one side"
    " there is, and calibration holds it to its level"
)
_OF_INFERENCE: dict[str, str] = {
    "at_k_from_n20_short_answers > valid": _INPUT,
    "binomial_intervals_95 > * > agresti_coull": "not offered: Wilson's interval and the exact one are",
    "binomial_intervals_95 > 0/* > jeffreys > 0": _AT_THE_END,
    "binomial_intervals_95 > 10/10 > jeffreys > 1": _AT_THE_END,
    "binomial_intervals_95 > 20/20 > jeffreys > 1": _AT_THE_END,
    "binomial_intervals_95 > 59/59 > jeffreys > 1": _AT_THE_END,
    "bootstrap_weights_example > self_pairs_counted_as_zero": "the fault that the product does not share: copies of one"
    " text counted as a pair that does not agree",
    "bootstrap_weights_example > self_pairs_excluded": "the eight texts that are weighted stand nowhere in the file",
    "bootstrap_weights_example > weights": _INPUT,
    **{f"hedged_capital_cs > {key}": _INPUT for key in ("alpha", "grid_points", "theta", "trunc_scale", "x")},
    "isotonic > y": _INPUT,
    "jonckheere_terpstra > groups": _INPUT,
    "jonckheere_terpstra > note": _MADE,
    "jonckheere_terpstra > y": _INPUT,
    "multiple_tests > p": _INPUT,
    "page_trend > blocks": _INPUT,
    "several_prompts_pair_agreement > prompts": _INPUT,
    "two_sample > a": _INPUT,
    "two_sample > b": _INPUT,
    "ustat_interval_edge_cases > all_distinct_n20_generic_kernel": _EDGE,
    "ustat_interval_edge_cases > all_identical_n20": _EDGE,
}
_ELSEWHERE: dict[str, str] = {
    "meta": _MADE,
    "reference_lm > logits_rows_bos_a_b_c_cols_a_b_c_eos": _INPUT,
    "reference_lm > max_tokens": _INPUT,
    "tokens > logits": _INPUT,
    **{f"temperature_from_counts > {key}": _INPUT for key in ("counts_T", "counts_T1")},
    **{
        f"temperature_from_tokens > {key}": _INPUT
        for key in ("logprobs_pre_temperature", "sampled_index", "top_k", "true_T")
    },
}


def _within(outer: Path, told: dict[str, str]) -> Iterator[Excused]:
    for where, reason in told.items():
        yield Excused((*outer, *where.split(" > ")), reason)


def _all() -> Iterable[Excused]:
    yield from _within(("sets", "*", "metrics"), _OF_SETS)
    yield from _within(("sets",), _OF_ONE_SET)
    yield from _within(("inference",), _OF_INFERENCE)
    yield from _within((), _ELSEWHERE)


EXCUSES = tuple(_all())
"""Every reason, with the leaves it is given for."""
