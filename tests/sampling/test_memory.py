"""A run holds what is in flight, however many samples it has."""

import tracemalloc

import evalkit
from evalkit.nouns import Reply

SOME, MANY = 500, 2_500
ROOM = 300_000
"""Bytes that a run of `MANY` may hold above one of `SOME`: 150 a sample would be too many."""


class Talker:
    """A backend that never says the same twice."""

    def __init__(self):
        """Begin with the first word."""
        self.n_said = 0

    async def send(self, request):
        """Return an answer of some hundred letters."""
        self.n_said += 1
        return Reply.of_texts([f"{self.n_said} {'word ' * 40}"] * request.n)

    async def aclose(self):
        """Nothing to release."""


def most_held(suite, path):
    """Return the most bytes that objects of Python took while a suite was run."""
    with evalkit.open_store(path) as store:
        tracemalloc.start()
        try:
            run = evalkit.run(suite, store, backend=Talker())
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert run.complete
    return most


def test_a_run_of_five_times_as_many_samples_holds_as_much(tmp_path, suite_of):
    """Neither plan nor answers nor their record grow with the number of samples."""
    most_held(suite_of(samples=1), tmp_path / "first.sqlite")  # whatever is loaded once
    few, many = (most_held(suite_of(samples=n // 2, concurrency=16), tmp_path / f"{n}.sqlite") for n in (SOME, MANY))
    assert many < few + ROOM
