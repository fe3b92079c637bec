"""Choices: does n = K give K answers that are draws of their own?"""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Mode, Setting
from evalkit.probes.base import WARM, ask, completions, finding, probe, refused, told, warm

_N = 4


def _asks(setting: Setting) -> Sequence[Ask]:
    return [
        ask("n = 4", temperature=setting.warm, n=_N, repeats=2, after=1),
        warm(setting),
    ]


def _matters(setting: Setting) -> bool:
    return setting.mode is Mode.CHOICES


@probe(_asks, before=_matters)
def choices(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether ``n`` gives as many answers as asked for, and whether they are draws of their own.

    Copies are told from honest repetitions by the chance that all choices of a request are equal, which is bounded by
    how often separate requests agree.
    """
    gone = refused("n", answers, "n = 4")
    if gone is not None:
        return [gone]
    counts = [len(heard.texts) for heard in answers["n = 4"] if heard.ok]
    groups = [heard.texts for heard in answers["n = 4"] if heard.ok]
    free = completions(answers, WARM)
    seen = f"asked for {_N}, got {', '.join(map(str, counts))}; separate requests: {told(free)}"
    if max(counts) == 1:
        return [finding("n", Conduct.IGNORED, seen)]
    if min(counts) < _N:
        return [finding("n", Conduct.PARTLY, seen)]
    copies = all(len(set(group)) == 1 for group in groups)
    if copies and len(set(free)) > len(free) // 2:
        caution = Caution(
            slug="copies-under-n",
            fact=f"Requests with n = {_N} give {_N} copies of one answer; separate requests differ ({told(free)}).",
            meaning="In draw mode choices every cell would look more deterministic than it is.",
            remedy="Use mode: separate.",
        )
        return [finding("n", Conduct.PARTLY, f"copies of one answer: {seen}", cautions=(caution,))]
    if copies and len(set(free)) > 1:
        settle = "a question that has more answers at temperature 1"
        return [finding("n", Conduct.UNKNOWN, f"equal choices: {seen}", settle=settle)]
    _ = setting
    return [finding("n", Conduct.HONOURED, f"{seen}; {told([t for g in groups for t in g])} among the choices")]
