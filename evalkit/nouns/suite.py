"""What a user asks for: prompts, an endpoint, how tokens are picked, a suite."""

from __future__ import annotations

from dataclasses import dataclass, field

from evalkit.nouns.canonical import JSON
from evalkit.nouns.design import Load, Mode
from evalkit.nouns.sequential import MOST_SAMPLES, Precision, Standing

HEADLINE = (
    "exact_agreement",
    "tar_at_k",
    "first_divergence",
    "rouge_l_distance",
    "vector_distance",
    "distinct_valid_at_k",
    "validity",
    "qd_index",
)
"""The eight numbers a reader meets first; none but `first_divergence`, which says so, drifts with the number of
samples."""
PARTS = ("quality_mean", "weighted_distance")
"""What the QD index is made of, to be printed with it."""
LITERATURE = ("distinct_n", "self_bleu", "vendi_score", "entropy", "compression_ratio", "length_words")
"""What papers report: measured too, in a panel of their own."""
USUAL_METRICS = (*HEADLINE, *PARTS, *LITERATURE)
"""What is measured when nobody says what."""
GRIDS = {
    "short": (0.0, 0.7, 1.0),
    "standard": (0.0, 0.3, 0.7, 1.0, 1.3),
    "wide": (0.0, 0.3, 0.7, 1.0, 1.3, 1.6, 2.0),
    "capped": (0.0, 0.25, 0.5, 0.75, 1.0),
}
"""Temperatures by name: nearly even in ln T, ``capped`` for servers that take 1 at most."""
MANY_PROMPTS = 20
"""From so many prompts on, fewer samples of each tell as much about all of them."""


def usual_samples(n_prompts: int, *, precise: bool = False) -> int:
    """Return how many samples of each cell to draw when nobody says: about 200 or more for each temperature.

    Where sampling stops by precision, that is the most of them.
    """
    if precise:
        return MOST_SAMPLES
    return 10 if n_prompts >= MANY_PROMPTS else 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: str
    """``system``, ``user`` or ``assistant`` (any string a server accepts)."""
    content: str
    """The text of the turn, as the server will get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One question to the model."""

    id: str
    """Unique in its suite; names the prompt in tables and pages."""
    messages: tuple[Message, ...]
    """The conversation, oldest turn first; ends with a user turn. Empty for imported data without text."""
    reference: str | None = None
    """The gold answer, when there is one."""
    tags: tuple[str, ...] = ()
    """Words to select prompts by."""

    @property
    def text(self) -> str:
        """The last turn's text; empty when there is no turn."""
        return self.messages[-1].content if self.messages else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A model at an address: the thing under test."""

    model: str
    """The model's name, exactly as the server wants it."""
    base_url: str | None = None
    """Address of the API, ``loopback`` for the embedded server, None for OPENAI_BASE_URL."""
    backend: str = "openai"
    """Name of the backend that talks to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How tokens are picked."""

    temperature: float | None = None
    """Softmax temperature, 0 or more; None when the request does not carry one."""
    top_p: float | None = None
    """Nucleus mass in (0, 1]; None when the request does not carry one."""
    max_tokens: int = 256
    """Most tokens of one completion; always sent."""
    seed: int | None = None
    """Base of the seeds: replicate r is sent ``(seed + r) mod 2**31``; None sends none."""
    stop: tuple[str, ...] = ()
    """Texts that end a completion."""
    extra: tuple[tuple[str, JSON], ...] = ()
    """Further body fields, sorted by name."""

    def seed_of(self, replicate: int) -> int | None:
        """Return the seed sent with a replicate, in [0, 2**31 - 1]; None sends none."""
        return None if self.seed is None else (self.seed + replicate) % 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRequest:
    """A metric by name, with the options it is to be bound to."""

    name: str
    """The metric's file name, such as ``distinct_n``."""
    options: tuple[tuple[str, JSON], ...] = ()
    """Keyword options, sorted by name, such as ``(("n", 3),)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRequest:
    """What makes vectors of texts, or judges their meaning."""

    source: str
    """Where it comes from: one of `EMBEDDING_SOURCES`, ``chat`` for a judge, or what another package offers."""
    model: str | None = None
    """Name of the model, where the source has several."""
    base_url: str | None = None
    """Address of the model; the suite's own endpoint when None."""

    def __str__(self) -> str:
        """Return source, model and address, such as ``endpoint text-embedding-3-small at http://127.0.0.1/v1``."""
        named = f"{self.source} {self.model}" if self.model else self.source
        return f"{named} at {self.base_url}" if self.base_url else named


EMBEDDING_SOURCES = {"tfidf": False, "trigrams": False, "endpoint": True, "sentence_transformers": True}
"""Where vectors may come from, and whether a model must be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What an account may send in any minute, as far as its owner says so."""

    requests_per_minute: float | None = None
    """Most requests, above 0; None where nothing is said."""
    tokens_per_minute: float | None = None
    """Most tokens of questions and answers together, above 0; None where nothing is said."""

    def tighter(self, other: Quota) -> Quota:
        """Return the smaller of two, number by number."""
        return Quota(
            requests_per_minute=_smaller(self.requests_per_minute, other.requests_per_minute),
            tokens_per_minute=_smaller(self.tokens_per_minute, other.tokens_per_minute),
        )


def _smaller(a: float | None, b: float | None) -> float | None:
    return min((each for each in (a, b) if each is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A complete, valid request for an experiment."""

    name: str
    """Short name, used in titles and as default label."""
    endpoint: Endpoint
    """The thing under test."""
    prompts: tuple[Prompt, ...]
    """At least one; ids are unique."""
    temperatures: tuple[float, ...]
    """Ascending, without repeats; 1 alone where none is sent."""
    samples: int
    """Completions for each prompt and temperature, 1 or more; the most of them where precision is asked for."""
    metrics: tuple[MetricRequest, ...]
    """What to measure, in the order of the page."""
    embedding: ToolRequest = ToolRequest(source="tfidf")
    """What makes vectors of the texts."""
    judge: ToolRequest | None = None
    """Who decides whether two texts mean the same, for the metrics that ask; None for nobody."""
    decoding: Decoding = field(default_factory=Decoding)
    """Everything but the temperature, which each cell fills in."""
    send_temperature: bool = True
    """Whether requests carry a temperature; False for models without one, of which only repeating can be measured."""
    mode: Mode = Mode.SEPARATE
    """How a draw is asked for."""
    load: tuple[Load, ...] = ()
    """Arms at temperature 0 that differ in what else the server is doing; needs 0 among the temperatures."""
    seed: int = 0
    """Seed of the plan's order and of every random step of the analysis."""
    concurrency: int = 8
    """Most requests in flight."""
    limits: Quota = Quota()
    """What may be sent in a minute; the endpoint's refusals slow a run down besides."""
    timeout_s: float = 120.0
    """Longest wait for one answer, in seconds."""
    precision: Precision | None = None
    """When sampling may stop before that; None for never."""
    standings: tuple[Standing, ...] = ()
    """How far such sampling has come, one for each temperature; empty before it begins, and where it is not asked."""
    source: str = ""
    """Text of the file the suite was read from; empty when made by code."""
