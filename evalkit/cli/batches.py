"""Batches from the command line: where their files are, and what became of them in words."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli import say
from evalkit.cli.running import INCOMPLETE, Stopped
from evalkit.errors import UsageError
from evalkit.text.counting import counted
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from evalkit.backends.batches import BatchState
    from evalkit.batching.ledger import Entry
    from evalkit.batching.reading import Reading
    from evalkit.batching.sending import Round
    from evalkit.nouns import Run
    from evalkit.planning import Preview
    from evalkit.store.sqlite import SqliteStore

_ROWS = 30  # prompts that are shown
_LETTERS = 40  # of a prompt's name


def folder_of(store: Path) -> Path:
    """Return where the files of a store's batches go unless told."""
    return store.with_name(f"{store.name}.batches")


def check_nothing_out(store: SqliteStore, label: str, folder: Path) -> None:
    """Do nothing where no batch of a run is out.

    Raises:
        UsageError: One is: what it asks for would be asked twice.
    """
    if not folder.exists():
        return
    from evalkit.batching.sending import outstanding

    out = outstanding(store, label, folder)
    if out:
        raise UsageError(
            f"{_number(len(out))} of run {label!r} {'is' if len(out) == 1 else 'are'} out",
            hint="what they ask for would be bought twice; `evalkit batch run` with the suite fetches it",
        )


@contextmanager
def resumable(here: Round) -> Iterator[None]:
    """Turn Ctrl-C into an end that says what is out and how to go on."""
    from evalkit.batching.sending import outstanding

    try:
        yield
    except KeyboardInterrupt:
        out = outstanding(here.store, here.label, here.folder)
        kept = f"{_number(len(out))} out, and the host goes on" if out else "nothing is out"
        raise Stopped(signal.SIGINT, kept) from None


def row_of(entry: Entry, state: BatchState | None) -> dict[str, object]:
    """Return what is known of a batch, as columns."""
    at_host = entry.status if state is None else state.status
    return {
        "batch": entry.batch_id or "",
        "sent": entry.begun_at or "",
        "requests": entry.n_requests,
        "status": "given up" if entry.forgotten else at_host,
        "done": None if state is None else state.n_completed + state.n_failed,
        "failed": None if state is None else state.n_failed,
        "read": entry.read,
        "file": entry.file,
    }


def show_rows(rows: list[dict[str, object]]) -> None:
    """Write rows as columns; the last column is not padded."""
    if not rows:
        say.put("nothing was sent")
        return
    table = [list(rows[0]), *([_shown(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        say.put("  ".join([f"{text:<{width}}" for text, width in zip(row[:-1], widths, strict=False)] + [row[-1]]))


def _shown(value: object) -> str:
    known = {None: "unknown", True: "yes", False: "no"}
    return known[value] if value is None or isinstance(value, bool) else visible(str(value), keep="")


def _number(n: int) -> str:
    return f"{n} batch{'' if n == 1 else 'es'}"


def show_reading(store: SqliteStore, found: Reading, label: str | None, *, as_json: bool) -> int:
    """Return 0 when nothing is missing of the runs that files were read into, else 3, and say what is."""
    from evalkit.batching.reading import in_words

    runs = list(found.runs.values()) or ([store.run(label)] if label else [])
    for line in in_words(found) if found.n_lines or not runs or not runs[0].complete else ():
        say.say(line)
    if as_json:
        say.put(json.dumps(_counts(found) | {"runs": [_lacking(store, run) for run in runs]}, indent=2))
    else:
        for run in runs:
            show_lacking(store, run)
    return 0 if runs and all(run.complete for run in runs) else INCOMPLETE


def show_lacking(store: SqliteStore, run: Run) -> None:
    """Show how many draws of which cells a run lacks, and how to go on."""
    from evalkit.batching.slots import lacking

    at = f"{store.path.name}@{run.label}"
    if run.complete:
        say.say(f"{at} is complete: {counted(run.n_samples, 'sample')}")
        return
    seen = lacking(store, run)
    say.put(_table(seen))
    say.say(
        f"incomplete: {seen.n_missing:,} of {run.n_draws:,} draws of {at} are missing, {run.n_failures:,} of them "
        "failed; `evalkit run` and `evalkit batch write` with the suite ask for exactly those"
    )


def _table(seen: Preview) -> str:
    """Return how many draws are missing of each cell, prompts by temperatures, without prompts that lack none."""
    heads = [f"T={value:g}" if seen.send_temperature else "no T" for value in seen.temperatures] + [*seen.loads]
    rows = [(row.prompt_id, (*row.missing, *row.missing_under_load)) for row in seen.rows]
    rows = [(visible(name, keep="", limit=_LETTERS), numbers) for name, numbers in rows if any(numbers)]
    width = max(len("missing of"), *(len(name) for name, _ in rows[:_ROWS]))
    lines = [f"{'missing of':<{width}}" + "".join(f"  {head:>6}" for head in heads)]
    lines += [f"{name:<{width}}" + "".join(f"  {n:>6,}" for n in numbers) for name, numbers in rows[:_ROWS]]
    more = len(rows) - _ROWS
    return "\n".join([*lines, f"and {counted(more, 'prompt')} more (--json has all)"] if more > 0 else lines)


def _counts(found: Reading) -> dict[str, object]:
    return {
        "n_lines": found.n_lines,
        "n_answers": found.n_answers,
        "n_failures": found.n_failures,
        "n_unsupported": found.n_unsupported,
        "n_again": found.n_again,
        "n_beside": found.n_beside,
        "n_unplaced": found.n_unplaced,
        "errors": dict(sorted(found.errors.items())),
        "remarks": found.remarks,
    }


def _lacking(store: SqliteStore, run: Run) -> dict[str, object]:
    from evalkit.batching.slots import lacking

    seen = lacking(store, run)
    columns: list[object] = [*seen.temperatures, *seen.loads]
    missing = [
        {"prompt": row.prompt_id, "at": column, "missing": n}
        for row in seen.rows
        for column, n in zip(columns, (*row.missing, *row.missing_under_load), strict=True)
        if n
    ]
    return {
        "run": run.label,
        "n_draws": run.n_draws,
        "n_samples": run.n_samples,
        "n_failures": run.n_failures,
        "n_missing": seen.n_missing,
        "complete": run.complete,
        "missing": missing,
    }
