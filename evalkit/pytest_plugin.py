"""The pytest plugin: hooks, options, the marker and the one fixture.

Loaded in every test session of every project that has evalkit installed, so it imports nothing
heavy, opens nothing and says nothing until a collected test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.testing.options import add_options

if TYPE_CHECKING:
    from evalkit.testing.bench import Bench
    from evalkit.testing.fixture import Evalkit

_MARKER = (
    "evalkit(suite=, prompts=, temperatures=, samples=, model=, base_url=, label=, precision=, max_samples=, metric=, "
    "level=): the answers that a test looks at, drawn before the first test runs"
)
_BENCH = pytest.StashKey["Bench"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options, all of which begin with --evalkit-, and ini options of the same names."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, so that --strict-markers passes, and who collects claims where a session ends."""
    config.addinivalue_line("markers", _MARKER)
    _spare(config)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(), "evalkit-collector")


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    """Return the line that tells what holds in the session, when a test of ours was collected."""
    ours = [item for item in items if _is_ours(item)]
    if not ours:
        return []
    from evalkit.testing.session import header

    return [header(config, ours)]


@pytest.fixture(scope="session")
def evalkit_session(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Yield what all tests of a session share: everything they need was planned and drawn together."""
    from evalkit.testing.session import begin

    bench = begin(request.config, [item for item in request.session.items if _is_ours(item)])
    request.config.stash[_BENCH] = bench
    yield bench
    bench.close()


@pytest.fixture
def evalkit(request: pytest.FixtureRequest, evalkit_session: Bench) -> Evalkit:
    """Return the answers that the test's marker names, as prompts, cells, curves and comparisons."""
    from evalkit.errors import EvalkitError
    from evalkit.testing.fixture import Evalkit

    try:
        return Evalkit(evalkit_session, request.node)
    except EvalkitError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Give a report what the test claimed, and a failed claim its explanation."""
    bench = item.config.stash.get(_BENCH, None)
    told = None
    if bench is not None and _is_ours(item):
        from evalkit.testing.session import tell

        told = tell(bench, item, call)
    report = yield
    if told:
        report.__dict__["evalkit"] = told  # reports carry what plugins add, from a worker to the controller too
    return report


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Return why a comparison of readings did not hold; None for anything else."""
    for side in (left, right):
        if type(side).__module__ == "evalkit.testing.reading":
            from evalkit.testing.session import explain

            return explain(op, left, right)
    return None


class Collector:
    """Gathers what the tests of a session claimed; under xdist the controller alone has one, and sees all reports."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._told: dict[str, dict[str, Any]] = {}
        self._lines: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a test claimed; of a test that was tried again the last try counts."""
        told = getattr(report, "evalkit", None)
        if told is not None:
            # A file outside the root has no path in the names of its tests, which may then be equal.
            name = f"{report.location[0]}{report.nodeid}" if report.nodeid.startswith("::") else report.nodeid
            self._told[name] = told

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Save the baseline, write the report, and hold all assertions to one level, where that was asked for."""
        if self._told:
            from evalkit.testing.summary import finish

            self._lines = finish(session, self._told)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show what the session came to."""
        if self._lines:
            terminalreporter.section("evalkit")
            for line in self._lines:
                terminalreporter.write_line(line)


def _spare(config: pytest.Config) -> None:
    """Have our modules imported as they are, from their compiled files.

    pytest rewrites the assertions of every module of an installed plugin. Ours hold none, and compiling hundreds of
    them anew takes seconds where a build begins from nothing. The set has no public name: without it they are slower.
    """
    hook = getattr(config.pluginmanager, "rewrite_hook", None)
    marked = getattr(hook, "_must_rewrite", None)
    if isinstance(marked, set):
        marked.discard("evalkit")


def _is_ours(item: pytest.Item) -> bool:
    return "evalkit" in getattr(item, "fixturenames", ())
