"""`evalkit batch`: a suite by the Batch API, in files that go up and files that come down."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from evalkit import api
from evalkit.cli import batches, budgets, names, progress, say, suites
from evalkit.text.counting import counted

if TYPE_CHECKING:
    from evalkit.nouns import Suite

SuiteFile: TypeAlias = Annotated[Path, typer.Argument(metavar="SUITE", help="The suite, a YAML or JSON file.")]
StoreFile: TypeAlias = Annotated[Path, typer.Option(help="The store; made when it is not there.")]
Label: TypeAlias = Annotated[str | None, typer.Option(help="Name of the run; the suite's name unless told.")]
Samples: TypeAlias = Annotated[int | None, typer.Option("--samples", "-n", min=1, help="Samples per cell.")]
Model: TypeAlias = Annotated[str | None, typer.Option(help="Model, instead of the suite's.")]
BaseUrl: TypeAlias = Annotated[str | None, typer.Option(help="Address, instead of the suite's.")]
Folder: TypeAlias = Annotated[
    Path | None, typer.Option(help="Where files go; beside the store, STORE.batches, unless told.")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="As JSON.")]
_ABOUT = """Buy a suite by the Batch API: requests go up in a file, and answers come down in another, within a day.

`write` and `read` need no network: carry the files yourself. `run` does all of it, and `status` says how far it is.
"""

batch_command = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=_ABOUT)
batch_command.__doc__ = _ABOUT


@batch_command.command()
def write(
    suite: SuiteFile,
    store: StoreFile = Path(names.DEFAULT_STORE),
    folder: Folder = None,
    label: Label = None,
    samples: Samples = None,
    model: Model = None,
    base_url: BaseUrl = None,
    max_requests: budgets.MaxRequests = None,
    max_tokens: budgets.MaxTokens = None,
    max_cost: budgets.MaxCost = None,
    prices: budgets.Prices = None,
    as_json: AsJson = False,
) -> None:
    """Write what a suite lacks as files of requests: their names to stdout, a line each. Sends nothing."""
    from evalkit.batching.writing import write as written

    budget = budgets.budget_of(max_requests, max_tokens, max_cost, prices)
    asked = _asked(suite, samples, model, base_url)
    folder = folder or batches.folder_of(store)
    with api.open_store(store) as opened:
        batches.check_nothing_out(opened, label or asked.name, folder)
        found = written(asked, opened, label or asked.name, folder, budget=budget, notify=say.say)
    if as_json:
        told = {"run": found.run.label, "n_requests": found.n_requests, "n_draws": found.n_draws}
        say.put(json.dumps(told | {"files": [str(path) for path in found.paths]}, indent=2))
        return
    for path in found.paths:
        say.put(str(path))
    if not found.paths:
        say.say(f"nothing is missing of {store}@{found.run.label}")
        return
    say.say(f"{counted(found.n_requests, 'request')} for {counted(found.n_draws, 'draw')} of {store}@{found.run.label}")
    say.say(f"send each file as a batch, then: evalkit batch read RESULTS.jsonl --store {store}")


@batch_command.command()
def read(
    files: Annotated[list[Path], typer.Argument(help="Result files and error files, plain or gzipped, in any order.")],
    store: Annotated[Path, typer.Option(help="The store that the run is in.")] = Path(names.DEFAULT_STORE),
    label: Annotated[str | None, typer.Option(help="Read the lines of this run only.")] = None,
    as_json: AsJson = False,
) -> int:
    """Read result files into the store, and say which draws of which cells are still missing: exit code 3 then.

    A file may be read twice: what is there already changes nothing.
    """
    from evalkit.batching.reading import read as reading

    if not store.exists():
        api.open_store(store, read_only=True)  # says that it is not there; who reads answers makes no store
    with api.open_store(store) as opened:
        with progress.counting("reading", "lines") as watch:
            found = reading(opened, files, label=label, watch=lambda n: watch(n, n))
        return batches.show_reading(opened, found, label, as_json=as_json)


@batch_command.command()
def run(
    suite: SuiteFile,
    store: StoreFile = Path(names.DEFAULT_STORE),
    folder: Folder = None,
    label: Label = None,
    samples: Samples = None,
    model: Model = None,
    base_url: BaseUrl = None,
    every: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="Longest wait between two looks.")] = 60.0,
    forget: Annotated[
        list[str] | None,
        typer.Option(metavar="BATCH", help="Give up a batch that is out: what is missing is sent again."),
    ] = None,
    max_requests: budgets.MaxRequests = None,
    max_tokens: budgets.MaxTokens = None,
    max_cost: budgets.MaxCost = None,
    prices: budgets.Prices = None,
    as_json: AsJson = False,
) -> int:
    """Send what a suite lacks as batches, wait for them and read the results; the same command goes on where it ended.

    It may be ended at any time: batches that are out stay out, and nothing is sent twice.
    """
    from evalkit.batching import sending
    from evalkit.batching.reading import Reading

    budget = budgets.budget_of(max_requests, max_tokens, max_cost, prices)
    asked = _asked(suite, samples, model, base_url)
    with api.open_store(store) as opened:
        here = sending.Round(
            suite=asked,
            store=opened,
            label=label or asked.name,
            folder=folder or batches.folder_of(store),
            notify=say.say,
            every_s=every,
        )
        for batch in forget or ():
            sending.forget(here, batch)
        found = Reading()
        with batches.resumable(here), progress.counting("answering", "requests") as watch:
            for reading in sending.run(replace(here, watch=watch), budget):
                found.add(reading)
        return batches.show_reading(opened, found, here.label, as_json=as_json)


@batch_command.command()
def status(
    suite: SuiteFile,
    store: StoreFile = Path(names.DEFAULT_STORE),
    folder: Folder = None,
    label: Label = None,
    model: Model = None,
    base_url: BaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show the batches that were sent for a suite, and ask the endpoint how far those are that are out."""
    from evalkit.batching import sending

    asked = _asked(suite, None, model, base_url)
    with api.open_store(store, read_only=True) as opened:
        here = sending.Round(
            suite=asked,
            store=opened,
            label=label or asked.name,
            folder=folder or batches.folder_of(store),
            notify=say.say,
        )
        rows = [batches.row_of(entry, state) for entry, state in sending.states(here)]
    say.put(json.dumps(rows, indent=2)) if as_json else batches.show_rows(rows)


def _asked(path: Path, samples: int | None, model: str | None, base_url: str | None) -> Suite:
    """Return a suite with its true address and what the command line says otherwise."""
    asked, notice = api.resolve(suites.asked_of(path, samples=samples, model=model, base_url=base_url))
    if notice:
        say.say(notice)
    return asked
