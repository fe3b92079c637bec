"""Blocks that hold each cell once, what is still pending, and what it will take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.nouns import Decoding, Endpoint, Load, Message, Mode, Prompt, Suite
from evalkit.planning import pending, plan, preview
from evalkit.sampling.requests import requests_of


def _suite(n_prompts: int = 2, n_temperatures: int = 3, samples: int = 4, seed: int = 0) -> Suite:
    return Suite(
        name="s",
        endpoint=Endpoint(model="m"),
        prompts=tuple(
            Prompt(id=f"p{number}", messages=(Message(role="user", content="12345678"),)) for number in range(n_prompts)
        ),
        temperatures=tuple(0.5 * number for number in range(n_temperatures)),
        samples=samples,
        metrics=(),
        decoding=Decoding(max_tokens=10),
        seed=seed,
    )


sizes = st.builds(_suite, *(st.integers(1, 4),) * 3, st.integers(0, 99))


@given(suite=sizes)
def test_every_block_holds_each_cell_once(suite: Suite) -> None:
    """Replicate r of every cell is drawn before replicate r + 1 of any."""
    whole = plan(suite)
    draws = list(whole)
    width = len(whole.cells)
    assert len(draws) == len(whole)
    for block in range(suite.samples):
        part = draws[block * width : (block + 1) * width]
        assert {draw.replicate for draw in part} == {block}
        assert {draw.cell.key for draw in part} == {cell.key for cell in whole.cells}


@given(suite=sizes, more=st.integers(1, 3))
def test_more_samples_only_add_blocks(suite: Suite, more: int) -> None:
    """A run can be extended: what was sent stays the beginning, and the identity stays."""
    longer = plan(replace(suite, samples=suite.samples + more))
    assert list(longer)[: len(plan(suite))] == list(plan(suite))
    assert longer.key == plan(suite).key


@given(suite=sizes, data=st.data())
def test_pending_is_the_plan_without_what_is_filled(suite: Suite, data: st.DataObject) -> None:
    """Filled and pending draws together are the plan, in its order."""
    whole = plan(suite)
    filled = data.draw(st.sets(st.sampled_from([draw.slot for draw in whole])))
    assert [draw for draw in whole if draw.slot not in filled] == list(pending(whole, filled))


@given(suite=sizes, mode=st.sampled_from(Mode), data=st.data())
def test_preview_counts_the_requests_that_are_sent(suite: Suite, mode: Mode, data: st.DataObject) -> None:
    """The number shown is the number of requests the sampler makes, in every mode and after a half-done run."""
    suite = replace(suite, mode=mode, samples=suite.samples * 5)
    whole = plan(suite)
    filled = data.draw(st.sets(st.sampled_from([draw.slot for draw in whole])))
    seen = preview(suite, filled)
    assert seen.n_requests == len(list(requests_of(pending(whole, filled), mode)))
    assert seen.n_missing == seen.n_draws - len(filled)
    assert sum(n for row in seen.rows for n in row.missing) == seen.n_missing


@pytest.mark.parametrize("seed", [0, 1])
def test_the_seed_orders_the_blocks(seed: int) -> None:
    """Equal seeds, equal orders; another seed, another order."""
    draws = list(plan(_suite(n_prompts=4, seed=seed)))
    assert draws == list(plan(_suite(n_prompts=4, seed=seed)))
    assert draws != list(plan(_suite(n_prompts=4, seed=seed + 1)))


def test_blocks_differ_in_order() -> None:
    """A drifting endpoint falls evenly on all cells, for no order is used for all blocks."""
    draws = list(plan(_suite(n_prompts=4)))
    orders = {tuple(d.cell.key for d in draws[start : start + 12]) for start in range(0, 48, 12)}
    assert len(orders) == 4


def test_tokens_are_a_documented_range() -> None:
    """Eight characters are two to four tokens, framing at most eight; answers up to max_tokens each."""
    seen = preview(_suite(n_prompts=1, n_temperatures=1, samples=2))
    assert (seen.prompt_tokens_low, seen.prompt_tokens_high) == (2 * 2, 2 * (4 + 8))
    assert seen.completion_tokens_high == 2 * 10


def test_plan_and_preview_say_their_size() -> None:
    """The first line is the arithmetic of the design."""
    suite = _suite(n_prompts=12, n_temperatures=5, samples=20)
    assert str(plan(suite)) == "12 prompts × 5 temperatures × 20 = 1,200 draws"
    assert str(preview(suite)).splitlines()[0] == "12 prompts × 5 temperatures × 20 = 1,200 draws"


def test_preview_shows_hostile_names_harmlessly() -> None:
    """Control characters of a name never reach a terminal."""
    suite = _suite(n_prompts=1)
    prompts = (replace(suite.prompts[0], id="\x1b[31m" + "x" * 99),)
    text = str(preview(replace(suite, prompts=prompts)))
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) < 100


@given(suite=sizes, data=st.data())
def test_preview_shows_the_cells_of_loads(suite: Suite, data: st.DataObject) -> None:
    """Serial and burst have columns of their own; requests and missing draws hold them."""
    suite = replace(suite, load=(Load.SERIAL, Load.BURST, Load.MIXED))
    whole = plan(suite)
    filled = data.draw(st.sets(st.sampled_from([draw.slot for draw in whole])))
    seen = preview(suite, filled)
    assert seen.loads == ("serial", "burst")
    assert seen.n_draws == len(whole)
    assert seen.n_requests == seen.n_missing == len(list(pending(whole, filled)))
    assert sum(n for row in seen.rows for n in (*row.missing, *row.missing_under_load)) == seen.n_missing
    for row in seen.rows:
        own = [draw for draw in pending(whole, filled) if draw.cell.prompt.id == row.prompt_id]
        assert row.missing_under_load == tuple(
            sum(draw.cell.load is load for draw in own) for load in (Load.SERIAL, Load.BURST)
        )
    assert str(seen).splitlines()[0] == str(whole)
    assert [line.split()[-2:] for line in str(seen).splitlines()[5:6]] == [["serial", "burst"]]


def test_a_preview_without_temperature_names_none(suite_of: Callable[..., Suite]) -> None:
    """The column of what is asked without a temperature is not headed by a number."""
    assert str(preview(suite_of(temperatures=(1.0,), send_temperature=False))).splitlines()[-2].split()[1:] == [
        "not",
        "sent",
    ]
