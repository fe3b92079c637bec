"""Length in words."""

from __future__ import annotations

import math

from evalkit.metrics.base import sample_metric
from evalkit.nouns import Panel
from evalkit.text.prefixes import units


@sample_metric(unit="words", bounds=(0.0, math.inf), panel=Panel.LITERATURE)
def length_words(text: str) -> float:
    """Return the number of words of a sample: what stands between white space.

    It says nothing of diversity, and explains much of it: most measures of diversity move with length. In scripts
    written without blanks each character counts as a word.

    References:
        Definition by this project.
    """
    return float(len(units(text)))
