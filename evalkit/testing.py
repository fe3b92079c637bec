"""What the fixture hands to a test: cells and curves of a suite, bought once and shared."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalkit import api, environment
from evalkit.errors import UnknownNameError, UsageError
from evalkit.nouns import Curve, Measurement, Suite
from evalkit.planning import pending
from evalkit.reading import Reading

if TYPE_CHECKING:
    from evalkit.results import Results
    from evalkit.store.sqlite import SqliteStore

_KEYWORDS = frozenset({"suite", "temperatures", "samples", "model", "base_url", "label"})


class Bench:
    """What all tests of a session share: one store, and every curve that was measured."""

    def __init__(self, config: pytest.Config) -> None:
        """Keep the settings; nothing is opened yet."""
        self.config = config
        self._store: SqliteStore | None = None
        self._results: dict[tuple[str, str, frozenset[str] | None], Results] = {}
        self._complete: set[str] = set()

    @property
    def store(self) -> SqliteStore:
        """The session's store, opened at first use; each xdist worker has its own."""
        if self._store is None:
            self._store = api.open_store(self._path())
        return self._store

    def _path(self) -> Path:
        given = self.config.getoption("--evalkit-store")
        path = Path(given) if given else self.config.rootpath / ".evalkit.sqlite"
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        return path.with_stem(f"{path.stem}-{worker}") if worker else path

    def close(self) -> None:
        """Close the store, if it was opened."""
        if self._store is not None:
            self._store.close()

    def curve(self, suite: Suite, label: str, metric: str, prompts: frozenset[str] | None = None) -> Curve:
        """Return a metric's curve, drawing what is missing first."""
        self._fill(suite, label)
        key = (label, metric, prompts)
        if key not in self._results:
            self._results[key] = api.measure(self.store, label, metrics=[metric], prompts=prompts)
        return next(iter(self._results[key].values()))

    def _fill(self, suite: Suite, label: str) -> None:
        """Draw what a suite lacks, or skip the test when that would cost money nobody allowed."""
        if label in self._complete:
            return
        plan = api.plan(suite)
        known = label in {run.label for run in self.store.runs()}
        missing = sum(1 for _ in pending(plan, self.store.filled(label) if known else set()))
        free = suite.endpoint.base_url == environment.LOOPBACK
        if missing and not (free or self.config.getoption("--evalkit-run")):
            pytest.skip(f"{missing:,} answers are not recorded; buy them with: pytest --evalkit-run")
        api.run(suite, self.store, label=label)
        self._complete.add(label)


@dataclass(frozen=True, slots=True)
class CellReading:
    """One cell: a reading for each metric by name."""

    _kit: Evalkit
    prompt: str
    """Id of the prompt."""
    temperature: float
    """Its temperature."""

    def __getitem__(self, metric: str) -> Reading:
        """Return the reading of a metric in this cell."""
        curve = self._kit.curve(metric).curve
        point = curve.at(self.temperature)
        found = [] if point is None else [m for m in point.measurements if m.prompt_id == self.prompt]
        if not found:
            raise UsageError(f"the suite has no cell {self.prompt!r} at temperature {self.temperature:g}")
        return _of_measurement(found[0], drifts=curve.metric.depends_on_n)


@dataclass(frozen=True, slots=True)
class CurveReading:
    """A metric against temperature: a reading at each, and whether it moves."""

    curve: Curve
    """The curve itself."""

    def __getitem__(self, temperature: float) -> Reading:
        """Return the reading at a temperature: the mean over prompts."""
        point = self.curve.at(temperature)
        if point is None:
            known = ", ".join(f"{p.temperature:g}" for p in self.curve.points)
            raise UsageError(f"the curve has no point at temperature {temperature:g}", hint=f"it has {known}")
        estimate = point.estimate
        return Reading(
            metric=self.curve.metric.title,
            value=estimate.value,
            interval=estimate.interval,
            n_samples=estimate.n_samples,
            reason=estimate.undefined or ("" if estimate.interval else estimate.method),
            drifts=self.curve.metric.depends_on_n,
            size=estimate.n_samples // estimate.n_prompts if estimate.n_prompts else None,
        )

    def rises(self, *, alpha: float = 0.05) -> bool:
        """Return whether the trend test finds a rise at level alpha."""
        return self.curve.rises(alpha=alpha)

    def falls(self, *, alpha: float = 0.05) -> bool:
        """Return whether the trend test finds a fall at level alpha."""
        return self.curve.falls(alpha=alpha)

    def __repr__(self) -> str:
        """Return the points and the trend."""
        points = ", ".join(f"T={p.temperature:g}: {p.estimate}" for p in self.curve.points)
        p_value = self.curve.trend.p_value
        trend = self.curve.trend.direction + ("" if p_value is None else f", p = {p_value:.3g}")
        return f"<{self.curve.metric.title}: {points}; trend {trend}>"


