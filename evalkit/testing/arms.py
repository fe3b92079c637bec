"""From wishes to suites and the runs that hold their answers: who asks what of whom, shared between tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evalkit import api, environment
from evalkit.errors import UnknownNameError, UsageError
from evalkit.nouns import JSON, Cell, Endpoint, Prompt, Suite, cells, content_key
from evalkit.testing.hiding import expected
from evalkit.testing.marks import Wish
from evalkit.testing.options import Settings

__tracebackhide__ = expected

EMBEDDED_MODEL = "storyteller-small"
"""The model of the embedded endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one test looks at: some cells of a run, and how many samples of each."""

    label: str
    """Name of the run that holds the answers; shared by all tests that ask the same prompts of the same endpoint."""
    suite: Suite
    """The cells: each prompt at each temperature."""
    grid: tuple[float, ...] = ()
    """Temperatures that a test may ask for besides, where a parameter narrows it to one."""
    sizes: tuple[tuple[float, int], ...] = ()
    """Samples of each cell at a temperature, where that is not the suite's number."""
    _wanted: dict[str, tuple[Cell, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def size(self, temperature: float) -> int:
        """Return how many samples of a cell are looked at."""
        return dict(self.sizes).get(temperature, self.suite.samples)

    @property
    def wanted(self) -> Mapping[str, tuple[Cell, int]]:
        """Each cell by its key, with the samples wanted of it; made once, for it is asked for again and again."""
        if not self._wanted:
            self._wanted.update({cell.key: (cell, self.size(cell.temperature)) for cell in cells(self.suite)})
        return self._wanted


@dataclass(slots=True)
class Arms:
    """Makes views of wishes; a suite file is read once in a session."""

    settings: Settings
    """What holds in the session."""
    root: Path
    """Where paths of suites begin that are not beside the test."""
    partition: str = ""
    """Name under which this session's answers are kept apart; empty for the common ones."""
    whole: dict[str, Suite] = field(default_factory=dict)
    """The suite of each run, with all its prompts."""
    read: dict[Path, Suite] = field(default_factory=dict)
    """The suite of each file that was read."""
    written: dict[str, Suite] = field(default_factory=dict)
    """The suite of prompts that are written down in tests, by their text: many tests may bear one marker."""

    def view(self, wish: Wish, prompts: Mapping[str | None, Any] | None = None) -> View:
        """Return what a test looks at, or what it asks in its body.

        Args:
            wish: What the test's markers say.
            prompts: A prompt that the body asks, by name; what the marker names when None.

        Raises:
            UsageError: The test names no suite and no prompts, or a model is missing.
            SuiteError: The suite is wrong.
        """
        suite = self._suite(wish, prompts)
        label = f"{wish.label or self.partition}/" if wish.label or self.partition else ""
        grid = suite.temperatures
        if wish.temperature is not None:
            chosen = tuple(sorted({*(wish.temperatures or ()), wish.temperature}))
            suite = replace(suite, temperatures=chosen, send_temperature=True)
        view = View(label=f"{label}{suite.name}-{_identity(suite)[:8]}", suite=suite, grid=grid)
        self.whole.setdefault(view.label, suite)
        return view if wish.prompt is None or prompts is not None else narrowed(view, wish.prompt)

    def precise(self, wish: Wish) -> Wish:
        """Return a wish with the precision that its suite or the session asks for, where its marker asks for none."""
        if wish.precision is not None:
            return wish
        precision = self._read(wish).precision if wish.suite else None
        for goal in precision.goals if precision else ():
            if goal.within is not None:
                most = self._read(wish).samples
                return replace(wish, precision=goal.within, metric=wish.metric or goal.metric or None, max_samples=most)
        told: float | None = self.settings["precision"]
        return wish if told is None else replace(wish, precision=told)

    def _suite(self, wish: Wish, prompts: Mapping[str | None, Any] | None) -> Suite:
        read = self._written(wish, prompts) if prompts is not None or wish.prompts else self._read(wish)
        told = self.settings
        address = wish.base_url or told["base_url"]
        ambient = not wish.base_url and told.sources.get("base_url") not in {"option", "environment"}
        if ambient and read.endpoint.base_url == environment.LOOPBACK and environment.has_address():
            # The embedded endpoint stands in until there is an endpoint; an address that a suite names is left alone.
            address = environment.address_of(None).url
        endpoint = replace(
            read.endpoint,
            model=wish.model or told["model"] or read.endpoint.model,
            base_url=address or read.endpoint.base_url,
        )
        _check_model(endpoint, told=bool(wish.suite or wish.model or told["model"]))
        suite = replace(
            read,
            endpoint=endpoint,
            samples=wish.samples or told["samples"] or _first_look(read),
            precision=None,  # a session has looks of its own
            temperatures=wish.temperatures or told["temperatures"] or read.temperatures,
            send_temperature=read.send_temperature or bool(wish.temperatures or told["temperatures"]),
            load=(),  # no test looks at these arms: they belong to `evalkit run`
        )
        return api.resolve(suite)[0]

    def _read(self, wish: Wish) -> Suite:
        if wish.suite is None:
            raise UsageError(
                f"{wish.node.nodeid} names no suite",
                hint="pytestmark = pytest.mark.evalkit(suite='suites/my.yaml'), or prompts=..., or evalkit('a prompt')",
            )
        here, root = wish.node.path.parent / wish.suite, self.root / wish.suite
        path = here if here.exists() else root
        if path not in self.read:
            self.read[path] = api.load_suite(path)
        return self.read[path]

    def _written(self, wish: Wish, prompts: Mapping[str | None, Any] | None) -> Suite:
        """Return the suite of prompts that are written down in a test, checked as a file is."""
        from evalkit.suite.load import parse_suite

        asked = wish.prompts if prompts is None else tuple(prompts.items())
        base = self._read(wish) if wish.suite else None
        model = wish.model or self.settings["model"] or (EMBEDDED_MODEL if base is None else base.endpoint.model)
        written = {
            "name": wish.node.path.stem,
            "endpoint": {"model": model, "base_url": environment.LOOPBACK},
            "prompts": [_spec(name, each) for name, each in asked],
        }
        text = json.dumps(written)
        if text not in self.written:
            self.written[text] = parse_suite(text, source=f"the prompts of {wish.node.nodeid}")
        read = self.written[text]
        if base is None:
            return read
        # A prompt asked besides a suite is asked as the suite's are.
        return replace(base, name=read.name, prompts=read.prompts, source=read.source)


def _check_model(endpoint: Endpoint, *, told: bool) -> None:
    if endpoint.base_url != environment.LOOPBACK and not told:
        raise UsageError(
            f"no model is named to ask at {endpoint.base_url}", hint="--evalkit-model=NAME, or model= in the marker"
        )


def narrowed(view: View, prompt: str) -> View:
    """Return a view of one of its prompts.

    Raises:
        UnknownNameError: There is no such prompt.
    """
    found = tuple(each for each in view.suite.prompts if each.id == prompt)
    if not found:
        known = ", ".join(each.id for each in view.suite.prompts)
        raise UnknownNameError(f"the suite has no prompt {prompt!r}", hint=f"it has {known}")
    return replace(view, suite=replace(view.suite, prompts=found))


def _spec(name: str | None, given: Any) -> dict[str, JSON]:  # noqa: ANN401 - a text, messages, or a mapping
    spec: dict[str, JSON]
    if isinstance(given, Prompt):
        turns: list[JSON] = [{"role": turn.role, "content": turn.content} for turn in given.messages]
        spec = {"id": given.id, "messages": turns, "reference": given.reference, "tags": list(given.tags)}
    elif isinstance(given, str):
        spec = {"user": given}
    elif isinstance(given, Mapping):
        spec = dict(given)
    else:
        spec = {"messages": [dict(turn) for turn in given]}
    return spec if name is None else {"id": name, **spec}


def _identity(suite: Suite) -> str:
    """Return a digest of all that decides the answers but the temperature, and of which prompts there are."""
    bare = replace(suite, temperatures=(0.0,))
    return content_key(sorted(cell.key for cell in cells(bare)))


def grown(whole: Suite, views: Iterable[View]) -> Suite:
    """Return the suite of a run that holds the cells of several views of it."""
    seen = tuple(views)
    return replace(
        whole,
        temperatures=tuple(sorted({t for view in seen for t in view.suite.temperatures})),
        samples=max(view.size(t) for view in seen for t in view.suite.temperatures),
    )


def _first_look(suite: Suite) -> int:
    """Return the samples of each cell that a suite asks for before anything is looked at."""
    return suite.samples if suite.precision is None else min(suite.samples, suite.precision.first)
