"""The design of an experiment: mode, cell, draw, plan."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from evalkit.nouns.canonical import JSON, content_key

if TYPE_CHECKING:
    from evalkit.nouns.suite import Decoding, Endpoint, Prompt, Suite


MOST_CHOICES = 8
"""Most completions asked for in one request; servers refuse more, or give fewer than asked."""


class Mode(Enum):
    """How a draw is asked for."""

    SEPARATE = "separate"
    """One request, one completion."""
    CHOICES = "choices"
    """One request with ``n`` completions."""
    STREAM = "stream"
    """One request, answered piece by piece."""


class Load(Enum):
    """What else the server is doing when it answers at temperature 0."""

    SERIAL = "serial"
    """Nothing: one request at a time."""
    BURST = "burst"
    """The same question, many times at once."""
    MIXED = "mixed"
    """Whatever else the run asks: these are the suite's own cells at temperature 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One point of the design: endpoint x prompt x decoding x mode, and load where that is a factor."""

    endpoint: Endpoint
    """The thing under test."""
    prompt: Prompt
    """What is asked."""
    decoding: Decoding
    """How tokens are picked, temperature included."""
    mode: Mode = Mode.SEPARATE
    """How a draw is asked for."""
    load: Load | None = None
    """What else is in flight; None where that is left to the order of the run."""
    key: str = field(init=False, compare=False, repr=False)
    """SHA-256 of everything that can change an answer, in hexadecimal digits."""

    def __post_init__(self) -> None:
        """Compute the key once: it is asked for with every draw."""
        object.__setattr__(self, "key", content_key(self._identity()))

    @property
    def temperature(self) -> float:
        """The temperature of the cell; 1.0, the protocol's default, when none is sent."""
        return 1.0 if self.decoding.temperature is None else self.decoding.temperature

    def _identity(self) -> JSON:
        # The prompt's id belongs to it: two prompts with the same words are two rows of
        # the design, and one must not fill the draws of the other. Reference and tags do
        # not: correcting a gold answer buys nothing again.
        # Load stands in it only where it is set: keys of cells without one stay what they were.
        decoding = self.decoding
        load: dict[str, JSON] = {} if self.load is None else {"load": self.load.value}
        return {
            "backend": self.endpoint.backend,
            "base_url": self.endpoint.base_url,
            "model": self.endpoint.model,
            "prompt": self.prompt.id,
            "messages": [[m.role, m.content] for m in self.prompt.messages],
            "temperature": None if decoding.temperature is None else float(decoding.temperature),
            "top_p": None if decoding.top_p is None else float(decoding.top_p),
            "max_tokens": decoding.max_tokens,
            "seed": decoding.seed,
            "stop": list(decoding.stop),
            "extra": [[name, value] for name, value in decoding.extra],
            "mode": self.mode.value,
            **load,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One completion wanted; the unit of planning, storing and resuming."""

    cell: Cell
    """The point of the design it belongs to."""
    replicate: int
    """Index within the cell, from 0."""

    @property
    def slot(self) -> tuple[str, int]:
        """Cell key and replicate: unique in a run."""
        return self.cell.key, self.replicate


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every draw, in sending order: randomised complete blocks.

    Block r holds replicate r of each cell once, in an order of its own, so that a drifting
    endpoint falls evenly on all temperatures. More samples add blocks and change none.
    Cells with a load come before all others: the serial ones in blocks of their own, then
    those of a burst, all draws of a cell together.

    References:
        R. A. Fisher, "The Design of Experiments", Oliver & Boyd (1935), chapter IV.
    """

    cells: tuple[Cell, ...]
    """Each point of the design once, in the suite's order."""
    samples: int
    """Draws for each cell."""
    seed: int = 0
    """Seed of the order."""
    sizes: tuple[int, ...] = ()
    """Draws of each cell where they differ, `samples` at most: then later blocks hold fewer cells, in the same order.
    Empty where each has `samples`."""

    def __len__(self) -> int:
        """Return the number of draws."""
        return sum(self.sizes) if self.sizes else len(self.cells) * self.samples

    def __iter__(self) -> Iterator[Draw]:
        """Yield each draw once, block by block, without holding them all."""
        sized = list(zip(self.cells, self.sizes or [self.samples] * len(self.cells), strict=True))
        yield from self._blocks([each for each in sized if each[0].load is Load.SERIAL])
        for cell, size in sized:
            if cell.load is Load.BURST:
                yield from (Draw(cell=cell, replicate=replicate) for replicate in range(size))
        yield from self._blocks([each for each in sized if each[0].load is None])

    def _blocks(self, sized: Sequence[tuple[Cell, int]]) -> Iterator[Draw]:
        for replicate in range(max((size for _, size in sized), default=0)):
            order = list(sized)
            random.Random(f"plan:{self.seed}:{replicate}").shuffle(order)  # noqa: S311 - an order, not a secret
            for cell, size in order:
                if replicate < size:
                    yield Draw(cell=cell, replicate=replicate)

    def __str__(self) -> str:
        """Return the size in words, such as ``12 prompts × 5 temperatures × 20 = 1,200 draws``."""
        n_prompts = len({cell.prompt.id for cell in self.cells})
        n_temperatures = len({cell.temperature for cell in self.cells if cell.load is None})
        loads = dict.fromkeys(cell.load for cell in self.cells if cell.load is not None)
        return size_in_words(n_prompts, n_temperatures, self.samples, tuple(loads))

    @property
    def key(self) -> str:
        """SHA-256 of the cells' keys: the identity of the experiment.

        The number of samples is no part of it, so a run can be extended.
        """
        return content_key(sorted(cell.key for cell in self.cells))


def size_in_words(n_prompts: int, n_temperatures: int, samples: int, loads: Sequence[Load] = ()) -> str:
    """Return the size of a design, such as ``1 prompt × 5 temperatures × 20 = 100 draws``, and the extra arms."""
    n_draws = n_prompts * n_temperatures * samples
    counts = ((n_prompts, "prompt"), (n_temperatures, "temperature"), (n_draws, "draw"))
    prompts, temperatures, draws = (f"{n:,} {noun}{'' if n == 1 else 's'}" for n, noun in counts)
    more = [f", and {n_prompts * samples:,} {load.value} at T = 0" for load in loads]
    return f"{prompts} × {temperatures} × {samples:,} = {draws}{''.join(more)}"


def cells(suite: Suite) -> tuple[Cell, ...]:
    """Return each point of a suite's grid once: prompts outermost, temperatures ascending."""
    return tuple(
        Cell(
            endpoint=suite.endpoint,
            prompt=prompt,
            decoding=replace(suite.decoding, temperature=float(temperature) if suite.send_temperature else None),
            mode=suite.mode,
        )
        for prompt in suite.prompts
        for temperature in suite.temperatures
    )


def load_cells(suite: Suite) -> tuple[Cell, ...]:
    """Return the cells at temperature 0 that a suite asks for besides its grid: prompts outermost.

    Mixed load has none: the grid's own cells at temperature 0 are drawn among all others. Where no temperature is sent,
    there are none at all.
    """
    return tuple(
        Cell(
            endpoint=suite.endpoint,
            prompt=prompt,
            decoding=replace(suite.decoding, temperature=0.0),
            mode=suite.mode,
            load=load,
        )
        for prompt in suite.prompts
        for load in own_loads(suite)
    )


def own_loads(suite: Suite) -> tuple[Load, ...]:
    """Return the loads of a suite that have cells of their own."""
    return tuple(load for load in suite.load if load is not Load.MIXED and suite.send_temperature)


def n_cells(suite: Suite) -> int:
    """Return how many cells `every_cell` has, without making them: each has a key, which takes its time."""
    return len(suite.prompts) * (len(suite.temperatures) + len(own_loads(suite)))


def every_cell(suite: Suite) -> tuple[Cell, ...]:
    """Return each point of a suite's design once: the grid, then the cells with a load of their own."""
    return (*cells(suite), *load_cells(suite))


def sizes_of(suite: Suite) -> tuple[int, ...]:
    """Return the draws that are wanted of each cell of `every_cell` by now; empty where each has the suite's number."""
    if not suite.standings:
        return ()
    own = {standing.temperature: standing.sizes for standing in suite.standings}
    grid = [own[temperature][row] for row in range(len(suite.prompts)) for temperature in suite.temperatures]
    return (*grid, *[suite.samples] * (n_cells(suite) - len(grid)))


def n_draws(suite: Suite) -> int:
    """Return how many draws of a suite are wanted by now, without making its cells."""
    return sum(sizes_of(suite)) if suite.standings else n_cells(suite) * suite.samples
