"""Matched temperatures on the page of a comparison."""

from __future__ import annotations

from dataclasses import replace

from evalkit.nouns import Comparison, Estimand, Match
from evalkit.reporting.blocks.matched import matched


def _match(metric, temperature):
    return Match(
        metric=metric,
        words=metric.replace("_", " "),
        temperature=temperature,
        value=1.2 * temperature,
        low=1.1 * temperature,
        high=1.3 * temperature,
        has_interval=True,
        reason=None,
        n_prompts=12,
        estimand=Estimand.THESE_PROMPTS,
    )


TEMPERATURES = (0.0, 0.4, 0.6, 0.8, 1.0, 1.3)
FOUND = Comparison(
    baseline="main",
    candidate="\x1b[31mcut",
    contrasts=(),
    temperatures=TEMPERATURES,
    matches=tuple(_match(metric, t) for metric in ("edit_distance", "unique_share") for t in TEMPERATURES[1:]),
)


def test_each_metric_has_a_sentence_a_table_and_a_picture():
    """Labels are made visible, and the picture tells the finding to those who do not see it."""
    block = matched(FOUND)
    assert block.lead[0] == "\\x1b[31mcut at T = 1.20 [1.10, 1.30] is as diverse as main at T = 1, by edit distance."
    assert [table.caption.partition(":")[0] for table in block.tables] == ["edit distance", "unique share"]
    assert block.tables[0].columns == (
        "temperature of main",
        "temperature of \\x1b[31mcut, by edit distance",
        "prompts",
    )
    assert block.tables[0].rows[0] == ("0.4", "0.48 [0.44, 0.52]", "12")
    assert [figure.plot for figure in block.figures] == ["matched", "matched"]
    assert block.lead[0] in block.figures[0].alt
    assert "these prompts" in block.notes[0]


def test_few_temperatures_are_told():
    """Fewer than five above 0 have a note of their own."""
    assert len(matched(FOUND, ()).notes) == 1
    few = replace(FOUND, temperatures=TEMPERATURES[:5])
    assert matched(few, ()).notes[1].startswith("There are fewer than five temperatures")


def test_nothing_to_say_and_nothing_to_draw():
    """Without matches there is no part; without wanted pictures there are none."""
    assert matched(replace(FOUND, matches=())) is None
    assert matched(FOUND, ()).figures == ()
