"""The verbs, in flow order; the only file that knows the order of the stages.

Verbs import what they need when they are called: `import evalkit` stays light.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from evalkit import environment
from evalkit.errors import StatisticsError, UsageError
from evalkit.nouns import (
    USUAL_METRICS,
    Budget,
    Comparison,
    Estimand,
    Metric,
    MetricRequest,
    Plan,
    Run,
    Suite,
    n_cells,
)
from evalkit.nouns.ports import Backend, Store, Tools

if TYPE_CHECKING:
    import asyncio

    from evalkit.results import Results
    from evalkit.sampling.tally import Tally
    from evalkit.store.sqlite import SqliteStore
    from evalkit.store.verify import Verification

_LOG = logging.getLogger(__name__)
MetricLike: TypeAlias = str | MetricRequest | Metric
"""A metric by name, by name with options, or as itself."""


# --- spec ---------------------------------------------------------------------------------------


def load_suite(path: str | Path) -> Suite:
    """Return the suite a YAML or JSON file describes.

    Raises:
        SuiteError: The file is wrong; the line names file, line, column and key.
    """
    from evalkit.suite.load import load_suite as load

    return load(path)


def resolve(suite: Suite) -> tuple[Suite, str | None]:
    """Return the suite with its true address, and a notice when the address was repaired.

    The address belongs to a cell's key: two endpoints must never fill each other's draws.

    Raises:
        UsageError: The address is none, or carries a secret.
    """
    if suite.endpoint.backend != "openai":
        return suite, None
    address = environment.address_of(suite.endpoint.base_url)
    return replace(suite, endpoint=replace(suite.endpoint, base_url=address.url)), address.notice


# --- plan ---------------------------------------------------------------------------------------


def plan(suite: Suite) -> Plan:
    """Return every draw of a suite in sending order; sends nothing.

    Raises:
        UsageError: The address is none, or a metric can not have an option that the suite gives it.
    """
    from evalkit.equipping import bindable
    from evalkit.planning import plan as make

    bindable(suite)
    return make(resolve(suite)[0])


# --- sample and store ---------------------------------------------------------------------------


def open_store(path: str | Path, *, read_only: bool = False) -> SqliteStore:
    """Return the store in a file, made when it is not there; a context manager.

    Args:
        path: The SQLite file.
        read_only: Read what is there; needs no lock.

    Raises:
        StoreError: The file is no store, or can not be opened.
        StoreBusyError: Another process is writing to it.
    """
    from evalkit.store.sqlite import open_store as connect

    return connect(path, read_only=read_only)


def run(suite: Suite, store: Store, **settings: Any) -> Run:  # noqa: ANN401 - those of run_async, word for word
    """Return the run of a suite after sending what is missing; settings are those of `run_async`."""
    from evalkit import looping

    return looping.run(run_async(suite, store, **settings))


async def run_async(  # noqa: PLR0913 - each but two is a keyword with a default
    suite: Suite,
    store: Store,
    *,
    label: str | None = None,
    backend: Backend | None = None,
    preflight: bool | None = None,
    watch: Callable[[Tally], None] | None = None,
    notify: Callable[[str], None] = _LOG.warning,
    stop: asyncio.Event | None = None,
    budget: Budget | None = None,
    executor: str = "local",
) -> Run:
    """Return the run of a suite after sending what its label lacks; a finished run sends nothing.

    Args:
        suite: What is asked.
        store: Keeps every answer before it is counted.
        label: Name of the run; the suite's name when None.
        backend: Who answers; made from the suite's endpoint when None.
        preflight: Whether the endpoint is asked about itself first; None for where that costs little beside the run.
        watch: Called with the counts as they grow.
        notify: Called with notices, such as a repaired address.
        stop: Set it to stop: what is in flight is finished and kept.
        budget: The most that the run may come to, whatever was sent for it before; None for no limit.
        executor: Where requests are sent from: ``local``, this process, or ``ray``, the workers of a cluster.

    Raises:
        BudgetError: The budget is used up; what was answered is kept, and a larger one goes on.
        PlanMismatchError: The label was begun with another suite.
        EndpointError: Key, quota, model or address is wrong; what was answered is kept.
        StoreError: An answer could not be written.
        UsageError: A metric can not have an option that the suite gives it; nothing was sent.
        MissingExtraError: The executor needs what is not installed; nothing was sent.
        ClusterError: The cluster can not be used; what was answered is kept.
    """
    from evalkit.equipping import bindable, executed
    from evalkit.running import complete

    bindable(suite)
    suite, notice = resolve(suite)
    if notice:
        notify(notice)
    what = (suite, store, label or suite.name, budget)
    with executed(executor) as chosen:
        return await complete(
            *what, backend=backend, ahead=preflight, watch=watch, notify=notify, stop=stop, executor=chosen
        )


def import_recorded(
    store: SqliteStore,
    path: str | Path,
    *,
    label: str,
    prompts: str | Path | None = None,
    metrics: Iterable[MetricRequest] | None = None,
) -> Run:
    """Return a run made of answers that were recorded elsewhere.

    Args:
        store: Where it goes.
        path: JSON Lines, plain or gzipped.
        label: Name of the run; must be new.
        prompts: JSON list with the text and reference of each prompt.
        metrics: What the run is to be measured by; the usual ones when None.

    Raises:
        StoreError: A line is wrong; it is named by file and number, and nothing is kept.
    """
    from evalkit.provenance import provenance
    from evalkit.store.transfer import import_recorded as read

    usual = tuple(MetricRequest(name=name) for name in USUAL_METRICS)
    return read(
        store,
        Path(path),
        prompts_path=None if prompts is None else Path(prompts),
        label=label,
        metrics=usual if metrics is None else tuple(metrics),
        provenance=provenance(f"import {Path(path).name}"),
    )


def export(store: SqliteStore, label: str) -> Iterator[str]:
    """Yield each draw of a run that came to something as one line of JSON, in ASCII."""
    from evalkit.store.transfer import export_jsonl

    return export_jsonl(store, label)


def verify(path: str | Path) -> Verification:
    """Return what of a store can be read; changes nothing.

    Raises:
        StoreError: The file is not there, or is no store.
    """
    from evalkit.store.verify import verify as check

    return check(path)


# --- measure and infer --------------------------------------------------------------------------


def measure(  # noqa: PLR0913 - each but two is a keyword with a default
    store: Store,
    label: str,
    *,
    metrics: Iterable[MetricLike] | None = None,
    prompts: Collection[str] | None = None,
    level: float = 0.95,
    estimand: Estimand = Estimand.PROMPTS_LIKE_THESE,
    tools: Tools | None = None,
    watch: Callable[[int, int], None] | None = None,
    executor: str = "local",
) -> Results:
    """Return a curve for each metric of a run, by the metric's title.

    Args:
        store: Where the run is.
        label: Name of the run.
        metrics: What to measure; what the suite asks for when None.
        prompts: Ids of the prompts to look at; all when None.
        level: Level of every interval, in (0, 1).
        estimand: What intervals over prompts speak of: prompts like these, or these very ones.
        tools: An embedder and a judge for the metrics that use them; what the suite asks for when None.
        watch: Called after each cell with the number of cells done and of all.
        executor: Where it is measured: ``local``, this process, or ``ray``, the cores of a cluster, to the same bit.

    Raises:
        StoreError: There is no run of that label.
        StatisticsError: The run holds no answers.
        UnknownNameError: There is no metric of that name.
        UsageError: A metric has no such option, or the level is out of range.
    """
    from evalkit.equipping import as_equipped, equipped, executed, metric_of
    from evalkit.measuring import measured

    if not 0.0 < level < 1.0:
        raise UsageError(f"level is {level:g}, not between 0 and 1", hint="such as 0.95")
    run = store.run(label)
    if not run.n_samples:
        raise StatisticsError(f"run {label!r} holds no answers", hint="run its suite again")
    wanted = n_cells(run.suite) // len(run.suite.prompts) * len(prompts or run.suite.prompts)
    grid, loads = (
        (cell for cell in found if prompts is None or cell.cell.prompt.id in prompts)
        for found in (store.outcomes(label), store.load_outcomes(label) if run.suite.load else ())
    )
    with executed(executor) as chosen:
        tools = equipped(run.suite, store, tools, chosen)
        results = measured(
            run,
            grid,
            {metric.title: metric for metric in map(metric_of, metrics or run.suite.metrics)},
            tools=tools,
            level=level,
            estimand=estimand,
            watch=lambda done: watch(done, wanted) if watch else None,
            loads=loads,
            executor=chosen,
        )
    return as_equipped(results, tools)


# --- compare ------------------------------------------------------------------------------------


def compare(  # noqa: PLR0913 - each but two is a keyword with a default
    store: Store,
    label: str,
    *,
    baseline: str = "main",
    baseline_store: Store | None = None,
    metrics: Iterable[MetricLike] | None = None,
    level: float = 0.95,
    estimand: Estimand = Estimand.THESE_PROMPTS,
    margin: float = 0.05,
    tools: Tools | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Return how a run differs from a baseline, paired by prompt, with a verdict on each contrast.

    Args:
        store: Where the run is.
        label: Name of the run, the candidate.
        baseline: Name of the run it is compared with.
        baseline_store: Where that is; the same store when None.
        metrics: What to contrast; those of the candidate's suite that stand in front when None.
        level: Level of every interval, in (0, 1).
        estimand: What intervals and p-values speak of: these prompts, or prompts like these.
        margin: The greatest difference that does not matter; of metrics beyond [0, 1], as a share of the baseline's.
        tools: An embedder and a judge for both runs; what the candidate's suite asks for when None.
        watch: Called with the numbers of cells done and of all.

    Raises:
        StatisticsError: A run holds no answers, or they have no prompt in common.
        UsageError: Level or margin is out of range, or a metric has no such option.
    """
    from evalkit.analysis.compare import Terms
    from evalkit.comparing import compared, usual
    from evalkit.equipping import equipped, metric_of

    run, other = store.run(label), baseline_store or store
    wanted = usual(run.suite) if metrics is None else [metric_of(metric) for metric in metrics]
    tools, terms = equipped(run.suite, store, tools), Terms(level=level, estimand=estimand, margin=margin)
    return compared((other.run(baseline), other), (run, store), wanted, tools=tools, watch=watch, terms=terms)


