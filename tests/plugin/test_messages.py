"""Every kind of assertion, false and open, is shown in docs/pytest_messages.md as pytest shows it."""

import ast
import os
import re
import shutil
import textwrap
from pathlib import Path

HERE = Path(__file__).parent / "messages"
DOCS = Path(__file__).parents[2] / "docs"

HEAD = """\
# What an assertion says that does not hold

Each kind of assertion, once false and once inconclusive, with the lines that pytest shows.
Captured from [tests/plugin/messages/claims.py](../tests/plugin/messages/claims.py) on the embedded endpoint, and held
by a test; `make golden` writes this page anew. What the words mean: [the guide](pytest.md#what-an-assertion-says).

`france` and `japan` are asked thirty times at T = 0 and 0.7, four stories twelve times at T = 0, 0.7 and 1.
The first line of a message is the claim, the second the verdict and what decided it. Then come value, interval and
samples; the answers that differ most, or the first that is new; and the command that makes the page.
"""
BEFORE = """\
import pytest

@pytest.mark.evalkit(suite="{suite}")
def test_before(evalkit):
    evalkit.suite
"""
TAIL = """\
## What is not bought

Thirty answers of a real endpoint, none of which is recorded. `pytest -rs`:

```text
{}
```

`pytest --evalkit-run --evalkit-max-requests=20`:

```text
{}
```

`pytest --evalkit-run --evalkit-max-cost=0.001 --evalkit-price=0.15/0.60`:

```text
{}
```

## What a session shows

The line after collection, and the end, of the suite in [the README](../README.md#from-pytest):

```text
{}
```
"""
PURCHASES = {
    "SKIPPED": ("-rs",),
    "30 requests are": ("--evalkit-run", "--evalkit-max-requests=20"),
    "30 requests might": ("--evalkit-run", "--evalkit-max-cost=0.001", "--evalkit-price=0.15/0.60"),
}
"""What a line begins with -> the options of the session that shows it."""
VERDICTS = {"false": "False.", "inconclusive": "Inconclusive."}


def parts():
    """Yield heading, and each test's id, verdict, sentence and lines, of the example's classes."""
    source = (HERE / "claims.py").read_text("utf-8")
    for kind in (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)):
        tests = []
        for test in (node for node in kind.body if isinstance(node, ast.FunctionDef)):
            marks = [
                f"@{ast.get_source_segment(source, each)}" for each in (*kind.decorator_list, *test.decorator_list)
            ]
            shown = [each for each in marks if each.startswith("# @pytest.mark.evalkit(")]
            lines = source.splitlines()[test.body[1].lineno - 1 : test.end_lineno]
            code = "\n".join([*shown, *textwrap.dedent("\n".join(lines)).splitlines()])
            tests.append((f"{kind.name}.{test.name}", test.name.split("_")[1], ast.get_docstring(test), code))
        yield ast.get_docstring(kind).rstrip("."), tests


def captured(said):
    """Return the lines that pytest shows of each failed test, by its id; what differs from run to run is taken away."""
    found = {}
    for block in re.split(r"^_{3,} (?=Test)", said, flags=re.MULTILINE)[1:]:
        name = re.match(r"[\w.]+", block)[0]
        lines = [line[1:].removeprefix(" " * 7) for line in block.splitlines() if line.startswith("E ")]
        text = "\n".join(lines).removeprefix(
            "AssertionError: "
        )  # pytest leaves it away where no word has an apostrophe
        found[name] = re.sub(r"(@\w+-)[0-9a-f]{8}", r"\g<1>1a2b3c4d", text)
    return found


def framed(lines):
    """Return what a session shows of ours: the line after collection, and the section at the end."""
    start = next(i for i, line in enumerate(lines) if re.fullmatch("=+ evalkit =+", line))
    end = next(i for i, line in enumerate(lines) if i > start and line.startswith("="))
    (head,) = (line for line in lines if re.match(r"evalkit: \d+ tests?,", line))
    return re.sub(r"(@\w+-)[0-9a-f]{8}", r"\g<1>1a2b3c4d", "\n".join([head, "", *lines[start:end]]))


def page(found, *rest):
    """Return the page that shows what was captured: of each test, of purchases that were not made, of a session."""
    shown = [HEAD]
    for heading, tests in parts():
        shown.append(f"## {heading}\n")
        shown += [
            f"**{VERDICTS[verdict]}** {sentence}\n\n```python\n{code}\n```\n\n```text\n{found[name]}\n```\n"
            for name, verdict, sentence, code in tests
        ]
    return "\n".join([*shown, TAIL.format(*rest)])


def test_messages_are_as_the_page_shows_them(sessions, scripted, monkeypatch):
    """Every test of the example fails, with the words that a person read; GOLDEN=write writes them anew."""
    for path in HERE.glob("*.*"):
        shutil.copy(path, sessions.path)
    for name in ("narrow", "stories"):
        (sessions.path / "before.py").write_text(BEFORE.format(suite=f"{name}.yaml"), "utf-8")
        sessions.run("before.py", f"--evalkit-label={name}", f"--evalkit-save=with-{name}").assert_outcomes(passed=1)
    scripted.answer = lambda _question, _temperature, n: "Answer: Paris." if n % 3 else "It is Paris."
    monkeypatch.setenv("UNSTEADY", scripted.url)
    result = sessions.run("claims.py", "--evalkit-run")
    found = captured("\n".join(result.outlines))
    names = [(name, verdict) for _, tests in parts() for name, verdict, *_ in tests]
    result.assert_outcomes(failed=len(names))
    assert [name for name, verdict in names if f"\n  {verdict}: " not in found[name]] == []
    readme = (DOCS.parent / "README.md").read_text("utf-8").split("\n## From pytest\n")[1]
    (sessions.path / "test_readme.py").write_text(readme.split("```python\n")[1].split("```")[0], "utf-8")
    refused = []
    for start, options in PURCHASES.items():
        refused += [line for line in sessions.run("purchases.py", *options).outlines if line.startswith(start)]
    shown = page(found, *refused, framed(sessions.run("test_readme.py").outlines))
    path = DOCS / "pytest_messages.md"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")
