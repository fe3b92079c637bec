"""What goes over the wire and what comes back: request, completion, reply, attempt."""

from __future__ import annotations

from dataclasses import dataclass, field

from evalkit.nouns.canonical import JSON
from evalkit.nouns.design import Cell, Draw
from evalkit.nouns.outcome import FinishReason, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP call and the draws it should fill."""

    cell: Cell
    """What to ask and how."""
    replicates: tuple[int, ...]
    """Indices of the draws it should fill; one unless the mode is CHOICES."""

    @property
    def n(self) -> int:
        """Number of completions asked for."""
        return len(self.replicates)

    @property
    def draws(self) -> tuple[Draw, ...]:
        """The draws it should fill."""
        return tuple(Draw(cell=self.cell, replicate=r) for r in self.replicates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One choice of a reply."""

    text: str
    """The text, unchanged; empty when the server sent none."""
    finish_reason: FinishReason = FinishReason.STOP
    """Why it ended."""
    refusal: str | None = None
    """The refusal's text, when the server marked one."""
    logprobs: JSON = None
    """Log-probabilities as the server sent them, when asked for."""
    is_null: bool = False
    """Whether the server sent null in place of a text."""
    tool_calls: JSON = None
    """The tools the model asked for, as the server sent them; None when it asked for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back: the bytes as they came, and what could be read from them."""

    raw: bytes
    """The body, unchanged; it was paid for."""
    completions: tuple[Completion, ...]
    """The choices, as many as came, never as many as asked for."""
    status: int = 200
    """HTTP status."""
    response_id: str | None = None
    """The server's name for this answer."""
    model: str | None = None
    """The model the server says it used."""
    system_fingerprint: str | None = None
    """The server's mark of its own configuration."""
    usage: Usage = field(default_factory=Usage)
    """Tokens of the whole reply."""
    first_byte: float | None = None
    """Monotonic time of the first byte, in seconds; None when not seen."""

    @classmethod
    def of_texts(cls, texts: list[str] | tuple[str, ...]) -> Reply:
        """Return a reply made of texts, as a backend without a wire makes it."""
        return cls(raw=b"", completions=tuple(Completion(text=text) for text in texts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of a request, with its times and its end."""

    number: int
    """1 for the first try."""
    queued: float
    """Monotonic time at which a worker took it, in seconds."""
    sent: float
    """Monotonic time at which it was sent, in seconds."""
    first_byte: float | None
    """Monotonic time of the first byte, in seconds; None when none came."""
    done: float
    """Monotonic time of its end, in seconds."""
    status: int | None = None
    """HTTP status; None when there was none."""
    error: str | None = None
    """Slug of the error that ended it; None when it gave completions."""
    message: str | None = None
    """One line about the error, without secrets."""
    raw: bytes = b""
    """The body as it came, whatever it holds."""
