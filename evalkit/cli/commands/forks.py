"""`evalkit forks`: where the answers of a run part."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit import api
from evalkit.cli import names, say
from evalkit.errors import UsageError
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.nouns import CellOutcomes, Fork, ForkRow
    from evalkit.nouns.ports import Store

_COLUMNS = ("temperature", "two share", "all share", "ways on", "commonest", "prompts that part", "prompts")


def forks(
    run: Annotated[str, typer.Argument(help="The run: STORE or STORE@LABEL.")] = names.DEFAULT_STORE,
    prompt: Annotated[str | None, typer.Option(help="Show the trees of this prompt.")] = None,
    temperature: Annotated[
        str | None, typer.Option("--temperature", "-t", help="Show the trees at these temperatures, such as 0.7,1.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show where answers part: medians by temperature, or the tree of each cell you ask for."""
    from evalkit.forking import fork_rows, fork_trees
    from evalkit.text.tree import tree

    path, label = names.run_of(run)
    with api.open_store(path, read_only=True) as store:
        chosen = names.label_in(store, label, run)
        if prompt is None and temperature is None:
            rows = fork_rows(store.outcomes(chosen))
            say.put(json.dumps([asdict(row) for row in rows], indent=2) if as_json else _table(rows))
            return
        wanted = _asked(store, chosen, prompt, temperature)
        trees = list(fork_trees(cell for cell in store.outcomes(chosen) if wanted(cell)))
    if as_json:
        say.put(json.dumps([asdict(each) for each in trees], indent=2))
    else:
        say.put("\n\n".join(f"{_title(each)}\n{tree(each, most=1000)}" for each in trees) or "nothing")


def _asked(store: Store, label: str, prompt: str | None, temperature: str | None) -> Callable[[CellOutcomes], bool]:
    """Return whether a cell is asked for.

    Raises:
        UsageError: The run has no such prompt or temperature.
    """
    suite = store.run(label).suite
    ids = [each.id for each in suite.prompts]
    if prompt is not None and prompt not in ids:
        raise UsageError(f"the run has no prompt {prompt!r}", hint=f"such as --prompt {ids[0]}")
    wanted = None if temperature is None else names.temperatures_of(temperature)
    missing = [t for t in wanted or () if t not in suite.temperatures]
    if missing:
        there = ", ".join(f"{t:g}" for t in suite.temperatures)
        raise UsageError(f"the run has no temperature {missing[0]:g}", hint=f"there are {there}")
    return lambda cell: prompt in {None, cell.cell.prompt.id} and (wanted is None or cell.cell.temperature in wanted)


def _title(fork: Fork) -> str:
    return f"{visible(fork.prompt_id, limit=80, keep='')}, T = {fork.temperature:g}"


def _table(rows: Sequence[ForkRow]) -> str:
    """Return medians as columns; what does not exist is a dash."""
    lines = [
        _COLUMNS,
        *(
            (
                f"{row.temperature:g}",
                "-" if row.shared is None else f"{row.shared:g}",
                "-" if row.position is None else f"{row.position:g}",
                "-" if row.branches is None else f"{row.branches:g}",
                "-" if row.largest is None else f"{row.largest:.0%}",
                str(row.n_forking),
                str(row.n_prompts),
            )
            for row in rows
        ),
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(_COLUMNS))]
    return "\n".join("  ".join(f"{text:<{w}}" for text, w in zip(line, widths, strict=True)).rstrip() for line in lines)
