"""Whether two runs answer alike, in any respect: by likeness of texts, prompt by prompt, at each temperature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from evalkit.analysis.pairing import Pairing, Place
from evalkit.nouns import Discrepancy
from evalkit.stats.multiplicity import holm
from evalkit.stats.streams import stream
from evalkit.stats.string_kernels import exact_match, padded_hamming
from evalkit.stats.two_sample import mmd_test, noise_floor

KERNELS = {"exact_match": exact_match, "padded_hamming": padded_hamming}
"""Likenesses by name: one sees any change of the chances of whole answers, the other of their beginnings."""
DRAWS = 1_999
"""Arrangements sampled; the least p-value is then 1/2,000."""
MOST_COMPARED = 500
"""Answers of a side to a prompt that are compared with all others; of more so many are drawn."""
_FEWEST = 2

Texts = Mapping[Place, Sequence[str]]


def discrepancies(
    baseline: Texts, candidate: Texts, common: Pairing, *, seed: int, level: float = 0.95
) -> tuple[Discrepancy, ...]:
    """Return the test of both likenesses at each common temperature, adjusted by Holm among themselves.

    Where a side has more than 500 answers to a prompt, 500 of them are drawn: the test keeps its level, and what it
    does not see with so many is small.

    Args:
        baseline: Texts of each cell.
        candidate: The same of the other run.
        common: What the runs have in common.
        seed: Seed of the analysis.
        level: 1 less it is the chance of any false difference.
    """
    found = []
    for name in KERNELS:
        for temperature in common.temperatures:
            places = [(prompt, temperature) for prompt in common.prompts if (prompt, temperature) in common.cells]
            pairs = [(_drawn(baseline[at], seed, "first"), _drawn(candidate[at], seed, "second")) for at in places]
            pairs = [(a, b) for a, b in pairs if min(len(a), len(b)) >= _FEWEST]
            if pairs:
                found.append(_discrepancy(name, temperature, pairs, seed))
    adjusted = holm([each.p_value for each in found]) if found else ()
    return tuple(replace(each, p_adjusted=p, differs=p <= 1.0 - level) for each, p in zip(found, adjusted, strict=True))


def _drawn(texts: Sequence[str], seed: int, side: str) -> list[str]:
    """Return the texts, or some of very many, whatever the order in which they came."""
    if len(texts) <= MOST_COMPARED:
        return list(texts)
    chance = stream(seed, "discrepancy", "drawn", side, str(len(texts)))
    places = chance.choice(len(texts), size=MOST_COMPARED, replace=False)
    ordered = sorted(texts)
    return [ordered[place] for place in places.tolist()]


def _discrepancy(name: str, temperature: float, pairs: Sequence[tuple[list[str], list[str]]], seed: int) -> Discrepancy:
    rng = stream(seed, "discrepancy", name, f"{temperature:g}")
    kernels = [KERNELS[name]([*a, *b]) for a, b in pairs]
    sizes = [len(a) for a, _ in pairs]
    found = mmd_test(kernels, sizes, rng, draws=DRAWS)
    own = [kernel[:n, :n] for kernel, n in zip(kernels, sizes, strict=True) if n >= 2 * _FEWEST]
    floor = noise_floor(own, rng) / len(own) if own else None
    return Discrepancy(
        kernel=name,
        temperature=temperature,
        value=found.statistic / len(pairs),
        floor=floor,
        p_value=found.p_value,
        p_adjusted=1.0,
        differs=False,
        n_prompts=len(pairs),
    )
