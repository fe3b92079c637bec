"""Who answers a suite: its backend, with the embedded server up when it is asked for."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import replace

import evalkit
from evalkit import environment, registry
from evalkit.errors import UsageError
from evalkit.nouns import CellOutcomes, Endpoint, Suite, content_key
from evalkit.nouns.ports import Backend


@asynccontextmanager
async def answering(suite: Suite, given: Backend | None, *, seed: str) -> AsyncIterator[Backend]:
    """Yield who answers a suite, with the embedded server up for as long as it is needed."""
    if given is not None:
        yield given
        return
    with reachable(suite.endpoint, seed) as endpoint:
        backend = backend_of(timeout_s=suite.timeout_s, concurrency=suite.concurrency)(endpoint)
        try:
            yield backend
        finally:
            await backend.aclose()


def backend_of(**offered: object) -> Callable[[Endpoint], Backend]:
    """Return what makes the backend of an endpoint, here or in another process: it takes the key of where it is called.

    Args:
        offered: Settings; a factory gets those it names, and no other.
    """
    keyed, version = environment.has_key(), evalkit.__version__
    return functools.partial(_made, keyed=keyed, version=version, offered=offered)


def reachable(endpoint: Endpoint, seed: str) -> AbstractContextManager[Endpoint]:
    """Return a context that gives the endpoint with an address that answers: the embedded server is up inside."""
    if endpoint.base_url != environment.LOOPBACK:
        return nullcontext(endpoint)
    return _Embedded(endpoint, seed)


class _Embedded:
    """The embedded server, up while it is entered; gives the endpoint with its true address."""

    def __init__(self, endpoint: Endpoint, seed: str) -> None:
        from evalkit.loopback.server import Server

        self._endpoint = endpoint
        # The seed names the run and how many answers it has: a resumed run, or another run of
        # the same suite, must not hear the same answers again.
        self._server = Server(seed=int(content_key(seed)[:8], 16))

    def __enter__(self) -> Endpoint:
        return replace(self._endpoint, base_url=self._server.__enter__().url)

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(None, None, None)


def _made(endpoint: Endpoint, *, keyed: bool, version: str, offered: Mapping[str, object]) -> Backend:
    """Return the backend of an endpoint.

    Args:
        endpoint: Who is asked.
        keyed: Whether there was a key where the run was begun: then there must be one here.
        version: Of evalkit, there.
        offered: Settings; a factory gets those it names, and no other.
    """
    if version != evalkit.__version__:
        hint = "install the same one on every machine of the cluster"
        raise UsageError(f"evalkit is {evalkit.__version__} here, {version} where the run was begun", hint=hint)
    if keyed and not environment.has_key():
        hint = "set it on every machine of the cluster before its workers are begun; no key is sent to them"
        raise UsageError("OPENAI_API_KEY is set where the run was begun, not where its requests are sent", hint=hint)
    factory = registry.find("backends", endpoint.backend)
    named = inspect.signature(factory).parameters
    settings = {name: value for name, value in offered.items() if name in named}
    if "recorded" in named:
        settings["recorded"] = _recorded(endpoint)
    backend: Backend = factory(endpoint, **settings)
    return backend


def _recorded(endpoint: Endpoint) -> Iterator[CellOutcomes]:
    """Yield the cells of the run that an address such as ``runs.sqlite@label`` names."""
    path, _, label = (endpoint.base_url or "").rpartition("@")
    if not path or not label:
        raise UsageError("replay needs a run to answer from", hint="base_url: runs.sqlite@label")
    from evalkit.store.sqlite import open_store

    with open_store(path, read_only=True) as store:
        yield from store.outcomes(label)
        yield from store.load_outcomes(label)
