"""Equal answers: agreement at each normaliser, Hill numbers, richness, coverage, entropy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from evalkit.stats import entropy, richness
from evalkit.text.classes import class_counts
from evalkit.text.levels import level_of
from oracle.accounts import Computed
from oracle.cells import measured, value

_NAMED = ("raw", "nfc_strip", "loose")
_RICHNESS = {
    "chao1_bias_corrected_no_fpc": partial(richness.chao1, bias_corrected=True),
    "good_turing_coverage": richness.good_turing_coverage,
    "hill_q2_plugin": partial(richness.hill_number, q=2),
    "simpson_concentration_unbiased": richness.concentration,
}
_OF_STATISTICS: dict[str, tuple[str, str, Callable[[Sequence[int]], float | None]]] = {
    "entropy_chao_wang_jost": ("entropy", "chao_wang_jost", entropy.chao_wang_jost_entropy),
    "entropy_chao_shen": ("entropy", "chao_shen", entropy.chao_shen_entropy),
    "entropy_miller_madow": ("entropy", "miller_madow", entropy.miller_madow_entropy),
    "shannon_plugin_nats": ("entropy", "plug_in", entropy.plug_in_entropy),
}
_HILL = {"S_obs": 0, "hill_q0": 0, "hill_q1_plugin": 1, "hill_q2_unbiased_inverse": 2, "hill_qinf_plugin": math.inf}


def agreement(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield shares of equal texts; ``tar_v1`` is no named level, so its texts are lower-cased and stripped first."""
    for name, of_set in known["sets"].items():
        for normaliser in of_set["metrics"]["agreement"]:
            where = ("sets", name, "metrics", "agreement", normaliser)
            level = normaliser if normaliser in _NAMED else "raw"
            texts = of_set["texts"] if normaliser in _NAMED else [text.lower().strip() for text in of_set["texts"]]
            counts = class_counts(map(level_of(level), texts))
            yield Computed((*where, "counts_desc"), "text/classes.py", counts)
            yield Computed((*where, "n"), "modal_share", measured(texts, "modal_share", level=level).n_samples)
            for key, metric, options in (
                ("all_agree", "total_agreement", {}),
                ("modal_share", "modal_share", {}),
                ("pair_agreement", "exact_agreement", {}),
                ("unique_fraction", "unique_share", {}),
                ("unique", "hill_number", {"q": 0}),
            ):
                yield Computed((*where, key), metric, value(texts, metric, level=level, **options))


def classes(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield numbers of classes and entropies; where a metric refuses, the statistic it refuses to tell is compared."""
    for name, of_set in known["sets"].items():
        hill = of_set["metrics"]["hill_raw"]
        if hill is None:
            continue
        texts, where = of_set["texts"], ("sets", name, "metrics", "hill_raw")
        counts = class_counts(texts)
        yield Computed((*where, "n"), "hill_number", measured(texts, "hill_number", q=0).n_samples)
        yield Computed((*where, "f1"), "text/classes.py", counts.count(1))
        yield Computed((*where, "f2"), "text/classes.py", counts.count(2))
        for key, q in _HILL.items():
            yield Computed((*where, key), "hill_number", value(texts, "hill_number", q=q))
        yield Computed((*where, "coverage_chao_jost"), "sample_coverage", value(texts, "sample_coverage"))
        twice = value(texts, "extrapolated_distinct")
        yield Computed((*where, "extrapolated_richness_2n"), "extrapolated_distinct", twice)
        for m in hill["rarefied_richness"]:
            distinct = value(texts, "extrapolated_distinct", m=int(m))
            yield Computed((*where, "rarefied_richness", m), "extrapolated_distinct", distinct)
        for key, statistic in _RICHNESS.items():
            yield Computed((*where, key), "stats/richness.py", statistic(counts))
        yield _told((*where, "chao1_classic"), "chao1_richness", value(texts, "chao1_richness"), richness.chao1(counts))
        for key, (metric, estimator, statistic) in _OF_STATISTICS.items():
            yield _told((*where, key), metric, value(texts, metric, estimator=estimator), statistic(counts))


def _told(where: tuple[str, ...], metric: str, told: float | None, statistic: float | None) -> Computed:
    refused = f"stats, which {metric} refuses to tell"
    return Computed(where, metric if told is not None else refused, statistic if told is None else told)
