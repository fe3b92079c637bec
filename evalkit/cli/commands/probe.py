"""`evalkit probe`: does an endpoint do what is asked of it?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit.cli import probings, progress, say


def probe(
    suite: Annotated[
        Path | None, typer.Argument(help="A suite, whose endpoint is asked; or else name a model.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Name of the model, instead of the suite's.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Address; the suite's or OPENAI_BASE_URL unless told.")] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Send more requests for a finer answer.")] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Name of a probe, as evalkit list probes shows it; repeatable.")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be asked, and send nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when anything is ignored or done in part.")] = False,
    store: Annotated[
        Path | None, typer.Option(help="Keep what is found with the run of that suite in this store, for its pages.")
    ] = None,
    label: Annotated[str | None, typer.Option(help="Name of the run it is kept with; the suite's name.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> int:
    """Ask an endpoint about itself with some dozens of short requests: a table of what it honours, with evidence.

    With --strict: exit code 1 when a setting is ignored or done in part, else 0.
    """
    from evalkit.asking import script
    from evalkit.probing import probes_of, setting_of

    asked = probings.asked(suite, model, base_url)
    setting = setting_of(asked, deep=deep)
    chosen = probes_of(only, deep=deep)
    planned = script(chosen, setting)
    endpoint = setting.endpoint
    if plan:
        say.put(probings.planned(planned, setting))
        return 0
    say.say(f"{planned.n_requests} short requests to {endpoint.model} at {endpoint.base_url}")
    with progress.counting("probing", "requests") as watch:
        found = probings.found(asked, setting, chosen, watch, kept_in=store, label=label)
    say.put(probings.as_json(found)) if as_json else probings.show(found)
    say.caution(found.cautions)
    return 1 if strict and probings.is_wrong(found) else 0
