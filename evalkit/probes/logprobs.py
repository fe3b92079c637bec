"""Logprobs: are they offered, of which distribution are they, and does asking for them change the text?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, Heard, Setting
from evalkit.probes.base import ANIMAL, agreement, ask, completions, differ, finding, probe, refused, told
from evalkit.stats.logprob_convention import Convention, Slope, convention, cut_values, slope

_ALPHA = 0.05
_TOP = 20
_GRID = (0.5, 2.0)


def _asks(_: Setting) -> Sequence[Ask]:
    first = {"max_tokens": 1, "logprobs": True, "top_logprobs": _TOP, "repeats": 2, "after": 1}
    return [
        *(ask(f"T = {t:g}", ANIMAL, temperature=t, **first) for t in (1.0, *_GRID)),  # type: ignore[arg-type]
        ask("cold with", temperature=0, logprobs=True, top_logprobs=_TOP, repeats=4, after=1),
        ask("cold without", temperature=0, repeats=4, after=1),
    ]


@probe(_asks)
def logprobs(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether log-probabilities are offered, what temperature is in them, and whether asking changes answers.

    What temperature is in them is told by the slope of log-odds at one temperature against those at another, at the
    first place of one question: 1 where they are from before the temperature, the ratio of both where from after it.
    """
    names = [f"T = {t:g}" for t in (1.0, *_GRID)]
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
    one = [_first(heard) for heard in answers["T = 1"]]
    slopes = [slope(one, [_first(heard) for heard in answers[f"T = {t:g}"]], t) for t in _GRID]
    kind = convention(slopes)
    seen = ", ".join(f"T = {each.temperature:g}: {_shown(each)}" for each in slopes)
    evidence = f"{kind.value} (slope of log-odds against T = 1, {seen})"
    tokens = [_first(heard) for name in ("T = 1", "T = 0.5", "T = 2") for heard in answers[name]]
    cut = [each for each in tokens if each]
    if cut_values(cut):
        evidence += "; of the tokens that are left after a truncation"
    conduct = {Convention.UNKNOWN: Conduct.UNKNOWN, Convention.OTHER: Conduct.PARTLY}.get(kind, Conduct.HONOURED)
    settle = "" if kind is not Convention.UNKNOWN else "a question with more alternatives at its first place"
    yield finding("what logprobs tell", conduct, evidence, settle=settle, details=(("convention", kind.value),))


def _of_text(answers: Answers, setting: Setting) -> Iterator[Finding]:
    with_them, without = completions(answers, "cold with"), completions(answers, "cold without")
    seen = f"at T = 0 with logprobs: {told(with_them)}, without: {told(without)}"
    if agreement(without) != 1.0 or not with_them:
        yield finding(
            "text when logprobs are asked for", Conduct.UNKNOWN, seen, settle="an endpoint that repeats itself at T = 0"
        )
        return
    p_value = differ(with_them, without, setting, "logprobs")
    same = set(with_them) == set(without)
    if same:
        yield finding("text when logprobs are asked for", Conduct.HONOURED, f"the same: {seen}")
        return
    yield finding(
        "text when logprobs are asked for",
        Conduct.PARTLY,
        f"another text: {seen}",
        p_value=p_value,
        test="permutation test of T = 0 with against without",
    )


def _first(heard: Heard) -> dict[str, float]:
    """Return what is told of the first place: tokens with their log-probabilities."""
    if not heard.tokens:
        return {}
    token = heard.tokens[0]
    return dict(token.top) | {token.text: token.logprob}


def _shown(each: Slope) -> str:
    return "no slope" if each.value is None or each.se is None else f"{each.value:.3f} ± {each.se:.3f}"
