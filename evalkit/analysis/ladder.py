"""At which level of equality disagreement disappears."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evalkit.nouns import CellOutcomes, LadderRow, Suite
from evalkit.text.levels import LEVELS, NESTED, canonical_json, letters, level_of


def agreements_at(texts: Sequence[str], levels: Mapping[str, Callable[[str], str | None]]) -> dict[str, float]:
    """Return the share of unordered pairs that are equal at each level, in [0, 1].

    Args:
        texts: (n,) texts, n at least 2.
        levels: By name: brings a text to the level; None for a text that is the same as no other.

    References:
        E. H. Simpson, "Measurement of Diversity", Nature 163, 688 (1949).
    """
    counted = Counter(texts)
    plain = set(map(letters, counted))
    parted = None not in plain and len(plain) == len(counted)
    nested: Mapping[str, int] = counted
    found = {}
    for name, level in levels.items():
        if name not in NESTED:
            found[name] = _agreement(_merged(counted, level), len(texts))
            continue
        # What a stricter level calls the same need not be asked about again, and what letters tell apart never.
        nested = nested if parted or name == "raw" else _merged(nested, level)
        found[name] = _agreement(nested, len(texts))
    return found


def _merged(counted: Mapping[str, int], level: Callable[[str], str | None]) -> dict[str, int]:
    """Return the first text of each kind, with how many are of the kind."""
    first: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    for text, count in counted.items():
        kind = level(text)
        if kind is not None:
            kinds[first.setdefault(kind, text)] += count
    return kinds


def _agreement(counted: Mapping[str, int], n: int) -> float:
    return sum(count * (count - 1) for count in counted.values()) / (n * (n - 1))


@dataclass(slots=True)
class _Step:
    """Counts of one temperature and level."""

    total: float = 0.0
    n_differing: int = 0
    n_prompts: int = 0


class Ladder:
    """Agreement by temperature and level of equality, from cells seen once and not kept."""

    def __init__(self, suite: Suite) -> None:
        """Choose the levels: those of any text, and the answer when the suite has a pattern for it.

        The level of JSON is kept where half of the texts hold a value: elsewhere it says nothing.
        """
        pattern = _pattern_of(suite)
        names = [name for name in LEVELS if name != "answer" or pattern is not None]
        self._n_texts = self._n_json = 0
        self._levels = {name: level_of(name, pattern=pattern if name == "answer" else None) for name in names}
        self._steps: defaultdict[float, dict[str, _Step]] = defaultdict(lambda: {name: _Step() for name in names})

    def see(self, outcomes: CellOutcomes) -> None:
        """Count one cell; cells with fewer than two samples have no pairs and do not count."""
        texts = [sample.text for sample in outcomes.samples]
        if len(texts) < 2:  # noqa: PLR2004 - a pair
            return
        self._n_texts += len(texts)
        self._n_json += sum(count for text, count in Counter(texts).items() if canonical_json(text) is not None)
        steps = self._steps[outcomes.cell.temperature]
        for name, agreement in agreements_at(texts, self._levels).items():
            step = steps[name]
            step.total += agreement
            step.n_differing += agreement < 1.0
            step.n_prompts += 1

    def rows(self) -> tuple[LadderRow, ...]:
        """Return a row for each temperature and level: ascending temperatures, strictest level first."""
        return tuple(
            LadderRow(
                temperature=temperature,
                level=name,
                agreement=step.total / step.n_prompts,
                n_differing=step.n_differing,
                n_prompts=step.n_prompts,
            )
            for temperature in sorted(self._steps)
            for name, step in self._steps[temperature].items()
            if name != "json" or 2 * self._n_json >= self._n_texts
        )


def _pattern_of(suite: Suite) -> str | None:
    """Return the first pattern for the answer among the suite's metrics; one that checks validity finds none."""
    asked = ({"name": request.name, **dict(request.options)} for request in suite.metrics)
    given = (
        options.get("pattern")
        for options in asked
        if "accuracy" in {options["name"], options.get("quality")} or options.get("level") == "answer"
    )
    return next((pattern for pattern in given if isinstance(pattern, str)), None)
