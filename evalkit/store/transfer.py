"""Runs to and from JSON Lines."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalkit.errors import StoreError
from evalkit.nouns import (
    CellOutcomes,
    Draw,
    Endpoint,
    Load,
    MetricRequest,
    Outcome,
    Prompt,
    Provenance,
    Run,
    Suite,
    every_cell,
)
from evalkit.nouns.ports import Store
from evalkit.store.lines import line_of
from evalkit.store.reading import refuse
from evalkit.store.recorded import Row, read_prompts, read_rows
from evalkit.store.sqlite import SqliteStore

_BACKEND = "replay"  # imported answers can be heard again, not bought


def export_jsonl(store: Store, label: str) -> Iterator[str]:
    """Return an iterator over JSON lines, one for each planned draw that has an outcome, without line ends.

    Each text is exact; see `evalkit.store.lines.line_of`. A draw that nothing has come of yet has no line.

    Raises:
        StoreError: There is no run of that label.
    """
    return _lines(itertools.chain(store.outcomes(label), store.load_outcomes(label)))


def import_recorded(
    store: SqliteStore,
    lines_path: str | Path,
    *,
    prompts_path: str | Path | None = None,
    label: str,
    metrics: Sequence[MetricRequest] = (),
    provenance: Provenance,
) -> Run:
    """Return a new run of recorded answers; all of the file or, when a line is wrong, no run at all.

    The file is read twice, first for the design: prompts in the prompts file's order, or as they first appear;
    every temperature; samples up to the largest replicate. Draws the file does not hold stay open.

    Args:
        store: Where the run goes.
        lines_path: JSON Lines, ``.gz`` or not, with model, prompt_id, temperature (null where none was sent),
            replicate and text, optionally reference and topic (a tag); or what `export_jsonl` wrote.
        prompts_path: JSON list with prompt_id, prompt, reference and topic; without it prompts have no text.
        label: Name of the run; must be new.
        metrics: What to measure.
        provenance: Where it comes from.

    Raises:
        StoreError: A file is wrong, with its name and line; or the label is taken.
    """
    path = Path(lines_path)
    prompts = None if prompts_path is None else read_prompts(Path(prompts_path))
    design = _Design(path=path, prompts=prompts)
    for row in read_rows(path):
        design.add(row)
    suite = design.suite(label, tuple(metrics))
    return store.fill(label, suite, provenance, _outcomes(path, suite))


def _lines(found: Iterable[CellOutcomes]) -> Iterator[str]:
    for cell in found:
        outcomes: list[Outcome] = [*cell.samples, *cell.failures]
        outcomes.sort(key=lambda outcome: outcome.draw.replicate)
        yield from map(line_of, outcomes)


@dataclass(slots=True, kw_only=True)
class _Design:
    """What the rows of a file have in common, grown row by row."""

    path: Path
    prompts: Mapping[str, Prompt] | None
    model: str | None = None
    found: dict[str, Prompt] = field(default_factory=dict)
    slots: dict[tuple[str, float, Load | None], int] = field(
        default_factory=dict
    )  # replicates as bits: a few bytes a cell
    samples: int = 0
    sent: bool = True

    def add(self, row: Row) -> None:
        """Take a row in, or refuse it.

        Raises:
            StoreError: It does not go with the rows before; names file and line.
        """
        if self.model is None:
            self.model = row.model
        if row.model != self.model:
            problem = f"the model is {row.model!r}, above it was {self.model!r}"
            refuse(self.path, row.line, problem, "give each model a file and a run of its own")
        if row.sent != self.sent and self.slots:
            now, before = ("a number", "null") if row.sent else ("null", "a number")
            problem = f"temperature is {now}, above it was {before}"
            refuse(self.path, row.line, problem, "answers to requests without a temperature are a run of their own")
        self.sent = row.sent
        self._add_prompt(row)
        place, bit = (row.prompt_id, row.temperature, row.load), 1 << row.replicate
        if self.slots.get(place, 0) & bit:
            load = f", load {row.load.value}" if row.load else ""
            at = f"prompt {row.prompt_id!r}, temperature {row.temperature:g}{load}, replicate {row.replicate}"
            refuse(self.path, row.line, f"{at} is there twice", "number the answers of a cell from 0, each once")
        self.slots[place] = self.slots.get(place, 0) | bit
        self.samples = max(self.samples, row.replicate + 1)

    def _add_prompt(self, row: Row) -> None:
        known = self.found.get(row.prompt_id)
        if known is None:
            given = self._given(row)
            tags = given.tags or ((row.topic,) if row.topic else ())
            reference = row.reference if given.reference is None else given.reference
            self.found[row.prompt_id] = Prompt(id=given.id, messages=given.messages, reference=reference, tags=tags)
        elif self.prompts is None and row.reference != known.reference:
            problem = f"the reference of {row.prompt_id!r} is {row.reference!r}, above it was {known.reference!r}"
            refuse(self.path, row.line, problem, "a prompt has one reference")

    def _given(self, row: Row) -> Prompt:
        if self.prompts is None:
            return Prompt(id=row.prompt_id, messages=())
        given = self.prompts.get(row.prompt_id)
        if given is None:
            refuse(self.path, row.line, f"prompt {row.prompt_id!r} is not in the prompts file", "add it there")
        return given

    def suite(self, name: str, metrics: tuple[MetricRequest, ...]) -> Suite:
        """Return the suite that would have asked for these rows.

        Raises:
            StoreError: There was no row.
        """
        if self.model is None:
            raise StoreError(f"{self.path} holds no answers", hint="is it the right file?")
        order = self.found if self.prompts is None else [name for name in self.prompts if name in self.found]
        return Suite(
            name=name,
            endpoint=Endpoint(model=self.model, backend=_BACKEND),
            prompts=tuple(self.found[prompt_id] for prompt_id in order),
            temperatures=tuple(sorted({temperature for _, temperature, _ in self.slots})),
            send_temperature=self.sent,
            samples=self.samples,
            metrics=metrics,
            load=self._loads(),
        )

    def _loads(self) -> tuple[Load, ...]:
        """Return the arms at temperature 0, in their own order; where there are any, the grid's cells are one too."""
        asked = {load for _, _, load in self.slots if load}
        mixed = {Load.MIXED} if asked and any(t == 0.0 and not load for _, t, load in self.slots) else set()
        return tuple(load for load in Load if load in asked | mixed)


def _outcomes(path: Path, suite: Suite) -> Iterator[Outcome]:
    known = {(cell.prompt.id, cell.temperature, cell.load): cell for cell in every_cell(suite)}
    for row in read_rows(path):
        cell = known.get((row.prompt_id, row.temperature, row.load))
        if cell is None or row.replicate >= suite.samples:
            refuse(path, row.line, "the file changed while it was read", "import it again")
        yield row.outcome(Draw(cell=cell, replicate=row.replicate), path)
