"""`make repetitions`: how often comparing runs through the embedded endpoint cries wolf, and how often it sees a wolf.

Each repetition asks the suite of stories twice with the same settings and once with `top_p: 0.5`, over HTTP, and
compares both later runs with the first. Writes docs/repetitions.md.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import evalkit
from evalkit import api
from evalkit.nouns import Comparison, MetricRequest, Quantity, Verdict

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "repetitions.md"
METRICS = ("exact_agreement", "rouge_l_distance", "word_jaccard_distance")
_DIVERSITY = "rouge_l_distance"


@dataclass(slots=True)
class Tally:
    """What the comparisons of one kind said."""

    runs: int = 0
    """Comparisons."""
    any_verdict: int = 0
    """Comparisons with any HIGHER or LOWER."""
    any_unlike: int = 0
    """Comparisons with any discrepancy shown."""
    contrasts: Counter[Verdict] = field(default_factory=Counter)
    """Contrasts by verdict."""
    at: Counter[tuple[float, Verdict]] = field(default_factory=Counter)
    """Contrasts of the first metric of distance by temperature and verdict."""

    def see(self, found: Comparison) -> None:
        """Add one comparison."""
        self.runs += 1
        told = [each for each in found.contrasts if each.difference is not None]
        self.contrasts.update(each.verdict for each in told)
        self.any_verdict += any(each.verdict in {Verdict.HIGHER, Verdict.LOWER} for each in told)
        self.any_unlike += any(each.differs for each in found.discrepancies)
        self.at.update(
            (each.temperature, each.verdict)
            for each in found.of(_DIVERSITY)
            if each.quantity is Quantity.VALUE and each.temperature is not None
        )


def repeated(runs: int) -> tuple[Tally, Tally, tuple[float, ...]]:
    """Return what comparisons of equal and of truncated runs said, and at which temperatures."""
    plain = replace(
        api.load_suite(ROOT / "suites" / "storytelling.yaml"), metrics=tuple(MetricRequest(name=m) for m in METRICS)
    )
    cut = replace(plain, decoding=replace(plain.decoding, top_p=0.5))
    same, truncated = Tally(), Tally()
    for number in range(runs):
        with tempfile.TemporaryDirectory() as folder, api.open_store(Path(folder) / "runs.sqlite") as store:
            for label, suite in (("main", plain), ("again", plain), ("cut", cut)):
                # The seed differs each time: an endpoint asked anew gives new answers.
                api.run(replace(suite, seed=number), store, label=label)
            same.see(api.compare(store, "again"))
            truncated.see(api.compare(store, "cut"))
    return same, truncated, plain.temperatures


def page(same: Tally, truncated: Tally, temperatures: Iterable[float], took_s: float) -> str:
    """Return docs/repetitions.md."""
    return "\n".join(_lines(same, truncated, temperatures, took_s)) + "\n"


def _lines(same: Tally, truncated: Tally, temperatures: Iterable[float], took_s: float) -> Iterator[str]:
    yield "# Comparisons through the embedded endpoint, repeated"
    yield ""
    yield (
        f"Made by `make repetitions` with evalkit {evalkit.__version__}: {same.runs} repetitions in "
        f"{took_s / 60:.0f} minutes. Each asks `suites/storytelling.yaml` over HTTP three times, twice as it is and "
        "once with `top_p: 0.5`, and compares the second and the third run with the first, with the usual terms "
        f"(these prompts, level 0.95, margin 0.05), by {', '.join(METRICS)}."
    )
    yield ""
    yield "| compared with the first run | comparisons | with any HIGHER or LOWER | with any discrepancy shown |"
    yield "| --- | --- | --- | --- |"
    for name, tally in (("the same settings again", same), ("`top_p: 0.5`", truncated)):
        yield f"| {name} | {tally.runs} | {tally.any_verdict} | {tally.any_unlike} |"
    yield ""
    yield "At most 5 of 100 comparisons of the same settings may say anything: that is what the level promises."
    yield ""
    yield f"Verdicts on {_DIVERSITY}, by temperature, as counts of comparisons:"
    yield ""
    verdicts = tuple(Verdict)
    heads = [f"{side}: {verdict.name}" for side in ("same", "cut") for verdict in verdicts]
    yield f"| T | {' | '.join(heads)} |"
    yield f"| --- |{' --- |' * len(heads)}"
    for t in temperatures:
        counts = [str(tally.at[t, verdict]) for tally in (same, truncated) for verdict in verdicts]
        yield f"| {t:g} | {' | '.join(counts)} |"


def main() -> None:
    """Repeat, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--output", type=Path, default=PAGE)
    asked = parser.parse_args()
    began = time.monotonic()
    same, truncated, temperatures = repeated(asked.runs)
    asked.output.write_text(page(same, truncated, temperatures, time.monotonic() - began), encoding="utf-8")


if __name__ == "__main__":
    main()
