"""Default: at which temperature are tokens drawn when none is sent?"""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, Interval, Setting
from evalkit.probes.base import finding, probe, refused
from evalkit.probes.places import drawn, firsts, kind_of, positions, shown
from evalkit.stats.effective_temperature import EffectiveTemperature, from_logprobs
from evalkit.stats.logprob_convention import Convention

_SUBJECT = "temperature where none is sent"
_WORDINGS, _DEEP = 1, 40
_WIDEST = 2.5
"""An interval whose ends are further apart than by this factor says too little."""
_LEVEL = 0.999
_PRECISE = 0.15


def _asks(setting: Setting) -> Sequence[Ask]:
    if setting.deep:
        return [*drawn("none", _DEEP, at_once=max(1, setting.concurrency)), *firsts()]
    return [*drawn("none", _WORDINGS), *firsts()]


@probe(_asks)
def default(answers: Answers, _: Setting) -> list[Finding]:
    """Return the temperature at which tokens are drawn when none is sent, which the protocol says is 1.

    A program that leaves it out, or sends null, gets this one: of its settings and of 1, only one is meant.
    """
    names = [name for name in answers if name.startswith("none, ")]
    gone = refused(_SUBJECT, answers, *names)
    if gone is not None:
        return [gone]
    places, kind = positions(answers, "none"), kind_of(answers)
    if not places:
        return [finding(_SUBJECT, Conduct.UNKNOWN, "there are no logprobs to tell it by", settle="logprobs")]
    if kind is not Convention.BEFORE:
        settle = "logprobs from before the temperature"
        return [finding(_SUBJECT, Conduct.UNKNOWN, "the logprobs may hold it themselves", settle=settle)]
    return [_of(from_logprobs(places, level=_LEVEL))]


def _of(found: EffectiveTemperature) -> Finding:
    seen = f"{shown(found)}, {found.n:,} places"
    if found.ends is None:
        return finding(_SUBJECT, Conduct.UNKNOWN, seen, settle="more places with alternatives")
    low, high = found.ends
    more = {"value": found.value, "interval": Interval(low=low, high=high, level=_LEVEL), "unit": "temperature"}
    test = "likelihood of the tokens"
    if not low <= 1.0 <= high:
        return finding(_SUBJECT, Conduct.PARTLY, f"not 1: {seen}", test=test, **more)
    if low <= 0.0 or high / low > _WIDEST:
        needed = found.needed(_PRECISE)
        settle = f"about {needed:,} such places" if needed else "more places with alternatives"
        return finding(_SUBJECT, Conduct.UNKNOWN, f"1 is not excluded: {seen}", settle=settle, **more)
    return finding(_SUBJECT, Conduct.HONOURED, f"about 1: {seen}", test=test, **more)
