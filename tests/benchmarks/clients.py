"""Ways to buy the same samples, each a program of its own that prints what it cost."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from evalkit import looping

PROMPTS = 10
"""Prompts, each at one temperature, with as many samples each as are left."""


def cost_of(work: Callable[[], object]) -> dict[str, float]:
    """Return what a piece of work took: CPU seconds of all threads, wall seconds, most resident megabytes."""
    cpu, wall = time.process_time(), time.monotonic()
    work()
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return {"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall, "resident": resident}


def evalkit(url: str, n: int, in_flight: int, choices: int, folder: Path) -> dict[str, float]:
    """Buy and keep n samples with evalkit, every answer synced."""
    from evalkit import api
    from evalkit.backends.openai import openai_backend
    from evalkit.nouns import Decoding, Endpoint, Message, Mode, Prompt, Suite

    suite = Suite(
        name="bench",
        endpoint=Endpoint(model="stub", base_url=url),
        prompts=tuple(
            Prompt(id=f"p{k}", messages=(Message(role="user", content=f"Tell story {k}."),)) for k in range(PROMPTS)
        ),
        temperatures=(1.0,),
        samples=n // PROMPTS,
        decoding=Decoding(max_tokens=200),
        metrics=(),
        mode=Mode.CHOICES if choices > 1 else Mode.SEPARATE,
        concurrency=in_flight,
    )
    assert openai_backend  # loaded before the clock starts, as the libraries of the others are
    with api.open_store(folder / "runs.sqlite") as store:
        found: list[int] = []
        cost = cost_of(lambda: found.append(api.run(suite, store, label="bench", preflight=False).n_samples))
    assert found == [n]
    return cost


def client(url: str, n: int, in_flight: int, choices: int, folder: Path) -> dict[str, float]:
    """Buy n samples with the official asynchronous client, and write each as a line, unsynced."""
    import openai

    async def buy() -> None:
        left = iter(range(n // choices))
        with (folder / "out.jsonl").open("w") as out:
            async with openai.AsyncOpenAI(api_key="x", base_url=url) as made:

                async def work() -> None:
                    for k in left:
                        said = await made.chat.completions.create(
                            model="stub",
                            messages=[{"role": "user", "content": f"Tell story {k % PROMPTS}."}],
                            temperature=1.0,
                            max_tokens=200,
                            n=choices,
                        )
                        for choice in said.choices:
                            out.write(json.dumps({"text": choice.message.content}) + "\n")

                await asyncio.gather(*(work() for _ in range(in_flight)))

    cost = cost_of(lambda: looping.run(buy()))
    assert len((folder / "out.jsonl").read_text().splitlines()) == n
    return cost


def aiohttp(url: str, n: int, in_flight: int, choices: int, folder: Path) -> dict[str, float]:  # noqa: ARG001 - one of three
    """Buy n samples with nothing but aiohttp, and store nothing."""
    import aiohttp as library

    seen = 0

    async def buy() -> None:
        nonlocal seen
        left = iter(range(n // choices))
        connector = library.TCPConnector(limit=in_flight)
        async with library.ClientSession(connector=connector) as session:

            async def work() -> None:
                nonlocal seen
                for k in left:
                    messages = [{"role": "user", "content": f"Tell story {k % PROMPTS}."}]
                    asked = {"model": "stub", "messages": messages, "temperature": 1.0, "max_tokens": 200, "n": choices}
                    async with session.post(f"{url}/chat/completions", data=json.dumps(asked)) as answer:
                        seen += len(json.loads(await answer.read())["choices"])

            await asyncio.gather(*(work() for _ in range(in_flight)))

    cost = cost_of(lambda: looping.run(buy()))
    assert seen == n
    return cost


WAYS = {each.__name__: each for each in (evalkit, client, aiohttp)}
"""Every way, by name."""


def main() -> None:
    """Buy a little first, so that what is loaded once is no cost of a sample; then buy, and print what it cost."""
    way, url, *numbers = sys.argv[1:]
    n, in_flight, choices = map(int, numbers)
    os.environ["OPENAI_API_KEY"] = "x"
    with tempfile.TemporaryDirectory() as warm, tempfile.TemporaryDirectory() as made:
        WAYS[way](url, PROMPTS * choices, in_flight, choices, Path(warm))
        print(json.dumps(WAYS[way](url, n, in_flight, choices, Path(made))))  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main()
