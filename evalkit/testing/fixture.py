"""What the fixture hands to a test: prompts, cells, curves and comparisons of what the session drew."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from evalkit.errors import StatisticsError, StoreError, UnknownNameError, UsageError
from evalkit.nouns import Metric, Prompt, Run, Sample, Suite
from evalkit.testing.arms import View
from evalkit.testing.baselines import own_answers
from evalkit.testing.bench import Bench
from evalkit.testing.cells import CellReading, Sweep
from evalkit.testing.claims import Claim
from evalkit.testing.curves import CurveReading
from evalkit.testing.hiding import expected
from evalkit.testing.looks import Look
from evalkit.testing.versus import Side, Versus, as_side

__tracebackhide__ = expected


class Evalkit:
    """The fixture: what the markers of a test name, as prompts, cells, curves and comparisons.

    Called on a prompt of the suite, or on any text or conversation, it gives the answers at every temperature.
    """

    def __init__(self, bench: Bench, node: pytest.Item) -> None:
        """Read what the test wishes for; its answers are looked up, or drawn, when they are asked for."""
        bench.log.begin(node.nodeid)
        self._bench = bench
        self._wish, self._view = bench.wish(node)
        if self._view is not None:
            bench.ensure(self._view)

    @property
    def view(self) -> View:
        """What the test looks at.

        Raises:
            UsageError: Its markers name no suite and no prompts.
        """
        return self._view if self._view is not None else self._bench.look(self._wish)

    @property
    def suite(self) -> Suite:
        """The suite, with what marker, options and parameters change in it."""
        return self.view.suite

    @property
    def label(self) -> str:
        """Name of the run that holds the answers."""
        return self.view.label

    def __call__(
        self, prompt: str | Prompt | Sequence[Mapping[str, Any]] | Mapping[str, Any], *, name: str | None = None
    ) -> Sweep:
        """Return the answers to a prompt at every temperature.

        Args:
            prompt: Id of a prompt of the suite; or any text, messages, or a mapping with ``system`` and ``user``, drawn
                now unless an earlier test has asked the same.
            name: Name of such a prompt in tables; made from its text when None.

        Raises:
            UnknownNameError: It is one word, nearly the id of a prompt of the suite: a slip must buy no answers.
        """
        if isinstance(prompt, str) and name is None and self._view is not None and prompt in self._ids:
            return Sweep(self._look, prompt)
        if isinstance(prompt, str) and name is None and self._view is not None and len(prompt.split()) == 1:
            near = difflib.get_close_matches(prompt, self._ids, n=1, cutoff=0.8)
            if near:
                raise UnknownNameError(
                    f"the suite has no prompt {prompt!r}", hint=f"did you mean {near[0]!r}? name= asks it as a text"
                )
        found = self._bench.look(self._wish, {name: prompt})
        self._bench.ensure(found)
        return Sweep(Look(self._bench, self._wish, found), found.suite.prompts[0].id)

    def cell(self, prompt: str | None = None, temperature: float | None = None) -> CellReading:
        """Return one cell; prompt and temperature may be left out where there is only one, or a parameter names it.

        Raises:
            UnknownNameError: The suite has no such prompt.
            UsageError: There are several, and none is named.
        """
        chosen = _only(self._ids, "prompt") if prompt is None else prompt
        if chosen not in self._ids:
            raise UnknownNameError(f"the suite has no prompt {chosen!r}", hint=f"it has {', '.join(self._ids)}")
        own = self._wish.temperature if temperature is None else float(temperature)
        where = _only(self.suite.temperatures, "temperature") if own is None else own
        look = self._look
        if where not in self.suite.temperatures and where in self.view.grid:
            # A parametrised test looks beyond its own temperature: that cell is drawn now.
            wider = replace(self.suite, temperatures=tuple(sorted({*self.suite.temperatures, where})))
            look = replace(look, view=self._bench.ensure(self._bench.want(replace(self.view, suite=wider))))
        return CellReading(look, chosen, where)

    def curve(self, metric: str | Metric, *, tags: str | Iterable[str] = (), prompt: str | None = None) -> CurveReading:
        """Return a metric's curve over all prompts, over those that carry all the tags, or over one.

        Raises:
            UsageError: No prompt carries the tags.
        """
        wanted = {tags} if isinstance(tags, str) else set(tags)
        ids = [p.id for p in self.suite.prompts if wanted <= set(p.tags) and prompt in {None, p.id}]
        if not ids:
            sought = f"the tags {', '.join(sorted(wanted))}" if wanted else f"the id {prompt!r}"
            raise UsageError(f"no prompt of the suite carries {sought}")
        return CurveReading(self._look, metric, tuple(ids))

    def samples(self, prompt: str | None = None, temperature: float | None = None) -> tuple[Sample, ...]:
        """Return every answer of a cell, by replicate."""
        return self.cell(prompt, temperature).samples

    def floor_below(self, bound: float, *, level: str | None = None) -> Claim:
        """Claim that equal requests at temperature 0 disagree in less than a share of pairs.

        Args:
            bound: The greatest share that passes, such as 0.02.
            level: Level at which answers are the same, such as ``whitespace``; the marker's, else ``raw``.
        """
        look = self._look if level is None else replace(self._look, wish=replace(self._wish, equality=level))
        return CurveReading(look, "exact_agreement", self._ids).floor_below(bound)

    def compare(self, baseline: str | None = None, *, model: str | None = None) -> Versus:
        """Return the comparison of what this test looks at with a baseline, or with another model.

        Args:
            baseline: Name under which a session was saved, ``FILE@NAME`` in another store; the session's when None.
            model: Another model that is asked the same, at the same address; drawn now unless a test has asked it.

        Raises:
            StoreError: There is no such baseline.
            StatisticsError: The answers are the baseline's own.
        """
        self._bench.ensure(self.view)
        own = as_side(self._look, self._run(self.label))
        if model is not None:
            other = self._bench.look(replace(self._wish, model=model))
            self._bench.ensure(other)
            return Versus(self._look, as_side(replace(self._look, view=other), self._run(other.label)), own)
        name = baseline or self._bench.settings["baseline"]
        if name is None:
            pytest.skip("no baseline is named: save one with --evalkit-save=NAME, compare with --evalkit-baseline=NAME")
        found = self._bench.baselines.find(name, self.view)
        for prompt in self._ids:
            for cell in self._bench.outcomes(self.view, prompt):
                before = found.cell(prompt, cell.cell.temperature)
                if before is not None and own_answers(cell, before):
                    raise StatisticsError(
                        f"the answers of {self.label} are those of the baseline {name!r} itself",
                        hint="draw new ones with --evalkit-fresh, or keep sessions apart with --evalkit-label=NAME",
                    )
        return Versus(self._look, Side(found.run, found.store), own)

    def _run(self, label: str) -> Run:
        store = self._bench.reading()
        if store is None:
            raise StoreError("nothing is recorded yet", hint="pytest --evalkit-run")
        return store.run(label)

    @property
    def _look(self) -> Look:
        return Look(self._bench, self._wish, self.view)

    @property
    def _ids(self) -> tuple[str, ...]:
        return tuple(prompt.id for prompt in self.suite.prompts)


def _only(values: Sequence[Any], what: str) -> Any:  # noqa: ANN401 - ids or temperatures
    if len(values) != 1:
        raise UsageError(f"the suite has {len(values)} {what}s", hint=f"name one: evalkit.cell({what}=...)")
    return values[0]
