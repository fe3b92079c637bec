"""How runs, metrics and temperatures are written on the command line."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

from evalkit import registry
from evalkit.errors import UnknownNameError, UsageError
from evalkit.nouns import EMBEDDING_SOURCES, GRIDS, JSON, Estimand, MetricRequest, ToolRequest
from evalkit.nouns.ports import Store

DEFAULT_STORE = "runs.sqlite"
"""Where runs are kept when nothing is said."""

_LABELS = {"conservative": 0.1, "creative": 1.1}


def run_of(name: str) -> tuple[Path, str | None]:
    """Return the store's path and the label of ``store@label``, or of a bare label in the usual store.

    The label is None when it is left out.
    """
    path, at, label = name.rpartition("@")
    if _is_there(name):
        return Path(name), None
    if not at:
        is_label = "/" not in name and not Path(name).suffix and Path(DEFAULT_STORE).exists()
        return (Path(DEFAULT_STORE), name) if is_label else (Path(name), None)
    return Path(path or DEFAULT_STORE), label or None


def _is_there(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def label_in(store: Store, label: str | None, name: str) -> str:
    """Return the label asked for, or the only one that holds an answer.

    Raises:
        UsageError: There are several runs, or none, and none was named.
    """
    if label is not None:
        return label
    runs = store.runs()
    labels = [run.label for run in runs if run.n_samples] or [run.label for run in runs]
    if len(labels) == 1:
        return labels[0]
    if not labels:
        raise UsageError(f"{name} holds no run", hint="evalkit run SUITE --store " + name)
    raise UsageError(
        f"{name} holds {len(labels)} runs", hint=f"name one: {name}@{labels[-1]}; there are {', '.join(labels)}"
    )


def metric_of(text: str) -> MetricRequest:
    """Return the metric that ``name`` or ``name:option=value,option=value`` asks for.

    Values are read as JSON where they are JSON, else as text.
    """
    name, _, rest = text.partition(":")
    options: dict[str, JSON] = {}
    for part in filter(None, rest.split(",")):
        option, equals, value = part.partition("=")
        if not equals:
            raise UsageError(f"metric {text!r}: {part!r} is no option", hint="such as distinct_n:n=3")
        options[option.strip()] = _value(value.strip())
    return MetricRequest(name=name.strip(), options=tuple(sorted(options.items())))


def _value(text: str) -> JSON:
    try:
        value: JSON = json.loads(text)
    except ValueError:
        return text
    return value


def estimand_of(text: str) -> Estimand:
    """Return what intervals over prompts are to speak of.

    Raises:
        UsageError: The word is neither ``these`` nor ``like-these``.
    """
    words = {"these": Estimand.THESE_PROMPTS, "like-these": Estimand.PROMPTS_LIKE_THESE}
    if text not in words:
        raise UsageError(f"intervals can not speak of {text!r}", hint="--over like-these, or --over these")
    return words[text]


def embedding_of(text: str) -> ToolRequest:
    """Return the embedder that ``source`` or ``source:model`` asks for.

    Raises:
        UsageError: The source needs a model and has none, or has one and takes none.
        UnknownNameError: There is no such source; the nearest name is the hint.
    """
    source, _, model = (part.strip() for part in text.partition(":"))
    sources = {**EMBEDDING_SOURCES, **dict.fromkeys(registry.offered("embedders"))}
    if source not in sources:
        near = difflib.get_close_matches(source, sources, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sources)}"
        raise UnknownNameError(f"there is no embedding {source!r}", hint=hint)
    if sources[source] is not None and sources[source] != bool(model):
        what = "names no model" if sources[source] else "takes no model"
        raise UsageError(f"--embedding {source} {what}", hint="such as --embedding endpoint:text-embedding-3-small")
    return ToolRequest(source=source, model=model or None)


def temperatures_of(text: str) -> tuple[float, ...]:
    """Return the temperatures of a list such as ``0.1,0.7,creative``, ascending.

    Raises:
        UsageError: An entry is no number in [0, 2] and no known word, or stands twice.
    """
    if text.strip() in GRIDS:
        return GRIDS[text.strip()]
    found = []
    for part in text.split(","):
        word = part.strip()
        try:
            value = _LABELS.get(word.lower())
            value = float(word) if value is None else value
        except ValueError:
            raise UsageError(f"temperature {word!r} is no number", hint="such as -t 0.1,0.7,1.1") from None
        if not 0.0 <= value <= 2.0:  # noqa: PLR2004 - the protocol's range
            raise UsageError(f"temperature {word} is not in [0, 2]", hint="a suite can raise temperature_max")
        found.append(value)
    if len(set(found)) < len(found):
        raise UsageError(f"a temperature stands twice in {text!r}", hint="more samples: -n")
    return tuple(sorted(found))
