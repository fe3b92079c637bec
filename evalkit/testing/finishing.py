"""What a session leaves behind: a baseline, and a page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit import api, registry
from evalkit.errors import EvalkitError, StatisticsError, StoreError, UsageError
from evalkit.testing.baselines import place_of, saved_as, saved_run
from evalkit.text.filenames import file_name_of

if TYPE_CHECKING:
    from evalkit.nouns import Outcome
    from evalkit.store.sqlite import SqliteStore

Runs = Mapping[str, Mapping[str, Any]]
"""What was looked at of each run, by its label: suite, model, temperatures, samples."""


def check_save(name: str | None, root: Path, usual: Path) -> None:
    """Refuse a baseline's name that is taken, before anything is drawn.

    Raises:
        UsageError: It is taken.
    """
    if name is None:
        return
    path, label = place_of(name, root, usual)
    if not path.exists():
        return
    with api.open_store(path, read_only=True) as store:
        taken = [run.label for run in store.runs() if run.label == label or run.label.startswith(f"{label}/")]
    if taken:
        raise UsageError(
            f"--evalkit-save={name}: {path.name} holds {taken[0]!r} already",
            hint="a baseline is never overwritten: choose another name, such as one with a date",
        )


def check_report(path: str | None) -> None:
    """Refuse a report whose ending nothing renders, before anything is drawn.

    Raises:
        UsageError: Nothing renders that ending.
    """
    if path is not None:
        from evalkit.reporting.write import renderer_of

        known = registry.names("comparison_renderers")
        if renderer_of(path) not in known:
            raise UsageError(
                f"--evalkit-report={path}: nothing writes that ending", hint=".html, .md, .json, .csv or .xml"
            )


def save(name: str, runs: Runs, *, root: Path, usual: Path) -> list[str]:
    """Return the labels under which what was looked at of each run was saved.

    Raises:
        StoreError: It could not be written.
    """
    path, label = place_of(name, root, usual)
    saved = []
    path.parent.mkdir(parents=True, exist_ok=True)
    with api.open_store(usual, read_only=True) as source, api.open_store(path) as store:
        there = {run.label for run in source.runs()}
        for own, told in runs.items():
            if own not in there:
                continue  # its tests were skipped
            run = source.run(own)
            alike = [each for each in runs.values() if each["suite"] == told["suite"]]
            same = sum(each["model"] == told["model"] for each in alike)
            target = saved_as(label, told["suite"], told["model"], own)[0 if len(alike) == 1 else 1 if same == 1 else 2]
            suite = replace(run.suite, temperatures=tuple(told["temperatures"]), samples=told["samples"])
            store.fill(target, suite, run.provenance, _outcomes(source, own, told))
            saved.append(target)
    return saved


def _outcomes(store: SqliteStore, label: str, told: Mapping[str, Any]) -> Iterator[Outcome]:
    for cell in store.outcomes(label):
        if cell.cell.temperature in told["temperatures"]:
            outcomes: tuple[Outcome, ...] = (*cell.samples, *cell.failures)
            for outcome in outcomes:
                if outcome.draw.replicate < told["samples"]:
                    yield outcome


def settle(usual: Path) -> None:
    """Fold a store's log into its file, so that the file alone may be kept; left as it is where others write."""
    log = usual.with_name(f"{usual.name}-wal")
    if log.exists() and log.stat().st_size:
        with contextlib.suppress(StoreError):
            api.open_store(usual).close()


def write_pages(path: str, runs: Runs, *, baseline: str | None, root: Path, usual: Path) -> list[str]:
    """Return lines about the pages that were written: one for each suite, the first at the path itself.

    With a baseline, or where several models were asked the same, it is a comparison; otherwise the run's own page.
    Suites of one name that ask different prompts, as tests do that ask in their bodies, are several.
    """
    lines: list[str] = []
    files: set[Path] = set()
    with api.open_store(usual, read_only=True) as store:
        for (suite, _), labels in _alike(store, runs).items():
            file = root / path
            file = file if not files else file.with_stem(f"{file.stem}-{file_name_of(suite)}")
            file = file if file not in files else file.with_stem(f"{file.stem}-{labels[0].rpartition('-')[2]}")
            files.add(file)
            try:
                lines.append(f"report: {_page(store, labels, file, baseline=baseline, root=root, usual=usual)}")
            except (EvalkitError, OSError) as error:
                lines.append(f"no report about {suite}: {error}")
    return lines


def _alike(store: SqliteStore, runs: Runs) -> dict[tuple[str, object], list[str]]:
    """Return the labels of runs that belong on one page, by the suite's name and what it asks."""
    asked = {run.label: tuple((p.id, p.messages) for p in run.suite.prompts) for run in store.runs()}
    alike: dict[tuple[str, object], list[str]] = {}
    for label, told in runs.items():
        alike.setdefault((told["suite"], asked.get(label)), []).append(label)
    return alike


def _page(
    store: SqliteStore, labels: Sequence[str], file: Path, *, baseline: str | None, root: Path, usual: Path
) -> Path:
    from evalkit.contrasting import beside, rendered_comparison, shows_answers
    from evalkit.reporting.versus import Compared
    from evalkit.reporting.write import renderer_of, write_report

    file.parent.mkdir(parents=True, exist_ok=True)
    first, *others = labels
    if baseline is None and not others:
        return api.report(store, first, file)
    renderer = renderer_of(file)
    with contextlib.ExitStack() as opened:
        other, label, candidates = store, first, others
        if baseline is not None:
            path, name = place_of(baseline, root, usual)
            other = opened.enter_context(api.open_store(path, read_only=True))
            label, candidates = saved_run(other, name, store.run(first).suite, first).label, list(labels)
        if label in candidates:
            raise StatisticsError(f"{label!r} would be compared with itself")
        found = []
        for candidate in candidates:
            comparison = api.compare(store, candidate, baseline=label, baseline_store=other)
            shown = shows_answers(renderer)
            found.append(beside(comparison, other, store) if shown else Compared(comparison=comparison))
        return write_report(rendered_comparison(found, renderer), file)
