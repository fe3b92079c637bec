"""Reference agreement: how often a sample is the reference output."""

from __future__ import annotations

from evalkit.metrics.base import sample_metric
from evalkit.nouns import Undefined
from evalkit.text.levels import at_level


@sample_metric(unit="share", bounds=(0.0, 1.0), quality=1, depends_on_length=True, needs="reference", prepare=at_level)
def reference_agreement(
    text: str | None, reference: str | None, *, level: str = "raw", pattern: str | None = None
) -> float:
    """Return 1 when a sample is the prompt's reference output, else 0.

    The reference is the output of a baseline run, or the greedy one, given with the prompt: chosen before the samples
    were seen, so the share is that of a coin and its interval exact. It says whether a model has moved away from
    a known output, not whether either is right (`accuracy` does). What counts as the same is chosen by `level`, for
    both; ``raw`` unless told otherwise. A text in which the `pattern` finds nothing does not agree; a reference in
    which it finds nothing gives no value. Longer outputs agree less, mechanically.

    References:
        B. Atil et al., "Non-Determinism of 'Deterministic' LLM Settings", arXiv 2408.04667 (2024), for agreement
        between runs; with a reference output: definition by this project.
        C. J. Clopper, E. S. Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the
        Binomial", Biometrika 26(4), 404-413 (1934), for its interval.
    """
    if reference is None:
        raise Undefined("the prompt has no reference")
    wanted = at_level(reference, level=level, pattern=pattern)
    if wanted is None:
        raise Undefined(f"the prompt's reference holds nothing at the level {level!r}")
    return float(text == wanted)
