"""Every module says what it is, every test what it holds."""

from __future__ import annotations

import ast
from pathlib import Path


def test_every_module_has_a_docstring(trees: dict[Path, ast.Module]) -> None:
    """A reader knows from the first line what a file of the package is for."""
    package = {path: tree for path, tree in trees.items() if path.parts[0] == "evalkit"}
    assert [str(path) for path, tree in package.items() if not ast.get_docstring(tree)] == []


def test_every_test_says_what_it_holds_in_one_sentence(trees: dict[Path, ast.Module]) -> None:
    """A test's docstring is one paragraph that ends with a full stop; a source of numbers may follow."""
    wrong = [
        f"{path}:{node.name}"
        for path, tree in trees.items()
        if path.name.startswith("test_")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        if not (text := (ast.get_docstring(node) or "").partition("\n\nReferences:")[0]).endswith(".") or "\n\n" in text
    ]
    assert wrong == []


def test_references_are_real_or_said_to_be_ours(trees: dict[Path, ast.Module]) -> None:
    """Every public function of statistics names its source."""
    wrong = [
        f"{path}:{node.name}"
        for path, tree in trees.items()
        if path.parts[:2] == ("evalkit", "stats")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if "References:" not in (ast.get_docstring(node) or "")
    ]
    assert wrong == []
