"""`evalkit list`: the catalogue."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from evalkit import registry
from evalkit.cli import say
from evalkit.errors import UnknownNameError
from evalkit.nouns import Metric


def list_command(
    kind: Annotated[str | None, typer.Argument(help=f"One of {', '.join(registry.ROOMS)}.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List metrics, backends, plots and the rest, with what they are and where they come from."""
    if kind is None:
        rows = {room: list(registry.names(room)) for room in registry.ROOMS}
        say.put(json.dumps(rows, indent=2) if as_json else "\n".join(f"{k}: {', '.join(v)}" for k, v in rows.items()))
        return
    if kind not in registry.ROOMS:
        raise UnknownNameError(f"there is no kind named {kind!r}", hint=f"known: {', '.join(registry.ROOMS)}")
    entries = [_entry(kind, name) for name in registry.names(kind)]
    say.put(json.dumps(entries, indent=2) if as_json else "\n\n".join(map(_paragraph, entries)))


def _entry(kind: str, name: str) -> dict[str, str]:
    thing = registry.find(kind, name)
    if isinstance(thing, Metric):
        low, high = thing.bounds
        options = ", ".join(f"{option}={value}" for option, value in thing.defaults)
        return {
            "name": name,
            "summary": thing.summary,
            "form": thing.form.value,
            "unit": thing.unit,
            "range": f"[{low:g}, {high:g}]",
            "options": options,
            "references": " ".join(thing.references.split()),
        }
    summary = (thing.__doc__ or "").strip().splitlines()
    return {"name": name, "summary": summary[0] if summary else ""}


def _paragraph(entry: dict[str, str]) -> str:
    lines = [f"{entry['name']}: {entry['summary']}"]
    lines += [f"  {key}: {value}" for key, value in entry.items() if key not in {"name", "summary"} and value]
    return "\n".join(lines)
