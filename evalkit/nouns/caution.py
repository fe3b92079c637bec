"""Cautions: what may mislead the reader, as fact, meaning and remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

SLUGS = (
    "degenerate-data",
    "few-samples",
    "few-prompts",
    "incomplete",
    "truncated",
    "refusals",
    "empty-texts",
    "survivors-only",
    "partly-undefined",
    "wide-bracket",
    "meaning-contradicted",
    "whitespace-only",
    "fingerprint-changed",
    "model-changed",
    "other-model",
    "seed-ignored",
    "temperature-ignored",
    "temperature-not-sent",
    "temperature-unsupported",
    "too-alike-to-be-random",
    "incoherent",
    "drift",
    "optional-stopping",
    "plot-failed",
    "base-url-repaired",
    "choices-short",
    "negative-cosines",
    "judge-unclear",
    "rarefied",
    "differ-in-kind",
    "copies-under-n",
    "frozen-settings",
    "truncated-distribution",
)
"""Every slug; each has an entry in docs/errors.md, held by a test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Something that may mislead the reader."""

    slug: str
    """One of `SLUGS`."""
    fact: str
    """What was seen, with its numbers."""
    meaning: str
    """What it means for the result."""
    remedy: str
    """What to do about it."""
    temperatures: tuple[float, ...] = ()
    """Where it holds; empty for everywhere."""

    def __post_init__(self) -> None:
        """Refuse a slug that nobody documented."""
        if self.slug not in SLUGS:
            message = f"unknown caution slug {self.slug!r}"
            raise ValueError(message)

    def __str__(self) -> str:
        """Return the caution in one line."""
        return f"{self.slug}: {self.fact} {self.meaning} {self.remedy}"


def merged(cautions: Iterable[Caution]) -> tuple[Caution, ...]:
    """Return cautions with those of one slug, meaning and remedy as one, in the order of the first of each.

    Six metrics that say the same of six facts are one thing to read.
    """
    kinds: dict[tuple[str, str, str], list[Caution]] = {}
    for each in dict.fromkeys(cautions):
        kinds.setdefault((each.slug, each.meaning, each.remedy), []).append(each)
    return tuple(
        replace(
            group[0],
            fact=" ".join(each.fact for each in group),
            temperatures=tuple(sorted({t for each in group for t in each.temperatures})),
        )
        for group in kinds.values()
    )
