"""Effective temperature: which temperature are tokens drawn at, when one is asked for?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Interval, Setting
from evalkit.probes.base import finding, probe, refusals, refused
from evalkit.probes.places import DEEP_GRID, GRID, drawn, firsts, kind_of, lists, positions, shown
from evalkit.stats.effective_temperature import EffectiveTemperature, Position, from_logprobs, truncation_gap
from evalkit.stats.hidden_cut import HiddenCut, hidden_cut, likelihood_map
from evalkit.stats.logprob_convention import Convention
from evalkit.stats.pit import Cut
from evalkit.stats.temperature_map import TemperatureMap

_FIRST = 2.0
_ALPHA = 0.001
_SURE = 12.0
"""Log-likelihood that tokens no list holds must give for a map where the others give none: with less, or less than for
a cut, it may be that which made them rare."""
_SUBJECT = "effective temperature"
_CLEAR = 2.0
"""Log-likelihood by which one explanation must beat another."""
_WORDINGS, _DEEP = 1, 8
_ENOUGH = 2


def _asks(setting: Setting) -> Sequence[Ask]:
    return [*(ask for t in _grid(setting) for ask in _drawn(t, setting)), *firsts()]


def _drawn(t: float, setting: Setting) -> Sequence[Ask]:
    """Return the requests at one temperature: more at the highest, which tells most of all others apart."""
    wordings = _DEEP if setting.deep else _WORDINGS + (t == GRID[-1])
    return drawn(f"T = {t:g}", wordings, at_once=max(1, setting.concurrency) if setting.deep else 1, temperature=t)


def _grid(setting: Setting) -> Sequence[float]:
    return DEEP_GRID if setting.deep else GRID


@probe(_asks)
def effective(answers: Answers, setting: Setting) -> list[Finding]:
    """Return the temperature at which tokens are drawn, for each that is asked for, and whether unlikely ones miss.

    Maximum likelihood of an exponent on the reported probabilities, at every place of every answer; the map from asked
    to effective temperatures is chosen among identity, constant, a multiple and a ceiling. Tokens that a cut leaves
    out would make temperatures look low: where one is found, the map is of the tokens it keeps. The first requests of
    a probing are sent at temperature 2: a constant map at 2 means that their settings rule all later ones.
    """
    names = [name for name in answers if name.startswith("T = ")]
    gone = refused(_SUBJECT, answers, *names)
    if gone is not None:
        return [gone]
    ok = {name.rpartition(",")[0] for name in names for heard in answers[name] if heard.ok}
    taken = [t for t in _grid(setting) if f"T = {t:g}" in ok]
    if len(taken) < _ENOUGH:
        said = f"temperatures other than {taken[0]:g} are refused: {'; '.join(refusals(answers, *names))}"
        return [finding(_SUBJECT, Conduct.UNKNOWN, said, settle="an endpoint that takes temperatures")]
    places = {t: positions(answers, f"T = {t:g}") for t in taken}
    if not any(places.values()):
        settle = "logprobs, which this endpoint does not give; or samples alone, as --deep does"
        return [finding(_SUBJECT, Conduct.UNKNOWN, "there are no logprobs to tell it by", settle=settle)]
    kind = kind_of(answers)
    if kind is Convention.UNKNOWN:
        settle = "to know whether logprobs are from before or after the temperature"
        return [finding(_SUBJECT, Conduct.UNKNOWN, "what the logprobs mean could not be told", settle=settle)]
    inside = {t: t if kind is Convention.AFTER else 1.0 for t in taken}
    every = {t: lists(answers, f"T = {t:g}") for t in taken}
    cut = hidden_cut(places, inside, every)
    gap = truncation_gap(places[taken[-1]], reported_at=inside[taken[-1]])
    chosen = likelihood_map(places, inside, every, alpha=_ALPHA)
    is_cut = cut is not None and cut.p_value <= _ALPHA and cut.gain > _gain(chosen) + _price(cut)
    told: Mapping[float, Sequence[Position]] = places
    if cut is not None and is_cut:
        told, chosen = cut.kept, likelihood_map(cut.kept, inside, alpha=_ALPHA)
    found = {t: from_logprobs(told[t], reported_at=inside[t]) for t in taken}
    of_cut = "; of the tokens that are kept" if is_cut else ""
    seen = f"at T = {taken[-1]:g}: {shown(gap.plain)} from all tokens, {shown(gap.core)} from the likeliest"
    by_rare_ones = _gain(chosen) > max(_SURE, cut.gain if cut is not None and cut.cut is None else 0.0)
    sure = is_cut or by_rare_ones or not _is_asked(likelihood_map(places, inside, alpha=_ALPHA))
    of_map = _of_map(chosen, found, f"logprobs {kind.value}{of_cut}", sure=sure)
    return [of_map, _of_truncation(cut, seen, is_cut=is_cut)]


def _is_asked(chosen: TemperatureMap) -> bool:
    return chosen.best is None or chosen.best.name == "identity"


def _price(cut: HiddenCut) -> float:
    """Return by how much a cut must explain more than a map does.

    A threshold costs half a logarithm beyond a parameter of a map, for it fits twice as fast, as it is the furthest
    token; the rest is the odds that are asked for.
    """
    return math.log(max(2, cut.n)) / 2.0 + _CLEAR


def _gain(chosen: TemperatureMap) -> float:
    """Return the log-likelihood that another map of temperatures gains on the identity."""
    identity = [fit.misfit for fit in chosen.fits if fit.name == "identity"]
    return max((identity[0] - fit.misfit) / 2.0 for fit in chosen.fits) if identity else math.inf


def _of_map(
    chosen: TemperatureMap, found: Mapping[float, EffectiveTemperature], of_what: str, *, sure: bool
) -> Finding:
    seen = "; ".join(f"{t:g} -> {shown(each)}" for t, each in found.items())
    evidence = f"{seen} ({of_what}, {sum(each.n for each in found.values()):,} places)"
    at_one = found.get(1.0)
    ends = None if at_one is None or at_one.ends is None else Interval(low=at_one.ends[0], high=at_one.ends[1])
    told = {
        "value": None if at_one is None else at_one.value,
        "interval": ends,
        "unit": "effective temperature at T = 1",
        "p_value": chosen.p_value,
    }
    test = "likelihood ratio of the map against the identity"
    fit = chosen.best
    if fit is None:
        settle = "more places at more temperatures"
        return finding(_SUBJECT, Conduct.UNKNOWN, f"{chosen.reason}: {evidence}", settle=settle)
    if fit.name == "identity":
        return finding(_SUBJECT, Conduct.HONOURED, evidence, test=test, **told)
    if not sure:
        said = (
            f"unlikely tokens are rare, as a cut or lower temperatures make them; likely ones are as asked: {evidence}"
        )
        settle = "more places, as --deep has"
        return finding(_SUBJECT, Conduct.UNKNOWN, said, test=test, settle=settle, **told)
    words = {
        "constant": "one temperature whatever is asked for, {0:.3g}",
        "rescaled": "{0:.3g} times what is asked for",
        "clamped": "at most {0:.3g}",
    }.get(fit.name, "piecewise: {0:.3g} times up to {1:.3g}, then {2:.3g} times")
    what = words.format(*fit.parameters)
    cautions = (_caution(what, evidence, frozen=fit.name == "constant" and _is_first(fit.parameters[0], found)),)
    conduct = Conduct.IGNORED if fit.name == "constant" else Conduct.PARTLY
    return finding(_SUBJECT, conduct, f"{what}: {evidence}", test=test, cautions=cautions, **told)


def _is_first(value: float, found: Mapping[float, EffectiveTemperature]) -> bool:
    """Return whether one temperature for all is that of the first requests of the probing."""
    holding = [each for each in found.values() if each.ends and each.ends[0] <= _FIRST <= each.ends[1]]
    return abs(value - _FIRST) < abs(value - 1.0) and len(holding) > len(found) // 2


def _caution(what: str, evidence: str, *, frozen: bool) -> Caution:
    if frozen:
        return Caution(
            slug="frozen-settings",
            fact=f"Tokens are drawn at the temperature of the first requests, whatever is asked for ({evidence}).",
            meaning="The settings of an earlier request rule all later ones: no curve can be drawn of this endpoint.",
            remedy="Restart the server without that mode (such as continuous batching), and probe again.",
        )
    return Caution(
        slug="temperature-ignored",
        fact=f"The temperature that is set is not the one that tokens are drawn at: {what} ({evidence}).",
        meaning="The axis of every curve says what was asked for, not what was done.",
        remedy="Read the effective temperatures beside the axis, or ask a server that does what it is told.",
    )


def _of_truncation(cut: HiddenCut | None, seen: str, *, is_cut: bool) -> Finding:
    """Return whether unlikely tokens are missing."""
    subject = "unlikely tokens"
    if cut is None:
        return finding(subject, Conduct.UNKNOWN, seen, settle="more places with alternatives")
    test = "likelihood with a cut against without"
    if not is_cut:
        if cut.p_value <= _ALPHA:
            said = f"rarer than they should be, which the effective temperature explains as well as a cut; {seen}"
            settle = "log-probabilities of more tokens, or temperatures that are obeyed"
            return finding(subject, Conduct.UNKNOWN, said, p_value=cut.p_value, test=test, settle=settle)
        said = f"{cut.n:,} places do not speak for a cut; {seen}"
        return finding(subject, Conduct.HONOURED, said, p_value=cut.p_value, test=test)
    what = (
        "those that are listed, or not as many of the others as there must be"
        if cut.cut is None
        else f"the {cut.threshold:.0f} likeliest tokens"
        if cut.cut is Cut.RANK
        else f"tokens up to a mass of about {cut.threshold:.2g}, {'before' if cut.before else 'after'} temperature"
    )
    caution = Caution(
        slug="truncated-distribution",
        fact=f"Of {cut.n:,} tokens all are among {what}, although nothing of the kind was asked for ({seen}).",
        meaning="High temperatures vary less than they say, and numbers do not compare with those of other servers.",
        remedy="Send top_p: 1 and, in decoding.extra, what the server calls the rest (top_k: 0, min_p: 0).",
    )
    said = f"missing: all of {cut.n:,} are among {what}; {seen}"
    return finding(subject, Conduct.PARTLY, said, p_value=cut.p_value, test=test, cautions=(caution,))
