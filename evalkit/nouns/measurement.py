"""What is measured, and one value of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from evalkit.nouns.canonical import JSON
from evalkit.nouns.estimate import Interval


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A named, pure functional of a cell's texts."""

    name: str
    """File name of the metric, such as ``distinct_n``."""
    form: Form
    """What the function sees."""
    function: Callable[..., Any]
    """The function, options already bound. SAMPLE: text -> float (or None when undefined);
    with ``needs="reference"`` text, reference -> float. PAIR: a, b -> float. SET: texts -> float;
    with ``needs="vectors"`` an (n, d) array stands for the texts."""
    prepare: Callable[[str], Any] | None = None
    """Makes of each text, once, what the function sees instead of it; None for the text itself."""
    unit: str
    """Unit in words, such as ``probability`` or ``words``."""
    bounds: tuple[float, float]
    """Least and greatest possible value; infinities allowed."""
    min_samples: int
    """Fewest samples at which the value exists."""
    needs: str = "texts"
    """``texts``, ``vectors`` or ``reference``."""
    options: tuple[tuple[str, JSON], ...] = ()
    """Options that differ from the defaults, sorted by name."""
    defaults: tuple[tuple[str, JSON], ...] = ()
    """All options with their default values, sorted by name."""
    summary: str = ""
    """First line of the docstring."""
    description: str = ""
    """The docstring's prose without its sections."""
    references: str = ""
    """The docstring's References section."""
    depends_on_n: bool = False
    """True when the expected value changes with the number of samples."""
    diversity: int = 0
    """+1 when it grows with diversity, -1 when it falls, 0 when it says nothing of it."""

    @property
    def title(self) -> str:
        """Name with the options that differ from the defaults, such as ``distinct_n(n=3)``."""
        if not self.options:
            return self.name
        return f"{self.name}({', '.join(f'{k}={v}' for k, v in self.options)})"


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
