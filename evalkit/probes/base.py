"""The decorator that makes a probe of two pure functions: what to ask, and what the answers mean.

A probe's file, function and name are one. It speaks to nobody: a conductor sends what all probes want, each request
once for those that want the same, and gives every probe its answers.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from evalkit.nouns import JSON, Answers, Ask, Conduct, Finding, Message, Probe, Setting
from evalkit.stats.at_k import tar_at_k
from evalkit.stats.streams import stream
from evalkit.stats.string_kernels import exact_match
from evalkit.stats.two_sample import mmd_test
from evalkit.text.classes import class_counts

Judge = Callable[[Answers, Setting], Sequence[Finding]]

ANIMAL = "Name a random animal. Answer with one word."
"""A question whose first token is spread out in every model that was tried."""
STORY = "Tell me a short story about a robot in three sentences."
"""A question whose answers are long enough to differ."""
SHORT = 16
"""Tokens of a short answer."""


ALPHA = 0.05
"""Level of a probe's own test; findings are adjusted over one another besides."""


def probe(
    asks: Callable[[Setting], Sequence[Ask]], *, deep: bool = False, before: Callable[[Setting], bool] | None = None
) -> Callable[[Judge], Probe]:
    """Return a decorator that makes a probe of the function that judges its answers.

    Args:
        asks: Setting -> what to send.
        deep: Whether it is asked in a deep probing only.
        before: Whether a run of that setting depends on the answer, so that it is asked before it; None for never.
    """

    def decorate(judge: Judge) -> Probe:
        question, _, description = (inspect.getdoc(judge) or "").partition("\n")
        return Probe(
            name=judge.__name__,
            asks=asks,
            judge=judge,
            question=question,
            description=description.strip(),
            deep=deep,
            before=before,
        )

    return decorate


def ask(  # noqa: PLR0913 - each but two is a keyword with a default
    name: str,
    text: str = STORY,
    *,
    repeats: int = 1,
    at_once: int = 1,
    after: int = 0,
    wrong: bool = False,
    beside: str = "",
    max_tokens: int | None = SHORT,
    **fields: JSON,
) -> Ask:
    """Return a request that asks one question.

    Args:
        name: What its answers are found by.
        text: The question.
        repeats: How often it is sent.
        at_once: How many of them are in flight at the same time.
        after: Stage in which it is sent.
        wrong: Whether it is wrong on purpose.
        beside: Group that it is sent together with.
        max_tokens: Most tokens of an answer; None sends none.
        fields: Further fields of the body, such as ``temperature=0``.
    """
    # 0 and 0.0 are one request, which probes that write it differently must share.
    same = {name: int(v) if isinstance(v, float) and v.is_integer() else v for name, v in fields.items()}
    told: dict[str, JSON] = same if max_tokens is None else {"max_tokens": max_tokens, **same}
    return Ask(
        name=name,
        messages=(Message(role="user", content=text),),
        fields=tuple(sorted(told.items())),
        repeats=repeats,
        at_once=at_once,
        after=after,
        wrong=wrong,
        beside=beside,
    )


WARM = "warm"
"""What the answers to `warm` are found by."""


def warm(setting: Setting) -> Ask:
    """Return six equal requests at a temperature at which answers should vary, which many probes want."""
    return ask(WARM, temperature=setting.warm, repeats=6, after=1)


COLD = "cold"
"""What the answers to `cold` are found by."""


def cold(setting: Setting) -> Ask:
    """Return equal requests at the lowest temperature, five where they are all that a run is begun with."""
    return ask(COLD, temperature=setting.cold, repeats=5 if setting.brief else 4, after=1)


def is_warm(setting: Setting) -> bool:
    """Return whether a run draws at a temperature at which answers should vary."""
    return max(setting.temperatures) > 0


def is_cold(setting: Setting) -> bool:
    """Return whether a run draws at temperature 0."""
    return min(setting.temperatures) == 0


def completions(answers: Answers, *names: str) -> list[str]:
    """Return the text of every completion among the answers to some asks, without white space at its ends.

    Where that comes and goes by itself, it would make answers differ that nothing else tells apart.
    """
    return [text.strip() for text in exact_completions(answers, *names)]


def exact_completions(answers: Answers, *names: str) -> list[str]:
    """Return the text of every completion among the answers to some asks, to the letter."""
    return [heard.text for name in names for heard in answers.get(name, ()) if heard.ok]


def trimmed(answers: Answers, *names: str) -> str:
    """Return the words that say so where answers differ in the white space at their ends, else nothing."""
    exact = set(exact_completions(answers, *names))
    return (
        "; white space at the ends, which comes and goes, left out"
        if len({t.strip() for t in exact}) < len(exact)
        else ""
    )


def refusals(answers: Answers, *names: str) -> list[str]:
    """Return what the server said of asks that it answered with an error, each once."""
    said = (heard.problem for name in names for heard in answers.get(name, ()) if not heard.ok)
    return list(dict.fromkeys(said))


def agreement(texts: Iterable[str]) -> float | None:
    """Return the share of pairs that are equal; None below two texts."""
    return tar_at_k(class_counts(texts), 2)


def differ(first: Sequence[str], second: Sequence[str], setting: Setting, *names: str) -> float | None:
    """Return the permutation p-value that two groups of answers come from one distribution; None below two each.

    References:
        `evalkit.stats.two_sample.mmd_test`, by whether two texts are equal.
    """
    if min(len(first), len(second)) < 2:  # noqa: PLR2004 - a pair on each side
        return None
    kernel = exact_match([*first, *second])
    return mmd_test([kernel], [len(first)], stream(setting.seed, "probe", *names)).p_value


def told(texts: Sequence[str]) -> str:
    """Return how many different ones there are, such as ``2 of 6 different``."""
    return f"{len(set(texts))} of {len(texts)} different"


def finding(subject: str, conduct: Conduct, evidence: str, **more: Any) -> Finding:  # noqa: ANN401 - fields of a finding
    """Return what was found about a subject; the conductor adds the probe's name and the requests."""
    return Finding(probe="", subject=subject, conduct=conduct, evidence=evidence, **more)


def cold_refused(subject: str, answers: Answers, *names: str) -> Finding | None:
    """Return that something could not be told because temperature 0 is refused; None where any of some asks was not."""
    gone = refused(subject, answers, *names)
    settle = "an endpoint that takes temperature 0"
    return (
        None
        if gone is None
        else replace(gone, conduct=Conduct.UNKNOWN, evidence=f"T = 0 is {gone.evidence}", settle=settle)
    )


def refused(subject: str, answers: Answers, *names: str) -> Finding | None:
    """Return the finding that all of some asks were answered with errors; None where any was not."""
    if any(heard.ok for name in names for heard in answers[name]):
        return None
    return finding(subject, Conduct.REFUSED, f"refused: {'; '.join(refusals(answers, *names)) or 'no answer came'}")
