"""Temperature: does the setting change anything?"""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Setting
from evalkit.probes.base import ALPHA, ask, completions, differ, finding, probe, refusals, refused, told, trimmed

_COLD, _WARM, _HOT = "T = 0", "T = 1", "T = 2"


def _asks(_: Setting) -> Sequence[Ask]:
    return [
        ask(_HOT, temperature=2, repeats=4),
        ask(_COLD, temperature=0, repeats=4, after=1),
        ask(_WARM, temperature=1, repeats=6, after=1),
    ]


@probe(_asks, preflight=True)
def temperature(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether answers hang on the temperature that is sent.

    Equal requests at 0, 1 and 2: honoured when those at 0 differ in law from those at 1 or 2 by a permutation test;
    ignored when none differ although they vary, or when nothing varies at all.
    """
    gone = refused("temperature", answers, _COLD, _WARM, _HOT)
    if gone is not None:
        return [gone]
    cold, warm, hot = (completions(answers, name) for name in (_COLD, _WARM, _HOT))
    seen = f"T = 0: {told(cold)}; T = 1: {told(warm)}; T = 2: {told(hot)}{trimmed(answers, *answers)}"
    if not (cold and hot):
        said = "; ".join(refusals(answers, _COLD, _WARM, _HOT))
        return [finding("temperature", Conduct.REFUSED, f"some temperatures are refused ({seen}): {said}")]
    pooled = [*warm, *hot]
    p_value = differ(cold, pooled, setting, "temperature")
    test = "permutation test of T = 0 against 1 and 2"
    if p_value is not None and p_value <= ALPHA:
        return [finding("temperature", Conduct.HONOURED, seen, p_value=p_value, test=test)]
    fixed = len(set(cold) | set(pooled)) == 1
    if fixed or len(set(cold)) > 1:
        how = "all answers are one text" if fixed else "answers at 0 vary like those at 2"
        caution = Caution(
            slug="temperature-ignored",
            fact=f"Temperatures 0, 1 and 2 give answers that can not be told apart: {how} ({seen}).",
            meaning="Points of a curve at different temperatures are repetitions of one another.",
            remedy="Ask the server's operator for sampling to be switched on; compare only runs of other endpoints.",
        )
        return [
            finding("temperature", Conduct.IGNORED, f"{how}: {seen}", p_value=p_value, test=test, cautions=(caution,))
        ]
    settle = "more repetitions of a question that has many answers"
    return [finding("temperature", Conduct.UNKNOWN, seen, p_value=p_value, test=test, settle=settle)]
