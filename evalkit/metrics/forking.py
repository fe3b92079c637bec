"""What metrics of forks share: a sample as a sequence of tokens with the lead of the likeliest at each place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.nouns import Sample, Told, Undefined
from evalkit.text.logprobs import token_logprobs

if TYPE_CHECKING:
    from evalkit.stats.partings import Sequenced

_HOW = "Jeffreys interval at the effective number of samples, by a delete-one jackknife"
_NO_ENDS = "none: too few samples part from the others"


def lead(sample: Sample, meaning: Told) -> Sequenced | None:
    """Return a sample's tokens with the lead of the likeliest, in nats at temperature 1; None where they are not told.

    Args:
        sample: The sample.
        meaning: Of which distribution its log-probabilities are; what is not known yet counts as temperature 1.
    """
    from evalkit.stats.partings import END, Sequenced
    from evalkit.stats.token_entropy import top_gap

    told = token_logprobs(sample.logprobs)
    tokens = [each.token for each in told if each.token is not None]
    if not told or len(tokens) < len(told):
        return None
    scale = sample.draw.cell.temperature if meaning == "after" else 1.0
    gaps = [top_gap(each.top) for each in told]
    return Sequenced(
        steps=(*tokens, *(() if sample.truncated else (END,))),
        values=tuple(None if gap is None else gap * scale for gap in gaps),
    )


def ties(sample: Sample, meaning: Told, below: float) -> Sequenced | None:
    """Return a sample's tokens with 1 where the likeliest leads by less than so much, else 0."""
    found = lead(sample, meaning)
    if found is None:
        return None
    return replace(found, values=tuple(None if each is None else float(each < below) for each in found.values))


def fork_mean(samples: Sequence[Sample], of: Callable[[Sample], Sequenced | None]) -> float:
    """Return the mean over pairs of samples that part.

    Raises:
        Undefined: Fewer than two samples tell their tokens, or no two part.
    """
    from evalkit.stats.partings import partings

    told = _told(samples, of)
    if len(told) < 2:  # noqa: PLR2004 - a pair
        raise Undefined("fewer than two samples tell of their tokens")
    mean = partings(told).mean
    if mean is None:
        raise Undefined("no two samples part at a place whose likeliest two tokens are told")
    return mean


def tie_interval(
    samples: Sequence[Sample], level: float, meaning: Told, below: float
) -> tuple[tuple[float, float] | None, str]:
    """Return the interval of a share of ties, and how it was made."""
    from evalkit.stats.partings import partings

    ends = partings(_told(samples, lambda sample: ties(sample, meaning, below))).interval_of_share(level)
    return ends, _NO_ENDS if ends is None else _HOW


def _told(samples: Sequence[Sample], of: Callable[[Sample], Sequenced | None]) -> list[Sequenced]:
    return [found for sample in samples if (found := of(sample)) is not None]
