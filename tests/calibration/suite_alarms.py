"""`make alarms`: how often a suite of tests is wrong, how often it is green, and how often it sees a real change.

Each repetition is a real session of pytest over HTTP to the embedded endpoint, with a store of its own and new answers,
compared with a session that was saved before it. The suites are in `alarming`. Writes docs/suite_alarms.md.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from calibration.alarming.truths import FOLDER
from calibration.alarms_page import page
from calibration.alarms_power import CHANGES, Prediction, predicted
from evalkit.loopback.server import Server

PAGE = Path(__file__).parents[2] / "docs" / "suite_alarms.md"
USUAL, SOMETIMES = ("green", "at_truth", "same"), ("precise", "changed")
"""The suites of every session, and those that take longer, of the first of them only."""
_OURS = ("EVALKIT_", "OPENAI_", "PYTEST_ADDOPTS", "GITHUB_STEP_SUMMARY")
_ALONE = ("cacheprovider", "xdist", "unraisableexception", "threadexception")
# The last two collect garbage at the end of a session, which takes a tenth of it.


@dataclass(slots=True)
class Seen:
    """A plugin that keeps what each test claimed."""

    tests: list[dict] = field(default_factory=list)
    """For each test its suite, name, outcome, claims, and the verdicts of its contrasts."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a test that ended."""
        if report.when == "call" or report.outcome != "passed":
            suite, _, test = report.nodeid.partition("::")
            self.tests.append(
                {
                    "suite": Path(suite).stem,
                    "test": test.partition("[")[0],
                    "outcome": report.outcome if report.when == "call" else "broken",
                    "claims": getattr(report, "evalkit", {}).get("claims", []),
                    "verdicts": dict(report.user_properties).get("verdicts", "").split(),
                }
            )


def session(url: str, folder: Path, suites: Sequence[str], *options: str) -> list[dict]:
    """Return what each test of a session claimed.

    Args:
        url: Where the endpoint is.
        folder: Where the store is.
        suites: Names of files in `alarming`.
        options: Further options of pytest.

    Raises:
        AssertionError: A test broke: it ended without asking its claims for their truth.
    """
    seen, said = Seen(), io.StringIO()
    settings = folder / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    arguments = ["-qq", "--tb=no", "--import-mode=importlib", f"--rootdir={FOLDER}", "-c", str(settings)]
    arguments += [part for name in _ALONE for part in ("-p", f"no:{name}")]
    arguments += [f"--evalkit-base-url={url}", "--evalkit-run", f"--evalkit-store={folder / 'answers.sqlite'}"]
    with _without(_OURS), contextlib.redirect_stdout(said):
        pytest.main([*arguments, *options, *(str(FOLDER / f"{name}.py") for name in suites)], plugins=[seen])
    broken = [each["test"] for each in seen.tests if not each["claims"] and each["suite"] != "before"]
    if broken or not seen.tests:
        raise AssertionError(f"tests without claims: {broken}\n{said.getvalue()}")
    return seen.tests


@contextlib.contextmanager
def _without(names: Sequence[str]) -> Iterator[None]:
    """Hide what the environment says of endpoints, of us, and of a build's job."""
    hidden = {name: value for name, value in os.environ.items() if name.startswith(tuple(names))}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)


def repetition(url: str, number: int, suites: Sequence[str]) -> list[dict]:
    """Return what a session claimed that was compared with one saved before it, in a store of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        session(url, folder, ["before"], f"--evalkit-label=seed-{number}-before", "--evalkit-save=before")
        return session(url, folder, suites, f"--evalkit-label=seed-{number}")


def repeated(url: str, runs: int, runs_changed: int) -> Iterator[list[dict]]:
    """Yield what each session claimed; real changes are looked at in the first of them only."""
    for number in range(runs):
        yield repetition(url, number, (*USUAL, *SOMETIMES) if number < runs_changed else USUAL)


def main() -> None:
    """Repeat, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--runs-changed", type=int, default=100)
    parser.add_argument("--output", type=Path, default=PAGE)
    asked = parser.parse_args()
    began = time.monotonic()
    with Server(seed=1) as server:
        predictions: list[Prediction] = [predicted(server.url, change) for change in CHANGES]
        sessions = list(repeated(server.url, asked.runs, asked.runs_changed))
    asked.output.write_text(page(sessions, predictions, time.monotonic() - began), encoding="utf-8")


if __name__ == "__main__":
    main()
