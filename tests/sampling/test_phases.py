"""Which draws may be in flight together."""

from evalkit.nouns import Load
from evalkit.planning import plan
from evalkit.sampling.phases import phases


def test_each_phase_has_its_draws_and_its_width(suite_of):
    """Serial is one phase, one at a time; a burst is one for each cell; the grid is one."""
    suite = suite_of("a", "b", load=(Load.SERIAL, Load.BURST), samples=2)
    seen = [([draw.cell.load for draw in together], most) for together, most in phases(plan(suite), 8)]
    assert seen == [
        ([Load.SERIAL] * 4, 1),
        ([Load.BURST] * 2, 8),
        ([Load.BURST] * 2, 8),
        ([None] * 8, 8),
    ]


def test_a_plan_without_loads_is_one_phase(suite_of):
    """Nothing changes for suites that ask for no load, and draws are pulled as they are sent."""
    draws = iter(plan(suite_of(samples=2)))
    together, most = next(phases(draws, 5))
    next(together)
    assert (most, len(list(draws))) == (5, 3)
