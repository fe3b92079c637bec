"""Who may import whom: the only copy of the table, and the code held to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

FLOORS = {
    "errors": set(),
    "nouns": set(),
    "stats": set(),
    "loopback": set(),
    "environment": {"errors"},
    "registry": {"errors"},
    "text": {"errors", "nouns"},
}
"""What each ground floor may import of evalkit besides itself."""

SHOWN_BY = {"nouns/estimate.py": {"notebook"}, "nouns/comparison.py": {"notebook"}}
"""The one exception, of docs/adr/0019: a noun may show itself in a notebook, by an import inside the method."""

STAGES = (
    *("suite", "planning", "backends", "sampling", "store", "probes", "features", "metrics", "analysis", "reporting"),
)
"""Rooms that never import one another."""

BELOW_STAGES = {"nouns", "errors", "text", "stats", "registry"}
"""What a stage may import of evalkit besides itself."""

BELOW_BACKENDS = BELOW_STAGES | {"environment"}
"""Backends alone are told key and address."""

DOORS = {
    "openai": ("backends/openai.py", "backends/batches.py", "backends/embeddings.py"),
    "aiohttp": ("backends/pooled.py",),
    "httptools": ("backends/connection.py",),
    "yarl": ("backends/direct.py",),
    "uvloop": ("looping.py",),
    "sqlite3": ("store/",),
    "pydantic": ("suite/schema.py",),
    "ruamel": ("suite/load.py",),
    "matplotlib": ("reporting/plots/",),
    "jinja2": ("reporting/renderers/html.py",),
    "scipy": ("stats/",),
    "sklearn": ("features/", "metrics/"),
    "threadpoolctl": ("threads.py",),
    "rapidfuzz": ("metrics/",),
    "jsonschema": ("text/json_schema.py",),
    "pyarrow": ("parquet.py",),
    "referencing": ("text/json_schema.py",),
    "starlette": ("loopback/",),
    "uvicorn": ("loopback/",),
    "typer": ("cli/",),
    "rich": ("cli/",),
    "pytest": ("pytest_plugin.py", "testing/"),
    "ray": ("sampling/ray/",),
    "httpx": (),
    "httpx2": (),
}
"""The one place from which each dependency is entered."""

ABOVE = {"cli", "pytest_plugin", "testing"}
"""What nothing below may import."""


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _ours(trees: dict[Path, ast.Module]) -> Iterator[tuple[str, str, set[str]]]:
    for path, tree in trees.items():
        if path.parts[0] == "evalkit":
            room = path.parts[1].removesuffix(".py")
            yield "/".join(path.parts[1:]), room, set(_imported(tree))


def _rooms(imported: set[str]) -> set[str]:
    names = [name.split(".") for name in imported]
    return {parts[1] for parts in names if parts[0] == "evalkit" and len(parts) > 1}


def test_stages_never_import_one_another(trees: dict[Path, ast.Module]) -> None:
    """Every stage speaks in nouns and knows only the floors below it."""
    allowed = dict.fromkeys(STAGES, BELOW_STAGES) | {"backends": BELOW_BACKENDS}
    wrong = {
        place: other
        for place, room, imported in _ours(trees)
        if room in allowed and (other := _rooms(imported) - allowed[room] - {room})
    }
    assert wrong == {}


def test_floors_import_only_what_is_below(trees: dict[Path, ast.Module]) -> None:
    """Nouns and statistics can be lifted out; the embedded endpoint knows nothing of evalkit."""
    wrong = {
        place: other
        for place, room, imported in _ours(trees)
        if room in FLOORS and (other := _rooms(imported) - FLOORS[room] - {room} - SHOWN_BY.get(place, set()))
    }
    assert wrong == {}


def test_the_exception_is_lazy(trees: dict[Path, ast.Module]) -> None:
    """What shows a noun in a notebook is imported when it is asked to, never with the noun."""
    wrong = [
        place
        for place in SHOWN_BY
        for node in trees[Path("evalkit") / place].body
        if isinstance(node, ast.Import | ast.ImportFrom) and _rooms(set(_imported(ast.Module([node], [])))) - {"nouns"}
    ]
    assert wrong == []


def test_nobody_imports_the_roof(trees: dict[Path, ast.Module]) -> None:
    """Command line and pytest plugin are imported by nobody but themselves."""
    wrong = {
        place: other
        for place, room, imported in _ours(trees)
        if room not in ABOVE | {"__main__"} and (other := _rooms(imported) & ABOVE)
    }
    assert wrong == {}


def test_each_dependency_has_one_door(trees: dict[Path, ast.Module]) -> None:
    """A dependency can be exchanged by changing one place."""
    wrong = [
        (place, name)
        for place, _, imported in _ours(trees)
        for name in {full.split(".")[0] for full in imported} & DOORS.keys()
        if not place.startswith(DOORS[name])
    ]
    assert wrong == []


def test_nouns_need_only_the_standard_library(trees: dict[Path, ast.Module]) -> None:
    """The nouns carry nothing heavier than dataclasses."""
    heavy = {"numpy", "scipy", "pydantic", "msgspec", "attrs"}
    wrong = [
        place
        for place, room, imported in _ours(trees)
        if room in {"nouns", "errors", "registry"} and heavy & {name.split(".")[0] for name in imported}
    ]
    assert wrong == []


def test_every_room_is_in_the_table(root: Path) -> None:
    """A new room is entered here, as a stage, a floor, or one who may know the order of the stages."""
    conductors = {
        *(
            "api",
            "answering",
            "batching",
            "designing",
            "chat",
            "comparing",
            "contrasting",
            "deriving",
            "drawing",
            "embedding",
            "equipping",
            "examining",
            "forking",
            "informing",
            "narrowing",
            "judging",
            "looping",
            "measuring",
            "notebook",
            "paging",
            "parquet",
            "powering",
            "asking",
            "canary",
            "preflight",
            "refusing",
            "room",
            "running",
            "probing",
        ),
        *(
            "provenance",
            "results",
            "sending",
            "spending",
            "spreading",
            "lake",
            "threads",
            "collecting",
            "__main__",
            "__init__",
        ),
    }
    known = {*STAGES, *FLOORS, *ABOVE, *conductors}
    rooms = {p.stem for p in (root / "evalkit").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert rooms - known == set()


def test_no_prints_outside_the_command_line(trees: dict[Path, ast.Module]) -> None:
    """Only the command line speaks to a terminal."""
    wrong = [
        str(path)
        for path, tree in trees.items()
        if path.parts[0] == "evalkit" and path.parts[1] != "cli"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert wrong == []
