"""Buy samples with inspect_ai: a task whose epochs are the samples, scored by a look for a word, in its own log."""

from __future__ import annotations

import json
import os
import sys
import tempfile

os.environ["OPENAI_API_KEY"] = "x"

from inspect_ai import Task
from inspect_ai import eval as evaluate
from inspect_ai.dataset import Sample
from inspect_ai.model import GenerateConfig, get_model
from inspect_ai.scorer import includes
from inspect_ai.solver import generate

from benchmarks.clients import PROMPTS, cost_of


def buy(url: str, n: int, in_flight: int, folder: str) -> None:
    """Buy n samples and leave inspect's log in a folder."""
    config = GenerateConfig(temperature=1.0, max_tokens=200, max_connections=in_flight)
    model = get_model("openai/stub", base_url=url, api_key="x", responses_api=False, config=config, memoize=False)
    prompts = [Sample(input=f"Tell story {k}.", target="ship") for k in range(PROMPTS)]
    task = Task(dataset=prompts, solver=generate(), scorer=includes(), epochs=n // PROMPTS, name="bench")
    (log,) = evaluate(
        task, model=model, log_dir=folder, display="none", max_samples=in_flight, max_connections=in_flight
    )
    assert log.status == "success", log.error
    assert len(log.samples or ()) == n


if __name__ == "__main__":
    url, n, in_flight = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as made:
        buy(url, PROMPTS, in_flight, made)  # what is loaded once is no cost of a sample
        print(json.dumps(cost_of(lambda: buy(url, n, in_flight, made))))  # noqa: T201 - the parent reads it
