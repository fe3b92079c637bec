"""Where a run comes from: versions, machine and commit, without anything secret."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import subprocess
import sys

from evalkit.nouns import Provenance

_PACKAGES = ("openai", "aiohttp", "numpy", "scipy", "scikit-learn", "rapidfuzz")
_GIT_TIMEOUT_S = 5


def provenance(source: str = "run") -> Provenance:
    """Return where a run that begins now comes from.

    Args:
        source: ``run``, ``import FILE`` or ``replay STORE``.
    """
    return Provenance(
        evalkit_version=version(),
        python=sys.version.split()[0],
        platform=f"{platform.system()} {platform.machine()}",
        packages=tuple((name, importlib.metadata.version(name)) for name in _PACKAGES),
        commit=_commit(),
        source=source,
    )


def version() -> str:
    """Return the installed version of evalkit."""
    return importlib.metadata.version("evalkit")


def _commit() -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    try:
        found = subprocess.run(  # noqa: S603 - fixed words, no shell
            [git, "rev-parse", "HEAD"], capture_output=True, text=True, timeout=_GIT_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None if found.returncode == 0 else None
