"""Streaming: does a stream tell how it ended, and stay whole among others?"""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import JSON, Answers, Ask, Conduct, Finding, Heard, Setting
from evalkit.probes.base import ask, finding, probe, refused

_USAGE: JSON = {"include_usage": True}


def _asks(setting: Setting) -> Sequence[Ask]:
    at_once = max(2, min(4, setting.concurrency))
    return [
        ask("stream", temperature=1, max_tokens=40, after=1, stream=True, stream_options=_USAGE),
        ask(
            "streams",
            temperature=1,
            max_tokens=40,
            repeats=at_once,
            at_once=at_once,
            after=2,
            stream=True,
            stream_options=_USAGE,
        ),
    ]


@probe(_asks)
def streaming(answers: Answers, _: Setting) -> list[Finding]:
    """Return whether streams are whole, alone and at once, and what stands at their end.

    A stream without a finish reason was cut, whatever its status; some servers never send ``[DONE]``.
    """
    gone = refused("stream", answers, "stream", "streams")
    if gone is not None:
        return [gone]
    every = [heard for name in ("stream", "streams") for heard in answers[name]]
    whole = [heard for heard in every if _is_whole(heard)]
    told = [heard for heard in whole if heard.usage is not None and heard.usage.completion_tokens is not None]
    n_done = sum(heard.done is True for heard in every)
    seen = f"{len(whole)} of {len(every)} streams whole; [DONE] in {n_done}, usage in {len(told)}"
    alone = all(map(_is_whole, answers["stream"]))
    if len(whole) < len(every):
        how = "streams are cut when several run at once" if alone else "streams end without a finish_reason"
        return [finding("stream", Conduct.PARTLY, f"{how}: {seen}")]
    missing = [
        *([] if all(h.done for h in every) else ["[DONE]"]),
        *([] if len(told) == len(every) else ["usage, though asked for"]),
    ]
    if missing:
        return [finding("stream", Conduct.PARTLY, f"without {' and '.join(missing)}: {seen}")]
    return [finding("stream", Conduct.HONOURED, seen)]


def _is_whole(heard: Heard) -> bool:
    return heard.ok and heard.ends[0] is not None
