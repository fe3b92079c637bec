"""Seed: is an answer a function of its request, alone and among others?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.nouns import Answers, Ask, Caution, Conduct, Finding, Setting
from evalkit.probes.base import (
    ALPHA,
    WARM,
    agreement,
    ask,
    completions,
    differ,
    finding,
    is_warm,
    probe,
    refused,
    told,
    trimmed,
    warm,
)

_SEED = 42
_NAMES = ("alone", "at once", WARM)
_FAR = (-1, 2**31, 2**32 - 1, 2**63 - 1, 2**64)
"""Seeds that some servers take for random, or refuse."""


def _asks(setting: Setting) -> Sequence[Ask]:
    at_once = max(2, min(8, setting.concurrency))
    far = [ask(_far(value), temperature=1, seed=value, repeats=2, after=3, wrong=True) for value in _FAR]
    return [
        *(far if setting.deep else []),
        ask("alone", temperature=setting.warm, seed=_SEED, repeats=4, after=1),
        ask("at once", temperature=setting.warm, seed=_SEED, repeats=at_once, at_once=at_once, after=2),
        warm(setting),
    ]


def _matters(setting: Setting) -> bool:
    return setting.decoding.seed is not None and is_warm(setting)


@probe(_asks, before=_matters)
def seed(answers: Answers, setting: Setting) -> list[Finding]:
    """Return whether one seed gives one answer, alone and at the concurrency of a run.

    Some servers keep one generator for all requests: a seed is honoured as long as nobody else asks. A deep probing
    asks for seeds outside of 0 to 2**31 - 1, too.
    """
    return [_of_seed(answers, setting), *_of_far(answers)]


def _of_seed(answers: Answers, setting: Setting) -> Finding:
    gone = refused("seed", answers, "alone", "at once")
    if gone is not None:
        return gone
    alone, crowd, free = (completions(answers, name) for name in ("alone", "at once", WARM))
    note = trimmed(answers, *_NAMES)
    seen = f"one seed, alone: {told(alone)}; at once: {told(crowd)}; without a seed: {told(free)}{note}"
    if len(set(free)) < 2:  # noqa: PLR2004 - they vary
        settle = "a question that has many answers at temperature 1"
        return finding("seed", Conduct.UNKNOWN, seen, settle=settle)
    p_value = differ(alone, free, setting, "seed")
    test = "permutation test of one seed against none"
    same, same_in_crowd = agreement(alone) == 1.0, agreement(crowd) == 1.0
    if same and same_in_crowd and set(alone) == set(crowd) and p_value is not None and p_value <= ALPHA:
        return finding("seed", Conduct.HONOURED, seen, p_value=p_value, test=test)
    caution = Caution(
        slug="seed-ignored",
        fact=f"Requests with one seed give different answers ({seen}).",
        meaning="A run can not be repeated by its seeds; repeated sampling is not disturbed by that.",
        remedy="Ask one request at a time (concurrency: 1) if only that is honoured, or do without seeds.",
    )
    if same and p_value is not None and p_value <= ALPHA:
        where = f"honoured alone only: {seen}"
        return finding("seed", Conduct.PARTLY, where, p_value=p_value, test=test, cautions=(caution,))
    if len(set(alone)) > 1 or len(set(crowd)) > 1:
        return finding("seed", Conduct.IGNORED, seen, p_value=p_value, test=test, cautions=(caution,))
    return finding("seed", Conduct.UNKNOWN, seen, p_value=p_value, test=test, settle="more repetitions")


def _of_far(answers: Answers) -> Iterator[Finding]:
    """Yield what becomes of seeds outside of the safe range, where they were asked for."""
    if _far(_FAR[0]) not in answers:
        return
    said: list[str] = []
    for value in _FAR:
        texts = completions(answers, _far(value))
        said.append(f"{value}: {'refused' if not texts else 'one answer' if agreement(texts) == 1.0 else 'random'}")
    fine = all(each.endswith("one answer") for each in said)
    n = sum(len(answers[_far(value)]) for value in _FAR)
    subject = "seeds outside of 0 to 2**31 - 1"
    yield finding(subject, Conduct.HONOURED if fine else Conduct.PARTLY, "; ".join(said), n_requests=n)


def _far(value: int) -> str:
    return f"seed {value}"
