"""What a verb may use: the embedder and the judge that a suite asks for, and the executor that was named."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evalkit import environment, registry
from evalkit.errors import UsageError
from evalkit.nouns import Caution, Metric, MetricRequest, Suite, ToolRequest
from evalkit.nouns.ports import Cache, Embedder, Judge, Tools

if TYPE_CHECKING:
    from evalkit.results import Results
    from evalkit.sampling.executors.base import Executor

_PAID = frozenset({"endpoint", "sentence_transformers"})


def equipped(suite: Suite, store: object = None, given: Tools | None = None, executor: Executor | None = None) -> Tools:
    """Return the tools that a suite asks for, or those that were given, watched.

    Args:
        suite: What is asked for.
        store: Where vectors and verdicts are kept by content, where it is a cache.
        given: Tools of the caller's own, taken as they are; those of the suite when None.
        executor: Where models run that make vectors; this process when None.

    Raises:
        UnknownNameError: No package offers the embedder or the judge of that name.
    """
    from evalkit.embedding import WatchedEmbedder

    cache = store if isinstance(store, Cache) else None
    embedder = _embedder(suite.embedding, suite, cache, executor) if given is None else given.embedder
    judge = _judge(suite.judge, suite, cache) if given is None else given.judge
    if embedder is not None and not isinstance(embedder, WatchedEmbedder):
        embedder = WatchedEmbedder(embedder)
    return replace(given or Tools(), embedder=embedder, judge=judge)


def metric_of(wanted: str | MetricRequest | Metric) -> Metric:
    """Return the metric of a name, of a name with options, or itself."""
    from evalkit.metrics.base import resolve as bound

    if isinstance(wanted, Metric):
        return wanted
    return bound(wanted if isinstance(wanted, MetricRequest) else MetricRequest(name=wanted))


def bindable(suite: Suite) -> None:
    """Refuse options that a metric can not have before anything is paid for."""
    for request in suite.metrics:
        try:
            metric_of(request)
        except UsageError as error:
            raise UsageError(f"metric {request.name} of suite {suite.name}: {error.message}", hint=error.hint) from None


def as_equipped(results: Results, tools: Tools) -> Results:
    """Return the results with what was used in the run's suite, by name, and what it has to say among the cautions."""
    embedding = ToolRequest(source="tfidf" if tools.embedder is None else tools.embedder.name)
    judge = None if tools.judge is None else ToolRequest(source=tools.judge.name)
    suite = replace(results.run.suite, embedding=embedding, judge=judge)
    said = tuple(caution for tool in (tools.embedder, tools.judge) for caution in _said(tool))
    return replace(results, run=replace(results.run, suite=suite), cautions=(*results.cautions, *said))


def costs(suite: Suite) -> bool:
    """Return whether a suite's tools make what is worth keeping: vectors of a model, or verdicts."""
    return suite.judge is not None or suite.embedding.source in _PAID


@contextmanager
def executed(name: str) -> Iterator[Executor]:
    """Yield the executor of that name; what it took for the work it lets go of at the end.

    Raises:
        UnknownNameError: There is no executor of that name; the nearest name is the hint.
        MissingExtraError: What it needs is not installed.
    """
    executor: Executor = registry.find("executors", name)()
    try:
        yield executor
    finally:
        executor.close()


def _said(tool: object) -> tuple[Caution, ...]:
    cautions = getattr(tool, "cautions", None)
    return () if cautions is None else tuple(cautions())


def _embedder(wanted: ToolRequest, suite: Suite, cache: Cache | None, executor: Executor | None) -> Embedder | None:
    if wanted.source == "tfidf":
        return None
    if wanted.source == "trigrams":
        from evalkit.features.trigrams import Trigrams

        return Trigrams()
    from evalkit.embedding import EndpointEmbedder, KeptEmbedder

    if wanted.source == "endpoint":
        return KeptEmbedder(EndpointEmbedder(wanted.model or "", _address(wanted, suite)), cache)
    if wanted.source == "sentence_transformers":
        from evalkit.features.sentence_transformers import SentenceTransformers

        model = SentenceTransformers(wanted.model or "")
        return KeptEmbedder(model if executor is None else executor.placed(model), cache)
    found: Embedder = _offered("embedders", wanted, "embed")
    return found


def _judge(wanted: ToolRequest | None, suite: Suite, cache: Cache | None) -> Judge | None:
    if wanted is None:
        return None
    if wanted.source == "chat":
        from evalkit.judging import ChatJudge

        return ChatJudge(wanted.model or "", _address(wanted, suite), cache=cache)
    found: Judge = _offered("judges", wanted, "same")
    return found


def _offered(kind: str, wanted: ToolRequest, method: str) -> Any:  # noqa: ANN401 - another package's object
    """Return what another package offers: the object itself, or what its factory makes of the settings it names."""
    found = registry.load(kind, wanted.source)
    if not isinstance(found, type) and hasattr(found, method):
        return found
    named = inspect.signature(found).parameters
    settings = {"model": wanted.model, "base_url": wanted.base_url}
    return found(**{name: value for name, value in settings.items() if name in named})


def _address(wanted: ToolRequest, suite: Suite) -> str:
    own = suite.endpoint.base_url if suite.endpoint.backend == "openai" else None
    return environment.address_of(wanted.base_url or own).url
