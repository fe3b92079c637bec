"""Usage: can the counted tokens be believed?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, Heard, Setting
from evalkit.probes.base import ask, finding, probe, refused

_LONG, _SHORT = 60, 4
_N = 4


def _asks(_: Setting) -> Sequence[Ask]:
    return [
        ask("long", temperature=1, max_tokens=_LONG, after=1),
        ask("short", temperature=1, max_tokens=_SHORT, after=1),
        ask("n = 4", temperature=1, n=_N, repeats=2, after=1),
    ]


@probe(_asks)
def usage(answers: Answers, _: Setting) -> list[Finding]:
    """Return whether the tokens that replies count are plausible.

    An answer cut at a limit has exactly so many; a question has the same number each time; n answers have those of all.
    """
    gone = refused("usage", answers, "long", "short")
    if gone is not None:
        return [gone]
    every = [heard for some in answers.values() for heard in some if heard.ok]
    counted = [heard for heard in every if heard.usage is not None and heard.usage.completion_tokens is not None]
    if not counted:
        return [finding("usage", Conduct.IGNORED, f"none of {len(every)} replies counts tokens")]
    wrong = list(dict.fromkeys(_wrong(answers)))
    seen = f"{len(counted)} of {len(every)} replies count tokens"
    if wrong:
        return [finding("usage", Conduct.PARTLY, f"{seen}, and {'; '.join(wrong)}")]
    return [finding("usage", Conduct.HONOURED if len(counted) == len(every) else Conduct.PARTLY, f"{seen}, plausibly")]


def _wrong(answers: Answers) -> Iterator[str]:
    """Yield what is wrong with the counts, in words."""
    for name, limit in (("long", _LONG), ("short", _SHORT)):
        for heard in answers[name]:
            n, words = _counted(heard), len(heard.text.split())
            if n is not None and heard.ok and heard.ends[0] == "length" and n != limit:
                yield f"an answer cut at {limit} tokens counts {n}"
            if n is not None and n < words // 4:
                yield f"{words} words count {n} tokens"
    asked = {h.usage.prompt_tokens for name in ("long", "short") for h in answers[name] if h.ok and h.usage is not None}
    if len(asked) > 1:
        yield f"one question counts {' and '.join(map(str, sorted(n or 0 for n in asked)))} tokens"
    for heard in answers["n = 4"]:
        n, words = _counted(heard), sum(len(text.split()) for text in heard.texts)
        if n is not None and len(heard.texts) > 1 and n < words // 2:
            yield f"{len(heard.texts)} answers of {words} words together count {n} tokens"


def _counted(heard: Heard) -> int | None:
    return None if heard.usage is None else heard.usage.completion_tokens
