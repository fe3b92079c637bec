"""A file fits a head, a function fits a screen."""

from __future__ import annotations

import ast
from pathlib import Path

LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def test_files_are_short(root: Path, trees: dict[Path, ast.Module]) -> None:
    """No module has more than 400 lines."""
    long = {
        str(path): n
        for path in trees
        if (n := len((root / path).read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_functions_are_short(trees: dict[Path, ast.Module]) -> None:
    """No function has more than 60 lines, its docstring included."""
    long = {
        f"{path}:{node.name}": n
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (n := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_names_say_what_is_inside(trees: dict[Path, ast.Module]) -> None:
    """No drawer for everything: no utils, helpers, common, misc, manager."""
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    assert [str(path) for path in trees if drawers & set(path.with_suffix("").parts)] == []
