"""A topic: what it is about, and what may be said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing the language can talk about."""

    name: str
    """Unique name, such as ``story/dragon``."""
    cues: tuple[str, ...]
    """Words of a prompt that call for it; all words of one cue must be there."""
    template: str
    """What may be said, as `evalkit.loopback.templates` reads it."""
