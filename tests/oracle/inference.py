"""Intervals, tests, sequences, sample sizes, and what k draws give."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import special

from evalkit.stats import at_k as at_k_of
from evalkit.stats import power, sequential, two_sample
from evalkit.stats.effective import bounded_interval
from evalkit.stats.isotonic import isotonic_fit
from evalkit.stats.jonckheere import jonckheere_terpstra
from evalkit.stats.mover import mover
from evalkit.stats.multiplicity import benjamini_hochberg, holm
from evalkit.stats.page import page_trend
from evalkit.stats.proportion import all_equal_lower, clopper_pearson, jeffreys, wilson
from evalkit.stats.several_prompts import prompts_like_these, these_prompts
from evalkit.stats.streams import stream
from evalkit.stats.string_kernels import exact_match, padded_hamming
from evalkit.stats.ustatistic import jackknife_variance, pair_interval
from evalkit.text.classes import class_counts
from oracle.accounts import Computed, Path
from oracle.cells import measured, pairs, value

_TOP = ("inference",)


def at_k(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield what k of so many draws give."""
    texts, where = known["sets"]["short_answers"]["texts"], (*_TOP, "at_k_from_n20_short_answers")
    judged = known["inference"]["at_k_from_n20_short_answers"]
    quality = [float(judged["valid"][text]) for text in texts]
    counts = class_counts(texts)
    good = [bool(judged["valid"][text]) for text, _ in Counter(texts).most_common()]
    yield from _one_draw(counts, good, where)
    for k in (int(k) for k in judged["tar_at_k"] if k != "1"):
        valid = value(texts, "distinct_valid_at_k", k=k, equivalence="raw", quality=quality)
        different = value(texts, "distinct_at_k", k=k, equivalence="raw")
        yield Computed((*where, "tar_at_k", str(k)), "tar_at_k", value(texts, "tar_at_k", k=k))
        yield Computed((*where, "distinct_at_k", str(k)), "distinct_at_k", different)
        yield Computed((*where, "distinct_valid_at_k", str(k)), "distinct_valid_at_k", valid)
    for key, metric in (("pass_at_k", "pass_at_k"), ("pass_hat_k_all_succeed", "pass_hat_k")):
        for case in known["inference"][key]:
            n, right, k = (int(part.partition("=")[2]) for part in case.split(","))
            tries = [1.0] * right + [0.0] * (n - right)
            yield Computed((*_TOP, key, case), metric, value(["a"] * n, metric, k=k, quality=tries))


def _one_draw(counts: Sequence[int], good: Sequence[bool], where: Path) -> Iterator[Computed]:
    """Yield what one draw gives; the metrics take two or more."""
    yield Computed((*where, "tar_at_k", "1"), "stats/at_k.py", at_k_of.tar_at_k(counts, 1))
    yield Computed((*where, "distinct_at_k", "1"), "stats/at_k.py", at_k_of.distinct_at_k(counts, 1))
    yield Computed((*where, "distinct_valid_at_k", "1"), "stats/at_k.py", at_k_of.distinct_valid_at_k(counts, good, 1))


