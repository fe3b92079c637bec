"""Greedy: is what is said at temperature 0 what the logprobs call likeliest?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Heard, Setting
from evalkit.probes.base import STORY, agreement, ask, cold_refused, completions, finding, probe, told
from evalkit.probes.places import TOP

_SUBJECT = "likeliest token at T = 0"
_TOKENS = 60
_NEAR = 0.05
"""Nats by which values may be off from call to call: tokens nearer than this are one as likely as the other."""


def _asks(_: Setting) -> Sequence[Ask]:
    return [
        ask("with", STORY, temperature=0, max_tokens=_TOKENS, logprobs=True, top_logprobs=TOP, repeats=2, after=1),
        ask("without", STORY, temperature=0, max_tokens=_TOKENS, repeats=5, after=1),
    ]


@probe(_asks)
def greedy(answers: Answers, _: Setting) -> list[Finding]:
    """Return whether each token at temperature 0 is the likeliest of those that are told there.

    Where another one is said, and always the same, something stands between the model and the answer: a penalty for
    what was said already, a list of words that are banned or favoured.
    """
    gone = cold_refused(_SUBJECT, answers, "with", "without")
    if gone is not None:
        return [gone]
    heard = [each for each in answers["with"] if each.tokens and any(token.top for token in each.tokens)]
    if not heard:
        return [finding(_SUBJECT, Conduct.UNKNOWN, "there are no logprobs to tell it by", settle="logprobs")]
    with_them, without = completions(answers, "with"), completions(answers, "without")
    n = sum(1 for token in heard[0].tokens or () if token.top)
    off = list(_others(heard[0]))
    if not off:
        return [finding(_SUBJECT, Conduct.HONOURED, f"said at all of {n} places")]
    seen = f"another one is said at {len(off)} of {n} places, first at {off[0]}"
    if agreement(with_them) != 1.0 or agreement(without) != 1.0:
        settle = "an endpoint that repeats itself at T = 0"
        return [finding(_SUBJECT, Conduct.UNKNOWN, f"{seen}; answers vary ({told(without)})", settle=settle)]
    if set(with_them) != set(without):
        settle = "an endpoint whose text does not change when logprobs are asked for"
        return [finding(_SUBJECT, Conduct.UNKNOWN, f"{seen}; without logprobs the text is another", settle=settle)]
    caution = Caution(
        slug="truncated-distribution",
        fact=f"At temperature 0 the likeliest token is not always the one that is said ({seen}).",
        meaning="A penalty, or a list of words, changes the distribution: numbers do not compare with other servers'.",
        remedy="Send the server's name for none in decoding.extra, such as repeat_penalty: 1.",
    )
    return [finding(_SUBJECT, Conduct.PARTLY, seen, cautions=(caution,))]


def _others(heard: Heard) -> Iterator[str]:
    """Yield the places, in words, at which a token was clearly likelier than the one that was said."""
    for place, token in enumerate(heard.tokens or (), 1):
        likeliest, best = max(token.top, key=lambda each: each[1], default=(token.text, token.logprob))
        if likeliest != token.text and best - token.logprob > _NEAR:
            yield f"token {place}, {token.text!r} for {likeliest!r}, {best - token.logprob:.2f} nats likelier"
