"""Limits: are max_tokens, max_completion_tokens and stop kept?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, Heard, Setting
from evalkit.probes.base import STORY, ask, completions, finding, probe, refused

_LONG = 60
_SHORT = 4
_STOP = "."


def _asks(_: Setting) -> Sequence[Ask]:
    return [
        ask("long", STORY, temperature=1, max_tokens=_LONG, after=1),
        ask("max_tokens", STORY, temperature=1, max_tokens=_SHORT, after=1),
        ask("max_completion_tokens", STORY, temperature=1, max_tokens=None, max_completion_tokens=_SHORT, after=1),
        ask("stop", STORY, temperature=1, max_tokens=_LONG, stop=[_STOP], after=1),
    ]


@probe(_asks)
def limits(answers: Answers, _: Setting) -> list[Finding]:
    """Return whether an answer ends where it was told to: after so many tokens, and before a text."""
    return [*_of_tokens(answers), *_of_stop(answers)]


def _of_tokens(answers: Answers) -> Iterator[Finding]:
    long = completions(answers, "long")
    for name in ("max_tokens", "max_completion_tokens"):
        gone = refused(name, answers, name)
        if gone is not None:
            yield gone
            continue
        (heard,) = answers[name]
        n_long, n_short = len(long[0].split()) if long else 0, len(heard.text.split())
        seen = f"limit {_SHORT}: {n_short} words{_counted(heard)}; limit {_LONG}: {n_long} words"
        n_tokens = n_short if heard.usage is None else heard.usage.completion_tokens
        by_itself = heard.ends[0] != "length" and n_tokens is not None and n_tokens < _SHORT
        if n_long <= _SHORT or by_itself:
            yield finding(name, Conduct.UNKNOWN, seen, settle="a question with a longer answer")
        elif n_short <= _SHORT:
            ended = heard.ends[0] == "length"
            more = "" if ended else f", but finish_reason is {heard.ends[0]!r}, not 'length'"
            yield finding(name, Conduct.HONOURED if ended else Conduct.PARTLY, seen + more)
        else:
            yield finding(name, Conduct.IGNORED, seen)


def _sentences(text: str) -> int:
    return text.count(_STOP)


def _counted(heard: Heard) -> str:
    n = None if heard.usage is None else heard.usage.completion_tokens
    return "" if n is None else f" ({n} tokens as counted)"


def _of_stop(answers: Answers) -> Iterator[Finding]:
    gone = refused("stop", answers, "stop")
    if gone is not None:
        yield gone
        return
    (heard,), long = answers["stop"], completions(answers, "long")
    ended = heard.ends[0] == "stop" and len(heard.text.split()) < _LONG // 2
    if _STOP not in heard.text and not ended and (not long or _STOP not in long[0]):
        settle = "an answer that holds the stop text"
        yield finding("stop", Conduct.UNKNOWN, f"the answer holds no {_STOP!r}", settle=settle)
    elif _STOP not in heard.text:
        yield finding("stop", Conduct.HONOURED, f"the answer ends before {_STOP!r}")
    elif heard.text.rstrip().endswith(_STOP) and heard.text.count(_STOP) == 1 < max(map(_sentences, long), default=0):
        yield finding("stop", Conduct.PARTLY, f"the answer ends at {_STOP!r}, and keeps it")
    else:
        yield finding("stop", Conduct.IGNORED, f"the answer goes on after {_STOP!r}")
