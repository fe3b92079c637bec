"""Cache: is an equal request answered by an earlier answer?"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Setting
from evalkit.probes.base import ALPHA, ask, completions, differ, finding, probe, refused, told, trimmed

_VARIANTS = ("", " Please.", " Thank you.", " Go on.", " Begin now.", " One is enough.")
_QUESTION = "Tell me a short story about a robot in three sentences."


def _asks(_: Setting) -> Sequence[Ask]:
    return [
        ask("equal", _QUESTION, temperature=1, repeats=6, after=1),
        *(ask(f"variant {i}", _QUESTION + more, temperature=1, after=1) for i, more in enumerate(_VARIANTS[1:], 1)),
    ]


@probe(_asks, preflight=True)
def cache(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether equal requests get draws of their own at temperature 1, and not an earlier answer again.

    Equal requests are held against the same question with harmless words behind it: a cache answers the first with one
    text while the others differ. Equal ids of replies confirm it.
    """
    names = [name for name in answers if name.startswith("variant")]
    gone = refused("equal requests", answers, "equal")
    if gone is not None:
        return [gone]
    equal, varied = completions(answers, "equal"), completions(answers, *names)
    ids = [heard.response_id for heard in answers["equal"] if heard.response_id]
    times = [heard.latency_s for heard in answers["equal"] if heard.ok]
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
            fact=f"Equal requests at temperature 1 get one answer, reworded ones do not ({seen}).",
            meaning="Answers come from a cache: agreement is counted where nothing was sampled.",
            remedy="Switch the cache off, or add a word that changes with each request.",
        )
        evidence = "; ".join([seen, *signs])
        return [finding("equal requests", Conduct.IGNORED, evidence, p_value=p_value, test=test, cautions=(caution,))]
    if same:
        settle = "a question that has many answers at temperature 1"
        return [finding("equal requests", Conduct.UNKNOWN, seen, p_value=p_value, test=test, settle=settle)]
    return [finding("equal requests", Conduct.HONOURED, f"each is sampled anew: {seen}", p_value=p_value, test=test)]
