"""What one request came to, as the unit that is written to disk."""

from __future__ import annotations

from evalkit.errors import BackendError
from evalkit.nouns import JSON, UNSUPPORTED, Attempt, Delivery, Failure, Outcome, Reply, Request, Sample, canonical

CUT_OFF = "cut-off"
"""The name of how a try ended that was given up while it was on its way."""


def attempt(number: int, queued: float, sent: float, done: float, result: Reply | BackendError | None) -> Attempt:
    """Return the record of one try: when it was queued, sent and done, and how it ended; None when it was cut off."""
    error = result if isinstance(result, BackendError) else None
    return Attempt(
        number=number,
        queued=queued,
        sent=sent,
        first_byte=result.first_byte if isinstance(result, Reply) else None,
        done=done,
        status=None if result is None else result.status,
        error=CUT_OFF if result is None else error.slug if error else None,
        message="stopped before an answer came" if result is None else error.message if error else None,
        raw=error.raw if error else b"",
    )


def answered(
    request: Request, attempts: list[Attempt], reply: Reply, started_at: str, *, timed: bool = True
) -> Delivery:
    """Return the record of a request that was answered: one sample for each completion, at most one a draw.

    Args:
        request: What was asked.
        attempts: Every try.
        reply: What the last one gave.
        started_at: UTC time of the first sending.
        timed: Whether the time that the answer took is known.
    """
    last = attempts[-1]
    outcomes: tuple[Outcome, ...] = tuple(
        Sample(
            draw=draw,
            text=completion.text,
            finish_reason=completion.finish_reason,
            refusal=completion.refusal,
            usage=reply.usage,
            latency_s=last.done - last.sent if timed else None,
            model=reply.model,
            system_fingerprint=reply.system_fingerprint,
            response_id=reply.response_id,
            attempts=len(attempts),
            logprobs=_as_json(completion.logprobs),
            is_null=completion.is_null,
            tool_calls=_as_json(completion.tool_calls),
        )
        for draw, completion in zip(request.draws, reply.completions, strict=False)
    )
    return Delivery(request=request, attempts=tuple(attempts), reply=reply, outcomes=outcomes, started_at=started_at)


def _as_json(value: JSON) -> str | None:
    """Return what a completion holds besides its text; None where JSON can not say it again: the raw bytes keep it."""
    try:
        return None if value is None else canonical(value)
    except (ValueError, RecursionError):  # infinite numbers, and brackets without end
        return None


def failed(request: Request, attempts: list[Attempt], error: BackendError, started_at: str) -> Delivery:
    """Return the record of a request that is given up: a failure for each draw."""
    outcomes = tuple(
        Failure(draw=draw, error=error.slug, message=error.message, attempts=len(attempts)) for draw in request.draws
    )
    return Delivery(request=request, attempts=tuple(attempts), reply=None, outcomes=outcomes, started_at=started_at)


def unsupported(request: Request, attempts: list[Attempt], words: str, started_at: str) -> Delivery:
    """Return the record of a request that is not sent, or not again: its temperature is refused, in these words."""
    outcomes = tuple(
        Failure(draw=draw, error=UNSUPPORTED, message=words, attempts=len(attempts)) for draw in request.draws
    )
    return Delivery(request=request, attempts=tuple(attempts), reply=None, outcomes=outcomes, started_at=started_at)


def left_open(request: Request, attempts: list[Attempt], started_at: str) -> Delivery:
    """Return the record of tries that settled nothing: the draws stay open."""
    return Delivery(request=request, attempts=tuple(attempts), reply=None, outcomes=(), started_at=started_at)
