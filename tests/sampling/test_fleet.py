"""Several endpoints with hidden limits, each asked by fifty workers: every one by itself, and all workers alike."""

import pytest
from benchmarks.fleet import fairness, fleet, limits, refused, share
from benchmarks.hidden import Limit

WORKERS, LEARNT_S, LASTS_S = 50, 30.0, 120.0
A_SECOND, IN_FLIGHT = Limit(number=10), Limit(flight=8, latency_s=0.5, tells=True)
IN_TROUBLE = Limit(number=10, tells=True, down=((20.0, 50.0),))


@pytest.fixture(scope="module")
def together():
    """Return what three endpoints came to, side by side."""
    given = [(0, "a second", A_SECOND), (1, "in flight", IN_FLIGHT), (2, "in trouble", IN_TROUBLE)]
    return fleet(given, WORKERS, LASTS_S)[0]


@pytest.mark.parametrize("number", [0, 1])
def test_most_of_what_an_endpoint_bears_is_used(together, number):
    """Nobody tells the limit, and after half a minute at least nine tenths of it are reached, with few refusals."""
    assert share(together[number], WORKERS, LEARNT_S, LASTS_S) >= 0.9
    assert refused(together[number], 0.0, LASTS_S) <= 0.02


def test_workers_are_answered_alike(together):
    """First come, first served: nobody is left out while others are answered again and again."""
    for seen in together[:2]:
        counts = seen.server.by_worker.values()
        assert len(counts) == WORKERS
        assert max(counts) - min(counts) <= 0.5 * max(counts)
        assert fairness(seen, WORKERS) >= 0.98


def test_trouble_of_one_endpoint_slows_no_other(together):
    """The others answer the same requests at the same instants when the one in trouble is left out."""
    alone, _ = fleet([(0, "a second", A_SECOND), (1, "in flight", IN_FLIGHT)], WORKERS, LASTS_S)
    assert [seen.server.answered for seen in together[:2]] == [seen.server.answered for seen in alone]


def test_an_endpoint_that_is_back_is_asked_again(together):
    """While it is down it is asked rarely, nothing is given up, and soon after it has what it had."""
    server = together[2].server
    assert sum(25.0 <= at < 50.0 for at in server.sent) <= 60
    assert together[2].tally.n_failures == 0
    assert share(together[2], WORKERS, 80.0, LASTS_S) >= 0.8


def test_capacity_is_what_the_limits_leave():
    """The tighter of two limits holds, outages and failures are taken off, and there are so many workers."""
    assert Limit(flight=4, latency_s=2.0, number=10).capacity(50, 0.0, 10.0) == 20.0
    assert Limit(number=10, down=((0.0, 5.0),), flaky=0.5).capacity(50, 0.0, 10.0) == 25.0
    assert Limit(latency_s=5.0).capacity(50, 0.0, 10.0) == 100.0


def test_every_kind_is_there():
    """So many endpoints are of all kinds in turn, the same ones each time."""
    assert limits(20) == limits(20)
    assert len({kind for kind, _ in limits(20)}) == 10
