"""`evalkit import`: answers that were recorded elsewhere, as a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import names, say
from evalkit.text.counting import counted


def import_command(
    file: Annotated[Path, typer.Argument(help="JSON Lines, plain or gzipped: model, prompt_id, temperature, text …")],
    label: Annotated[str, typer.Option(help="Name of the run.")],
    prompts: Annotated[Path | None, typer.Option(help="JSON list of prompt_id, prompt, reference, topic.")] = None,
    store: Annotated[Path, typer.Option(help="The store; made when it is not there.")] = Path(names.DEFAULT_STORE),
    metric: Annotated[
        list[str] | None, typer.Option("--metric", "-m", help="A metric, such as distinct_n:n=3; may be repeated.")
    ] = None,
) -> None:
    """Read recorded answers into a store; measure and report work as for a run of your own."""
    with api.open_store(store) as opened:
        run = api.import_recorded(
            opened, file, prompts=prompts, label=label, metrics=[names.metric_of(m) for m in metric or ()] or None
        )
    what = f"{counted(run.n_samples, 'sample')} of {counted(len(run.suite.prompts), 'prompt')}"
    say.say(f"{what} in {store}@{run.label}")
