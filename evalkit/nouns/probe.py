"""Questions about an endpoint: what is asked, what was heard, what it means."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from evalkit.nouns.canonical import JSON, content_key
from evalkit.nouns.design import Mode

if TYPE_CHECKING:
    from evalkit.nouns.caution import Caution
    from evalkit.nouns.estimate import Interval
    from evalkit.nouns.outcome import Usage
    from evalkit.nouns.suite import Decoding, Endpoint, Message


class Conduct(Enum):
    """What an endpoint does with a setting."""

    HONOURED = "honoured"
    """It does what the protocol says."""
    IGNORED = "ignored"
    """It takes the setting, and nothing follows from it."""
    PARTLY = "partly"
    """Something follows from it, but not what the protocol says."""
    REFUSED = "refused"
    """It answers with an error."""
    UNKNOWN = "could not tell"
    """The answers do not carry a verdict; the finding says what would."""


class Occasion(Enum):
    """When an endpoint is asked about itself."""

    ASKED = "asked"
    """Somebody wanted to know."""
    PREFLIGHT = "preflight"
    """A run is about to begin."""
    CANARY = "canary"
    """A run has ended: is the endpoint what it was?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request that a probe wants sent, once or more often."""

    name: str
    """What the probe finds the answers by."""
    messages: tuple[Message, ...]
    """The conversation."""
    fields: tuple[tuple[str, JSON], ...] = ()
    """Further fields of the body, sorted by name; ``model`` and ``messages`` are added."""
    repeats: int = 1
    """How often it is sent."""
    at_once: int = 1
    """How many of them are in flight at the same time."""
    after: int = 0
    """Stage in which it is sent: those of a lower one are all answered before it."""
    wrong: bool = False
    """Whether it is wrong on purpose, so that an error of any kind is an answer to it."""
    beside: str = ""
    """Name of a group: asks of one group and stage are sent together, in turn; empty for by itself."""
    raw: str | None = None
    """The whole body, sent as it is; None for the one that is made of conversation and fields."""

    @property
    def key(self) -> str:
        """Digest of what is sent and how, so that probes which ask the same share the answers."""
        told = [[m.role, m.content] for m in self.messages]
        fields: list[JSON] = [list(field) for field in self.fields]
        return content_key([told, fields, self.at_once, self.after, self.beside, self.raw])

    @property
    def temperature(self) -> float | None:
        """The temperature that is sent; None where none is, or one that is no number."""
        found = dict(self.fields).get("temperature")
        return float(found) if isinstance(found, int | float) else None

    def body(self, model: str) -> bytes:
        """Return the body of the request; in ASCII, unless it is a raw one that is not."""
        if self.raw is not None:
            return self.raw.encode("utf-8")
        fields: dict[str, JSON] = {
            "model": model,
            "messages": [{"role": m.role, "content": m.content} for m in self.messages],
        }
        return json.dumps(fields | dict(self.fields), separators=(",", ":")).encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token of an answer, with what the server says of its choice."""

    text: str
    """The token."""
    logprob: float
    """Log-probability of it, as the server gives it, in nats."""
    top: tuple[tuple[str, float], ...] = ()
    """The likeliest tokens there, with theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back of one request."""

    status: int
    """HTTP status; 0 where no answer came."""
    texts: tuple[str, ...] = ()
    """The text of each choice."""
    ends: tuple[str | None, ...] = ()
    """``finish_reason`` of each choice, as sent; None where there was none."""
    tokens: tuple[Token, ...] | None = None
    """The first choice's tokens; None where the server tells none."""
    usage: Usage | None = None
    """Tokens as the server counts them; None where it tells none."""
    fingerprint: str | None = None
    """``system_fingerprint``."""
    model: str | None = None
    """The model the server says it used."""
    response_id: str | None = None
    """The server's name for the answer."""
    done: bool | None = None
    """Whether a stream ended with ``[DONE]``; None where it was no stream."""
    latency_s: float = 0.0
    """Seconds from sending to the last byte."""
    started: float = 0.0
    """Monotonic time of sending, in seconds."""
    raw: bytes = b""
    """The body as it came."""
    problem: str = ""
    """What the server, or the network, says is wrong, in one line; empty where nothing is."""
    body: str = ""
    """Beginning of the body, where it was no completion."""
    retry_after_s: float | None = None
    """Seconds that the server asks to wait; None where it does not say."""

    @property
    def ok(self) -> bool:
        """Whether it is a completion."""
        return bool(self.texts)

    @property
    def text(self) -> str:
        """The text of the first choice; empty where there is none."""
        return self.texts[0] if self.texts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What an endpoint is probed for."""

    endpoint: Endpoint
    """Model and address."""
    decoding: Decoding
    """What the suite sends besides the temperature."""
    temperatures: tuple[float, ...] = (0.0, 0.3, 0.7, 1.0, 1.3)
    """Temperatures of the suite."""
    concurrency: int = 8
    """Requests in flight in a run."""
    mode: Mode = Mode.SEPARATE
    """How a run asks for its draws."""
    deep: bool = False
    """Whether more requests may be sent for a finer answer."""
    brief: bool = False
    """Whether it is asked before a run: with the run's own temperatures, and as few requests as will do."""
    seed: int = 0
    """Seed of every random step of the judging."""

    @property
    def cold(self) -> float:
        """The lowest temperature that is asked for: 0, or the run's own."""
        return min(self.temperatures) if self.brief else 0.0

    @property
    def warm(self) -> float:
        """A temperature at which answers should vary: 1, or the run's highest."""
        return max(self.temperatures) if self.brief else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a probe found out about one thing."""

    probe: str
    """Name of the probe."""
    subject: str
    """What it is about, such as ``temperature``."""
    conduct: Conduct
    """What the endpoint does with it."""
    evidence: str
    """What was seen, with its counts, in one or two sentences."""
    n_requests: int = 0
    """Requests it rests on."""
    p_value: float | None = None
    """p-value of the test behind it; None without a test."""
    p_adjusted: float | None = None
    """The same, adjusted over all findings of one probing."""
    value: float | None = None
    """What was measured, such as the effective temperature; None where nothing was."""
    interval: Interval | None = None
    """Its interval."""
    unit: str = ""
    """What the value is, in words."""
    settle: str = ""
    """What would settle it, where it could not be told."""
    test: str = ""
    """The test behind it, by name."""
    cautions: tuple[Caution, ...] = ()
    """What must follow every curve that is drawn of this endpoint."""
    details: tuple[tuple[str, str], ...] = ()
    """Further numbers, by name."""


Answers: TypeAlias = Mapping[str, Sequence[Heard]]
"""What was heard of each of a probe's asks, by its name, in the order of sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question about an endpoint: what to ask, and what the answers mean; pure in both."""

    name: str
    """File name of the probe."""
    asks: Callable[[Setting], Sequence[Ask]]
    """What it wants sent."""
    judge: Callable[[Answers, Setting], Sequence[Finding]]
    """Answers -> findings, one for each thing it is about."""
    question: str
    """First line of its docstring."""
    description: str = ""
    """The rest of it."""
    deep: bool = False
    """Whether it is asked in a deep probing only."""
    before: Callable[[Setting], bool] | None = None
    """Whether a run of that setting depends on the answer, so that it is asked before it; None for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probing:
    """What was found out about an endpoint."""

    setting: Setting
    """What it was probed for."""
    findings: tuple[Finding, ...]
    """By probe."""
    n_requests: int
    """Requests that were sent."""
    began_at: str = ""
    """UTC time of the first, ISO 8601."""
    occasion: Occasion = Occasion.ASKED
    """When it was asked."""

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What must follow every curve that is drawn of this endpoint."""
        return tuple(caution for finding in self.findings for caution in finding.cautions)

    def of(self, subject: str) -> Finding | None:
        """Return what was found about a subject; None where nothing was asked."""
        return next((finding for finding in self.findings if finding.subject == subject), None)

    def adjusted(self, p_values: Mapping[int, float]) -> Probing:
        """Return the same with p-values adjusted over all findings, by their place."""
        findings = tuple(replace(f, p_adjusted=p_values.get(i, f.p_adjusted)) for i, f in enumerate(self.findings))
        return replace(self, findings=findings)
