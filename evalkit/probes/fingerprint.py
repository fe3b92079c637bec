"""Fingerprint: does the server name its configuration, and does it stay what it is?"""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Setting
from evalkit.probes.base import WARM, ask, finding, probe, refused, warm


def _asks(setting: Setting) -> Sequence[Ask]:
    return [
        ask("T = 0", temperature=0, repeats=4, after=1),
        warm(setting),
        ask("last", temperature=1, repeats=2, after=9),
    ]


@probe(_asks)
def fingerprint(answers: Answers, _: Setting) -> list[Finding]:
    """Return whether replies name the server's configuration and the model, and whether those stay the same."""
    gone = refused("system_fingerprint", answers, "T = 0", WARM)
    if gone is not None:
        return [gone]
    every = [heard for some in answers.values() for heard in some if heard.ok]
    marks = [heard.fingerprint for heard in every if heard.fingerprint]
    models = sorted({heard.model for heard in every if heard.model})
    named = f"model: {', '.join(models) or 'none'}"
    if not marks:
        return [finding("system_fingerprint", Conduct.IGNORED, f"no reply names one; {named}")]
    seen = f"{len(marks)} of {len(every)} replies name one, {len(set(marks))} different; {named}"
    if len(set(marks)) == 1:
        return [finding("system_fingerprint", Conduct.HONOURED, seen)]
    caution = Caution(
        slug="fingerprint-changed",
        fact=f"Within one probing the server named {len(set(marks))} configurations.",
        meaning="Answers of one run come from several backends: what differs at temperature 0 may be theirs.",
        remedy="Look at each configuration by itself, or ask a server of its own.",
    )
    return [finding("system_fingerprint", Conduct.PARTLY, seen, cautions=(caution,))]
