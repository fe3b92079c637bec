"""A miniature of the repeated probings, and the page about them."""

from calibration.probes_guide import FOLLOWS, OWN
from calibration.probes_table import CLEAN, Tally, page, tally
from evalkit.loopback.habits import HABITS


def test_every_habit_has_its_place() -> None:
    """A new habit has to say whose it is."""
    assert set(OWN) == HABITS - {"rare-branch"}
    assert set(FOLLOWS) <= HABITS


def test_a_habit_is_counted() -> None:
    """A real probing over HTTP finds it, and nothing else."""
    assert tally("copies", [1]) == Tally(n=1, hits=1)


def test_the_page_says_what_was_seen() -> None:
    """Hits, what else fired, and false alarms."""
    seen = Tally(n=4, hits=3)
    seen.others.update(["default", "seed"])
    text = page({CLEAN: Tally(n=20), "greedy": seen}, 90.0)
    assert "| `greedy` | temperature | 3 of 4 | default 1 (follows), seed 1 |" in text
    assert "false alarms: none. So at most 16.8 % of probings" in text
    assert "| `sampled` |" in text
