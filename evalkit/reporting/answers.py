"""Every answer of a run for the page's explorer: identical ones folded, within a budget, in one pass."""

from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from evalkit.nouns import JSON, CellOutcomes, FinishReason
from evalkit.text.visible import visible

MOST_BYTES = 5_000_000
"""UTF-8 of all texts of a page: what cannot be compressed well still leaves it below 6 MB."""
MOST_LETTERS = 2_000
"""Characters of one text."""
_PLAIN = 100_000
_REASONS = tuple(reason.value for reason in FinishReason)


@dataclass(slots=True)
class Answers:
    """Gathers the answers of a run while its cells stream by; texts of one prompt are in memory beside what is kept."""

    n_prompts: int
    """Prompts of the run; each has the same share of the room."""
    _prompts: list[str] = field(default_factory=list)
    _cards: list[JSON] = field(default_factory=list)
    _open: dict[str, Counter[tuple[float, int]]] = field(default_factory=dict)
    _temperatures: set[float] = field(default_factory=set)
    _samples: int = 0
    _left_out: int = 0

    def watch(self, cells: Iterable[CellOutcomes]) -> Iterator[CellOutcomes]:
        """Yield the cells as they come, prompts outermost, and keep their answers."""
        last: str | None = None
        for outcome in cells:
            if outcome.cell.prompt.id != last:
                self._close(last)
                last = outcome.cell.prompt.id
            for sample in outcome.samples:
                reason = _REASONS.index(sample.finish_reason.value)
                self._open.setdefault(sample.text, Counter())[(outcome.cell.temperature, reason)] += 1
            self._samples += len(outcome.samples)
            self._temperatures.add(outcome.cell.temperature)
            yield outcome
        self._close(last)

    def sheet(self) -> JSON:
        """Return what was gathered: prompts, reasons, temperatures, and a card for each text of a prompt.

        A card is ``[prompt, text, characters, [[temperature, reason, answers], ...]]``, the first by its index
        and the reason too. Cards of a prompt stand with the commonest text first, so the place in the list is a
        card's name. Equal answers give an equal sheet, in whatever order they came.
        """
        return {
            "prompts": list(self._prompts),
            "reasons": list(_REASONS),
            "temperatures": sorted(self._temperatures),
            "cards": self._cards,
            "n": self._samples,
            "left_out": self._left_out,
        }

    def _close(self, prompt: str | None) -> None:
        if prompt is None:
            return
        room = MOST_BYTES // max(1, self.n_prompts)
        for text, counts in sorted(self._open.items(), key=lambda item: (-item[1].total(), item[0])):
            shown = visible(text, limit=MOST_LETTERS)
            room -= len(shown.encode())
            if room < 0:
                self._left_out += counts.total()
                continue
            rows: list[JSON] = [[t, reason, n] for (t, reason), n in sorted(counts.items())]
            self._cards.append([len(self._prompts), shown, len(text), rows])
        self._prompts.append(visible(prompt, limit=80))
        self._open.clear()


def packed(sheet: JSON) -> JSON:
    """Return a sheet as it stands on a page: as it is when small, else compressed and in base 64."""
    text = json.dumps(sheet, allow_nan=False, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    if len(text) <= _PLAIN:
        return sheet
    return base64.b64encode(gzip.compress(text, 6, mtime=0)).decode("ascii")
