"""A temperature for each aim, on the page."""

from __future__ import annotations

from evalkit.nouns import Advice, ChangePoint, Run
from evalkit.reporting.blocks.advice import advice
from evalkit.reporting.findings import Findings

AIMS = (
    Advice(aim="repeatable", decided=True, temperature=0.0, sentence="Use T = 0\u202e.", evidence=("1 at T = 0",)),
    Advice(aim="creative", decided=False, temperature=None, sentence="Undecided: ask more.", evidence=()),
)
FALL = ChangePoint(
    metric="validity",
    words="validity",
    temperature=1.25,
    low=1.0,
    high=1.4,
    kind="falls",
    n_prompts=84,
    method="kink",
)


def test_aims_have_sentences_and_falls_a_table(run_: Run) -> None:
    """Each aim has its sentence, each quality the place of its fall; hidden characters are shown."""
    part = advice(Findings(run=run_, curves={}, advice=AIMS, limits=(FALL,)), ())
    assert part.lead == ("Repeatable: use T = 0\\u202e.", "Creative: undecided: ask more.")
    assert part.tables[0].rows == (("validity", "1.25", "[1, 1.4]", "84", "kink"),)
    assert part.trees == (("repeatable: the evidence", "1 at T = 0"),)
    assert part.data["limits"][0]["temperature"] == 1.25


def test_without_advice_there_is_no_part(run_: Run) -> None:
    """A run that nobody advised on has no such part."""
    assert advice(Findings(run=run_, curves={}), ()) is None
