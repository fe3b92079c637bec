"""Total agreement: whether all samples of a prompt are the same text."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.metrics.base import set_metric
from evalkit.nouns import Panel
from evalkit.text.levels import at_level


@set_metric(
    unit="share",
    bounds=(0.0, 1.0),
    depends_on_length=True,
    diversity=-1,
    panel=Panel.LITERATURE,
    prepare=at_level,
)
def total_agreement(texts: Sequence[str | None]) -> float:
    """Return 1 when all samples of the prompt are the same text, else 0.

    Its mean over prompts is the total agreement rate of the literature: TARr@N, or TARa@N at ``level: answer`` with a
    `pattern`, where N is the number of samples in each cell. It falls steeply with N, whatever the model does: where
    one sample in a hundred differs, 0.95 at N = 5 and 0.37 at N = 100. Never quote it without N; with
    `rarefy` N is that number. For a rate that compares, read `tar_at_k`, the unbiased form. What counts as the
    same is chosen by `level`, ``raw`` unless told otherwise: case counts, which it did not in the first code of the
    authors (they lower-cased and stripped). A text in which the pattern finds nothing agrees with no text, so
    that a single one makes the prompt fail. Empty texts agree with each other.

    References:
        B. Atil et al., "Non-Determinism of 'Deterministic' LLM Settings", arXiv 2408.04667 (2024).
    """
    return float(texts[0] is not None and all(text == texts[0] for text in texts))
