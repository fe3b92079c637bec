"""Length in characters."""

from __future__ import annotations

import math

from evalkit.metrics.base import sample_metric


@sample_metric(unit="characters", bounds=(0.0, math.inf))
def length_characters(text: str) -> float:
    """Return the number of code points of a sample, white space among them.

    What a reader sees as one character may be several code points: an accent that combines, or a family of emoji.
    It is right for every script, where words are not.

    References:
        Definition by this project.
    """
    return float(len(text))
