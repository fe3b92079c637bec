"""A run from the command line to its end: bought, shown, and whether it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli import running, say, tables
from evalkit.errors import BudgetError

if TYPE_CHECKING:
    from evalkit.nouns import Budget, Suite
    from evalkit.store.sqlite import SqliteStore


def bought_and_shown(
    suite: Suite,
    store: SqliteStore,
    label: str,
    kept_in: Path,
    *,
    preflight: bool | None,
    budget: Budget,
    executor: str,
    report: Path | None,
    as_json: bool,
) -> int:
    """Return the exit code of a run after sending what is missing, within its budget, and showing what there is.

    Raises:
        BudgetError: The budget is used up, and there is nothing to show.
        ReportError: The report could not be written where it is wanted; nothing was sent.
        UnknownNameError: Nothing renders a report of that ending; nothing was sent.
        Stopped: A signal came; everything that was answered is in the store.
    """
    if report is not None:
        from evalkit.paging import check_form  # a run without a report needs no page
        from evalkit.reporting.write import check_place, renderer_of

        check_form(renderer_of(report))
        check_place(report)
    used_up: BudgetError | None = None
    try:
        done = running.run_with_progress(suite, store, label, preflight=preflight, budget=budget, executor=executor)
    except BudgetError as error:
        done, used_up = store.run(label), error
        if not done.n_samples:
            raise
    tables.show_run(store, done, report=report, as_json=as_json)
    say.say(f"kept in {kept_in}@{done.label}")
    if used_up is None:
        return running.exit_code_of(done)
    say.complain(str(used_up))
    return used_up.exit_code
