"""Logprobs: are they offered, of which distribution are they, and does asking for them change the text?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, LogprobMeaning, Setting
from evalkit.probes.base import (
    agreement,
    ask,
    cold_refused,
    completions,
    differ,
    finding,
    probe,
    refused,
    told,
    trimmed,
)
from evalkit.probes.places import TOP, first_names, first_places, firsts, slopes
from evalkit.stats.logprob_convention import ABSENT, Convention, Slope, convention

_SHARE = 0.1
"""Where all that is not listed is less than this share of the least listed token, nothing is left of the others."""
_ROUNDING = 1e-7
"""Least listed tokens below this are as small as the errors of sums."""
_MEANINGS = {
    Convention.BEFORE: LogprobMeaning.BEFORE_TEMPERATURE,
    Convention.AFTER: LogprobMeaning.AFTER_TEMPERATURE,
    Convention.OTHER: LogprobMeaning.ANOTHER,
    Convention.UNKNOWN: LogprobMeaning.UNKNOWN,
}
_OF_LIST = {
    Convention.BEFORE: LogprobMeaning.BEFORE_OF_LIST,
    Convention.AFTER: LogprobMeaning.AFTER_OF_LIST,
}
_TEXT = "text when logprobs are asked for"


def _asks(_: Setting) -> Sequence[Ask]:
    return [
        *firsts(),
        ask("cold with", temperature=0, logprobs=True, top_logprobs=TOP, repeats=2, after=1),
        ask("cold without", temperature=0, repeats=4, after=1),
    ]


def _matters(setting: Setting) -> bool:
    return dict(setting.decoding.extra).get("logprobs") is True


@probe(_asks, before=_matters)
def logprobs(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether log-probabilities are offered, what temperature is in them, and whether asking changes answers.

    What temperature is in them is told by the slope of log-odds at one temperature against those at another, at the
    first place of one question: 1 where they are from before the temperature, the ratio of both where from after it.
    """
    names = first_names()
    gone = refused("logprobs", answers, *names)
    if gone is not None:
        return [gone]
    n_told = sum(heard.tokens is not None for name in names for heard in answers[name])
    n = sum(len(answers[name]) for name in names)
    if not n_told:
        return [finding("logprobs", Conduct.IGNORED, f"none of {n} replies holds any, though asked for")]
    return [
        finding("logprobs", Conduct.HONOURED, f"{n_told} of {n} replies hold them"),
        *_of_kind(answers),
        *_of_text(answers, setting),
    ]


def _of_kind(answers: Answers) -> Iterator[Finding]:
    found = slopes(answers)
    kind = convention(found)
    seen = ", ".join(f"T = {each.temperature:g}: {_shown(each)}" for each in found)
    evidence = f"{kind.value} (slope of log-odds against T = 1, {seen})"
    conduct = {Convention.UNKNOWN: Conduct.UNKNOWN, Convention.OTHER: Conduct.PARTLY}.get(kind, Conduct.HONOURED)
    if _are_cut(first_places(answers)):
        conduct, evidence = Conduct.PARTLY, f"{evidence}; those that are told add up to 1, as if there were no others"
    details = (("convention", kind.value), ("meaning", _meaning(kind, first_places(answers)).value))
    settle = "" if conduct is not Conduct.UNKNOWN else "a question with more alternatives at its first place"
    yield finding("what logprobs tell", conduct, evidence, settle=settle, details=details)


def _meaning(kind: Convention, places: Sequence[Mapping[str, float]]) -> LogprobMeaning:
    """Return of which distribution the values are: a mark of what was cut says that they are of what was sampled."""
    if not _are_cut(places) or kind not in _OF_LIST:
        return _MEANINGS[kind]
    if not _has_marks(places):
        return _OF_LIST[kind]
    return LogprobMeaning.AFTER_TRUNCATION if kind is Convention.AFTER else _MEANINGS[kind]


def _has_marks(places: Sequence[Mapping[str, float]]) -> bool:
    return any(value <= ABSENT for each in places for value in each.values())


def _are_cut(places: Sequence[Mapping[str, float]]) -> bool:
    """Return whether tokens are marked as absent, or a list that must go on adds up to 1 everywhere."""
    if _has_marks(places):
        return True
    full = [[math.exp(value) for value in each.values()] for each in places if len(each) >= TOP]
    full = [each for each in full if min(each) > _ROUNDING]
    return bool(full) and all(abs(sum(each) - 1.0) < _SHARE * min(each) for each in full)


def _of_text(answers: Answers, setting: Setting) -> Iterator[Finding]:
    gone = cold_refused(_TEXT, answers, "cold with", "cold without")
    if gone is not None:
        yield gone
        return
    with_them, without = completions(answers, "cold with"), completions(answers, "cold without")
    note = trimmed(answers, "cold with", "cold without")
    seen = f"at T = 0 with logprobs: {told(with_them)}, without: {told(without)}{note}"
    if agreement(without) != 1.0 or not with_them:
        yield finding(_TEXT, Conduct.UNKNOWN, seen, settle="an endpoint that repeats itself at T = 0")
    elif set(with_them) == set(without):
        yield finding(_TEXT, Conduct.HONOURED, f"the same: {seen}")
    else:
        p_value = differ(with_them, without, setting, "logprobs")
        test = "permutation test of T = 0 with against without"
        yield finding(_TEXT, Conduct.PARTLY, f"another text: {seen}", p_value=p_value, test=test)


def _shown(each: Slope) -> str:
    return "no slope" if each.value is None or each.se is None else f"{each.value:.3f} ± {each.se:.3f}"
