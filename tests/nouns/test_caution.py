"""Cautions that say the same are one to read."""

from __future__ import annotations

import pytest

from evalkit.nouns import Caution, merged


def _caution(fact: str, meaning: str = "m", *, temperatures: tuple[float, ...] = ()) -> Caution:
    return Caution(slug="degenerate-data", fact=fact, meaning=meaning, remedy="r", temperatures=temperatures)


def test_cautions_of_one_meaning_become_one():
    """Facts stand in a row, temperatures together, in the order of the first; another meaning stays apart."""
    given = [
        _caution("A.", temperatures=(1.0,)),
        _caution("B.", "other"),
        _caution("C.", temperatures=(0.0, 1.0)),
        _caution("A.", temperatures=(1.0,)),
    ]

    found = merged(given)

    assert [(each.fact, each.temperatures) for each in found] == [("A. C.", (0.0, 1.0)), ("B.", ())]


def test_an_unknown_slug_is_refused():
    """A caution that nobody documented can not be made."""
    with pytest.raises(ValueError, match="unknown caution slug"):
        Caution(slug="no-such", fact="f", meaning="m", remedy="r")
