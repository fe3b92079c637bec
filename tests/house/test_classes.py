"""Each error of the endpoint has a class by which an export tells failures apart."""

from __future__ import annotations

import ast
from pathlib import Path

from evalkit.nouns import Cell, Decoding, Draw, Endpoint, Failure, Prompt

_CELL = Cell(endpoint=Endpoint(model="m"), prompt=Prompt(id="p", messages=()), decoding=Decoding())


def test_what_can_not_be_read_is_malformed(trees: dict[Path, ast.Module]) -> None:
    """No narrower name of an answer that can not be read is forgotten among the classes."""
    found = {
        keyword.value.value
        for path, tree in trees.items()
        if path.parts[:2] == ("evalkit", "backends")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"MalformedReplyError", "_malformed"}
        for keyword in node.keywords
        if keyword.arg == "slug" and isinstance(keyword.value, ast.Constant)
    }
    assert {"not-json", "too-long", "cut-stream", "packed"} < found
    classes = {
        slug: Failure(draw=Draw(cell=_CELL, replicate=0), error=slug, message="").kind
        for slug in (*found, "malformed-reply")
    }
    assert set(classes.values()) == {"malformed"}, classes
