"""A run of scripted answers under a clock that never waits."""

import asyncio
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from benchmarks.virtual import Virtual

from evalkit.backends.scripted import Line, scripted
from evalkit.errors import EvalkitError
from evalkit.nouns import Delivery, Endpoint, Mode, Plan, Suite, cells
from evalkit.sampling.clock import Clock
from evalkit.sampling.limits import PacedLimits
from evalkit.sampling.requests import requests_of
from evalkit.sampling.sampler import Sampler
from evalkit.sampling.tally import Tally


@dataclass
class Rehearsal:
    """What a scripted run came to."""

    deliveries: list[Delivery] = field(default_factory=list)
    tally: Tally = field(default_factory=lambda: Tally(n_wanted=0))
    waits: list[float] = field(default_factory=list)
    error: EvalkitError | None = None


@pytest.fixture
def rehearse(suite_of: Callable[..., Suite]) -> Callable[..., Rehearsal]:
    """Return a function that runs a script over a suite and returns what came of it."""

    def run(
        script: Sequence[Line], *, concurrency: int = 1, stop_after: int | None = None, **changes: object
    ) -> Rehearsal:
        suite = suite_of(**changes)
        return asyncio.run(_run(suite, script, concurrency, stop_after))

    return run


async def _run(suite: Suite, script: Sequence[Line], concurrency: int, stop_after: int | None) -> Rehearsal:
    plan = Plan(cells=cells(suite), samples=suite.samples, seed=suite.seed)
    seen = Rehearsal(tally=Tally(n_wanted=len(plan)))
    stop = asyncio.Event()
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        seen.waits.append(seconds)
        now += seconds
        await asyncio.sleep(0)

    async def keep(delivery: Delivery) -> None:
        seen.deliveries.append(delivery)
        if len(seen.deliveries) == stop_after:
            stop.set()

    sampler = Sampler(
        backend=scripted(Endpoint(model="m"), script=script),
        keep=keep,
        tally=seen.tally,
        concurrency=concurrency,
        clock=Clock(now=lambda: now, date=lambda: "2026-01-01T00:00:00+00:00", sleep=sleep, chance=random.Random(1)),  # noqa: S311 - jitter
        stop=stop,
    )
    most = 4 if suite.mode is Mode.CHOICES else 1
    try:
        await sampler.run(requests_of(iter(plan), suite.mode, most=most))
    except EvalkitError as error:
        seen.error = error
    return seen


@pytest.fixture(scope="session")
def loop_of():
    """Return a maker of loops of which the clock goes on by itself."""
    return Virtual


@pytest.fixture(scope="session")
def cluster_key():
    """Return the key that the workers of the cluster have in their environment."""
    return "sk-canary-5e0a97c1d2b34f68a9"


@pytest.fixture(scope="session")
def cluster(cluster_key):
    """Yield the folder where a Ray cluster of this machine keeps its records, up for all tests that ask for it."""
    pytest.importorskip("ray")
    from evalkit.sampling.ray import cluster as ours

    folder = Path(tempfile.mkdtemp(prefix="evk", dir="/tmp"))  # paths of sockets must be short
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", cluster_key)
        patch.setenv("RAY_TMPDIR", str(folder))
        patch.delenv("RAY_ADDRESS", raising=False)
        assert ours.joined()
    yield folder
    ours.left()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ask(suite_of):
    """Return a function that gets draws from a server, and returns the tally, the seconds it took and what was kept."""

    def run(server, *, n=200, concurrency=8, quota=None):
        suite = suite_of(temperatures=(0.5,), samples=n)
        plan, loop, kept = Plan(cells=cells(suite), samples=suite.samples), Virtual(), []

        async def keep(delivery):
            await asyncio.sleep(0)
            kept.append(delivery)

        sampler = Sampler(backend=server, keep=keep, tally=Tally(n_wanted=n), concurrency=concurrency)
        sampler.clock = Clock(now=loop.time, sleep=asyncio.sleep, chance=random.Random(1))  # noqa: S311 - jitter
        if quota is not None:
            sampler.limits = PacedLimits(concurrency, sampler.clock, sampler.stop, quota)
        try:
            tally = loop.run_until_complete(sampler.run(requests_of(iter(plan), suite.mode)))
            return tally, loop.time(), kept
        except EvalkitError as error:
            return error, loop.time(), kept
        finally:
            loop.close()

    return run
