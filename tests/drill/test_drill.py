"""The drill in short: real processes, one seed, no figure that is a time."""

import signal

import pytest

from drill import disk, ending, hostile, refusing
from drill.bench import bench
from drill.delivering import PROFILES, delivered


def _shown(lines):
    return [f"{line.number}, {line.what}: {line.got}" for line in lines if line.passed is False]


@pytest.mark.parametrize("profile", ["flaky", "weird"])
def test_nothing_that_was_answered_is_lost(profile):
    """Whatever goes wrong on the wire, each answer is kept once, as it was served, where it belongs."""
    assert profile in PROFILES
    assert _shown(delivered([1], [profile], samples=3)) == []


def test_kills_cost_what_was_in_flight():
    """A kill -9 costs at most what was in flight; the same command ends the run."""
    assert _shown(ending.killed([1], kills=1, samples=3, modes=["separate"])) == []


def test_a_run_asked_to_stop_keeps_what_it_bought():
    """After TERM nothing is bought again."""
    assert _shown(ending.asked_to_stop([1], signals=[signal.SIGTERM], within_s=60.0)) == []


def test_two_processes_do_not_share_a_store():
    """The second writer is refused with the pid of the first, whose death frees the store."""
    assert _shown(ending.shared([1])) == []


def test_a_refused_temperature_costs_one_request():
    """A model that takes one temperature only is told so once for each other."""
    assert _shown(refusing.unsupported([1])) == []


def test_answers_are_synced_before_the_next_request():
    """Where strace is, it sees a sync between any two requests."""
    assert _shown(disk.traced([1], samples=3)) == []


def test_hostile_texts_are_only_texts():
    """No page, plot, table or terminal obeys a text or a name."""
    with bench() as place:
        assert hostile.findings(place, plots=["strip"], shown=[]) == ([], 0)
