"""From a suite to draws in sending order, what is still to be sent, and what it will take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from evalkit.nouns import (
    MOST_CHOICES,
    Draw,
    Load,
    Mode,
    Plan,
    Prompt,
    Suite,
    every_cell,
    n_draws,
    size_in_words,
    sizes_of,
)

_LEAST_CHARACTERS = 2
_MOST_CHARACTERS = 4


def plan(suite: Suite) -> Plan:
    """Return every draw of a suite in sending order: loads of their own, then randomised blocks of the grid."""
    return Plan(cells=every_cell(suite), samples=suite.samples, seed=suite.seed, sizes=sizes_of(suite))


def pending(plan: Plan, settled: AbstractSet[tuple[str, int]]) -> Iterator[Draw]:
    """Yield the draws that are not settled yet, in sending order; this is the whole of resuming.

    Args:
        plan: Every draw.
        settled: Cell key and replicate of each draw that holds a sample, or can have none.
    """
    return (draw for draw in plan if draw.slot not in settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one prompt of the grid still takes."""

    prompt_id: str
    """The prompt."""
    missing: tuple[int, ...]
    """Draws without a sample at each temperature."""
    missing_under_load: tuple[int, ...] = ()
    """Draws without a sample at temperature 0 for each load that has cells of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a run would send; nothing has been sent.

    Tokens are ranges, for only the server can count them: a prompt's token is taken to have between
    two and four characters, with none to eight tokens of framing a turn; a completion has between none and
    ``max_tokens``.
    """

    n_prompts: int
    """Prompts of the suite."""
    n_temperatures: int
    """Temperatures of the suite."""
    samples: int
    """Draws for each prompt and temperature."""
    n_draws: int
    """Draws of the whole plan."""
    n_missing: int
    """Draws that hold no sample yet."""
    n_requests: int
    """Requests that would be sent now, retries not counted."""
    prompt_tokens_low: int
    """Fewest tokens of all questions to be sent."""
    prompt_tokens_high: int
    """Most tokens of all questions to be sent."""
    completion_tokens_high: int
    """Most tokens of all answers; the fewest are none."""
    temperatures: tuple[float, ...]
    """Columns of the grid, ascending; 1 alone where none is sent."""
    loads: tuple[str, ...]
    """Loads that have cells of their own at temperature 0, beside the grid."""
    rows: tuple[Row, ...]
    """Rows of the grid, in the suite's order."""
    model: str
    """The model that would be asked."""
    base_url: str | None
    """Where it would be asked; None when its backend asks no address, or the environment's."""
    backend: str
    """Who would ask."""
    send_temperature: bool = True
    """Whether requests carry a temperature."""

    def __str__(self) -> str:
        """Return the preview as a small table in plain text."""
        where = f"at {self.base_url}" if self.base_url else f"answered by the backend {self.backend}"
        width = max(6, *(len(_short(row.prompt_id)) for row in self.rows))
        temperatures = [f"{value:g}" for value in self.temperatures] if self.send_temperature else ["not sent"]
        columns = [*temperatures, *self.loads]
        missing = [(*row.missing, *row.missing_under_load) for row in self.rows]
        cell = max(len(text) for text in (*columns, *(str(n) for row in missing for n in row)))
        tokens = f"{self.prompt_tokens_low:,} to {self.prompt_tokens_high:,} in the questions"
        return "\n".join(
            [
                size_in_words(self.n_prompts, self.n_temperatures, self.samples, [Load(name) for name in self.loads]),
                f"model     {_printable(self.model)} {where}",
                f"to send   {self.n_requests:,} requests for {self.n_missing:,} missing draws",
                f"tokens    {tokens}, 0 to {self.completion_tokens_high:,} in the answers",
                "",
                f"{'prompt':<{width}}  {'  '.join(f'{text:>{cell}}' for text in columns)}",
                *(
                    f"{_short(row.prompt_id):<{width}}  {'  '.join(f'{n:>{cell}}' for n in numbers)}"
                    for row, numbers in zip(self.rows, missing, strict=True)
                ),
            ]
        )


def preview(suite: Suite, filled: Collection[tuple[str, int]] = frozenset()) -> Preview:
    """Return what a run of a suite would send; sends nothing.

    Args:
        suite: What is asked for.
        filled: Cell key and replicate of each sample there is.
    """
    points = every_cell(suite)
    sizes = sizes_of(suite) or (suite.samples,) * len(points)
    wanted = {cell.key: size for cell, size in zip(points, sizes, strict=True)}
    have = Counter(key for key, replicate in set(filled) if 0 <= replicate < wanted.get(key, 0))
    missing = [size - have[cell.key] for cell, size in zip(points, sizes, strict=True)]
    requests = [-(-n // MOST_CHOICES) if suite.mode is Mode.CHOICES else n for n in missing]
    tokens = [(n * low, n * high) for n, (low, high) in zip(requests, (_tokens(c.prompt) for c in points), strict=True)]
    loads = tuple(dict.fromkeys(cell.load.value for cell in points if cell.load is not None))
    width, grid = len(suite.temperatures), len(suite.temperatures) * len(suite.prompts)
    beside = missing[grid:]
    return Preview(
        n_prompts=len(suite.prompts),
        n_temperatures=width,
        samples=suite.samples,
        n_draws=n_draws(suite),
        n_missing=sum(missing),
        n_requests=sum(requests),
        prompt_tokens_low=sum(low for low, _ in tokens),
        prompt_tokens_high=sum(high for _, high in tokens),
        completion_tokens_high=sum(missing) * suite.decoding.max_tokens,
        temperatures=suite.temperatures,
        send_temperature=suite.send_temperature,
        loads=loads,
        rows=tuple(
            Row(
                prompt_id=prompt.id,
                missing=tuple(missing[index * width : (index + 1) * width]),
                missing_under_load=tuple(beside[index * len(loads) : (index + 1) * len(loads)]),
            )
            for index, prompt in enumerate(suite.prompts)
        ),
        model=suite.endpoint.model,
        base_url=suite.endpoint.base_url,
        backend=suite.endpoint.backend,
    )


def _tokens(prompt: Prompt) -> tuple[int, int]:
    framing = 8 * len(prompt.messages)
    n_characters = sum(len(message.content) for message in prompt.messages)
    return -(-n_characters // _MOST_CHARACTERS), -(-n_characters // _LEAST_CHARACTERS) + framing


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "�" for character in text)


def _short(text: str) -> str:
    longest = 32
    text = _printable(text)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
