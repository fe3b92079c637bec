"""`evalkit demo`: the main job on the embedded endpoint, without key or network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit import api
from evalkit.cli import running, say, tables
from evalkit.nouns import USUAL_METRICS, Decoding, Endpoint, Message, MetricRequest, Prompt, Suite

_STORYTELLER = "You are a storyteller."
_HELPER = "You are a helpful assistant."
_QUESTIONS = (
    ("lighthouse", _STORYTELLER, "Tell a two-sentence story about a lighthouse keeper."),
    ("dragon", _STORYTELLER, "Tell a two-sentence story about a dragon."),
    ("night-train", _STORYTELLER, "Tell a two-sentence story about a train at night."),
    ("garden", _STORYTELLER, "Tell a two-sentence story about a garden."),
    ("third-date", _HELPER, "Where should I go on a third date in San Francisco?"),
    ("tomato", _HELPER, "How to pick a good tomato?"),
)
_SENTENCES = r"^(?:[A-Z][^.!?]*[.!?]\s*)+$"
"""What makes an answer acceptable here: sentences, each from a capital letter to its mark."""
_CHECKED = frozenset({"validity", "distinct_valid_at_k", "qd_index", "quality_mean", "weighted_distance"})


def demo(
    folder: Annotated[Path, typer.Option(help="Where page and store are written.")] = Path("reports"),
    samples: Annotated[int, typer.Option("--samples", "-n", min=2, help="Samples per cell.")] = 20,
) -> int:
    """Ask the embedded endpoint six prompts at eight temperatures, show the curves, write the page."""
    suite = Suite(
        name="demo",
        endpoint=Endpoint(model="storyteller-small", base_url="loopback"),
        prompts=tuple(
            Prompt(id=name, messages=(Message(role="system", content=who), Message(role="user", content=what)))
            for name, who, what in _QUESTIONS
        ),
        temperatures=(0.0, 0.1, 0.4, 0.7, 1.0, 1.1, 1.5, 2.0),
        samples=samples,
        metrics=tuple(
            MetricRequest(name=name, options=(("pattern", _SENTENCES),) if name in _CHECKED else ())
            for name in USUAL_METRICS
        ),
        decoding=Decoding(max_tokens=120),
    )
    folder.mkdir(parents=True, exist_ok=True)
    with api.open_store(folder / "demo.sqlite") as store:
        done = running.run_with_progress(suite, store, None)
        results = running.measured_with_progress(store, done.label)
        tables.show_results(results)
        say.caution(tables.all_cautions(results))
        page = api.report(store, done.label, folder / "demo.html", results=results)
    say.put(f"page: {page.resolve()}")
    return running.exit_code_of(done)
