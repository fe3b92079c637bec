"""Nothing in the package runs or unpacks what files and servers of others hold, and the page that says so is true."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_RUNNING = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "dbm", "jsonpickle"}
_CALLS = {"eval", "exec", "compile", "__import__"}
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def _wrong(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in _RUNNING)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _RUNNING:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            words = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if called in _CALLS or words.get("shell") == "True" or words.get("allow_pickle") == "True":
                yield f"{called} in line {node.lineno}"
            elif called in {"np.load", "numpy.load"} and words.get("allow_pickle") != "False":
                yield f"{called} without allow_pickle=False in line {node.lineno}"


def test_nothing_reads_what_can_hold_code(trees: dict[Path, ast.Module]) -> None:
    """No pickle, no array that may hold one, no evaluation, no shell."""
    package = {path: tree for path, tree in trees.items() if path.parts[0] == "evalkit"}
    assert {str(path): wrong for path, tree in package.items() if (wrong := list(_wrong(tree)))} == {}


def test_each_test_that_the_page_names_exists(root: Path, trees: dict[Path, ast.Module]) -> None:
    """Every line of the page of hostile text is held by tests, and they are there."""
    page = (root / "docs/hostile.md").read_text("utf-8")
    there = {
        (path.as_posix(), node.name)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert [each for each in _NAMED.findall(page) if each not in there] == []
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    assert [row for row in rows if not _NAMED.search(row) and "held by" not in row] == []
