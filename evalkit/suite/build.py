"""From checked keys to the noun, with what several keys say together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from evalkit import registry
from evalkit.nouns import (
    Decoding,
    Endpoint,
    Load,
    Message,
    MetricRequest,
    Mode,
    Prompt,
    Quota,
    Suite,
    canonical,
    usual_samples,
)
from evalkit.suite.precision import precision_of, precision_problems
from evalkit.suite.problem import BorderError, Path, Problem, nearest, shown
from evalkit.suite.schema import PromptSpec, SuiteSpec
from evalkit.suite.tools import SECRET, carries_secret, tool_of, tool_problems

_OURS = frozenset({"model", "messages", "temperature", "top_p", "max_tokens", "seed", "stop", "n", "stream"})
_SECRETS = frozenset(
    {"api_key", "apikey", "key", "openai_api_key", "token", "access_token", "auth_token", "authorization", "bearer"}
    | {"password", "secret", "headers", "extra_headers", "extra_query", "x_api_key"}
)
_SLUG_LENGTH = 40


def secrets_in(tree: object, path: Path = ()) -> Iterator[Problem]:
    """Yield a problem for each key that wants to hold a secret; the value is never shown."""
    if not isinstance(tree, Mapping):
        return
    for key, value in tree.items():
        here = (*path, key)
        if str(key).lower().replace("-", "_") in _SECRETS:
            text = "a key does not belong in a file, expected only in the environment variable OPENAI_API_KEY"
            yield Problem(path=here, text=text, at_key=True)
        elif here in {("endpoint",), ("embedding",), ("judge",), ("decoding",), ("decoding", "extra")}:
            yield from secrets_in(value, here)
        elif here[:2] == ("decoding", "extra"):
            yield from _secrets_below(value, here)


def _secrets_below(value: object, path: Path) -> Iterator[Problem]:
    """Yield the same for what is sent as it stands; there a name that stands for no text is a part of a schema."""
    if isinstance(value, Mapping):
        texts = {key: each for key, each in value.items() if isinstance(each, str)}
        yield from secrets_in(texts, path)
        for key in value.keys() - texts.keys():
            yield from _secrets_below(value[key], (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _secrets_below(each, (*path, index))


def build(spec: SuiteSpec, *, name: str, source: str) -> Suite:
    """Return the suite that checked keys describe.

    Args:
        spec: The keys.
        name: The suite's name when the file has none.
        source: Text of the file.

    Raises:
        BorderError: Keys contradict one another, or name what does not exist.
    """
    problems = [*_temperature_problems(spec), *_load_problems(spec), *_prompt_problems(spec), *_metric_problems(spec)]
    problems += [*_endpoint_problems(spec), *tool_problems(spec), *_decoding_problems(spec)]
    problems += precision_problems(spec)
    if problems:
        raise BorderError(problems)
    return Suite(
        name=spec.name or name,
        endpoint=Endpoint(model=spec.endpoint.model, base_url=spec.endpoint.base_url, backend=spec.endpoint.backend),
        prompts=_prompts(spec.prompts),
        temperatures=(1.0,) if spec.temperatures is None else tuple(sorted(spec.temperatures)),
        send_temperature=spec.temperatures is not None,
        samples=spec.samples or usual_samples(len(spec.prompts), precise=spec.precision is not None),
        metrics=tuple(_metrics(spec)),
        embedding=tool_of(spec.embedding),
        judge=None if spec.judge is None else tool_of(spec.judge),
        decoding=Decoding(
            top_p=spec.decoding.top_p,
            max_tokens=spec.decoding.max_tokens,
            seed=spec.decoding.seed,
            stop=tuple(spec.decoding.stop),
            extra=tuple(sorted(spec.decoding.extra.items())),
        ),
        mode=Mode(spec.mode),
        load=tuple(load for load in Load if load.value in spec.load),
        seed=spec.seed,
        concurrency=spec.concurrency,
        limits=Quota(
            requests_per_minute=spec.limits.requests_per_minute, tokens_per_minute=spec.limits.tokens_per_minute
        ),
        timeout_s=spec.timeout_s,
        precision=precision_of(spec),
        source=source,
    )


def _temperature_problems(spec: SuiteSpec) -> Iterator[Problem]:
    seen: set[float] = set()
    for index, value in enumerate(spec.temperatures or ()):
        if value > spec.temperature_max:
            text = f"{value:g} is too high, expected at most {spec.temperature_max:g}"
            hint = "(for servers that take more: temperature_max)"
            yield Problem(path=("temperatures", index), text=f"{text} {hint}")
        if value in seen:
            yield Problem(path=("temperatures", index), text=f"{value:g} is there twice, expected each only once")
        seen.add(value)


def _load_problems(spec: SuiteSpec) -> Iterator[Problem]:
    """Yield what keeps loads from being told apart: they are arms at temperature 0, of one request for each answer."""
    for index, load in enumerate(spec.load):
        if load in spec.load[:index]:
            yield Problem(path=("load", index), text=f"{load} is there twice, expected each only once")
    if spec.load and 0.0 not in (spec.temperatures or ()):
        text = "needs 0 among the temperatures, for its arms are at temperature 0; add 0 to temperatures"
        yield Problem(path=("load",), text=text, at_key=True)
    if spec.load and spec.mode == Mode.CHOICES.value:
        text = "does not go with mode choices, where many answers are one request, which is no burst; use separate"
        yield Problem(path=("load",), text=text, at_key=True)


def _prompt_problems(spec: SuiteSpec) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, prompt in enumerate(spec.prompts):
        path: Path = ("prompts", index)
        if (prompt.user is None) == (prompt.messages is None):
            both = "neither user nor" if prompt.user is None else "both user and"
            yield Problem(path=path, text=f"has {both} messages, expected one of them")
        elif prompt.messages is not None:
            if prompt.system is not None:
                text = "stands beside messages, expected as the first of them, with role system"
                yield Problem(path=(*path, "system"), text=text)
            if prompt.messages[-1].role != "user":
                last = (*path, "messages", len(prompt.messages) - 1)
                yield Problem(path=last, text=f"the last turn is of {prompt.messages[-1].role}, expected of user")
        if prompt.id is not None and prompt.id in seen:
            yield Problem(path=(*path, "id"), text=f"{shown(prompt.id)} is there twice, expected unique ids")
        seen.add(prompt.id or "")


def _metrics(spec: SuiteSpec) -> Iterator[MetricRequest]:
    for metric in spec.metrics:
        yield MetricRequest(name=metric.metric, options=tuple(sorted((metric.model_extra or {}).items())))


def _metric_problems(spec: SuiteSpec) -> Iterator[Problem]:
    known = registry.names("metrics")
    seen: set[str] = set()
    for index, metric in enumerate(_metrics(spec)):
        path: Path = ("metrics", index)
        if metric.name not in known:
            text = f"there is no metric {shown(metric.name)}, expected one of `evalkit list metrics`"
            yield Problem(path=path, text=f"{text}{nearest(metric.name, known)}")
        same = canonical([metric.name, dict(metric.options)])
        if same in seen:
            yield Problem(path=path, text=f"{shown(metric.name)} is there twice with the same options, expected once")
        seen.add(same)


def _endpoint_problems(spec: SuiteSpec) -> Iterator[Problem]:
    known = registry.names("backends")
    if spec.endpoint.backend not in known:
        text = f"there is no backend {shown(spec.endpoint.backend)}, expected a known one"
        yield Problem(path=("endpoint", "backend"), text=f"{text}{nearest(spec.endpoint.backend, known)}")
    if spec.endpoint.base_url is not None and carries_secret(spec.endpoint.base_url, spec.endpoint.backend):
        # The address itself is not shown: what is wrong with it may be a password.
        yield Problem(path=("endpoint", "base_url"), text=SECRET)


def _decoding_problems(spec: SuiteSpec) -> Iterator[Problem]:
    for key in spec.decoding.extra:
        if key in _OURS:
            text = "is sent by evalkit itself, expected among the suite's own keys"
            yield Problem(path=("decoding", "extra", key), text=text, at_key=True)


def _prompts(specs: list[PromptSpec]) -> tuple[Prompt, ...]:
    taken = Counter(spec.id for spec in specs if spec.id is not None)
    prompts = []
    for number, spec in enumerate(specs, start=1):
        turns = [Message(role=turn.role, content=turn.content) for turn in spec.messages or ()]
        if spec.user is not None:
            turns = [Message(role="system", content=spec.system)] if spec.system else []
            turns.append(Message(role="user", content=spec.user))
        name = spec.id or _free(slug(turns[-1].content) or f"p{number}", taken)
        prompts.append(
            Prompt(id=name, messages=tuple(turns), reference=spec.reference, tags=tuple(dict.fromkeys(spec.tags)))
        )
    return tuple(prompts)


def slug(text: str) -> str:
    """Return the first words of a text as an id, such as ``where-should-i-go``; empty when it has none."""
    words = re.findall(r"\w+", text.lower())
    short = ""
    for word in words:
        longer = f"{short}-{word}" if short else word[:_SLUG_LENGTH]
        if len(longer) > _SLUG_LENGTH:
            break
        short = longer
    return short


def _free(wanted: str, taken: Counter[str]) -> str:
    # A made id gives way to one that was written, and to an earlier made one.
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    taken[name] += 1
    return name
