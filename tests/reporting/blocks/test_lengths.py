"""Length and latency, on the page."""

from __future__ import annotations

from evalkit.nouns import Run, Spread, Spreads
from evalkit.reporting.blocks.lengths import lengths
from evalkit.reporting.findings import Findings


def _spread(temperature: float, quantity: str = "words", scale: float = 1.0) -> Spread:
    low, lower, median, upper, high = (scale * value for value in (10, 20, 25, 30 + temperature, 50))
    unit = "words" if quantity == "words" else "s"
    return Spread(
        quantity=quantity,
        unit=unit,
        temperature=temperature,
        low=low,
        lower=lower,
        median=median,
        upper=upper,
        high=high,
        n=1200,
    )


def test_the_middle_half_in_a_sentence(run_: Run) -> None:
    """Each quantity has its sentence, coldest and hottest, its table, and its numbers."""
    spreads = (_spread(0), _spread(1), _spread(0, "latency", 0.01), _spread(1, "latency", 0.01))
    part = lengths(Findings(run=run_, curves={}, spreads=Spreads(spreads=spreads)), ())
    assert part.lead == (
        "At T = 0 the middle half of the answers have 20 to 30 words; at T = 1, 20 to 31 words.",
        "At T = 0 the middle half of them took 0.2 to 0.3 s; at T = 1, 0.2 to 0.31 s.",
    )
    assert part.tables[0].rows[0] == ("0", "10", "20", "25", "30", "50", "1,200")
    assert [row["median"] for row in part.data] == [25, 25, 0.25, 0.25]


def test_without_latency_the_page_says_so(run_: Run) -> None:
    """Answers recorded elsewhere have lengths only."""
    found = Findings(run=run_, curves={}, spreads=Spreads(spreads=(_spread(0),)))
    part = lengths(found, None)
    assert any("No latency is known" in note for note in part.notes)
    assert len(part.tables) == 1
    assert [figure.plot for figure in part.figures] == ["boxes"]


def test_nothing_drawn_is_nothing_said(run_: Run) -> None:
    """Without samples there is no such part."""
    assert lengths(Findings(run=run_, curves={}), None) is None
    assert lengths(Findings(run=run_, curves={}, spreads=Spreads(spreads=())), None) is None
