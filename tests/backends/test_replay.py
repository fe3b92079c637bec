"""Replay gives each draw what it once got."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.backends.replay import replay
from evalkit.errors import RejectedError
from evalkit.nouns import (
    CellOutcomes,
    Draw,
    Endpoint,
    Load,
    Prompt,
    Request,
    Sample,
    Suite,
    cells,
    load_cells,
)

GRID = {"temperatures": (0.0, 1.0), "samples": 8, "metrics": ()}


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


@given(texts=st.lists(st.sampled_from(["", "a", "b", "\ud83d"]), min_size=1, max_size=8), chance=st.randoms())
def test_each_draw_gets_its_own_answer_in_any_order(texts, chance):
    """However draws are asked for, one by one or several at once, each gets what it got: none is given to two."""
    suite = Suite(name="s", endpoint=Endpoint(model="m"), prompts=(Prompt(id="p", messages=()),), **GRID)
    assert len({Draw(cell=cell, replicate=r).slot for cell in cells(suite) for r in range(8)}) == 16
    backend = replay(Endpoint(model="other"), recorded=recorded(suite, texts))
    order = list(range(len(texts)))
    chance.shuffle(order)
    cut = chance.randint(0, len(order))

    async def heard(cell):
        found = {}
        for asked in filter(None, (tuple(order[:cut]), *((r,) for r in order[cut:]))):
            reply = await backend.send(Request(cell=cell, replicates=asked))
            found |= dict(zip(asked, (completion.text for completion in reply.completions), strict=True))
        return [found[r] for r in range(len(texts))]

    for cell in cells(suite):
        assert asyncio.run(heard(cell)) == texts


def test_null_and_calls_of_tools_are_heard_again(suite_of):
    """What was not a text is not made one."""
    suite = suite_of()
    cell = cells(suite)[0]
    sample = Sample(draw=Draw(cell=cell, replicate=0), text="", is_null=True, tool_calls='[{"id":"c"}]', logprobs="[1]")
    backend = replay(Endpoint(model="other"), recorded=[CellOutcomes(cell=cell, samples=(sample,))])
    (found,) = asyncio.run(backend.send(Request(cell=cell, replicates=(0,)))).completions
    assert (found.is_null, found.tool_calls, found.logprobs) == (True, [{"id": "c"}], [1])


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
