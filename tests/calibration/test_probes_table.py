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


def test_what_follows_from_a_habit_is_no_alarm() -> None:
    """Where everything is greedy the default is, too; another probe that fires would be an alarm."""
    found = tally("greedy", [1])
    assert (found.alarmed, set(found.others)) == (0, {"default"})


def test_the_page_says_what_was_seen() -> None:
    """Hits, what else fired, and false alarms."""
    seen = Tally(n=4, hits=3)
    seen.others.update(["default", "seed"])
    seen.alarmed = 1
    deep = {"default-temperature --deep": Tally(n=4, hits=4), f"{CLEAN} --deep": Tally(n=20)}
    text = page({CLEAN: Tally(n=20), "greedy": seen} | deep, 90.0)
    assert "| `greedy` | temperature | 3 of 4 | 19 to 99 % | default 1 (follows), seed 1 |" in text
    assert "| `default-temperature`, `--deep` | default | 4 of 4 | 40 to 100 % | - |" in text
    assert "false alarms: none, so at most 16.8 % of probings" in text
    assert "8 probings, something else than the habit was held against 1 of them (0 to 53 %)" in text
    assert "| `sampled` |" in text
