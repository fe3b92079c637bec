"""The border: which keys a suite file may have, of which shape, in which range (the only pydantic)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError, WithJsonSchema

from evalkit.nouns import GRIDS, USUAL_METRICS
from evalkit.suite.expected import EXPECTED
from evalkit.suite.problem import BorderError, Path, Problem, near, nearest, shown

LABELS = {"conservative": 0.1, "creative": 1.1}
"""Words that may stand for temperatures."""

ALIASES = {"temp": "temperatures", "temperature": "temperatures"}
"""Keys that are read as another."""

_NAME = r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"
_NONE = "none"
_GRID = {"enum": [*GRIDS, _NONE]}
_TEMPERATURE = {"anyOf": [{"type": "number", "minimum": 0}, {"enum": list(LABELS)}]}
_METRIC = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "properties": {"metric": {"type": "string"}}, "required": ["metric"]},
    ]
}


def _grid(value: object) -> object:
    if value is None:
        raise ValueError
    if value == _NONE:
        return None
    return list(GRIDS[value]) if isinstance(value, str) and value in GRIDS else _listed(value)


_LOAD = {"enum": ["serial", "burst", "mixed"]}
_TEXT = {"type": "string", "minLength": 1}
_TOOL = {"source": _TEXT, "model": _TEXT, "base_url": _TEXT}
_EMBEDDING = {
    "anyOf": [_TEXT, {"type": "object", "properties": _TOOL, "required": ["source"], "additionalProperties": False}]
}
_NAMES = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_HALF = {"type": "number", "exclusiveMinimum": 0}
_PRECISION = {
    "anyOf": [
        _HALF,
        {
            "type": "object",
            "properties": {
                "within": _HALF,
                "metrics": _NAMES,
                "decide": {"type": "object", "additionalProperties": {"type": "number"}},
                "first": {"type": "integer", "minimum": 2},
                "looks": {"type": "integer", "minimum": 1, "maximum": 20},
            },
            "additionalProperties": False,
        },
    ]
}
_JUDGE = {"anyOf": [_TEXT, {"type": "object", "properties": _TOOL, "additionalProperties": False}]}


def _listed(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


def _number(value: object) -> object:
    return LABELS.get(value, value) if isinstance(value, str) else value


def _metric(value: object) -> object:
    return {"metric": value} if isinstance(value, str) else value


def _within(value: object) -> object:
    return {"within": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


def _source(value: object) -> object:
    return {"source": value} if isinstance(value, str) else value


Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
Temperature = Annotated[float, Field(ge=0), BeforeValidator(_number), WithJsonSchema(_TEMPERATURE)]


class _Border(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        defer_build=True,  # what a file is made of is put together once, with the file, not for each part as well
    )


class MessageSpec(_Border):
    """One turn of a conversation."""

    role: Literal["system", "developer", "user", "assistant"]
    """Who speaks."""
    content: Text
    """What is said."""


class PromptSpec(_Border):
    """One question: user, with or without system, or else messages."""

    id: Annotated[str, Field(pattern=_NAME, max_length=100)] | None = None
    """Unique name; made from the text when absent."""
    system: str | None = None
    """What the model is told about its part."""
    user: Text | None = None
    """The question."""
    messages: Annotated[list[MessageSpec], Field(min_length=1)] | None = None
    """A conversation with earlier turns; ends with a user turn."""
    reference: str | None = None
    """The gold answer."""
    tags: list[Text] = []
    """Words to select prompts by."""


class EndpointSpec(_Border):
    """A model at an address; the key comes from the environment variable OPENAI_API_KEY only."""

    model: Text
    """The model's name, exactly as the server wants it."""
    base_url: Text | None = None
    """Address of the API, or `loopback` for the embedded server; OPENAI_BASE_URL when absent."""
    backend: Text = "openai"
    """Name of the backend that talks to it."""


class DecodingSpec(_Border):
    """How tokens are picked, apart from the temperature."""

    max_tokens: int = Field(default=256, ge=1, le=10_000_000)
    """Most tokens of one completion; always sent."""
    top_p: float | None = Field(default=None, gt=0, le=1)
    """Nucleus mass; not sent when absent."""
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    """Base of the seeds sent: replicate r gets seed + r; not sent when absent."""
    stop: Annotated[
        list[Annotated[str, Field(min_length=1)]],
        BeforeValidator(_listed),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
    ] = []
    """Text or texts that end a completion."""
    extra: dict[str, JsonValue] = {}
    """Further fields of the request's body, sent as they are."""


class MetricSpec(_Border):
    """A metric by name, with its options."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, allow_inf_nan=False)
    __pydantic_extra__: dict[str, JsonValue] = Field(init=False)

    metric: Text
    """The metric's name, as `evalkit list metrics` shows it."""


