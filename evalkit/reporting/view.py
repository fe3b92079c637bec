"""The page before it is rendered: strings and numbers ready to show.

Every text that came from outside (model, suite, server) has been made visible already;
a renderer only has to escape for its own format.
"""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.nouns import JSON, Caution, Counts, Divergence, Optimum


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A name and what it is, for lists of settings."""

    name: str
    """What it is called."""
    value: str
    """What it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A value and how well it is known, as numbers and as text."""

    temperature: float
    """Where."""
    prompt: str | None
    """The prompt; None for the mean over prompts."""
    value: float | None
    """The value; None when it does not exist."""
    undefined: str | None
    """Why there is no value; None when there is one."""
    low: float | None
    """Lower end of the interval; None when there is none."""
    high: float | None
    """Upper end of the interval; None when there is none."""
    level: float | None
    """Level of the interval, in (0, 1); None when there is none."""
    n_prompts: int
    """Prompts it rests on."""
    n_samples: int
    """Samples it rests on."""
    method: str
    """How the interval was made, or why there is none."""
    text: str
    """Value and interval in words and digits."""
    estimand: str = ""
    """What the interval speaks of, such as ``prompts like these``."""
    these: tuple[float, float] | None = None
    """Ends of the interval for these very prompts; None when it is not known, or the other one is it already."""
    these_text: str = ""
    """The same as text."""
    mark: tuple[float, float, float] | None = None
    """Lower end, value and upper end as shares of the section's scale, in [0, 1]; None without value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture, and what to see in it."""

    plot: str
    """Name of the plot."""
    caption: str
    """What is shown."""
    what: str
    """How to read it."""
    alt: str
    """The finding in words, for those who do not see it."""
    width: int
    """Width in CSS pixels."""
    height: int
    """Height in CSS pixels."""
    light: str
    """SVG for a light ground."""
    dark: str
    """SVG for a dark ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of texts; the first cell of each row is its heading."""

    caption: str
    """What it shows, for those who hear it read."""
    columns: tuple[str, ...]
    """Headings of the columns."""
    rows: tuple[tuple[str, ...], ...]
    """One text for each column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a page made of sentences, tables, pictures and preformatted text, in this order."""

    anchor: str
    """Identifier on the page, in ASCII letters, digits and hyphens."""
    heading: str
    """What it is about."""
    order: int = 0
    """Where it stands: below 0 right after the cautions, before the metrics; 0 and above behind them."""
    lead: tuple[str, ...] = ()
    """What it says, the most important sentence first."""
    tables: tuple[Table, ...] = ()
    """Its numbers."""
    figures: tuple[Figure, ...] = ()
    """Its pictures."""
    trees: tuple[tuple[str, str], ...] = ()
    """Title and preformatted text of things to unfold."""
    notes: tuple[str, ...] = ()
    """How to read it, and what is not shown."""
    data: JSON = None
    """The same in numbers, as JSON can say them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRow:
    """What one prompt gave at every temperature."""

    prompt: str
    """The prompt's id."""
    values: tuple[Known | None, ...]
    """One for each temperature of the section; None where the prompt has no cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSection:
    """Everything about one metric."""

    anchor: str
    """Identifier on the page, in ASCII letters, digits and hyphens."""
    title: str
    """Title of the metric, such as ``distinct_n(n=3)``."""
    heading: str
    """The title in words."""
    unit: str
    """Unit in words."""
    interval: str
    """What the two ends are, such as ``95 % interval``."""
    summary: str
    """What it measures, in one sentence."""
    description: str
    """The definition."""
    references: str
    """Where the definition comes from."""
    remarks: tuple[str, ...]
    """Bounds, options, and which way it moves with diversity."""
    logprobs: str | None = None
    """Of which distribution the log-probabilities it reads are, such as ``before-temperature``; None: it reads none."""
    trend: str
    """Whether it moves with temperature, in a sentence."""
    trend_statistic: float | None
    """Mean rank correlation with temperature, in [-1, 1]."""
    trend_p: float | None
    """Its p-value."""
    trend_direction: str
    """``rises``, ``falls`` or ``undecided``."""
    trend_method: str
    """The test, or why there is none."""
    slope: float | None
    """Mean growth with each unit of ln T; None when no prompt has a slope."""
    slope_text: str
    """The same with its interval, as text; empty when there is none."""
    panel: str
    """``front``, ``parts`` or ``literature``."""
    optimum: str
    """Where it is largest, in a sentence; empty for a metric of which that is not asked."""
    best: Optimum | None
    """The same as numbers."""
    rows: tuple[Known, ...]
    """The mean over prompts, by temperature."""
    prompts: tuple[PromptRow, ...]
    """What each prompt gave."""
    figures: tuple[Figure, ...]
    """Its pictures."""
    notes: tuple[str, ...]
    """Pictures that could not be drawn, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Agreement at one temperature and level of equality."""

    agreement: float
    """Mean over prompts of the share of equal pairs, in [0, 1]."""
    text: str
    """The same as text."""
    n_differing: int
    """Prompts with a pair that differs."""
    n_prompts: int
    """Prompts with at least two samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """At which level of equality disagreement disappears."""

    levels: tuple[str, ...]
    """Names of the levels, strictest first."""
    rows: tuple[tuple[float, tuple[Step | None, ...]], ...]
    """Temperature, and one step for each level."""
    sentence: str
    """What it says at the lowest temperature; empty when there is nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Samples of a cell that are the same text."""

    text: str
    """The text, shortened."""
    n: int
    """Samples with this text."""
    share: str
    """Their share of the cell, as text."""
    length: int
    """Characters of the whole text."""
    shortened: bool
    """True when not all of it is shown."""
    remarks: tuple[str, ...] = ()
    """Why it ended early, if it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSamples:
    """What one prompt gave at one temperature."""

    temperature: float
    """Where."""
    n_samples: int
    """Samples."""
    n_failures: int
    """Draws without one, those at a refused temperature apart."""
    n_distinct: int
    """Different texts."""
    groups: tuple[Group, ...]
    """The commonest texts."""
    rest: str
    """What is not shown, in a sentence; empty when all is."""
    n_unsupported: int = 0
    """Draws without one because the endpoint refuses the temperature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSamples:
    """The answers to one prompt."""

    prompt: str
    """The prompt's id."""
    messages: tuple[Fact, ...]
    """Role and text of every turn, oldest first."""
    reference: str | None
    """The gold answer, when there is one."""
    cells: tuple[CellSamples, ...]
    """By ascending temperature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A page before it is rendered."""

    @property
    def front(self) -> tuple[MetricSection, ...]:
        """The metrics a reader meets first."""
        return tuple(section for section in self.metrics if section.panel == "front")

    @property
    def literature(self) -> tuple[MetricSection, ...]:
        """What papers report, but drifts with the number of samples or their length."""
        return tuple(section for section in self.metrics if section.panel == "literature")

    @property
    def parts(self) -> tuple[MetricSection, ...]:
        """What numbers of the front are made of."""
        return tuple(section for section in self.metrics if section.panel == "parts")

    @property
    def early(self) -> tuple[Block, ...]:
        """Return the parts that stand before the metrics."""
        return tuple(block for block in self.blocks if block.order < 0)

    @property
    def late(self) -> tuple[Block, ...]:
        """Return the parts that stand behind the metrics."""
        return tuple(block for block in self.blocks if block.order >= 0)

    title: str
    """Name of the suite."""
    label: str
    """Label of the run."""
    headline: tuple[str, ...]
    """The result in sentences, the most important first."""
    summary: tuple[Fact, ...]
    """The run at a glance."""
    cautions: tuple[Caution, ...]
    """What may mislead the reader."""
    metrics: tuple[MetricSection, ...]
    """In the order of the suite, the headline's metric first."""
    ladder: Ladder | None
    """Levels of equality; None when they were not looked at."""
    counts: tuple[Counts, ...]
    """What became of the draws, by temperature."""
    divergence: Divergence | None
    """Where answers part; None when it was not looked at."""
    samples: tuple[PromptSamples, ...]
    """Answers, grouped by identical text."""
    samples_note: str
    """Which answers are shown and how to get the others."""
    settings: tuple[Fact, ...]
    """Everything that could change an answer."""
    provenance: tuple[Fact, ...]
    """Where the run came from."""
    source: str
    """Text of the suite file; empty when there was none."""
    blocks: tuple[Block, ...] = ()
    """Further parts, in the order in which they stand."""
    answers: JSON = None
    """All answers, for the explorer; see `evalkit.reporting.answers`."""
