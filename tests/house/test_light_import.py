"""Importing is a matter of manners: light, silent, without side effects."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    *("numpy", "scipy", "sklearn", "matplotlib", "openai", "aiohttp", "pydantic", "ruamel", "jinja2"),
    *("starlette", "uvicorn", "rapidfuzz", "msgspec", "sqlite3", "jsonschema", "pyarrow"),
}
"""What nobody needs until a verb is called."""


def _loaded_by(code: str) -> set[str]:
    probe = f"import sys\n{code}\nsys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stderr.split()}


def test_import_evalkit_is_light() -> None:
    """The package loads none of its dependencies."""
    assert _loaded_by("import evalkit") & (HEAVY | {"typer", "rich", "pytest"}) == set()


def test_the_pytest_plugin_is_light() -> None:
    """The plugin is loaded in every session of every project, so it brings nothing with it."""
    assert _loaded_by("import evalkit.pytest_plugin") & (HEAVY | {"typer"}) == set()


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["list", "--help"]])
def test_help_is_light(arguments: list[str]) -> None:
    """Asking for help loads the parser and nothing of the work."""
    code = f"""
sys.argv = ["evalkit", *{arguments!r}]
from evalkit.cli.main import main
try:
    main()
except SystemExit:
    pass
"""
    own = {"pydantic"}  # typer reads a command's parameters with it
    assert _loaded_by(code) & HEAVY - own == set()