class EmbeddingSpec(_Border):
    """What makes vectors of the texts; an endpoint's key comes from OPENAI_API_KEY only."""

    source: Text
    """tfidf, trigrams, endpoint or sentence_transformers, or what another package offers."""
    model: Text | None = None
    """The model's name, for an endpoint or sentence_transformers."""
    base_url: Text | None = None
    """Address of the endpoint, or `loopback`; the suite's own endpoint when absent."""


class JudgeSpec(_Border):
    """Who decides whether two texts mean the same; the key comes from OPENAI_API_KEY only."""

    source: Text = "chat"
    """chat, or what another package offers."""
    model: Text | None = None
    """The chat model's name."""
    base_url: Text | None = None
    """Address of the chat model, or `loopback`; the suite's own endpoint when absent."""


class QuotaSpec(_Border):
    """What may be sent in any minute: the account's own limits, which are kept before the server has to say so."""

    requests_per_minute: Annotated[float, Field(gt=0)] | None = None
    """Most requests in a minute."""
    tokens_per_minute: Annotated[float, Field(gt=0)] | None = None
    """Most tokens in a minute, of questions and answers together."""


class PrecisionSpec(_Border):
    """When sampling may stop before `samples`: once enough is known of these metrics at a temperature."""

    within: Annotated[float, Field(gt=0)] | None = None
    """Half the width that intervals may have, in units of the metric."""
    metrics: Annotated[list[Text], BeforeValidator(_listed)] = []
    """Metrics of the suite whose intervals shall be so narrow; the first that can have such when absent."""
    decide: dict[str, float] = {}
    """Values by metric: it is enough to know on which side of its value a metric lies."""
    first: int | None = Field(default=None, ge=2, le=1_000_000)
    """Samples of each cell at the first look; when absent 10."""
    looks: int = Field(default=4, ge=1, le=20)
    """Most looks at each temperature."""


class SuiteSpec(_Border):
    """A suite: which prompts, at which temperatures, how often, on which endpoint, measured how."""

    editor_schema: str | None = Field(default=None, alias="$schema")
    """Address of this schema, for editors."""
    name: Annotated[str, Field(pattern=_NAME, max_length=100)] | None = None
    """Short name; the file's name when absent."""
    endpoint: EndpointSpec
    prompts: list[PromptSpec] = Field(min_length=1)
    """What is asked."""
    temperatures: Annotated[
        Annotated[list[Temperature], Field(min_length=1)] | None,
        BeforeValidator(_grid),
        WithJsonSchema({"anyOf": [_TEMPERATURE, _GRID, {"type": "array", "minItems": 1, "items": _TEMPERATURE}]}),
    ] = list(GRIDS["standard"])
    """Numbers from 0 to temperature_max, `conservative` (0.1) and `creative` (1.1), or a grid by name: `standard`
    (0, 0.3, 0.7, 1, 1.3), `short`, `wide` (to 2) or `capped` (at 1). `none` sends no temperature, for models that
    take none."""
    temperature_max: float = Field(default=2.0, gt=0, le=1000)
    """Greatest temperature the server takes."""
    samples: int | None = Field(default=None, ge=1, le=1_000_000)
    """Completions for each prompt and temperature; when absent 20, or 10 with 20 prompts or more. With `precision` the
    most of them; when absent 200."""
    precision: Annotated[PrecisionSpec, BeforeValidator(_within), WithJsonSchema(_PRECISION)] | None = None
    """When sampling may stop early: half the width of an interval, or a mapping with `within`, `metrics`, `decide`."""
    metrics: Annotated[
        list[
            Annotated[
                MetricSpec,
                BeforeValidator(_metric),
                WithJsonSchema(_METRIC),
            ]
        ],
        Field(min_length=1),
    ] = [MetricSpec(metric=name) for name in USUAL_METRICS]
    """What to measure: names, or mappings with `metric` and its options."""
    embedding: Annotated[EmbeddingSpec, BeforeValidator(_source), WithJsonSchema(_EMBEDDING)] = EmbeddingSpec(
        source="tfidf"
    )
    """What makes vectors of the texts: tfidf, trigrams, or a mapping with source and model."""
    judge: Annotated[JudgeSpec, BeforeValidator(_source), WithJsonSchema(_JUDGE)] | None = None
    """Who decides whether two texts mean the same: a mapping with model, or a name."""
    decoding: DecodingSpec = DecodingSpec()
    mode: Literal["separate", "choices", "stream"] = "separate"
    """How a completion is asked for: one by one, several in one request, or piece by piece."""
    load: Annotated[
        list[Literal["serial", "burst", "mixed"]],
        BeforeValidator(_listed),
        WithJsonSchema({"anyOf": [_LOAD, {"type": "array", "items": _LOAD, "uniqueItems": True}]}),
    ] = []
    """Arms at temperature 0 that tell the server's own noise from sampling: `serial`, one request at a time; `burst`,
    the same question many times at once; `mixed`, among all others, as temperature 0 is drawn anyway."""
    seed: int = Field(default=0, ge=0, lt=2**63)
    """Seed of the sending order and of every random step of the analysis."""
    concurrency: int = Field(default=8, ge=1, le=4096)
    """Most requests in flight."""
    limits: QuotaSpec = QuotaSpec()
    timeout_s: float = Field(default=120.0, gt=0, le=86_400)
    """Longest wait for one answer, in seconds."""


_MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    (): SuiteSpec,
    ("endpoint",): EndpointSpec,
    ("embedding",): EmbeddingSpec,
    ("judge",): JudgeSpec,
    ("decoding",): DecodingSpec,
    ("limits",): QuotaSpec,
    ("precision",): PrecisionSpec,
    ("prompts",): PromptSpec,
    ("prompts", "messages"): MessageSpec,
}

_UNKNOWN = "extra_forbidden"
_UNSHOWN = frozenset({"endpoint.base_url", "embedding.base_url", "judge.base_url"})


def validate(tree: object) -> SuiteSpec:
    """Return the tree of a file as a checked suite, apart from what several keys say together.

    Raises:
        BorderError: Something is wrong, with one problem for each place.
    """
    try:
        return SuiteSpec.model_validate(_renamed(tree))
    except ValidationError as error:
        found = [(details["type"], details["loc"], details["input"]) for details in error.errors()]
        # A misspelt key is one mistake: that the right one is missing follows from it.
        meant = {(*path[:-1], _meant(path)) for kind, path, _ in found if kind == _UNKNOWN}
        problems = [_problem(*each) for each in found if not (each[0] == "missing" and each[1] in meant)]
        raise BorderError(dict.fromkeys(problems)) from None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a suite file, for editors; the aliases are part of it."""
    schema = SuiteSpec.model_json_schema()
    for alias, key in ALIASES.items():
        schema["properties"][alias] = {**schema["properties"][key], "title": f"Same as {key}"}
    spellings = ("temperatures", *ALIASES)
    schema["not"] = {"anyOf": [{"required": list(pair)} for pair in itertools.combinations(spellings, 2)]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _renamed(tree: object) -> object:
    if not isinstance(tree, Mapping):
        return tree
    spellings = [key for key in tree if ALIASES.get(key, key) in ALIASES.values()]
    if len(spellings) > 1:
        text = f"says again what {spellings[0]} says, expected only one of them"
        raise BorderError([Problem(path=(spellings[1],), text=text, at_key=True)])
    return {ALIASES.get(key, key): value for key, value in tree.items()}


def _keys_at(path: Path) -> list[str]:
    model = _MODELS[tuple(part for part in path[:-1] if isinstance(part, str))]
    return [field.alias or name for name, field in model.model_fields.items()]


def _meant(path: Path) -> str | None:
    word, known = str(path[-1]), _keys_at(path)
    found = near(word, [*known, *ALIASES] if len(path) == 1 else known)
    return ALIASES.get(found, found) if found else None


def _problem(kind: str, path: Path, given: object) -> Problem:
    if kind == _UNKNOWN:
        found = _meant(path)
        hint = f"; did you mean {found!r}?" if found else f"; known: {', '.join(sorted(_keys_at(path)))}"
        return Problem(path=path, text=f"unknown key, expected a known one{hint}", at_key=True)
    expected = EXPECTED[_pattern(path)]
    if kind == "missing":
        return Problem(path=path, text=f"is missing, expected {expected}")
    if isinstance(given, str) and _pattern(path) == "temperatures.*":
        return Problem(path=path, text=f"is {shown(given)}, expected {expected}{nearest(given, LABELS)}")
    seen = "is not right" if _pattern(path) in _UNSHOWN else f"is {shown(given)}"
    return Problem(path=path, text=f"{seen}, expected {expected}")


def _pattern(place: Path) -> str:
    # The nearest place upwards of which something is said; of the top there is.
    parts = ["*" if isinstance(part, int) else part for part in place]
    ways = (way for n in range(len(parts), 0, -1) for way in (parts[:n], [*parts[: n - 1], "*"]))
    return next((way for way in map(".".join, ways) if way in EXPECTED), "")


def as_written(tree: object, place: Path) -> Path:
    """Return a path in the user's own spelling: ``temp`` for ``temperatures``, no index where one value stood alone."""
    path: list[str | int] = []
    here: Any = tree
    for number, part in enumerate(place, start=1):
        if isinstance(here, Mapping) and isinstance(part, str):
            key = next((key for key in here if part not in here and ALIASES.get(key) == part), part)
            if key in here or number == len(place):  # the last one may be missing
                here = here.get(key)
                path.append(key)
        elif isinstance(here, list) and isinstance(part, int):
            here = here[part]
            path.append(part)
        # Else the validator's own name of a branch, or an index where one value stood alone.
    return tuple(path)
