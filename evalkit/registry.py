"""From a name to the object of that name: the file name is the name.

Adding a file to a room registers what it holds; nothing is imported until it is asked for.
Another package adds to the same rooms through entry points, such as ``evalkit.metrics``.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.metadata
import pkgutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evalkit.errors import UnknownNameError

ROOMS = {
    "metrics": "evalkit.metrics",
    "features": "evalkit.features",
    "probes": "evalkit.probes",
    "backends": "evalkit.backends",
    "executors": "evalkit.sampling.executors",
    "plots": "evalkit.reporting.plots",
    "renderers": "evalkit.reporting.renderers",
    "comparison_renderers": "evalkit.reporting.comparison_renderers",
    "blocks": "evalkit.reporting.blocks",
    "commands": "evalkit.cli.commands",
}
"""Kinds of things, and the package whose files are their names."""

NOT_NAMES = frozenset(
    {"all_pairs", "axes", "base", "binding", "detect", "dispositions", "embeddings", "files", "hearing", "likeness"}
    | {
        "answer",
        "batch_lines",
        "batches",
        "connection",
        "direct",
        "forking",
        "patience",
        "places",
        "pooled",
        "redaction",
        "refusals",
        "replying",
        "scales",
        "sentence_transformers",
        "stream",
        "tfidf",
        "transport",
        "trigrams",
        "unpacking",
        "wire",
    }
)
"""Modules that serve their room and are no member of it."""


def names(kind: str) -> tuple[str, ...]:
    """Return every name of a kind, sorted: our files and other packages' entry points."""
    return tuple(sorted(_ours(kind) | {point.name for point in _entry_points(kind)}))


def find(kind: str, name: str) -> Any:  # noqa: ANN401 - each kind holds objects of its own type
    """Return the object of that name.

    Args:
        kind: One of `ROOMS`.
        name: File name without ending, or name of an entry point.

    Returns:
        The attribute of the module that has the module's name, or that name with the kind behind it,
        such as ``openai_backend``.

    Raises:
        UnknownNameError: Nothing has that name; the nearest name is the hint.
    """
    for point in _entry_points(kind):
        if point.name == name:
            return point.load()
    module = sys.modules.get(f"{ROOMS[kind]}.{name}")
    if name in NOT_NAMES or (module is None and name not in _ours(kind)):
        known = names(kind)
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
        message = f"there is no {kind.removesuffix('s')} named {name!r}"
        raise UnknownNameError(message, hint=hint)
    module = module or importlib.import_module(f"{ROOMS[kind]}.{name}")
    # The longer name first: a backend may import the package whose name it bears.
    longer = f"{name}_{kind.removesuffix('s')}"
    return getattr(module, longer if hasattr(module, longer) else name)


def offered(kind: str) -> tuple[str, ...]:
    """Return the names that other packages offer of a kind, such as ``judges``, sorted."""
    return tuple(sorted({point.name for point in _entry_points(kind)}))


def load(kind: str, name: str) -> Any:  # noqa: ANN401 - another package's object
    """Return what another package offers by that name, of a kind that has no room here.

    Raises:
        UnknownNameError: No package offers it; the nearest name is the hint.
    """
    for point in _entry_points(kind):
        if point.name == name:
            return point.load()
    near = difflib.get_close_matches(name, offered(kind), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"a package offers one by the entry point evalkit.{kind}"
    raise UnknownNameError(f"there is no {kind.removesuffix('s')} named {name!r}", hint=hint)


def modules_in(folders: Iterable[str]) -> frozenset[str]:
    """Return the names of the modules in some folders; they are read again only where a file came or went."""
    folders = tuple(folders)
    return _modules_in(folders, tuple(map(_changed, folders)))


def _ours(kind: str) -> frozenset[str]:
    return modules_in(importlib.import_module(ROOMS[kind]).__path__) - NOT_NAMES


@functools.lru_cache(maxsize=32)
def _modules_in(folders: tuple[str, ...], changed: tuple[int, ...]) -> frozenset[str]:
    del changed
    return frozenset(module.name for module in pkgutil.iter_modules(folders))


def _changed(folder: str) -> int:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:  # inside a zip file, or gone
        return 0


def _entry_points(kind: str) -> importlib.metadata.EntryPoints:
    return _entry_points_on(kind, tuple(sys.path))


@functools.lru_cache(maxsize=32)
def _entry_points_on(kind: str, path: tuple[str, ...]) -> importlib.metadata.EntryPoints:
    found: importlib.metadata.EntryPoints = _all_entry_points(path).select(group=f"evalkit.{kind}")
    return found


@functools.lru_cache(maxsize=4)
def _all_entry_points(path: tuple[str, ...]) -> Any:  # noqa: ANN401 - of a type of its own before Python 3.12
    # Every installed package is read for it: once for each path, not for each kind or name that is asked for.
    del path
    return importlib.metadata.entry_points()
