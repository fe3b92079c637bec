"""What sees the order of words, characters or bytes: prefixes, edit distance, ROUGE-L, compression."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from oracle.accounts import BUILD, CLOSE, SHARE_OF_BUILD, Computed, Path
from oracle.cells import pairs, upper, value


def orders(known: Mapping[str, Any]) -> Iterator[Computed]:
    """Yield what sees the order of a text, for every set."""
    same_zlib = known["meta"]["zlib_runtime"] == zlib.ZLIB_RUNTIME_VERSION
    for name, of_set in known["sets"].items():
        texts, values, where = of_set["texts"], of_set["metrics"], ("sets", name, "metrics")
        for unit in values["common_prefix"]:
            yield from _prefix(texts, unit, (*where, "common_prefix", unit))
        yield from _compression(texts, values["compression"], (*where, "compression"), same_zlib=same_zlib)
        if "defined" in values["levenshtein"]:
            defined = value(texts, "edit_distance") is not None
            yield Computed((*where, "levenshtein", "defined"), "edit_distance", defined)
            defined = value(texts, "rouge_l_distance") is not None
            yield Computed((*where, "rouge_l", "defined"), "rouge_l_distance", defined)
            continue
        yield from _edits(texts, "char", values["levenshtein"], where, unit="char")
        yield from _edits(texts, "uni", values["levenshtein"], where, unit="token", tokenizer="uni")
        likeness = 1.0 - float(value(texts, "rouge_l_distance", tokenizer="uni_lower"))
        yield Computed((*where, "rouge_l", "rougeL_f1_mean_uni_lower"), "rouge_l_distance", likeness)


def _prefix(texts: Sequence[str], unit: str, where: Path) -> Iterator[Computed]:
    matrix, seen = pairs(texts, "prefix_agreement", unit=unit)
    found = upper(matrix)
    mean, share = (value(texts, "prefix_agreement", unit=unit, fraction=fraction) for fraction in (False, True))
    yield Computed((*where, "mean_common_prefix"), "prefix_agreement", mean)
    yield Computed((*where, "mean_fraction_of_longer"), "prefix_agreement", share)
    shared = len(seen[0]) if len(seen) == 1 else found.min()
    yield Computed((*where, "common_prefix_of_all"), "text/prefixes.py", shared)
    if len({*seen}) == len(seen):  # the median over pairs that differ is that over all pairs
        yield Computed(
            (*where, "median_common_prefix"), "first_divergence", value(texts, "first_divergence", unit=unit)
        )
    else:
        yield Computed((*where, "median_common_prefix"), "text/prefixes.py", float(np.median(found)))


def _edits(
    texts: Sequence[str], key: str, expected: Mapping[str, Any], where: Path, **options: Any
) -> Iterator[Computed]:
    place = (*where, "levenshtein", key)
    mean, indel = value(texts, "edit_distance", **options), value(texts, "rouge_l_distance", tokenizer=key)
    yield Computed((*place, "mean_normalized_by_max_len"), "edit_distance", mean)
    yield Computed((*place, "mean_indel_normalized"), "rouge_l_distance", indel)
    matrix, seen = pairs(texts, "edit_distance", **options)
    sizes = np.array([len(each) for each in seen])
    distances = upper(matrix * np.maximum(sizes[:, None], sizes[None, :]))
    yield Computed((*place, "mean_distance"), "edit_distance", float(distances.mean()))
    first = distances[: len(expected[key]["first_pair_distances"])].tolist()
    yield Computed((*place, "first_pair_distances"), "edit_distance", first)


def _compression(
    texts: Sequence[str], expected: Mapping[str, Any], where: Path, *, same_zlib: bool
) -> Iterator[Computed]:
    """Yield sizes by way of the ratio, which sorts the texts: only then are the bytes those of the reference."""
    exact = same_zlib and [*texts] == sorted(texts)
    ratio, size = float(value(texts, "compression_ratio")), expected["zlib9_joined"]
    as_ratio = CLOSE if exact else BUILD._replace(absolute=0.0, relative=max(0.03, 3.0 / size))
    yield Computed((*where, "compression_ratio_zlib9"), "compression_ratio", ratio, as_ratio)
    together = expected["bytes_joined_newline"] / ratio
    yield Computed((*where, "zlib9_joined"), "compression_ratio", together, CLOSE if exact else BUILD)
    alone = [len(text.encode()) / float(value([text], "compression_ratio")) for text in texts]
    yield Computed((*where, "zlib9_each"), "compression_ratio", alone, CLOSE if same_zlib else BUILD)
    if len({*texts}) == len(texts):
        distance = value(texts, "normalised_compression_distance")
        by = "normalised_compression_distance"
        yield Computed((*where, "mean_ncd_zlib9_concat_ij"), by, distance, SHARE_OF_BUILD)
