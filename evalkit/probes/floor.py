"""Floor: do equal requests at temperature 0 agree, alone, in a burst, and among others?"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, Heard, Interval, Setting
from evalkit.probes.base import (
    ALPHA,
    SHORT,
    STORY,
    WARM,
    agreement,
    ask,
    cold_refused,
    completions,
    differ,
    exact_completions,
    finding,
    is_cold,
    probe,
    told,
    warm,
)
from evalkit.probes.places import QUESTIONS, TOP
from evalkit.stats.proportion import commonest_share_lower

_TOKENS = 60
_FILLERS = QUESTIONS[1:3]
_GAPS = "with logprobs"
_SUBJECTS = {
    "alone": "T = 0 repeated, alone",
    "burst": "T = 0 repeated, at once",
    "mixed": "T = 0 repeated, among others",
}


def _asks(setting: Setting) -> Sequence[Ask]:
    many, tokens = (5, SHORT) if setting.brief else (20 if setting.deep else 5, _TOKENS)
    at_once = max(2, min(many if setting.brief else 8, setting.concurrency))
    return [
        ask("alone", STORY, temperature=0, max_tokens=tokens, repeats=many, after=1),
        ask("burst", STORY, temperature=0, max_tokens=tokens, repeats=max(many, at_once), at_once=at_once, after=2),
        warm(setting),
        *([] if setting.brief else _among_others(20 if setting.deep else 4, at_once)),
    ]


def _among_others(many: int, at_once: int) -> list[Ask]:
    """Return as many requests at T = 0 as others at T = 1 that are in flight with them, and one that tells of gaps."""
    together = {"at_once": at_once, "beside": "mixed", "max_tokens": _TOKENS, "after": 2}
    return [
        ask("mixed", STORY, temperature=0, repeats=many, **together),  # type: ignore[arg-type]
        *(
            ask(f"filler {i}", text, temperature=1, repeats=many // len(_FILLERS), **together)  # type: ignore[arg-type]
            for i, text in enumerate(_FILLERS)
        ),
        # The same is asked for by `greedy`, so that it costs nothing.
        ask(_GAPS, STORY, temperature=0, max_tokens=_TOKENS, logprobs=True, top_logprobs=TOP, repeats=2, after=1),
    ]


@probe(_asks, before=is_cold)
def floor(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether equal requests at temperature 0 get equal answers: alone, many at once, and among others.

    What differs here is the noise of the server; what differs more at higher temperatures is sampling. Among others
    means: while other questions at T = 1 are in flight, which a server may compute in one batch. Where answers part, it
    is told at which word, and how near the two likeliest tokens are there.
    """
    names = [name for name in _SUBJECTS if name in answers]
    gone = cold_refused("T = 0 repeated", answers, *names)
    if gone is not None:
        return [gone]
    if _as_at_one(answers, setting):
        n = told(completions(answers, "alone"))
        said = f"answers at 0 ({n}) vary like those at 1: the temperature seems to have no effect, so this is no floor"
        settle = "an endpoint that obeys temperature 0"
        return [finding("T = 0 repeated", Conduct.UNKNOWN, said, settle=settle)]
    return [_of(_SUBJECTS[name], exact_completions(answers, name), answers.get(_GAPS, ())) for name in names]


def _of(subject: str, texts: Sequence[str], with_gaps: Sequence[Heard]) -> Finding:
    """Return what was found of requests that were sent in one way."""
    agreed = agreement(texts)
    if agreed is None:
        return finding(subject, Conduct.UNKNOWN, told(texts), settle="two answers")
    commonest, count = Counter(texts).most_common(1)[0]
    low = commonest_share_lower(count, len(texts))
    more = {
        "value": count / len(texts),
        "interval": Interval(low=low, high=1.0, level=0.95) if low < 1.0 else None,
        "unit": "share of the commonest answer",
        "test": "exact bound",
    }
    seen = f"{told(texts)}, the commonest {count} times"
    if len(set(texts)) == 1:
        return finding(subject, Conduct.HONOURED, seen, **more)
    others = [text for text in texts if text.split() != commonest.split()]
    if not others:
        return finding(subject, Conduct.PARTLY, f"{seen}; equal but for white space", **more)
    places = [_parts_at(commonest, text) for text in others]
    gaps = [gap for text in others if (gap := _gap(commonest, text, with_gaps)) is not None]
    where = f"{len(others)} part from it, at word {statistics.median_low(places)}" + _range(places)
    near = f"; there the two likeliest tokens are {statistics.median(gaps):.3g} nats apart" if gaps else ""
    details = [("part at word", ", ".join(map(str, sorted(places))))]
    details += [("nats apart", ", ".join(f"{gap:.3g}" for gap in gaps))] if gaps else []
    return finding(subject, Conduct.PARTLY, f"{seen}; {where}{near}", details=tuple(details), **more)


def _range(places: Sequence[int]) -> str:
    return "" if len(set(places)) == 1 else f" in the median (from {min(places)} to {max(places)})"


def _as_at_one(answers: Answers, setting: Setting) -> bool:
    """Return whether answers at 0, one by one, vary as those at 1 do, cut to the length of the shortest."""
    cold, hot = completions(answers, "alone"), completions(answers, WARM)
    length = min(map(len, [*cold, *hot]), default=0)
    cold, hot = ([text[:length] for text in some] for some in (cold, hot))
    p_value = differ(cold, hot, setting, "floor")
    return len(set(cold)) > 1 and len(set(hot)) > 1 and p_value is not None and p_value > ALPHA


def _parts_at(one: str, other: str) -> int:
    """Return the first word, from 1, at which two texts differ."""
    return next((place for place, (a, b) in enumerate(_pairs(one, other), 1) if a != b), 1)


def _pairs(one: str, other: str) -> Iterator[tuple[str, str]]:
    a, b = one.split(), other.split()
    longest = max(len(a), len(b))
    return zip([*a, *[""] * (longest - len(a))], [*b, *[""] * (longest - len(b))], strict=True)


def _gap(one: str, other: str, with_gaps: Sequence[Heard]) -> float | None:
    """Return the nats between the two likeliest tokens where two texts part; None where no answer tells of that place.

    It takes an answer with log-probabilities that says the same up to that place.
    """
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    for heard in with_gaps:
        said = ""
        for token in heard.tokens or ():
            if not one.startswith(said.strip()):
                break
            said += token.text
            if len(said.rstrip()) > same and len(token.top) > 1:
                first, second = sorted((value for _, value in token.top), reverse=True)[:2]
                return first - second
            if len(said.rstrip()) > same:
                break
    return None
