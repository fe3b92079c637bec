"""Effective temperature: which temperature are tokens drawn at, when one is asked for?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Heard, Interval, Setting
from evalkit.probes.base import STORY, ask, finding, probe, refused
from evalkit.stats.effective_temperature import EffectiveTemperature, Position, from_logprobs, truncation_gap
from evalkit.stats.logprob_convention import ABSENT, Convention, convention, slope
from evalkit.stats.temperature_map import TemperatureMap, temperature_map

_GRID = (0.5, 1.0, 1.5, 2.0)
_FIRST = 2.0
_TOP = 20
_ALPHA = 0.01
_SUBJECT = "effective temperature"


def _asks(setting: Setting) -> Sequence[Ask]:
    return [
        ask(
            f"T = {t:g}",
            STORY,
            temperature=t,
            max_tokens=50,
            logprobs=True,
            top_logprobs=_TOP,
            repeats=12 if setting.deep else 3,
            after=1,
        )
        for t in _GRID
    ]


@probe(_asks)
def effective(answers: Answers, _: Setting) -> list[Finding]:
    """Return the temperature at which tokens are drawn, for each that is asked for, and whether unlikely ones miss.

    Maximum likelihood of an exponent on the reported probabilities, at every place of every answer; the map from asked
    to effective temperatures is chosen among identity, constant, a multiple and a ceiling. The first requests of a
    probing are sent at temperature 2: a constant map at 2 means that their settings rule all later ones.
    """
    names = [f"T = {t:g}" for t in _GRID]
    gone = refused(_SUBJECT, answers, *names)
    if gone is not None:
        return [gone]
    positions = {
        t: [p for heard in answers[name] for p in _positions(heard)] for t, name in zip(_GRID, names, strict=True)
    }
    if not any(positions.values()):
        settle = "logprobs, which this endpoint does not give; from samples alone it takes about 2,000 requests"
        return [finding(_SUBJECT, Conduct.UNKNOWN, "there are no logprobs to tell it by", settle=settle)]
    kind = _kind(answers)
    if kind is Convention.UNKNOWN:
        settle = "to know whether logprobs are from before or after the temperature"
        return [finding(_SUBJECT, Conduct.UNKNOWN, "what the logprobs mean could not be told", settle=settle)]
    inside = {t: t if kind is Convention.AFTER else 1.0 for t in _GRID}
    found = {t: from_logprobs(positions[t], reported_at=inside[t]) for t in _GRID}
    return [_of_map(temperature_map(list(found.items())), found, kind), *_of_truncation(positions, inside)]


def _of_map(chosen: TemperatureMap, found: dict[float, EffectiveTemperature], kind: Convention) -> Finding:
    seen = "; ".join(f"{t:g} -> {_shown(each)}" for t, each in found.items())
    evidence = f"{seen} (logprobs {kind.value}, {sum(each.n for each in found.values()):,} places)"
    at_one = found[1.0]
    ends = None if at_one.ends is None else Interval(low=at_one.ends[0], high=at_one.ends[1])
    told = {
        "value": at_one.value,
        "interval": ends,
        "unit": "effective temperature at T = 1",
        "p_value": chosen.p_value,
    }
    test = "likelihood ratio of the map against the identity"
    fit = chosen.best
    if fit is None:
        return finding(
            _SUBJECT, Conduct.UNKNOWN, f"{chosen.reason}: {evidence}", settle="more places at more temperatures"
        )
    if fit.name == "identity":
        return finding(_SUBJECT, Conduct.HONOURED, evidence, test=test, **told)
    words = {
        "constant": "one temperature whatever is asked for, {0:.3g}",
        "rescaled": "{0:.3g} times what is asked for",
        "clamped": "at most {0:.3g}",
    }.get(fit.name, "piecewise: {0:.3g} times up to {1:.3g}, then {2:.3g} times")
    what = words.format(*fit.parameters)
    cautions = (_caution(what, evidence, frozen=fit.name == "constant" and _is_first(fit.parameters[0], found)),)
    conduct = Conduct.IGNORED if fit.name == "constant" else Conduct.PARTLY
    return finding(_SUBJECT, conduct, f"{what}: {evidence}", test=test, cautions=cautions, **told)


def _is_first(value: float, found: dict[float, EffectiveTemperature]) -> bool:
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


def _of_truncation(positions: dict[float, list[Position]], inside: dict[float, float]) -> Iterator[Finding]:
    """Yield whether unlikely tokens are missing, at the highest temperature, where they would be drawn most."""
    t = max(positions)
    gap = truncation_gap(positions[t], reported_at=inside[t])
    seen = f"at T = {t:g}: {_shown(gap.plain)} from all tokens, {_shown(gap.core)} from the likeliest"
    subject = "unlikely tokens"
    if gap.p_value is None:
        yield finding(subject, Conduct.UNKNOWN, seen, settle="more places with alternatives")
        return
    test = "whether the likeliest tokens tell a higher temperature than all"
    if gap.p_value > _ALPHA:
        yield finding(subject, Conduct.HONOURED, f"drawn as their logprobs say, {seen}", p_value=gap.p_value, test=test)
        return
    caution = Caution(
        slug="truncated-distribution",
        fact=f"Unlikely tokens are never drawn, although nothing of the kind was asked for ({seen}).",
        meaning="High temperatures vary less than they say, and numbers do not compare with those of other servers.",
        remedy="Send top_p: 1 and, in decoding.extra, what the server calls the rest (top_k: 0, min_p: 0).",
    )
    yield finding(subject, Conduct.PARTLY, f"missing: {seen}", p_value=gap.p_value, test=test, cautions=(caution,))


def _positions(heard: Heard) -> Iterator[Position]:
    for token in heard.tokens or ():
        told = {text: value for text, value in token.top if value > ABSENT}
        # One that is not among those reported is left out: its place would tell of a temperature that is too high.
        if token.text in told and len(told) > 1:
            yield Position(list(told.values()), list(told).index(token.text))


def _kind(answers: Answers) -> Convention:
    """Return what temperature is in the reported values, from the first place of the answers."""
    first = {t: [_first(heard) for heard in answers[f"T = {t:g}"]] for t in _GRID}
    return convention([slope(first[1.0], first[t], t) for t in _GRID if t != 1.0])


def _first(heard: Heard) -> dict[str, float]:
    return dict(heard.tokens[0].top) if heard.tokens else {}


def _shown(each: EffectiveTemperature) -> str:
    if each.ends is None:
        return "unknown"
    value = "" if each.value is None else f"{each.value:.3g} "
    return f"{value}[{each.ends[0]:.3g}, {each.ends[1]:.3g}]"
