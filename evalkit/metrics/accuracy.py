"""Accuracy: how often a sample gives the right answer."""

from __future__ import annotations

import re

from evalkit.metrics.base import sample_metric
from evalkit.nouns import Undefined
from evalkit.text.levels import level_of, punctuation
from evalkit.text.words import UNSPACED

_UNSPACED = re.compile(f"[{UNSPACED}]")


def _given(text: str, *, pattern: str | None = None) -> str | None:
    return _spaced(text) if pattern is None else level_of("answer", pattern=pattern)(text)


def _spaced(text: str) -> str:
    # Blanks at the ends and around each character of a script without blanks: whole words can then be
    # looked for as a part of the text.
    apart = _UNSPACED.sub(r" \g<0> ", punctuation(text))
    return f" {' '.join(apart.split())} "


@sample_metric(unit="share", bounds=(0.0, 1.0), quality=1, needs="reference", prepare=_given)
def accuracy(given: str | None, reference: str | None, *, pattern: str | None = None) -> float:
    r"""Return 1 when a sample agrees with the prompt's reference, else 0.

    With a `pattern`, a regular expression such as ``Answer: (\w+)``, what it finds last must equal the reference;
    a sample in which it finds nothing is wrong. Without a pattern the reference must occur somewhere in the sample
    as whole words, which a sample that names several answers passes too. Case, punctuation and white space do not
    count, except in numbers.

    References:
        Definition by this project.
    """
    if reference is None:
        raise Undefined("the prompt has no reference")
    wanted = punctuation(reference)
    if not wanted:
        raise Undefined("the prompt's reference holds no word")
    if pattern is not None:
        return float(given == wanted)
    return float(given is not None and _spaced(reference) in given)