# --- report -------------------------------------------------------------------------------------


def report(
    store: Store, label: str, path: str | Path, *, results: Results | None = None, renderer: str | None = None
) -> Path:
    """Return the path of the page that was written about a run.

    Args:
        store: Where the run is.
        label: Name of the run.
        path: The file to write; its ending chooses the renderer: html, md, json, csv, xml, parquet.
        results: What `measure` gave; measured when None.
        renderer: Name of a renderer, whatever the ending says.

    Raises:
        ReportError: The file can not be written.
        UnknownNameError: Nothing renders that ending.
        MissingExtraError: The ending is parquet, and the package that writes it is not installed.
    """
    from evalkit.paging import check_form, written
    from evalkit.reporting.write import renderer_of, write_report

    name = renderer or renderer_of(path)
    check_form(name)
    return write_report(written(results or measure(store, label), store.outcomes(label), name), path)


def render(store: Store, label: str, renderer: str, *, results: Results | None = None) -> str:
    """Return a run's report as text: a page, a table for a pull request, or data."""
    from evalkit.paging import check_form, rendered

    check_form(renderer)
    return rendered(results or measure(store, label), store.outcomes(label), renderer)


# --- the embedded endpoint ----------------------------------------------------------------------


def serve(
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    key: str | None = None,
    seed: int | None = None,
    latency_s: float = 0.0,
    faults: Sequence[str] = (),
    announce: Callable[[str], None] = print,
) -> None:
    """Serve the embedded endpoint on this machine until a signal comes.

    Args:
        port: The port; 0 for any free one.
        host: The address; one that other machines can reach needs a key.
        key: The key it wants; None for none.
        seed: Seed of its answers; fresh ones each time when None.
        latency_s: Seconds it takes for each answer.
        faults: How it misbehaves: habits such as ``rescaled:0.3``, faults such as ``html``, mixtures such as ``flaky``.
        announce: Called with its address once it is up.

    Raises:
        UsageError: The port is taken, there is no such fault, or others can reach the address and there is no key.
    """
    from evalkit.loopback.habits import sort_out
    from evalkit.loopback.server import serve_forever

    try:
        wire, habits = sort_out(faults, seed or 0)
        serve_forever(
            port=port, host=host, key=key, seed=seed, latency_s=latency_s, faults=wire, habits=habits, announce=announce
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"port {port} can not be used: {error.strerror}", hint="another --port, or 0") from None
