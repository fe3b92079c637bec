"""A metric's definition, for readers: its docstring as prose."""

from __future__ import annotations

import math
import re

from evalkit.nouns import LogprobMeaning, Metric
from evalkit.reporting import numbers
from evalkit.text.visible import visible

_DIVERSITY = {
    1: "Higher means more varied answers.",
    -1: "Lower means more varied answers.",
    0: "Says nothing of how varied the answers are.",
}
_FORM = {
    "sample": "Computed for each answer; the value of a prompt is the mean.",
    "pair": "Computed for each pair of answers to the same prompt; the value of a prompt is the mean over pairs.",
    "set": "Computed for all answers to a prompt at once.",
}


_MEANING = {
    LogprobMeaning.BEFORE_TEMPERATURE: "from before the temperature: those of T = 1, whatever was asked for",
    LogprobMeaning.AFTER_TEMPERATURE: "from after the temperature: those of the one that was asked for",
    LogprobMeaning.AFTER_TRUNCATION: "those of what was sampled, after temperature and truncation",
    LogprobMeaning.BEFORE_OF_LIST: "from before the temperature, and those of each list add up to 1",
    LogprobMeaning.AFTER_OF_LIST: "from after the temperature, and those of each list add up to 1",
    LogprobMeaning.ANOTHER: "of a temperature that is neither 1 nor the one that was asked for, so it has no value",
    LogprobMeaning.UNKNOWN: "of an unknown distribution, for the probe could not tell, so it has no value",
    LogprobMeaning.UNASKED: "of an unknown distribution, for nobody asked, so it has no value",
    LogprobMeaning.UNLIKE: "of different distributions in the two runs, so it has no value",
}


def summary(metric: Metric) -> str:
    """Return what a metric measures, in one sentence: its docstring's first line without ``Return``."""
    text = visible(_joined(metric.summary)).removeprefix("Return ")
    return text[:1].upper() + text[1:]


def description(metric: Metric) -> str:
    """Return the definition after its first sentence, in paragraphs separated by an empty line."""
    paragraphs = [_joined(paragraph) for paragraph in re.split(r"\n\s*\n", metric.description)]
    return visible("\n\n".join(text for text in paragraphs if text and text != _joined(metric.summary)))


def references(metric: Metric) -> str:
    """Return the sources of a definition, one on each line.

    A docstring breaks long sources; a new one begins after a full stop, with a capital letter.
    """
    lines: list[str] = []
    for line in metric.references.splitlines():
        if lines and not (lines[-1].endswith(".") and line.strip()[:1].isupper()):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    return visible("\n".join(lines))


def remarks(metric: Metric) -> tuple[str, ...]:
    """Return bounds, options and needs of a metric, and which way it moves with diversity, in sentences."""
    low, high = metric.bounds
    bounds = [f"at least {numbers.number(low)}"] if math.isfinite(low) else []
    bounds += [f"at most {numbers.number(high)}"] if math.isfinite(high) else []
    told = [_DIVERSITY[metric.diversity], _FORM[metric.form.value]]
    if metric.reads is not None:
        told.append(f"The log-probabilities it reads are {_MEANING[metric.meaning]}.")
    if bounds:
        told.append(f"Possible values: {' and '.join(bounds)}.")
    options = metric.options or metric.defaults
    if options:
        told.append(visible(f"Options: {', '.join(f'{k} = {v}' for k, v in options)}.", limit=200))
    told.append(f"Needs at least {numbers.count(metric.min_samples, 'sample')} of a prompt.")
    if metric.depends_on_n:
        way = ", or bring them down to one number (option rarefy)" if "rarefy" in dict(metric.defaults) else ""
        told.append(
            f"Its expected value changes with the number of samples: compare only cells with equally many{way}."
        )
    if metric.rarefied_to is not None:
        told.append(f"Brought down to {numbers.count(metric.rarefied_to, 'sample')}: the mean over subsets.")
    if metric.depends_on_length:
        told.append("It changes with the length of the answers, whatever their variety: look at the lengths beside it.")
    return tuple(told)


def _joined(text: str) -> str:
    """Return a paragraph without its line breaks."""
    return " ".join(text.split())
