"""What the plugin costs those who do not use it: nothing that could be measured or seen."""

import json
import subprocess
import sys

import pytest

HEAVY = {
    *("numpy", "scipy", "sklearn", "matplotlib", "openai", "aiohttp", "pydantic", "uvicorn", "starlette"),
    *("rapidfuzz", "msgspec", "jinja2", "ruamel", "typer", "rich", "jsonschema", "ssl", "sqlite3"),
}
PLUGIN = ("evalkit", "evalkit.pytest_plugin", "evalkit.testing", "evalkit.testing.options", "evalkit.environment")
"""What a session loads of ours before it knows whether a test uses it."""

CONFTEST = """\
import json, sys
def pytest_unconfigure(config):
    with open("loaded.json", "w") as file:
        json.dump(sorted(sys.modules), file)
"""


def plain(folder, *options):
    """Return status, lines and loaded modules of a session by itself, with no plugin that is not named."""
    command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if not line.startswith(("plugins: ", "==="))]
    return done.returncode, lines, done.stderr, set(json.loads((folder / "loaded.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("body", ["def test_a(): pass\ndef test_b(): assert 1 > 2", ""], ids=["tests", "none"])
def test_a_session_without_our_tests_is_as_it_would_be_without_us(pytester, body):
    """Status, output, files and what is loaded are the same, but for the plugin's own few modules."""
    pytester.makepyfile(body)
    pytester.makeconftest(CONFTEST)
    with_us = plain(pytester.path, "-p", "evalkit.pytest_plugin")
    without = plain(pytester.path)
    assert with_us[:3] == without[:3]
    loaded = with_us[3] - without[3]
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    ours = {name for name in loaded if name.partition(".")[0] == "evalkit"}
    assert set(PLUGIN) <= ours
    assert len(ours) <= 8
    assert {path.name for path in pytester.path.iterdir()} - {"loaded.json", "__pycache__"} == {
        "conftest.py",
        *(path.name for path in pytester.path.glob("test_*.py")),
    }


def test_a_marker_without_the_fixture_asks_for_nothing(sessions):
    """A test that never looks at answers has none drawn for it."""
    sessions.tests("def test_it(): pass\n")
    result = sessions.run()
    result.assert_outcomes(passed=1)
    assert [line for line in result.outlines if line.startswith("evalkit")] == []
    assert not (sessions.path / ".evalkit.sqlite").exists()


def test_collecting_alone_draws_nothing(sessions, real):
    """What is only listed is not bought, and no file is made."""
    sessions.test("evalkit.suite")
    for options in (["--collect-only", "-q"], ["--fixtures"], ["--markers"], ["--setup-plan"], ["-k", "nothing"]):
        sessions.run("--evalkit-run", *options)
    assert len(real.journal) == 0
    assert not (sessions.path / ".evalkit.sqlite").exists()


def test_the_plugin_is_there_by_itself_and_can_be_left_out(pytester, monkeypatch):
    """Then the fixture is not there, and other tests run."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    pytester.makepyfile("def test_it(): pass\ndef test_ours(evalkit): pass")
    shown = "\n".join(pytester.runpytest_inprocess("--fixtures").outlines)
    assert "evalkit -- " in shown
    assert "evalkit_session [session scope] -- " in shown
    result = pytester.runpytest_inprocess("-p", "no:evalkit")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fixture 'evalkit' not found*"])


def test_the_marker_is_described(sessions):
    """--markers tells what it takes."""
    assert "@pytest.mark.evalkit(suite=, " in "\n".join(sessions.run("--markers").outlines)
