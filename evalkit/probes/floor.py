"""Floor: do equal requests at temperature 0 agree, alone and in a burst?"""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, Interval, Setting
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
from evalkit.stats.proportion import commonest_share_lower

_TOKENS = 60


def _asks(setting: Setting) -> Sequence[Ask]:
    many, tokens = (5, SHORT) if setting.brief else (20 if setting.deep else 5, _TOKENS)
    at_once = max(2, min(many if setting.brief else 8, setting.concurrency))
    return [
        ask("alone", STORY, temperature=0, max_tokens=tokens, repeats=many, after=1),
        ask("burst", STORY, temperature=0, max_tokens=tokens, repeats=max(many, at_once), at_once=at_once, after=2),
        warm(setting),
    ]


@probe(_asks, before=is_cold)
def floor(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether equal requests at temperature 0 get equal answers, alone and many at once.

    What differs here is the noise of the server; what differs more at higher temperatures is sampling.
    """
    gone = cold_refused("T = 0 repeated", answers, "alone", "burst")
    if gone is not None:
        return [gone]
    if _as_at_one(answers, setting):
        n = told(completions(answers, "alone"))
        said = f"answers at 0 ({n}) vary like those at 1: the temperature seems to have no effect, so this is no floor"
        settle = "an endpoint that obeys temperature 0"
        return [finding("T = 0 repeated", Conduct.UNKNOWN, said, settle=settle)]
    found = []
    for name, subject in (("alone", "T = 0 repeated, alone"), ("burst", "T = 0 repeated, at once")):
        texts = exact_completions(answers, name)
        agreed = agreement(texts)
        if agreed is None:
            found.append(finding(subject, Conduct.UNKNOWN, told(texts), settle="two answers"))
            continue
        commonest = max(texts.count(text) for text in set(texts))
        low = commonest_share_lower(commonest, len(texts))
        share = commonest / len(texts)
        ends = Interval(low=low, high=1.0, level=0.95) if low < 1.0 else None
        stripped = {text.strip() for text in texts}
        note = "; equal but for white space at the ends" if len(set(texts)) > 1 and len(stripped) == 1 else ""
        more = "" if len(set(texts)) == 1 else f"; first difference at word {_parts_at(sorted(set(texts)))}"
        conduct = Conduct.HONOURED if len(set(texts)) == 1 else Conduct.PARTLY
        seen = f"{told(texts)}, the commonest {commonest} times{note}{more}"
        found.append(
            finding(
                subject,
                conduct,
                seen,
                value=share,
                interval=ends,
                unit="share of the commonest answer",
                test="exact bound",
            )
        )
    return found


def _as_at_one(answers: Answers, setting: Setting) -> bool:
    """Return whether answers at 0, one by one, vary as those at 1 do, cut to the length of the shortest."""
    cold, hot = completions(answers, "alone"), completions(answers, WARM)
    length = min(map(len, [*cold, *hot]), default=0)
    cold, hot = ([text[:length] for text in some] for some in (cold, hot))
    p_value = differ(cold, hot, setting, "floor")
    return len(set(cold)) > 1 and len(set(hot)) > 1 and p_value is not None and p_value > ALPHA


def _parts_at(texts: Sequence[str]) -> int:
    """Return the first word, from 1, at which any two of the texts differ."""
    words = [text.split() for text in texts]
    place = 0
    while all(len(each) > place for each in words) and len({each[place] for each in words}) == 1:
        place += 1
    return place + 1
