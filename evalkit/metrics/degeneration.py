"""Degeneration: how often a sample is no language any more."""

from __future__ import annotations

from collections.abc import Mapping

from evalkit.metrics.base import sample_metric
from evalkit.nouns import JSON, Sample
from evalkit.text.degeneration import Limits, signs_of, vocabulary_of


def _checked(options: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Read the vocabulary when the metric is asked for, so that a wrong path does not wait for the answers."""
    if options["vocabulary"] is not None:
        vocabulary_of(str(options["vocabulary"]))
    return {}


@sample_metric(unit="share", bounds=(0.0, 1.0), needs="samples", sees=("text",), of_options=_checked)
def degeneration(  # noqa: PLR0913 - each limit is an option
    sample: Sample,
    *,
    repetition: float = 0.5,
    extra_scripts: int = 1,
    compression: float = 4.0,
    compression_bytes: int = 500,
    vocabulary: str | None = None,
    unknown: float = 0.35,
    unknown_words: int = 20,
) -> float:
    """Return 1 when a sample shows a sign of degeneration, else 0.

    The signs, each with its limit as an option: more than `repetition` of its runs of four tokens stood earlier in
    the same text; it holds the replacement character U+FFFD; its letters are of more scripts than those of the
    prompt and `extra_scripts`; it is longer than `compression_bytes` and compresses to less than one part in
    `compression`, which is a loop; and, only where `vocabulary` names a file of words, one on a line, it has more
    than `unknown_words` words and more than `unknown` of them are not in the file. No list of words comes with
    evalkit, so that text made of well-formed nonsense passes unless a vocabulary is given.

    Loops are what low temperatures do, and mixed scripts what high ones do: without this number, variety at high
    temperatures can not be told from noise. Han, kana and bopomofo count as one script. A text of fewer than four
    tokens does not repeat; an empty text shows no sign, and is counted by `empty_share`. Where the prompt's words
    are not known, scripts are not compared. Tables and code compress well too: raise `compression` for them.

    References:
        S. Welleck et al., "Neural Text Generation with Unlikelihood Training", ICLR (2020), arXiv 1908.04319, for
        the share of repeated runs.
        Y. Su et al., "A Contrastive Framework for Neural Text Generation", NeurIPS (2022), arXiv 2202.06417,
        section 4, for runs of two, three and four.
        The other signs, the limits and their union: definition by this project.
    """
    limits = Limits(
        repetition=repetition,
        extra_scripts=extra_scripts,
        compression=compression,
        compression_bytes=compression_bytes,
        vocabulary=vocabulary,
        unknown=unknown,
        unknown_words=unknown_words,
    )
    question = "\n".join(message.content for message in sample.draw.cell.prompt.messages)
    return float(bool(signs_of(sample.text, question, limits)))
