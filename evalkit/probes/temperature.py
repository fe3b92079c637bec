"""Temperature: does the setting change anything?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Setting
from evalkit.probes.base import (
    ALPHA,
    COLD,
    WARM,
    ask,
    cold,
    completions,
    differ,
    finding,
    probe,
    refusals,
    refused,
    told,
    trimmed,
    warm,
)

_HOT = "hot"


def _asks(setting: Setting) -> Sequence[Ask]:
    return [
        *([] if setting.brief else [ask(_HOT, temperature=2, repeats=4)]),
        cold(setting),
        warm(setting),
    ]


def _matters(setting: Setting) -> bool:
    return len(setting.temperatures) > 1


@probe(_asks, before=_matters)
def temperature(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether answers hang on the temperature that is sent.

    Equal requests at 0, 1 and 2, or at the lowest and the highest of a run that is to begin: honoured when those at the
    lowest differ in law from the others by a permutation test; ignored when none differ although they vary, or when
    nothing varies at all.
    """
    at = {COLD: setting.cold, WARM: setting.warm, **({} if setting.brief else {_HOT: 2.0})}
    gone = refused("temperature", answers, *at)
    if gone is not None:
        return [gone]
    coldest, *rest = (completions(answers, name) for name in at)
    seen = f"{_each(answers, at)}{trimmed(answers, *at)}"
    if not (coldest and rest[-1]):
        said = "; ".join(refusals(answers, *at))
        return [finding("temperature", Conduct.REFUSED, f"some temperatures are refused ({seen}): {said}")]
    pooled = [text for texts in rest for text in texts]
    p_value = differ(coldest, pooled, setting, "temperature")
    others = " and ".join(f"{t:g}" for name, t in at.items() if name != COLD)
    test = f"permutation test of T = {setting.cold:g} against {others}"
    if p_value is not None and p_value <= ALPHA:
        return [finding("temperature", Conduct.HONOURED, seen, p_value=p_value, test=test)]
    fixed = len(set(coldest) | set(pooled)) == 1 and max(at.values()) >= 1
    if fixed or (len(set(coldest)) > 1 and not setting.cold):
        how = "all answers are one text" if fixed else f"answers at 0 vary like those at {others}"
        caution = Caution(
            slug="temperature-ignored",
            fact=f"Temperatures {setting.cold:g} and {others} give answers that can not be told apart: {how} ({seen}).",
            meaning="Points of a curve at different temperatures are repetitions of one another.",
            remedy="Ask the server's operator for sampling to be switched on; compare only runs of other endpoints.",
        )
        return [
            finding("temperature", Conduct.IGNORED, f"{how}: {seen}", p_value=p_value, test=test, cautions=(caution,))
        ]
    settle = "more repetitions of a question that has many answers"
    return [finding("temperature", Conduct.UNKNOWN, seen, p_value=p_value, test=test, settle=settle)]


def _each(answers: Answers, at: Mapping[str, float]) -> str:
    return "; ".join(f"T = {t:g}: {told(completions(answers, name))}" for name, t in at.items())
