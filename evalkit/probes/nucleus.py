"""Nucleus: does top_p narrow the answers?"""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, Setting
from evalkit.probes.base import ALPHA, WARM, ask, completions, differ, finding, probe, refused, told, trimmed, warm


def _asks(setting: Setting) -> Sequence[Ask]:
    return [
        ask("narrow", temperature=1, top_p=0.01, repeats=5, after=1),
        warm(setting),
    ]


@probe(_asks)
def nucleus(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether ``top_p`` narrows the answers.

    At temperature 1 a nucleus of 0.01 holds one token, so answers are one text; without it they vary.
    """
    gone = refused("top_p", answers, "narrow")
    if gone is not None:
        return [gone]
    narrow, wide = completions(answers, "narrow"), completions(answers, WARM)
    seen = f"top_p = 0.01: {told(narrow)}; without: {told(wide)}{trimmed(answers, *answers)}"
    p_value = differ(narrow, wide, setting, "nucleus")
    test = "permutation test of top_p = 0.01 against none"
    if len(set(wide)) < 2 or p_value is None:  # noqa: PLR2004 - they vary
        return [finding("top_p", Conduct.UNKNOWN, seen, settle="a question that has many answers at temperature 1")]
    if len(set(narrow)) == 1 and p_value <= ALPHA:
        return [finding("top_p", Conduct.HONOURED, seen, p_value=p_value, test=test)]
    conduct = Conduct.PARTLY if p_value <= ALPHA else Conduct.IGNORED if len(set(narrow)) > 1 else Conduct.UNKNOWN
    settle = "" if conduct is not Conduct.UNKNOWN else "more repetitions"
    return [finding("top_p", conduct, seen, p_value=p_value, test=test, settle=settle)]
