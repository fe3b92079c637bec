"""Answers to look at: the samples of each cell, grouped by identical text, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from evalkit.nouns import CellOutcomes, Prompt, Sample
from evalkit.reporting import numbers
from evalkit.reporting.view import CellSamples, Fact, Group, PromptSamples
from evalkit.text.visible import visible

MOST_TEXTS = 12
"""Different texts shown of one cell."""
MOST_LETTERS = 600
"""Characters shown of one text."""
MOST_CELLS = 120
"""Cells shown on one page: about 1 MB of text at most."""
_MOST_NAMES = 5


@dataclass(slots=True)
class Tally:
    """What is counted over all samples of a run while they stream by."""

    models: Counter[str] = field(default_factory=Counter)
    """Samples by the model name the server gave."""
    fingerprints: Counter[str] = field(default_factory=Counter)
    """Samples by the server's mark of its configuration."""
    n_truncated: int = 0
    """Samples cut by the token limit."""
    n_refused: int = 0
    """Refusals and filtered samples."""
    n_empty: int = 0
    """Samples without any text."""
    n_null: int = 0
    """Those of them for which the server sent null."""
    n_calling: int = 0
    """Samples that ask for a tool."""
    n_retried: int = 0
    """Samples that took more than one request."""

    def add(self, sample: Sample) -> None:
        """Count one sample."""
        if sample.model:
            self.models[visible(sample.model, limit=80)] += 1
        if sample.system_fingerprint:
            self.fingerprints[visible(sample.system_fingerprint, limit=80)] += 1
        self.n_truncated += sample.truncated
        self.n_refused += sample.refused
        self.n_empty += not sample.text
        self.n_null += sample.is_null
        self.n_calling += sample.tool_calls is not None
        self.n_retried += sample.attempts > 1

    def facts(self) -> tuple[Fact, ...]:
        """Return what was counted, only what is worth a line."""
        counts = (
            ("cut by the token limit", self.n_truncated),
            ("refused or filtered", self.n_refused),
            ("empty", self.n_empty),
            ("null in place of a text", self.n_null),
            ("asked for a tool", self.n_calling),
            ("needed more than one request", self.n_retried),
        )
        facts = [Fact(name=name, value=numbers.count(n, "sample")) for name, n in counts if n]
        if self.models:
            facts.append(Fact(name="model as the server names it", value=_names(self.models)))
        if self.fingerprints:
            facts.append(Fact(name="system fingerprint", value=_names(self.fingerprints)))
        return tuple(facts)


def specimens(cells: Iterable[CellOutcomes], *, n_temperatures: int) -> tuple[tuple[PromptSamples, ...], str, Tally]:
    """Return answers by prompt and temperature, which ones they are, and what was counted on the way.

    One cell is in memory at a time; of the prompts, as many are kept as make a page of a few megabytes.

    Args:
        cells: The cells of a run, prompts outermost.
        n_temperatures: Temperatures of the run; decides how many prompts fit.
    """
    most_prompts = max(1, MOST_CELLS // max(1, n_temperatures))
    kept: dict[str, tuple[Prompt, list[CellSamples]]] = {}
    seen: set[str] = set()
    tally = Tally()
    for outcome in cells:
        prompt = outcome.cell.prompt
        seen.add(prompt.id)
        for sample in outcome.samples:
            tally.add(sample)
        if prompt.id in kept or len(kept) < most_prompts:
            kept.setdefault(prompt.id, (prompt, []))[1].append(_cell(outcome))
    shown = tuple(_prompt(prompt, parts) for prompt, parts in kept.values())
    return shown, _note(len(kept), len(seen)), tally


def _prompt(prompt: Prompt, cells: list[CellSamples]) -> PromptSamples:
    return PromptSamples(
        prompt=visible(prompt.id, limit=80),
        messages=tuple(
            Fact(name=visible(message.role, limit=20), value=visible(message.content, limit=2 * MOST_LETTERS))
            for message in prompt.messages
        ),
        reference=None if prompt.reference is None else visible(prompt.reference, limit=MOST_LETTERS),
        cells=tuple(sorted(cells, key=lambda cell: cell.temperature)),
    )


def _cell(outcome: CellOutcomes) -> CellSamples:
    counts = Counter(sample.text for sample in outcome.samples)
    # Equally common texts stand in the order of the alphabet, so that the page does not
    # depend on which answer came first.
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_TEXTS]
    n_rest = len(counts) - len(common)
    left = len(outcome.samples) - sum(n for _, n in common)
    return CellSamples(
        temperature=outcome.cell.temperature,
        n_samples=len(outcome.samples),
        n_failures=sum(not failure.unsupported for failure in outcome.failures),
        n_unsupported=sum(failure.unsupported for failure in outcome.failures),
        n_distinct=len(counts),
        groups=tuple(_group(text, n, outcome.samples) for text, n in common),
        rest=f"{numbers.count(n_rest, 'more text')} in {numbers.count(left, 'sample')} not shown." if n_rest else "",
    )


def _group(text: str, n: int, samples: tuple[Sample, ...]) -> Group:
    same = [sample for sample in samples if sample.text == text]
    n_truncated = sum(sample.truncated for sample in same)
    n_refused = sum(sample.refused for sample in same)
    n_null = sum(sample.is_null for sample in same)
    n_calling = sum(sample.tool_calls is not None for sample in same)
    remarks = [f"{numbers.count(n_truncated)} cut by the token limit"] if n_truncated else []
    remarks += [f"{numbers.count(n_refused)} refused or filtered"] if n_refused else []
    remarks += [f"{numbers.count(n_null)} null"] if n_null else []
    remarks += [f"{numbers.count(n_calling)} asked for a tool"] if n_calling else []
    return Group(
        text=visible(text, limit=MOST_LETTERS),
        n=n,
        share=numbers.share(n, len(samples)),
        length=len(text),
        shortened=len(text) > MOST_LETTERS,
        remarks=tuple(remarks),
    )


def _note(n_shown: int, n_prompts: int) -> str:
    each = f"Of each cell the {MOST_TEXTS} commonest texts are shown, {MOST_LETTERS} characters of each at most."
    if n_shown == n_prompts:
        return each
    return (
        f"Answers to the first {numbers.count(n_shown)} of {numbers.count(n_prompts, 'prompt')} are shown, "
        f"to keep the page small; `evalkit export` writes every answer to every prompt. {each}"
    )


def _names(counts: Counter[str]) -> str:
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{name} ({numbers.count(n, 'sample')})" for name, n in common[:_MOST_NAMES])
    return shown if len(common) <= _MOST_NAMES else f"{shown} and {len(common) - _MOST_NAMES} more"
