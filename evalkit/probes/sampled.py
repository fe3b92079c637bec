"""Sampled: which temperature are first tokens drawn at, by samples alone?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Interval, Setting
from evalkit.probes.base import ANIMAL, ask, completions, finding, probe, refusals
from evalkit.probes.places import shown
from evalkit.stats.counted_temperature import LEAST_SAMPLES, from_counts
from evalkit.stats.streams import stream
from evalkit.stats.temperature_map import temperature_map

_SUBJECT = "temperature by samples alone"
_GRID = (0.5, 1.5)
_REFERENCE = 1.0
_QUESTIONS = (
    ANIMAL,
    "Tell me a short story about a lighthouse.",
    "Write a poem about autumn.",
    "Explain how a bicycle works.",
    "List twenty random words.",
    "Write a short email to a friend.",
)
_ALPHA = 0.005


def _asks(setting: Setting) -> Sequence[Ask]:
    at_once = max(1, setting.concurrency)
    return [
        ask(_name(t, i), text, temperature=t, max_tokens=1, repeats=LEAST_SAMPLES, at_once=at_once, after=5)
        for t in (_REFERENCE, *_GRID)
        for i, text in enumerate(_QUESTIONS)
    ]


@probe(_asks, deep=True)
def sampled(answers: Answers, setting: Setting) -> list[Finding]:
    """Return the temperatures that first tokens are drawn at, as multiples of the one at T = 1, without logprobs.

    Six questions, three temperatures, 200 answers of one token to each: 3,600 requests. Only ratios show: an endpoint
    that multiplies every temperature by one factor is not told from an obedient one.
    """
    for t in (_REFERENCE, *_GRID):
        names = [_name(t, i) for i in range(len(_QUESTIONS))]
        if not completions(answers, *names):
            said = f"T = {t:g} is refused: {'; '.join(refusals(answers, *names)) or 'no answer came'}"
            return [finding(_SUBJECT, Conduct.UNKNOWN, said, settle="an endpoint that takes temperatures")]
    found = {}
    for t in _GRID:
        pairs = [(_counts(answers, _REFERENCE, i), _counts(answers, t, i)) for i in range(len(_QUESTIONS))]
        rng = stream(setting.seed, "probe", "sampled", f"{t:g}")
        found[t] = from_counts(pairs, rng, reference=_REFERENCE, least_samples=LEAST_SAMPLES * 9 // 10)
    seen = "; ".join(f"{t:g} -> {shown(each)}" if each.ends else f"{t:g}: {each.reason}" for t, each in found.items())
    evidence = f"against T = 1: {seen} ({sum(map(len, answers.values())):,} first tokens)"
    chosen = temperature_map(list(found.items()), alpha=_ALPHA)
    fit = chosen.best
    if fit is None:
        settle = "questions whose first token has more alternatives"
        return [finding(_SUBJECT, Conduct.UNKNOWN, f"{chosen.reason}: {evidence}", settle=settle)]
    high = found[_GRID[-1]]
    told = {
        "value": high.value,
        "interval": None if high.ends is None else Interval(low=high.ends[0], high=high.ends[1]),
        "unit": f"temperature at T = {_GRID[-1]:g}, as a multiple of that at 1",
        "p_value": chosen.p_value,
        "test": "likelihood ratio of the map against the identity",
    }
    if fit.name == "identity":
        return [finding(_SUBJECT, Conduct.HONOURED, f"ratios are as asked for: {evidence}", **told)]
    what = "one temperature whatever is asked for" if fit.name == "constant" else "ratios are not as asked for"
    caution = Caution(
        slug="temperature-ignored",
        fact=f"The temperature that is set is not the one that first tokens are drawn at: {what} ({evidence}).",
        meaning="The axis of every curve says what was asked for, not what was done.",
        remedy="Read the effective temperatures beside the axis, or ask a server that does what it is told.",
    )
    conduct = Conduct.IGNORED if fit.name == "constant" else Conduct.PARTLY
    return [finding(_SUBJECT, conduct, f"{what}: {evidence}", cautions=(caution,), **told)]


def _name(t: float, question: int) -> str:
    return f"T = {t:g}, {question}"


def _counts(answers: Answers, t: float, question: int) -> Counter[str]:
    return Counter(completions(answers, _name(t, question)))