class Evalkit:
    """The fixture: the suite of a test's marker, as cells and curves."""

    def __init__(self, bench: Bench, node: pytest.Item) -> None:
        """Read the markers of a test; the suite is loaded at first use."""
        self._bench = bench
        self._node = node
        self._settings = _settings_of(node)
        self._loaded: Suite | None = None

    @property
    def suite(self) -> Suite:
        """The suite, with what marker and options change in it."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    @property
    def label(self) -> str:
        """Name of the run; holds the plan, so that a changed suite is another run."""
        return self._settings.get("label") or f"{self.suite.name}-{api.plan(self.suite).key[:8]}"

    def cell(self, prompt: str | None = None, temperature: float | None = None) -> CellReading:
        """Return one cell; prompt and temperature may be left out where the suite has only one."""
        suite = self.suite
        ids = [p.id for p in suite.prompts]
        chosen = _only(ids, "prompt") if prompt is None else prompt
        if chosen not in ids:
            raise UnknownNameError(f"the suite has no prompt {chosen!r}", hint=f"it has {', '.join(ids)}")
        where = _only(suite.temperatures, "temperature") if temperature is None else temperature
        return CellReading(self, chosen, where)

    def curve(self, metric: str, *, tags: str | Iterable[str] = ()) -> CurveReading:
        """Return a metric's curve over all prompts, or over those that carry all the tags."""
        wanted = {tags} if isinstance(tags, str) else set(tags)
        prompts = frozenset(p.id for p in self.suite.prompts if wanted <= set(p.tags)) if wanted else None
        if prompts is not None and not prompts:
            raise UsageError(f"no prompt of the suite carries the tags {', '.join(sorted(wanted))}")
        return CurveReading(self._bench.curve(self.suite, self.label, metric, prompts))

    def _load(self) -> Suite:
        path = self._settings.get("suite")
        if path is None:
            raise UsageError(
                f"{self._node.nodeid} names no suite", hint="pytestmark = pytest.mark.evalkit(suite='suites/my.yaml')"
            )
        here, root = self._node.path.parent / path, self._bench.config.rootpath / path
        suite = api.load_suite(here if here.exists() else root)
        option = self._bench.config.getoption
        endpoint = replace(
            suite.endpoint,
            model=self._settings.get("model") or option("--evalkit-model") or suite.endpoint.model,
            base_url=self._settings.get("base_url") or option("--evalkit-base-url") or suite.endpoint.base_url,
        )
        return replace(
            suite,
            endpoint=endpoint,
            samples=self._settings.get("samples") or option("--evalkit-samples") or suite.samples,
            temperatures=tuple(sorted(self._settings.get("temperatures") or suite.temperatures)),
        )


def _settings_of(node: pytest.Item) -> dict[str, Any]:
    """Return the marker's keywords, the closest marker winning."""
    settings: dict[str, Any] = {}
    for mark in node.iter_markers("evalkit"):
        unknown = set(mark.kwargs) - _KEYWORDS
        if unknown or mark.args:
            wrong = ", ".join(sorted(unknown)) or "a positional argument"
            raise UsageError(
                f"the marker evalkit does not know {wrong}", hint=f"it knows {', '.join(sorted(_KEYWORDS))}"
            )
        settings = dict(mark.kwargs) | settings
    return settings


def _only(values: Any, what: str) -> Any:  # noqa: ANN401 - ids or temperatures
    if len(values) != 1:
        raise UsageError(f"the suite has {len(values)} {what}s", hint=f"name one: evalkit.cell({what}=...)")
    return values[0]


def _of_measurement(found: Measurement, *, drifts: bool) -> Reading:
    return Reading(
        metric=found.metric,
        value=found.value,
        interval=found.interval,
        n_samples=found.n_samples,
        reason=found.undefined or ("" if found.interval else found.method),
        drifts=drifts,
        size=found.n_samples,
    )
