"""The pytest plugin: hooks, options, the marker and the one fixture.

Loaded in every test session of every project that has evalkit installed, so it imports nothing
heavy, opens nothing and says nothing until a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from evalkit.testing import Bench, Evalkit

_MARKER = (
    "evalkit(suite=, temperatures=, samples=, model=, label=): the suite whose answers a test looks at, "
    "and what to change in it"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options, all of which begin with --evalkit-."""
    group = parser.getgroup("evalkit", "how much a model's answers vary")
    group.addoption("--evalkit-run", action="store_true", help="buy missing answers from real endpoints")
    group.addoption("--evalkit-store", metavar="FILE", help="where answers are kept (.evalkit.sqlite)")
    group.addoption("--evalkit-samples", metavar="N", type=int, help="samples per cell, instead of the suite's")
    group.addoption("--evalkit-model", metavar="NAME", help="model, instead of the suite's")
    group.addoption("--evalkit-base-url", metavar="URL", help="address, instead of the suite's")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, so that --strict-markers passes."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture(scope="session")
def evalkit_bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Yield what all tests of a session share: the store and what was measured."""
    from evalkit.testing import Bench

    bench = Bench(request.config)
    yield bench
    bench.close()


@pytest.fixture
def evalkit(request: pytest.FixtureRequest, evalkit_bench: Bench) -> Evalkit:
    """Return cells and curves of the suite that the test's marker names."""
    from evalkit.testing import Evalkit

    return Evalkit(evalkit_bench, request.node)


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Return why a comparison of readings did not hold; None for anything else."""
    for side in (left, right):
        if type(side).__module__ == "evalkit.reading":
            explain = getattr(side, "explain", None)
            return explain(op, left, right) if explain else None
    return None
