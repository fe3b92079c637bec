"""`evalkit import`: answers that were recorded elsewhere, as a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit import api
from evalkit.cli import names, say
from evalkit.errors import UsageError
from evalkit.text.counting import counted

if TYPE_CHECKING:
    from evalkit.store.sqlite import SqliteStore


def import_command(
    file: Annotated[Path, typer.Argument(help="JSON Lines, plain or gzipped: model, prompt_id, temperature, text …")],
    label: Annotated[str, typer.Option(help="Name of the run.")],
    prompts: Annotated[Path | None, typer.Option(help="JSON list of prompt_id, prompt, reference, topic.")] = None,
    store: Annotated[Path, typer.Option(help="The store; made when it is not there.")] = Path(names.DEFAULT_STORE),
    metric: Annotated[
        list[str] | None, typer.Option("--metric", "-m", help="A metric, such as distinct_n:n=3; may be repeated.")
    ] = None,
    fill: Annotated[
        bool, typer.Option("--fill", help="Into a run that is there: answers a full disk could not take, from stderr.")
    ] = False,
) -> None:
    """Read recorded answers into a store; measure and report work as for a run of your own."""
    if fill and (prompts or metric):
        raise UsageError("--fill takes neither prompts nor metrics", hint="the run has its own")
    with api.open_store(store) as opened:
        if fill:
            _fill(opened, file, label)
            return
        run = api.import_recorded(
            opened, file, prompts=prompts, label=label, metrics=[names.metric_of(m) for m in metric or ()] or None
        )
    what = f"{counted(run.n_samples, 'sample')} of {counted(len(run.suite.prompts), 'prompt')}"
    say.say(f"{what} in {store}@{run.label}")


def _fill(store: SqliteStore, file: Path, label: str) -> None:
    from evalkit.store.adding import add_lines

    found = add_lines(store, file, label=label)
    for remark in found.remarks:
        say.say(remark)
    there = f"; {found.n_there:,} were there already" if found.n_there else ""
    still = found.run.n_draws - found.run.n_samples
    say.say(f"{counted(found.n_added, 'sample')} added to {store.path}@{label}{there}; {still:,} draws are open")
