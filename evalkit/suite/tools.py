"""Embedder and judge of a suite: which there are, and what each must be told."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from evalkit import registry
from evalkit.nouns import EMBEDDING_SOURCES, ToolRequest
from evalkit.suite.problem import Path, Problem, nearest, shown
from evalkit.suite.schema import EmbeddingSpec, JudgeSpec, SuiteSpec

SECRET = "carries a password, a query or a fragment, expected a plain address and the key in OPENAI_API_KEY"  # noqa: S105
"""What is wrong with an address that holds a secret; the address itself is not shown."""


def tool_of(spec: EmbeddingSpec | JudgeSpec) -> ToolRequest:
    """Return the tool that checked keys ask for."""
    return ToolRequest(source=spec.source, model=spec.model, base_url=spec.base_url)


def tool_problems(spec: SuiteSpec) -> Iterator[Problem]:
    """Yield a problem for each key of embedding and judge that names what is not there, or says too much or little."""
    sources = EMBEDDING_SOURCES | dict.fromkeys(registry.offered("embedders"), None)
    yield from _problems(spec.embedding, ("embedding",), sources, addressed="endpoint")
    if spec.judge is not None:
        judges = {"chat": True} | dict.fromkeys(registry.offered("judges"), None)
        yield from _problems(spec.judge, ("judge",), judges, addressed="chat")


def _problems(
    spec: EmbeddingSpec | JudgeSpec, path: Path, sources: dict[str, bool | None], *, addressed: str
) -> Iterator[Problem]:
    if spec.source not in sources:
        text = f"there is no {path[0]} {shown(spec.source)}, expected one of {', '.join(sources)}"
        yield Problem(path=(*path, "source"), text=f"{text}{nearest(spec.source, sources)}")
        return
    wanted = sources[spec.source]
    if wanted and spec.model is None:
        yield Problem(path=path, text=f"of source {spec.source} names no model, expected one")
    if wanted is False and spec.model is not None:
        yield Problem(path=(*path, "model"), text=f"means nothing to source {spec.source}, expected none")
    if spec.base_url is None:
        return
    if wanted is not None and spec.source != addressed:
        yield Problem(path=(*path, "base_url"), text=f"means nothing to source {spec.source}, expected none")
    elif carries_secret(spec.base_url, "openai"):
        yield Problem(path=(*path, "base_url"), text=SECRET)


def carries_secret(url: str, backend: str) -> bool:
    """Return whether an address holds what must not be kept: a password, a query or a fragment."""
    if backend != "openai" and "://" not in url:
        return False  # no address of the network, such as the run that is replayed: runs.sqlite@label
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError:  # brackets that hold no address: a matter for the address check before sending
        return "@" in url or "?" in url
    return bool(parts.username or parts.password or parts.query or parts.fragment)
