"""The docs know everything the code knows, and their links lead somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalkit import nouns
from evalkit.suite.load import parse_suite

_BLOCK = re.compile(r"^```(python|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXPLAINED = re.compile(r'^Explained in docs/statistics\.md, "(.+)"\.$', re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def _constants(node: ast.expr) -> Iterator[str]:
    # The strings an expression may come to: both branches of a choice, not what it is chosen by.
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _slugs(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        named = [node.arg] if isinstance(node, ast.keyword) else []
        if isinstance(node, ast.Assign):
            named = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if "slug" in named and isinstance(node, ast.keyword | ast.Assign):
            yield from _constants(node.value)


def _headings(path: Path) -> set[str]:
    return {
        line.lstrip("# ").strip().strip("`")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line[:1] == "#"
    }


def test_every_error_and_caution_has_an_entry(root: Path, trees: dict[Path, ast.Module]) -> None:
    """Whoever meets a slug finds what it means and what to do."""
    used = {slug for path, tree in trees.items() if path.parts[0] == "evalkit" for slug in _slugs(tree)}
    assert (used | set(nouns.SLUGS)) - _headings(root / "docs/errors.md") == set()


def test_statistics_page_and_modules_name_each_other(root: Path, trees: dict[Path, ast.Module]) -> None:
    """Each module of statistics names the section that explains it, and that section links the module."""
    page = (root / "docs/statistics.md").read_text(encoding="utf-8")
    sections = dict(part.split("\n", 1) for part in page.split("\n## ")[1:])
    named = {
        path: (_EXPLAINED.findall(ast.get_docstring(tree) or "") or [""])[0]
        for path, tree in trees.items()
        if path.parts[:2] == ("evalkit", "stats") and path.stem != "__init__"
    }
    assert {path: name for path, name in named.items() if f"(../{path.as_posix()})" not in sections.get(name, "")} == {}


def test_glossary_has_every_noun(root: Path) -> None:
    """A noun of the code is a word of the glossary."""
    page = (root / "docs/glossary.md").read_text(encoding="utf-8")
    types = {name for name in nouns.__all__ if name[0].isupper() and not name.isupper()}
    assert {name for name in types if f"`{name}`" not in page} == set()


def test_relative_links_resolve(files: tuple[Path, ...]) -> None:
    """A link to another file of the project leads to a file."""
    broken = [
        f"{path.name}: {target}"
        for path in files
        if path.suffix == ".md"
        for target in _LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith(("#", "mailto:"))
        if not (path.parent / target.split("#")[0]).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_without_gaps(root: Path) -> None:
    """Decision records are 0001, 0002 and so on, each with context, decision and consequences."""
    records = sorted((root / "docs/adr").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    assert [p.name for p in records if not {"Context", "Decision", "Consequences"} <= _headings(p)] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_examples_are_true(root: Path, name: str) -> None:
    """Python that is shown compiles, and its imports from evalkit exist; a suite that is shown is valid."""
    blocks = _BLOCK.findall((root / name).read_text(encoding="utf-8"))
    assert blocks
    for language, text in blocks:
        if language == "yaml":
            assert parse_suite(text).prompts
        else:
            imports = [node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)]
            exec(compile(ast.Module(body=imports, type_ignores=[]), name, "exec"), {})  # noqa: S102 - our own page
