"""What was found out about an endpoint: for eyes on a terminal, as tab-separated columns when piped, and as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.say import is_terminal, put, say
from evalkit.nouns import Conduct, Endpoint, Message, Probe, Probing, Prompt, Setting, Suite
from evalkit.reporting.conduct_rows import COLUMNS, rows_of
from evalkit.reporting.escaping import no_formula
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.asking import Script

_WRONG = frozenset({Conduct.IGNORED, Conduct.PARTLY})
_STYLES = {Conduct.HONOURED: "green", Conduct.UNKNOWN: "dim"}


def asked(suite: Path | None, model: str | None, base_url: str | None) -> Suite:
    """Return whose endpoint is asked: a suite's, or one that is named; the embedded one where nothing is."""
    from evalkit import api
    from evalkit.chat import embedded_unless_set

    if suite is not None:
        read = api.load_suite(suite)
        own = read.endpoint
        return replace(read, endpoint=replace(own, model=model or own.model, base_url=base_url or own.base_url))
    address = base_url or embedded_unless_set()
    if address is not None and base_url is None:
        say("neither OPENAI_API_KEY nor OPENAI_BASE_URL is set: the embedded endpoint answers")
    return Suite(
        name="probe",
        endpoint=Endpoint(model=model or "gpt-4.1-mini", base_url=address),
        prompts=(Prompt(id="probe", messages=(Message(role="user", content="Hello."),)),),
        temperatures=(0.0, 0.3, 0.7, 1.0, 1.3),
        samples=1,
        metrics=(),
    )


def found(
    suite: Suite,
    setting: Setting,
    probes: Sequence[Probe],
    watch: Callable[[int, int], None],
    *,
    kept_in: Path | None,
    label: str | None,
) -> Probing:
    """Return what was found out, kept with the run of a suite where a store is named.

    Raises:
        PlanMismatchError: The run was begun with another suite; nothing was sent.
    """
    from evalkit import api
    from evalkit.probing import heard_and_found
    from evalkit.provenance import provenance

    if kept_in is None:
        return heard_and_found(setting, probes, watch=watch)[1]
    with api.open_store(kept_in) as store:
        name = label or suite.name
        store.begin(name, api.resolve(suite)[0], provenance())
        heard, found = heard_and_found(setting, probes, watch=watch)
        store.note(name, found, heard)
        say(f"kept with {kept_in}@{name}")
    return found


def planned(script: Script, setting: Setting) -> str:
    """Return what would be asked, one line for each kind of request."""
    endpoint = setting.endpoint
    lines = [f"{script.n_requests} requests to {endpoint.model} at {endpoint.base_url}"]
    for ask in script.asks:
        fields = ", ".join(f"{name}={json.dumps(value)}" for name, value in ask.fields)
        at_once = f", {ask.at_once} at once" if ask.at_once > 1 else ""
        beside = ", in turn with others" if ask.beside else ""
        text = ask.messages[-1].content if ask.raw is None else ask.raw
        lines.append(f"{ask.repeats} x {fields or 'a raw body'}{at_once}{beside}: {visible(text, limit=50)}")
    return "\n".join(lines)


def show(found: Probing) -> None:
    """Write the findings to stdout."""
    rows = rows_of(found.findings)
    if not is_terminal():
        put("\n".join("\t".join(map(no_formula, row)) for row in [COLUMNS, *rows]))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for column in COLUMNS:
        table.add_column(column, overflow="fold", justify="right" if column in {"p", "requests"} else "left")
    for each, row in zip(found.findings, rows, strict=True):
        style = _STYLES.get(each.conduct, "bold red")
        table.add_row(*(Text(cell, style=style if i == 1 else "") for i, cell in enumerate(row)))
    Console().print(table)


def as_json(found: Probing) -> str:
    """Return everything that was found out, as JSON."""
    return json.dumps(_plain(asdict(found)), indent=2, allow_nan=False)


def _plain(value: object) -> object:
    """Return a value as JSON knows it; infinite ends of intervals are none."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def is_wrong(found: Probing) -> bool:
    """Return whether anything is ignored or done in part."""
    return any(each.conduct in _WRONG for each in found.findings)
