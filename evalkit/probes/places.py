"""What several probes ask for log-probabilities, and the places they read out of the answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from evalkit.nouns import JSON, Answers, Ask, Heard
from evalkit.probes.base import ANIMAL, STORY, ask
from evalkit.stats.effective_temperature import EffectiveTemperature, Position
from evalkit.stats.logprob_convention import ABSENT, Convention, Slope, convention, slope
from evalkit.stats.unlisted import Listed

GRID = (0.5, 1.0, 1.5, 2.0)
"""Temperatures that tokens are drawn at."""
DEEP_GRID = (0.5, 1.0, 1.2, 1.35, 1.5, 2.0)
"""The same for a deep probing: a little above 1 tokens that no list holds come up, unless something cuts them."""
QUESTIONS = (STORY, "Explain how a bicycle works.", "List twenty random words.", "Describe a day at a market.")
"""What is asked: no two requests are equal, so that a cache has nothing to give again."""
TOP = 20
"""Most tokens a place may list, by the protocol."""
_TOKENS = 60
_BEFORE = ("", "Once more. ", "As asked. ", "Next one. ", "In plain words. ", "Now this. ", "For a test. ")
_BEHIND = ("", " Please.", " Thank you.", " Begin now.", " Go on.", " Take your time.")
_WORDINGS = tuple(itertools.product(_BEFORE, _BEHIND))
_SLOPES = (0.5, 2.0)
_REPEATS = 2


def drawn(name: str, wordings: int = 1, *, at_once: int = 1, **fields: JSON) -> list[Ask]:
    """Return requests for log-probabilities of long answers, one for each question and wording; named NAME, number.

    Args:
        name: Of them all.
        wordings: How often each question is asked, always in other words; 42 at most.
        at_once: How many of them are in flight at the same time.
        fields: Further fields of the body.
    """
    asked = [before + question + behind for before, behind in _WORDINGS[:wordings] for question in QUESTIONS]
    told: dict[str, JSON] = {"logprobs": True, "top_logprobs": TOP, **fields}
    how = {"max_tokens": _TOKENS, "after": 1, "at_once": at_once, "beside": name if at_once > 1 else ""}
    return [ask(f"{name}, {i}", text, **how, **told) for i, text in enumerate(asked)]  # type: ignore[arg-type]


def firsts() -> list[Ask]:
    """Return requests for the first place of one question at several temperatures."""
    fields: dict[str, JSON] = {"logprobs": True, "top_logprobs": TOP}
    return [
        ask(_first_name(t), ANIMAL, temperature=t, max_tokens=1, repeats=_REPEATS, after=1, **fields)  # type: ignore[arg-type]
        for t in (1.0, *_SLOPES)
    ]


def first_places(answers: Answers) -> list[dict[str, float]]:
    """Return the lists of the first places that were asked for by `firsts`."""
    tokens = (heard.tokens for t in (1.0, *_SLOPES) for heard in answers[_first_name(t)])
    return [dict(some[0].top) for some in tokens if some and some[0].top]


def slopes(answers: Answers) -> list[Slope]:
    """Return how log-odds at other temperatures follow those at 1."""
    return [slope(_told(answers, 1.0), _told(answers, t), t) for t in _SLOPES]


def kind_of(answers: Answers) -> Convention:
    """Return what temperature is in the reported values."""
    return convention(slopes(answers))


def first_names() -> list[str]:
    """Return the names of what `firsts` asks."""
    return [_first_name(t) for t in (1.0, *_SLOPES)]


def positions(answers: Answers, name: str) -> list[Position]:
    """Return every place of the answers to what `drawn` asks under a name."""
    return [
        p for each, some in answers.items() if each.rpartition(", ")[0] == name for heard in some for p in _of(heard)
    ]


def lists(answers: Answers, name: str) -> list[Listed]:
    """Return what is listed at every place of the answers to what `drawn` asks under a name."""
    tokens = (
        token
        for each, some in answers.items()
        if each.rpartition(", ")[0] == name
        for heard in some
        for token in heard.tokens or ()
    )
    told = ((token.text, {text: value for text, value in token.top if value > ABSENT}) for token in tokens)
    return [Listed(list(listed.values()), text in listed) for text, listed in told if len(listed) > 1]


def shown(each: EffectiveTemperature) -> str:
    """Return an estimate with its interval, in short."""
    if each.ends is None:
        return "unknown"
    value = "" if each.value is None else f"{each.value:.3g} "
    return f"{value}[{each.ends[0]:.3g}, {each.ends[1]:.3g}]"


def _first_name(t: float) -> str:
    return f"first, T = {t:g}"


def _told(answers: Answers, t: float) -> Sequence[dict[str, float]]:
    return [_first(heard) for heard in answers[_first_name(t)]]


def _first(heard: Heard) -> dict[str, float]:
    """Return what is told of the first place: tokens with their log-probabilities."""
    if not heard.tokens:
        return {}
    token = heard.tokens[0]
    return dict(token.top) | {token.text: token.logprob}


def _of(heard: Heard) -> Iterator[Position]:
    for token in heard.tokens or ():
        told = {text: value for text, value in token.top if value > ABSENT}
        # One that is not among those reported is left out: its place would tell of a temperature that is too high.
        if token.text in told and len(told) > 1:
            yield Position(list(told.values()), list(told).index(token.text))
