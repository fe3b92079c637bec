"""Token entropy: how open the next token is, on average."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from evalkit.errors import UsageError
from evalkit.metrics.base import sample_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import JSON, Reads, Sample, Told, Undefined
from evalkit.text.logprobs import token_logprobs


def _follows(options: Mapping[str, JSON]) -> Mapping[str, Any]:
    """Refuse a bound that can not be computed when it is asked for, not after the sampling."""
    if options["bound"] == "upper" and options["vocabulary"] is None:
        raise UsageError("the upper bound hangs on how many tokens there are", hint="such as vocabulary: 128000")
    reads = Reads.CONVERTED if options["of"] == "drawn" else Reads.TOLD
    return at_least("token_entropy", options, vocabulary=2) | {"reads": reads}


@sample_metric(unit="nats", bounds=(0.0, math.inf), needs="samples", reads=Reads.TOLD, of_options=_follows)
def token_entropy(
    sample: Sample,
    *,
    bound: Literal["lower", "upper"] = "lower",
    vocabulary: int | None = None,
    per: Literal["text", "token"] = "token",
    of: Literal["told", "drawn"] = "told",
    meaning: Told = "probed",
) -> float | None:
    """Return the mean over a sample's tokens of the entropy of the next token, in nats; None when it is not told.

    Servers tell the likeliest tokens only, which leaves a bracket: `bound` ``lower`` takes the rest of the
    probability for one token, ``upper`` spreads it over all other tokens of a `vocabulary` of that many. Read both
    where they lie more than 0.05 apart. With `per` set to ``text`` it is the sum over the tokens.

    It is the model's openness at the places that its own samples led to, under the log-probabilities as told: where
    they are from before the temperature it tells of the places, not of the sampling, and its name says so. `of` set
    to ``drawn`` brings them to the temperature that was asked for; the bracket then takes the rest of the probability
    in the ways that leave the least and the most, no token of it being likelier than the least one listed. ``drawn``
    together with ``text`` estimates the entropy of the answers, as `sequence_entropy` does and with less variance,
    where nothing was truncated. The probe ``logprobs`` tells what they are of, or say it by ``meaning``.

    Late tokens are more certain, so it moves with length a little. A place at which the list of likeliest tokens is
    missing is left out; without any there is no value. Ask for the list by the decoding's extra fields:
    ``logprobs: true`` and ``top_logprobs: 20``.

    References:
        C. E. Shannon, "A Mathematical Theory of Communication", Bell System Technical Journal 27(3), 379-423 (1948).
        The brackets: definition by this project, from the concavity of entropy.
    """
    places = [[p for each in token.top if (p := math.exp(each)) > 0.0] for token in token_logprobs(sample.logprobs)]
    places = [top for top in places if top]
    if not places:
        return None
    ends = _told(places, vocabulary) if of == "told" else _drawn(places, vocabulary, _temperature(sample, meaning))
    total = math.fsum(high if bound == "upper" else low for low, high in ends)
    return total if per == "text" else total / len(places)


def _told(places: Sequence[Sequence[float]], vocabulary: int | None) -> list[tuple[float, float]]:
    from evalkit.stats.token_entropy import entropy_bracket

    # One token more than were told is the least that can hold the rest.
    return [entropy_bracket(top, vocabulary=max(len(top) + 1, vocabulary or 0)) for top in places]


def _drawn(places: Sequence[Sequence[float]], vocabulary: int | None, temperature: float) -> list[tuple[float, float]]:
    from evalkit.stats.token_entropy import drawn_bracket

    sizes = [None if vocabulary is None else max(len(top) + 1, vocabulary) for top in places]
    return [drawn_bracket(top, temperature, vocabulary=n) for top, n in zip(places, sizes, strict=True)]


def _temperature(sample: Sample, meaning: Told) -> float:
    """Return by what log-probabilities are to be divided, so that they are those of what was drawn."""
    if meaning == "after":
        return 1.0
    temperature = sample.draw.cell.temperature
    if temperature == 0.0:
        raise Undefined("at T = 0 the likeliest token is taken, so nothing is drawn")
    return temperature
