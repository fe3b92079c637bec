"""The page about a comparison before it is rendered: strings and numbers ready to show.

As in `evalkit.reporting.view`, every text that came from outside has been made visible already.
"""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.nouns import Caution, Comparison, Contrast
from evalkit.reporting.view import Block, Figure, Group, Table

OUTCOMES = ("not asked", "passed", "failed", "undecided", "undefined")
"""What a build is told of a contrast, by what it asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastRow:
    """One difference as texts, and as numbers."""

    metric: str
    """Title of the metric."""
    words: str
    """The metric as readers know it."""
    where: str
    """``T = 0.7``, ``mean over T`` or ``slope per ln T``."""
    baseline: str
    """The baseline's value; empty when there is none."""
    candidate: str
    """The candidate's value; empty when there is none."""
    difference: str
    """Candidate minus baseline with its interval; empty when there is none."""
    p_value: str
    """Adjusted p-value; empty when there is none."""
    verdict: str
    """``higher``, ``lower``, ``equivalent``, ``inconclusive`` or ``undefined``."""
    remark: str
    """What would settle it, or why there is no difference; empty when neither is to be said."""
    outcome: str
    """One of `OUTCOMES`."""
    contrast: Contrast
    """The same in numbers."""

    @property
    def mark(self) -> str:
        """The verdict as a sign, for those who do not see colours."""
        return MARKS[self.verdict]

    @property
    def short(self) -> str:
        """The verdict's sign and the difference, such as ``▼ −0.21``; a dash where there is none."""
        value = self.difference.partition(" [")[0]
        if "." in value:
            value = value.rstrip("0").rstrip(".")
        return f"{self.mark} {value}" if value else "–"


MARKS = {"higher": "▲", "lower": "▼", "equivalent": "≈", "inconclusive": "?", "undefined": "–"}
"""The sign of each verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricContrasts:
    """How one metric differs."""

    anchor: str
    """Identifier on the page, in ASCII letters, digits and hyphens."""
    title: str
    """Title of the metric, such as ``distinct_n(n=3)``."""
    heading: str
    """The title in words."""
    unit: str
    """Unit in words."""
    sentence: str
    """What is shown of it, and what is not."""
    rows: tuple[ContrastRow, ...]
    """At each temperature, then those of whole curves."""
    figures: tuple[Figure, ...] = ()
    """Its pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPair:
    """The commonest answer of both runs to one prompt at one temperature."""

    temperature: float
    """Where."""
    left: Group
    """The baseline's."""
    right: Group
    """The candidate's."""
    left_of: str
    """How many answers of how many it stands for, in words."""
    right_of: str
    """The same of the candidate's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedPrompt:
    """A prompt that moved, with the answers of both runs."""

    prompt: str
    """The prompt's id."""
    message: str
    """Its last message."""
    moved: str
    """How far, in a sentence."""
    pairs: tuple[AnswerPair, ...]
    """By ascending temperature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versus:
    """One candidate against the baseline."""

    anchor: str
    """Identifier on the page; empty on a page of one comparison."""
    baseline: str
    """Label of the earlier run."""
    candidate: str
    """Label of the later run."""
    headline: tuple[str, ...]
    """The result in sentences, the most important first."""
    settings: tuple[tuple[str, str, str], ...]
    """Settings that differ: name, the baseline's, the candidate's."""
    left_out: tuple[str, ...]
    """What only one of them has, in sentences."""
    cautions: tuple[Caution, ...]
    """What may mislead the reader, of the comparison and of each run."""
    glance: Table | None
    """Metric by temperature: signs and differences; None without contrasts."""
    metrics: tuple[MetricContrasts, ...]
    """By metric."""
    blocks: tuple[Block, ...]
    """Further parts, in the order in which they stand."""
    moved: tuple[MovedPrompt, ...]
    """Answers side by side, of the prompts that moved most."""
    moved_note: str
    """Which ones they are, and by what rule."""
    numbers: Comparison
    """The comparison itself, every text in it made visible."""

    @property
    def rows(self) -> tuple[ContrastRow, ...]:
        """The contrasts of all metrics."""
        return tuple(row for metric in self.metrics for row in metric.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonReport:
    """A page about one or more comparisons with one baseline, before it is rendered."""

    title: str
    """What is compared with what."""
    baseline: str
    """Label of the baseline."""
    headline: tuple[str, ...]
    """The result in sentences, the most important first."""
    matrix: Table | None
    """Metric by run: how many contrasts have which verdict; None for one candidate."""
    sections: tuple[Versus, ...]
    """One for each candidate."""
    terms: tuple[str, ...]
    """How to read it: what is paired, what intervals and p-values speak of, what the signs mean."""
    asked: str
    """What `--fail-on` asked for; empty when nothing was."""
