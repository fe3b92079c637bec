"""Buy samples with lm-eval: a task that generates, scored by exact match, the samples kept in its results."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", OPENAI_API_KEY="x", TQDM_DISABLE="1")

import lm_eval
from lm_eval.api.task import ConfigurableTask
from lm_eval.models.openai_completions import LocalChatCompletion
from lm_eval.tasks import TaskManager

from benchmarks.clients import PROMPTS, cost_of


def task_of(n: int, folder: Path) -> ConfigurableTask:
    """Return a task of n questions; each is one sample, since repeats of a question are not sent at once."""
    path, name = folder / f"{n}.jsonl", f"bench_{n}"
    path.write_text("".join(json.dumps({"q": f"Tell story {k % PROMPTS}.", "a": "ship"}) + "\n" for k in range(n)))
    wanted = {
        "task": name,
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(path)}, "cache_dir": str(folder / "cache")},
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "{{q}}",
        "doc_to_target": "{{a}}",
        "generation_kwargs": {"until": [], "temperature": 1.0, "max_gen_toks": 200, "do_sample": True},
        "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
    }
    return ConfigurableTask(config=wanted)


def buy(url: str, task: ConfigurableTask, in_flight: int, manager: TaskManager) -> int:
    """Return the number of samples that came."""
    model = LocalChatCompletion(
        model="stub",
        base_url=f"{url}/chat/completions",
        num_concurrent=in_flight,
        tokenized_requests=False,
        tokenizer_backend=None,
    )
    found = lm_eval.simple_evaluate(
        model=model,
        tasks=[task],
        task_manager=manager,
        apply_chat_template=True,
        log_samples=True,
        bootstrap_iters=0,
    )
    return sum(map(len, found["samples"].values()))


if __name__ == "__main__":
    url, n, in_flight = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as made:
        warm, real, manager = task_of(PROMPTS, Path(made)), task_of(n, Path(made)), TaskManager(include_defaults=False)
        buy(url, warm, in_flight, manager)  # what is loaded once is no cost of a sample
        found: list[int] = []
        cost = cost_of(lambda: found.append(buy(url, real, in_flight, manager)))
        assert found == [n]
        print(json.dumps(cost))  # noqa: T201 - the parent reads it
