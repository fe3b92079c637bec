"""A suite file as the command line changes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit import api

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.nouns import Suite


def asked_of(path: Path, *, samples: int | None, model: str | None, base_url: str | None) -> Suite:
    """Return the suite of a file, with what the command line says instead; its address is not resolved."""
    asked = api.load_suite(path)
    endpoint = replace(
        asked.endpoint, model=model or asked.endpoint.model, base_url=base_url or asked.endpoint.base_url
    )
    return replace(asked, endpoint=endpoint, samples=samples or asked.samples)
