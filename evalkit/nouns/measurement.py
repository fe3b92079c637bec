"""What is measured, and one value of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from evalkit.nouns.canonical import JSON
from evalkit.nouns.estimate import Interval
from evalkit.nouns.meaning import LogprobMeaning, Reads

_MOST_LETTERS = 20
"""Longest value of an option among words."""


class Undefined(Exception):  # noqa: N818 - not an error: a value that does not exist, with its reason
    """Raised by a metric's function when no value exists for these texts; the message is the reason."""


class Form(Enum):
    """What a metric's function sees; it decides which interval is valid."""

    SAMPLE = "sample"
    """One text; the value of a cell is the mean."""
    PAIR = "pair"
    """Two texts, symmetric; the value of a cell is the mean over unordered pairs."""
    SET = "set"
    """All texts; the value is the functional itself. Never bootstrapped."""


class Panel(Enum):
    """Where a reader meets a metric."""

    FRONT = "front"
    """With the headline: its value does not drift with the number of samples, or says so in its name."""
    PARTS = "parts"
    """Behind the headline: what one of its numbers is made of."""
    LITERATURE = "literature"
    """In a panel of its own: known from papers, but it drifts with the number of samples or with their length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A named, pure functional of a cell's texts."""

    name: str
    """File name of the metric, such as ``distinct_n``."""
    form: Form
    """What the function sees."""
    function: Callable[..., Any]
    """The function, options already bound. SAMPLE: item -> float (or None when undefined); with a ``reference``
    among its needs, item, reference -> float. PAIR: a, b -> float. SET: items -> float."""
    prepare: Callable[[str], Any] | None = None
    """Makes of each text, once, what the function sees instead of it; None for the text itself."""
    interval: Callable[..., tuple[tuple[float, float] | None, str]] | None = None
    """The metric's own interval within one prompt: items, level -> ((low, high) or None, how it was made)."""
    unit: str
    """Unit in words, such as ``probability`` or ``words``."""
    bounds: tuple[float, float]
    """Least and greatest possible value; infinities allowed."""
    min_samples: int
    """Fewest samples at which the value exists."""
    needs: tuple[str, ...] = ("texts",)
    """What an item is made of: ``texts``, ``samples`` (the sample with its latency and the like) or names of features,
    such as ``vectors``; one need gives its items, several give tuples. ``reference`` stands beside them."""
    options: tuple[tuple[str, JSON], ...] = ()
    """Options that differ from the defaults, sorted by name."""
    defaults: tuple[tuple[str, JSON], ...] = ()
    """All options with their default values, sorted by name."""
    taken: tuple[tuple[str, JSON], ...] = ()
    """Options that are meant for the features it needs, with their values, sorted by name."""
    summary: str = ""
    """First line of the docstring."""
    description: str = ""
    """The docstring's prose without its sections."""
    references: str = ""
    """The docstring's References section."""
    depends_on_n: bool = False
    """True when the expected value changes with the number of samples."""
    depends_on_length: bool = False
    """True when the value changes with the length of the texts, whatever their variety."""
    order: int = 0
    """Number of samples that one term of the mean looks at: 1 SAMPLE, 2 PAIR, k for means over all subsets of k;
    0 when the value is no such mean."""
    equality: bool = False
    """True when a pair's value is 1 where its members are the same in some sense, else 0; it tells more of the mean."""
    diversity: int = 0
    """+1 when it grows with diversity, -1 when it falls, 0 when it says nothing of it."""
    quality: int = 0
    """+1 when up is better, whatever the task; 0 when it says nothing of how good the texts are."""
    panel: Panel = Panel.FRONT
    """Where a reader meets it."""
    label: str = ""
    """What readers know it by, with options in braces, such as ``TAR@{k}``; empty for the name in words."""
    peaks: bool = False
    """True when the temperature at which it is largest is worth knowing."""
    reads: Reads | None = None
    """What it makes of log-probabilities; None when it reads none."""
    meaning: LogprobMeaning = LogprobMeaning.UNASKED
    """Of which distribution those it reads are: as the option ``meaning`` says, or as was found out about the run."""
    rarefied_to: int | None = None
    """Samples it is brought down to, as the mean over subsets of that size; None for all there are."""
    of_options: Callable[[Mapping[str, JSON]], Mapping[str, Any]] | None = None
    """All options -> fields of this noun that follow from them, such as ``bounds`` and ``order``."""

    @property
    def title(self) -> str:
        """Name with the options that differ from the defaults, such as ``distinct_n(n=3)``."""
        if not self.options:
            return self.name
        return f"{self.name}({', '.join(f'{k}={v}' for k, v in self.options)})"

    @property
    def words(self) -> str:
        """What readers know it by, such as ``TAR@5`` or ``distinct n (n = 3)``."""
        chosen = {**dict(self.defaults), **dict(self.options)}
        told = self.label.format_map(chosen) if self.label else self.name.replace("_", " ")
        others = [(name, value) for name, value in self.options if f"{{{name}}}" not in self.label]
        # A long value, such as a pattern, stands whole in the definition.
        shown = [f"{name} = {value}" if len(str(value)) <= _MOST_LETTERS else f"with {name}" for name, value in others]
        shown += [] if self.tag is None or "meaning" in dict(others) else [f"logprobs {self.tag} temperature"]
        return f"{told} ({', '.join(shown)})" if shown else told

    @property
    def tag(self) -> str | None:
        """``before`` or ``after``, where its value is of a distribution from there; None where that changes nothing."""
        return self.meaning.temperature if self.reads is Reads.TOLD else None

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features it needs."""
        return tuple(need for need in self.needs if need not in {"texts", "samples", "reference"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One metric of one cell."""

    metric: str
    """Title of the metric."""
    prompt_id: str
    """The cell's prompt."""
    temperature: float
    """The cell's temperature."""
    value: float | None
    """The value; None when it does not exist."""
    undefined: str | None
    """Why there is no value; None when there is one."""
    n_samples: int
    """Samples it was computed from."""
    interval: Interval | None = None
    """Interval within this cell, where its form allows one."""
    method: str = "none"
    """How the interval was made, or why there is none."""
    variance: float | None = None
    """Estimated variance of the value over fresh samples of this prompt; None when it is not known."""
