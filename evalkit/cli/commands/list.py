"""`evalkit list`: the catalogue."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from evalkit import registry
from evalkit.cli import say
from evalkit.errors import UnknownNameError
from evalkit.nouns import Form, Metric, Probe


def list_command(
    kind: Annotated[str | None, typer.Argument(help=f"One of {', '.join(registry.ROOMS)}.")] = None,
    long: Annotated[bool, typer.Option("--long", help="With definition, source, range and drift.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with all there is.")] = False,
) -> None:
    """List metrics, backends, plots and the rest, with what they are and where they come from."""
    if kind is None:
        rows = {room: list(registry.names(room)) for room in registry.ROOMS}
        say.put(json.dumps(rows, indent=2) if as_json else "\n".join(f"{k}: {', '.join(v)}" for k, v in rows.items()))
        return
    if kind not in registry.ROOMS:
        raise UnknownNameError(f"there is no kind named {kind!r}", hint=f"known: {', '.join(registry.ROOMS)}")
    entries = [_entry(kind, name) for name in registry.names(kind)]
    if as_json:
        say.put(json.dumps(entries, indent=2))
    elif long:
        say.put("\n\n".join(map(_paragraph, entries)))
    else:
        width = max((len(entry["name"]) for entry in entries), default=0)
        say.put("\n".join(f"{entry['name']:<{width}}  {entry['summary']}" for entry in entries))


def _entry(kind: str, name: str) -> dict[str, str]:
    thing = registry.find(kind, name)
    if isinstance(thing, Metric):
        return _metric(thing)
    if kind == "plots":
        return {"name": name, "summary": thing.caption, "definition": thing.what, "draws": thing.accepts}
    if isinstance(thing, Probe):
        return {"name": name, "summary": thing.question, "definition": thing.description}
    summary = (thing.__doc__ or "").strip().splitlines()
    return {"name": name, "summary": summary[0] if summary else ""}


def _metric(metric: Metric) -> dict[str, str]:
    from evalkit.reporting import definition

    low, high = metric.bounds
    return {
        "name": metric.name,
        "summary": definition.summary(metric),
        "definition": "\n".join(line.strip() for line in metric.description.splitlines()[1:]).strip(),
        "form": f"{metric.form.value}: {_FORMS[metric.form]}",
        "unit": metric.unit,
        "range": f"[{low:g}, {high:g}]",
        "direction": _DIRECTIONS[metric.diversity],
        "drift": _drift(metric),
        "panel": metric.panel.value,
        "needs": ", ".join(metric.needs),
        "samples": f"at least {metric.min_samples}",
        "options": ", ".join(f"{option}={json.dumps(value)}" for option, value in metric.defaults),
        "references": "\n".join(line.strip() for line in metric.references.splitlines()),
    }


_FORMS = {
    Form.SAMPLE: "each text alone; the value of a cell is the mean",
    Form.PAIR: "two texts; the value of a cell is the mean over unordered pairs, unbiased at any number of samples",
    Form.SET: "all texts of a cell at once",
}
_DIRECTIONS = {1: "higher is more varied", -1: "lower is more varied", 0: "says nothing of variety"}


def _drift(metric: Metric) -> str:
    way = " (option rarefy)" if "rarefy" in dict(metric.defaults) else ""
    parts = [f"the number of samples{way}"] if metric.depends_on_n else []
    parts += ["the length of the texts"] if metric.depends_on_length else []
    return f"with {' and '.join(parts)}" if parts else "none"


def _paragraph(entry: dict[str, str]) -> str:
    lines = [f"{entry['name']}: {entry['summary']}"]
    for key, value in entry.items():
        if key not in {"name", "summary"} and value:
            lines.append(f"  {key}: " + value.replace("\n", "\n    "))
    return "\n".join(lines)
