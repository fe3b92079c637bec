"""Precision, and how far sampling by it has come, to and from what a suite's text holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from evalkit.nouns import Goal, Precision, Standing, Suite


def told(suite: Suite) -> dict[str, Any]:
    """Return the fields of a suite's text; none where no precision is asked for, as before there was any."""
    if suite.precision is None:
        return {}
    standings = [asdict(standing) | {"sizes": list(standing.sizes)} for standing in suite.standings]
    return {"precision": asdict(suite.precision), "standings": standings}


def read(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a suite that `told` was given."""
    found = data.get("precision")
    if found is None:
        return {}
    goals = tuple(Goal(**goal) for goal in found["goals"])
    standings = [Standing(**{**each, "sizes": tuple(each["sizes"])}) for each in data["standings"]]
    return {
        "precision": Precision(goals=goals, first=found["first"], looks=found["looks"]),
        "standings": tuple(standings),
    }
