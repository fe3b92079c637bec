"""Replay gives each draw what it once got."""

import asyncio

import pytest

from evalkit.backends.replay import replay
from evalkit.errors import RejectedError
from evalkit.nouns import CellOutcomes, Draw, Endpoint, Load, Request, Sample, cells, load_cells


def recorded(suite, texts):
    """Return the cells of a run in which every cell got the same texts."""
    return [
        CellOutcomes(
            cell=cell,
            samples=tuple(Sample(draw=Draw(cell=cell, replicate=i), text=text) for i, text in enumerate(texts)),
        )
        for cell in cells(suite)
    ]


def test_the_recorded_multiset_comes_back(suite_of):
    """Three recorded answers, two of them equal, come back as they were."""
    suite = suite_of()
    backend = replay(Endpoint(model="other"), recorded=recorded(suite, ["a", "b", "a"]))

    async def texts():
        return [
            (await backend.send(Request(cell=cells(suite)[0], replicates=(r,)))).completions[0].text for r in range(3)
        ]

    assert asyncio.run(texts()) == ["a", "b", "a"]


def test_what_was_not_recorded_is_refused(suite_of):
    """A draw beyond the recorded ones is not answered with another draw's text."""
    suite = suite_of()
    backend = replay(Endpoint(model="other"), recorded=recorded(suite, ["a"]))
    with pytest.raises(RejectedError, match="replicate 1"):
        asyncio.run(backend.send(Request(cell=cells(suite)[0], replicates=(1,))))


def test_a_cell_with_a_load_has_answers_of_its_own(suite_of):
    """The same question under another load is another draw: no recorded answer serves two."""
    suite = suite_of(load=(Load.SERIAL,))
    (serial,) = load_cells(suite)
    backend = replay(Endpoint(model="other"), recorded=recorded(suite, ["a"]))
    with pytest.raises(RejectedError):
        asyncio.run(backend.send(Request(cell=serial, replicates=(0,))))
