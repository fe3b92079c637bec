"""The end of a session: what all tests claimed together, what it cost, what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from evalkit import environment
from evalkit.errors import EvalkitError
from evalkit.reporting.escaping import markdown_table, markdown_text
from evalkit.testing.options import Settings, settings_of
from evalkit.testing.wording import value_and_ends
from evalkit.text.counting import counted
from evalkit.text.visible import visible

_MOST_ROWS = 40
"""Assertions that are shown one by one where nobody asked for all with -v."""

Told = Mapping[str, Mapping[str, Any]]
"""What each test's report was told, by the test's name."""


def finish(session: pytest.Session, told: Told) -> list[str]:
    """Return the lines of the summary, after saving and writing what was asked for.

    A session that passed fails where an assertion does not hold once all are held to one level, if that was asked for,
    and where a baseline that was asked for could not be saved: a build must not go on as if there were one.
    """
    config = session.config
    settings = settings_of(config)
    rows = [{**claim, "test": test} for test, each in told.items() for claim in each["claims"]]
    together = hold_together(rows, level=settings["level"], adjust=settings["adjust"])
    for shared in {each["shared"] for each in told.values()} - {None}:
        Path(shared).unlink(missing_ok=True)
    runs = _runs(told)
    left, saved = _left_behind(settings, runs, config)
    if (together.lost or not saved) and session.exitstatus in {0, pytest.ExitCode.OK}:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    bought = [*_bought(told, settings, runs), *together.lines, *left]
    _add_to_job(rows, bought)
    shown = _table(rows, everything=config.getoption("verbose") > 0) if config.getoption("verbose") >= 0 else []
    return [visible(line, keep="") for line in [*shown, *bought]]


class Together:
    """What holds when all assertions of a session are held to one level."""

    def __init__(self, lines: list[str], lost: list[str]) -> None:
        """Keep the lines, and the tests whose assertions no longer hold."""
        self.lines, self.lost = lines, lost


def hold_together(rows: Sequence[Mapping[str, Any]], *, level: float, adjust: str) -> Together:
    """Return what is to be said of so many assertions at once.

    Args:
        rows: Every assertion.
        level: Level that each is held to, in (0, 1).
        adjust: ``holm`` to hold all of them to it.
    """
    from evalkit.stats.multiplicity import holm

    tested = [row for row in rows if row["p_value"] is not None]
    held = [row for row in tested if row["verdict"] == "holds"]
    if not tested:
        return Together([], [])
    alpha = 1.0 - level
    adjusted = dict(zip(map(id, tested), holm([row["p_value"] for row in tested]), strict=True))
    lost = [row for row in held if adjusted[id(row)] > alpha * (1.0 + 1e-9)]
    line = (
        f"multiplicity: {counted(len(tested), 'assertion')}, each held to {level:.4g} by itself: were none of them"
        f" true, about {alpha * len(tested):.2g} would hold by chance"
    )
    named = ", ".join(dict.fromkeys(f"{row['test']} ({row['claim']})" for row in lost))
    if adjust != "holm":
        more = (
            f"; {len(lost)} would be open with --evalkit-adjust=holm"
            if lost
            else "; all that hold do so under Holm, too"
        )
        return Together([line + more], [])
    if not lost:
        return Together([f"Holm over {counted(len(tested), 'assertion')}: all that hold do so together"], [])
    return Together(
        [f"Holm over {counted(len(tested), 'assertion')}: no longer held, so the session fails: {named}"],
        [row["test"] for row in lost],
    )


def _runs(told: Told) -> dict[str, dict[str, Any]]:
    """Return what was looked at of each run, by any worker."""
    runs: dict[str, dict[str, Any]] = {}
    for each in told.values():
        for label, run in each["runs"].items():
            known = runs.setdefault(label, dict(run))
            known["temperatures"] = sorted({*known["temperatures"], *run["temperatures"]})
            known["samples"] = max(known["samples"], run["samples"])
            known["wanted"] = max(known["wanted"], run["wanted"])
            known["missing"], known["refused"] = run["missing"], run["refused"]  # of the last report
            known["conduct"] = run["conduct"]
    return runs


def _bought(told: Told, settings: Settings, runs: Mapping[str, Mapping[str, Any]]) -> list[str]:
    last = {each["worker"]: each["ledger"] for each in told.values()}  # grows in each worker
    n_requests, n_samples, asked, given, n_counted = (
        sum(ledger[name] for ledger in last.values())
        for name in ("n_requests", "n_samples", "prompt_tokens", "completion_tokens", "n_counted")
    )
    wanted, missing, refused = (sum(run[name] for run in runs.values()) for name in ("wanted", "missing", "refused"))
    recorded = max(0, wanted - missing - refused - n_samples)
    line = f"{counted(wanted, 'answer')} wanted: {recorded:,} from the store, {n_samples:,} drawn with"
    line += f" {counted(n_requests, 'request')}" + (f", {missing:,} missing" if missing else "")
    line += f", {refused:,} at temperatures that are refused" if refused else ""
    if n_requests:
        # Of what failed, told no usage or was asked about the endpoint itself the tokens are unknown, not none.
        line += "; at least " if n_counted < n_requests else "; "
        line += _cost(settings, asked, given, free=all(run["free"] for run in runs.values()))
    where = ", ".join(f"{settings['store']}@{label}" for label in runs)
    cautions = [f"caution, {said} ({label})" for label, run in runs.items() for said in run["conduct"]]
    return [line, f"runs: {where}", *cautions]


def _cost(settings: Settings, asked: int, given: int, *, free: bool) -> str:
    tokens = f"{asked:,} + {given:,} tokens"
    if free:
        return f"{tokens}, at no cost"
    if settings["price"] is None:
        return f"{tokens}, cost unknown: no --evalkit-price"
    cost = (asked * settings["price"][0] + given * settings["price"][1]) / 1_000_000
    return f"{tokens}, {cost:.4f} USD"


def _left_behind(
    settings: Settings, runs: Mapping[str, Mapping[str, Any]], config: pytest.Config
) -> tuple[list[str], bool]:
    """Return what is to be said of baseline and pages, and whether what was to be saved is."""
    from evalkit.testing.finishing import save, settle, write_pages

    root = config.rootpath
    usual = root / settings["store"]
    lines: list[str] = []
    if not usual.exists():
        return lines, True
    done = True
    try:
        if settings["save"]:
            saved = save(settings["save"], runs, root=root, usual=usual)
            lines.append(f"saved as {', '.join(saved)}: compare with --evalkit-baseline={settings['save']}")
    except (EvalkitError, OSError) as error:
        done = False
        lines.append(f"not saved, so the session fails: {error}")
    try:
        if settings["report"]:
            lines += write_pages(settings["report"], runs, baseline=settings["baseline"], root=root, usual=usual)
    except (EvalkitError, OSError) as error:
        lines.append(f"no report: {error}")
    settle(usual)
    return lines, done


def _cells(row: Mapping[str, Any]) -> list[str]:
    value, ends = value_and_ends(row)
    return [
        row["test"].rpartition("/")[2],
        row["claim"],
        value or "none",
        ends,
        f"{row['n_samples']:,}",
        row["verdict"],
        row["change"],
    ]


_HEAD = ["test", "claim", "value", "interval", "n", "verdict", "change"]


def _table(rows: Sequence[Mapping[str, Any]], *, everything: bool) -> list[str]:
    """Return the assertions as lines of a table; of very many only those that do not hold, unless all are wanted."""
    chosen = [row for row in rows if everything or len(rows) <= _MOST_ROWS or row["verdict"] != "holds"]
    if not chosen:
        return [f"{counted(len(rows), 'assertion')}, all hold"] if rows else []
    table = [_HEAD, *map(_cells, chosen)]
    if not any(row[-1] for row in table[1:]):
        table = [row[:-1] for row in table]
    widths = [min(60, max(len(visible(cell, keep="")) for cell in column)) for column in zip(*table, strict=True)]
    lines = ["  ".join(f"{_cut(cell, w):<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip() for row in table]
    hidden = len(rows) - len(chosen)
    return [*lines, *([f"and {hidden:,} more that hold (-v shows them)"] if hidden else []), ""]


def _cut(text: str, width: int) -> str:
    text = visible(text, keep="")
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _add_to_job(rows: Sequence[Mapping[str, Any]], lines: Sequence[str]) -> None:
    """Add the session to the summary of a build's job, where there is one."""
    path = environment.step_summary()
    if path is None:
        return
    table = [[visible(cell, keep="").replace("|", "\\|").replace("<", "&lt;") for cell in _cells(row)] for row in rows]
    told = (f"- {markdown_text(visible(line, keep=''))}" for line in lines)
    text = "\n".join(["### evalkit", "", *markdown_table(_HEAD, table), *told, ""])
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as summary:
            summary.write(text)
    except OSError:
        return  # the job's summary is a courtesy: it must not fail a session
