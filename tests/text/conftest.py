"""Reference values made with other people's libraries, where they are present."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ORACLE = Path(__file__).parents[3] / "shared" / "oracles" / "metrics.json"


@pytest.fixture(scope="session")
def oracle() -> dict[str, Any]:
    """Return the reference values; skips where the file is absent."""
    if not ORACLE.exists():
        pytest.skip("the reference values (../shared/oracles/metrics.json) are not here")
    return json.loads(ORACLE.read_text(encoding="utf-8"))
