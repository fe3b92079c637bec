"""Buy samples with litellm's asynchronous call, and write each as a line, unsynced."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm

from benchmarks.clients import PROMPTS, cost_of


async def buy(url: str, n: int, in_flight: int, path: Path) -> None:
    """Buy n samples."""
    left = iter(range(n))
    with path.open("w") as out:

        async def work() -> None:
            for k in left:
                said = await litellm.acompletion(
                    model="openai/stub",
                    api_base=url,
                    api_key="x",
                    messages=[{"role": "user", "content": f"Tell story {k % PROMPTS}."}],
                    temperature=1.0,
                    max_tokens=200,
                )
                out.write(json.dumps({"text": said.choices[0].message.content}) + "\n")

        await asyncio.gather(*(work() for _ in range(in_flight)))


if __name__ == "__main__":
    url, n, in_flight = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as made, asyncio.Runner() as runner:
        path = Path(made) / "out.jsonl"
        runner.run(buy(url, in_flight, in_flight, path))  # what is loaded once is no cost of a sample
        cost = cost_of(lambda: runner.run(buy(url, n, in_flight, path)))
        assert len(path.read_text().splitlines()) == n
        print(json.dumps(cost))  # noqa: T201 - the parent reads it