def intervals(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield ends of shares, and of means over the pairs of one prompt and of several."""
    of_file = known["inference"]
    for case in of_file["binomial_intervals_95"]:
        where, (successes, trials) = (*_TOP, "binomial_intervals_95", case), map(int, case.split("/"))
        yield Computed((*where, "wilson"), "stats/proportion.py", wilson(successes, trials))
        yield Computed((*where, "beta"), "stats/proportion.py", clopper_pearson(successes, trials))
        ends = jeffreys(successes, trials)
        if successes > 0:
            yield Computed((*where, "jeffreys", "0"), "stats/proportion.py", ends[0])
        if successes < trials:
            yield Computed((*where, "jeffreys", "1"), "stats/proportion.py", ends[1])
        mixture = sequential.beta_binomial_ends(successes, trials)
        yield Computed((*where, "beta_binomial_mixture_CS"), "stats/sequential.py", mixture)
    texts, where = known["sets"]["short_answers"]["texts"], (*_TOP, "ustat_jackknife_exact_match/short_answers")
    found = measured(texts, "exact_agreement")
    yield Computed((*where, "U"), "exact_agreement", found.value)
    yield Computed((*where, "se"), "exact_agreement", math.sqrt(float(found.variance)))
    yield Computed((*where, "kg95"), "stats/effective.py", _first_part(texts)[1])
    edge = (*_TOP, "ustat_interval_edge_cases")
    yield Computed((*edge, "two_groups_of_ten"), "stats/effective.py", _first_part("a" * 10 + "b" * 10)[1])
    ends = pair_interval(np.eye(20), equality=True)
    yield Computed((*edge, "all_distinct_n20_exact_match"), "stats/ustatistic.py", ends)
    yield from _several(of_file["several_prompts_pair_agreement"])


def _several(known: Mapping[str, Any]) -> Iterator[Computed]:
    where = (*_TOP, "several_prompts_pair_agreement")
    cells = [measured(texts, "exact_agreement") for texts in known["prompts"]]
    values, variances = [cell.value for cell in cells], [cell.variance for cell in cells]
    fixed = these_prompts(values, variances, [cell.n_samples for cell in cells])
    drawn = prompts_like_these(values, most_trials=sum(n * (n - 1) // 2 for n in map(len, known["prompts"])))
    yield Computed((*where, "per_prompt_U"), "exact_agreement", values)
    yield Computed((*where, "per_prompt_jackknife_var"), "exact_agreement", variances)
    yield Computed((*where, "mean"), "stats/several_prompts.py", fixed.value)
    of_fixed = {"se": fixed.se, "df_satterthwaite": fixed.df, "kg95": fixed.ends}
    of_drawn = {"se": drawn.se, "df": drawn.df, "kg95": drawn.ends}
    yield Computed((*where, "fixed_prompts"), "stats/several_prompts.py", of_fixed)
    yield Computed((*where, "random_prompts"), "stats/several_prompts.py", of_drawn)
    first, second = (_first_part(known["prompts"][place]) for place in (0, 3))
    difference = (*_TOP, "mover_difference_prompt0_minus_prompt3")
    yield Computed((*difference, "difference"), "exact_agreement", values[0] - values[3])
    yield Computed((*difference, "ci95"), "stats/mover.py", mover(*first, *second))


def _first_part(texts: Sequence[str]) -> tuple[float, tuple[float, float]]:
    """Return agreement with the first of the three parts of its guarded interval, which the reference is."""
    matrix, n = exact_match([*texts]), len(texts)
    agreement = float(value([*texts], "exact_agreement"))
    ends = bounded_interval(
        agreement, jackknife_variance(matrix), n - 1, bounds=(0.0, 1.0), most_trials=n * (n - 1) / 2
    )
    return agreement, ends


def tests(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield trends, two samples and adjusted p-values."""
    of_file = known["inference"]
    yield Computed((*_TOP, "isotonic", "fit"), "stats/isotonic.py", isotonic_fit(of_file["isotonic"]["y"]).tolist())
    page = page_trend(of_file["page_trend"]["blocks"])
    yield Computed((*_TOP, "page_trend", "L"), "stats/page.py", page.L)
    yield Computed((*_TOP, "page_trend", "p_exact"), "stats/page.py", page.p_value)
    several = of_file["multiple_tests"]["p"]
    yield Computed((*_TOP, "multiple_tests", "holm"), "stats/multiplicity.py", holm(several))
    yield Computed((*_TOP, "multiple_tests", "bh"), "stats/multiplicity.py", benjamini_hochberg(several))
    groups, y = (of_file["jonckheere_terpstra"][key] for key in ("groups", "y"))
    trend = jonckheere_terpstra(groups, y)
    z = -float(special.ndtri(trend.p_value / 2.0))
    for key, number in {
        "JT": trend.JT,
        "mean_H0": trend.mean,
        "kendall_tau_b": trend.effect,
        "kendall_p_two_sided": trend.p_value,
        "p_one_sided_normal": trend.p_value / 2.0,
        "z": z,
        "var_H0_no_ties": ((trend.JT - trend.mean) / z) ** 2,
    }.items():
        yield Computed((*_TOP, "jonckheere_terpstra", key), "stats/jonckheere.py", number)
    yield from _two_samples(of_file["two_sample"])


def _two_samples(known: Mapping[str, Any]) -> Iterator[Computed]:
    texts, n = known["a"] + known["b"], len(known["a"])
    equal = two_sample.mmd_test([exact_match(texts)], [n], stream(1))
    for key, number in {
        "mmd2_unbiased_exact_match": two_sample.mmd2(exact_match(texts), n),
        "mmd2_unbiased_hamming_padded_normalised": two_sample.mmd2(
            padded_hamming(texts, length=max(map(len, texts))), n
        ),
        "energy_distance_V_norm_levenshtein": two_sample.energy_distance(pairs(texts, "edit_distance")[0], n),
        "exact_permutation_p_exact_match": equal.p_value,
        "permutations": equal.n_arrangements,
    }.items():
        yield Computed((*_TOP, "two_sample", key), "stats/two_sample.py", number)


def sequences(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield the ends of a confidence sequence after so many values of a stream."""
    where, known = (*_TOP, "hedged_capital_cs"), known["inference"]["hedged_capital_cs"]
    mixed = sequential.BoundedSequence(intersect=False, points=known["grid_points"])
    after = {str(n): mixed.add(x) for n, x in enumerate(known["x"], start=1)}
    for n in known["by_time"]:
        yield Computed((*where, "by_time", n), "stats/sequential.py", after[n])
    ones = sequential.BoundedSequence(points=known["grid_points"])
    lows = [ones.add(1.0)[0] for _ in range(20)]
    found = [lows[4], lows[9], lows[19]]
    yield Computed((*where, "all_ones_lower_n5_n10_n20"), "stats/sequential.py", found)


def sizes(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield how many samples a proof takes, and the chance of one."""
    key = "zero_failure_n_for_lower_bound_95_one_sided"
    for chance in known["inference"][key]:
        yield Computed((*_TOP, key, chance), "stats/power.py", power.n_for_lower_bound(float(chance)))
    for design in known["inference"]["prob_no_failure_in_n"]:
        truth, n = (float(part.partition("=")[2]) for part in design.split(","))
        chance = power.chance_of_proof(truth, int(n), all_equal_lower(n, 0.05))
        yield Computed((*_TOP, "prob_no_failure_in_n", design), "stats/power.py", chance)
