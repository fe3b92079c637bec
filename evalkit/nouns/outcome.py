"""How a draw ends: a sample or a failure, never both, never a text that means an error."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from evalkit.nouns.design import Cell, Draw
    from evalkit.nouns.reply import Attempt, Reply, Request


REDIRECT = "redirect"
"""Error class of a try that was to be carried elsewhere, and was not."""
UNSUPPORTED = "unsupported-temperature"
"""Slug of a draw whose temperature the endpoint refuses: settled, for it would be refused again."""
NOT_RUN = "batch-expired"
"""Slug of a draw whose turn did not come before its batch ended: nothing was answered, nothing is billed."""
_KINDS = MappingProxyType(
    {
        **dict.fromkeys(("connection", "unreachable", "timeout"), "connection"),
        **dict.fromkeys(
            (
                *("malformed-reply", "wrong-status", "not-json", "not-utf8", "too-deep", "too-long", "packed"),
                *("wrong-shape", "error-in-200", "no-choices", "cut-stream"),
            ),
            "malformed",
        ),
        UNSUPPORTED: "unsupported",
    }
)


class FinishReason(Enum):
    """Why a completion ended."""

    STOP = "stop"
    """The model was done, or a stop text was met."""
    LENGTH = "length"
    """Cut by the token limit: a truncated text."""
    CONTENT_FILTER = "content_filter"
    """Withheld or cut by a filter."""
    TOOL_CALLS = "tool_calls"
    """The model asked for a tool."""
    UNKNOWN = "unknown"
    """The server gave no reason or one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the server counted them."""

    prompt_tokens: int | None = None
    """Tokens of the question; None when not told."""
    completion_tokens: int | None = None
    """Tokens of the answer; None when not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One completion, filling one draw."""

    draw: Draw
    """The draw it fills."""
    text: str
    """The text, unchanged; may be empty."""
    finish_reason: FinishReason = FinishReason.STOP
    """Why it ended."""
    refusal: str | None = None
    """The refusal's text, when the server marked one."""
    usage: Usage = field(default_factory=Usage)
    """Tokens; those of the whole request when several completions came in one."""
    latency_s: float | None = None
    """Seconds from sending to the last byte of the attempt that gave it."""
    model: str | None = None
    """The model the server says it used."""
    system_fingerprint: str | None = None
    """The server's mark of its own configuration."""
    response_id: str | None = None
    """The server's name for the answer."""
    attempts: int = 1
    """Requests sent until it came."""
    logprobs: str | None = None
    """Log-probabilities as JSON text, when asked for."""
    is_null: bool = False
    """Whether the server sent null in place of a text; the text is then empty."""
    tool_calls: str | None = None
    """The tools the model asked for, as JSON text; None when it asked for none."""

    @property
    def truncated(self) -> bool:
        """True when the token limit cut the text."""
        return self.finish_reason is FinishReason.LENGTH

    @property
    def refused(self) -> bool:
        """True when the server marked a refusal or a filter took the text."""
        return self.refusal is not None or self.finish_reason is FinishReason.CONTENT_FILTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A draw that gave no completion."""

    draw: Draw
    """The draw that stays open."""
    error: str
    """Slug of the last error."""
    message: str
    """One line about it, without secrets."""
    attempts: int = 1
    """Requests sent for it; 0 where one before it had told."""

    @property
    def unsupported(self) -> bool:
        """True when the endpoint refuses the draw's temperature: there is nothing to try again."""
        return self.error == UNSUPPORTED

    @property
    def kind(self) -> str:
        """The class of its error, which an export gives as status: the slug itself where that is wide enough."""
        return _KINDS.get(self.error, self.error)


Outcome: TypeAlias = Sample | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one request came to: the unit that is written to disk, whole or not at all."""

    request: Request
    """What was asked."""
    attempts: tuple[Attempt, ...]
    """Every try, in order, with the raw bytes of each."""
    reply: Reply | None
    """The reply that was used; None when every try failed."""
    outcomes: tuple[Outcome, ...]
    """One outcome for each draw of the request that is settled."""
    started_at: str
    """UTC time of the first sending, ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOutcomes:
    """Everything that came of one cell."""

    cell: Cell
    """The point of the design."""
    samples: tuple[Sample, ...]
    """Its samples by replicate."""
    failures: tuple[Failure, ...] = ()
    """Draws that failed and have not been filled since."""
