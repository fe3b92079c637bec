"""Cache: is an equal request answered by an earlier answer?"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Setting
from evalkit.probes.base import (
    ALPHA,
    STORY,
    WARM,
    ask,
    completions,
    differ,
    finding,
    is_warm,
    probe,
    refused,
    told,
    trimmed,
    warm,
)

_MORE = (" Please.", " Thank you.", " Go on.", " Begin now.", " One is enough.")


def _asks(setting: Setting) -> Sequence[Ask]:
    return [
        warm(setting),
        *(ask(f"variant {i}", STORY + more, temperature=setting.warm, after=1) for i, more in enumerate(_MORE)),
    ]


@probe(_asks, before=is_warm)
def cache(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether equal requests get draws of their own at temperature 1, and not an earlier answer again.

    Equal requests are held against the same question with harmless words behind it: a cache answers the first with one
    text while the others differ. Equal ids of replies confirm it.
    """
    names = [name for name in answers if name.startswith("variant")]
    gone = refused("equal requests", answers, WARM)
    if gone is not None:
        return [gone]
    equal, varied = completions(answers, WARM), completions(answers, *names)
    ids = [heard.response_id for heard in answers[WARM] if heard.response_id]
    times = [heard.latency_s for heard in answers[WARM] if heard.ok]
    faster = times and statistics.median(times[1:] or times) < times[0] / 10
    note = trimmed(answers, *answers)
    seen = f"equal requests: {told(equal)}; the same with other words behind it: {told(varied)}{note}"
    p_value = differ(equal, varied, setting, "cache")
    test = "permutation test of equal requests against reworded ones"
    repeated = len(ids) > 1 and len(set(ids)) < len(ids)
    same = len(set(equal)) == 1 and len(equal) > 1
    if same and (repeated or (len(set(varied)) > 1 and p_value is not None and p_value <= ALPHA)):
        signs = [*(["equal ids"] if repeated else []), *(["the later ones in a tenth of the time"] if faster else [])]
        caution = Caution(
            slug="too-alike-to-be-random",
            fact=f"Equal requests at temperature {setting.warm:g} get one answer, reworded ones do not ({seen}).",
            meaning="Answers come from a cache: agreement is counted where nothing was sampled.",
            remedy="Switch the cache off, or add a word that changes with each request.",
        )
        evidence = "; ".join([seen, *signs])
        return [finding("equal requests", Conduct.IGNORED, evidence, p_value=p_value, test=test, cautions=(caution,))]
    if same:
        settle = "a question that has many answers at temperature 1"
        return [finding("equal requests", Conduct.UNKNOWN, seen, p_value=p_value, test=test, settle=settle)]
    return [finding("equal requests", Conduct.HONOURED, f"each is sampled anew: {seen}", p_value=p_value, test=test)]
