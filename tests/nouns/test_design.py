"""Cells with a load of their own, beside the grid and before it."""

from evalkit.nouns import Load, Plan, cells, content_key, every_cell, load_cells, n_cells

EVERY = (Load.SERIAL, Load.BURST, Load.MIXED)


def test_serial_and_burst_have_cells_and_mixed_is_the_grid(suite_of):
    """Each prompt gets one more cell for serial and for burst, at temperature 0; the grid stays as it was."""
    suite = suite_of("a", "b", load=EVERY)
    found = load_cells(suite)
    assert [(cell.prompt.id, cell.load) for cell in found] == [
        (prompt, load) for prompt in ("p1", "p2") for load in (Load.SERIAL, Load.BURST)
    ]
    assert {cell.decoding.temperature for cell in found} == {0.0}
    assert cells(suite) == cells(suite_of("a", "b"))
    assert every_cell(suite) == cells(suite) + found


def test_the_load_is_part_of_a_key_only_where_it_is_set(suite_of):
    """Keys of cells without a load are made of what they were made of before there was one."""
    suite = suite_of(load=EVERY)
    cold = cells(suite)[0]
    assert cold.key == content_key(
        {
            "backend": "openai",
            "base_url": "loopback",
            "model": "storyteller-small",
            "prompt": "p1",
            "messages": [["user", "Tell a story about a lighthouse keeper."]],
            "temperature": 0.0,
            "top_p": None,
            "max_tokens": 64,
            "seed": None,
            "stop": [],
            "extra": [],
            "mode": "separate",
        }
    )
    assert len({cold.key, *(cell.key for cell in load_cells(suite))}) == 3


def test_loads_come_first_and_a_burst_stays_together(suite_of):
    """Serial draws are in blocks, those of a burst cell after cell, and the grid follows as without loads."""
    suite = suite_of("a", "b", load=EVERY, samples=3)
    draws = list(Plan(cells=every_cell(suite), samples=3, seed=suite.seed))
    serial, burst, grid = draws[:6], draws[6:12], draws[12:]
    assert [draw.replicate for draw in serial] == [0, 0, 1, 1, 2, 2]
    assert {draw.cell.load for draw in serial} == {Load.SERIAL}
    assert [(draw.cell.prompt.id, draw.replicate) for draw in burst] == [(p, r) for p in ("p1", "p2") for r in range(3)]
    assert {draw.cell.load for draw in burst} == {Load.BURST}
    assert grid == list(Plan(cells=cells(suite), samples=3, seed=suite.seed))


def test_a_plan_says_what_loads_add(suite_of):
    """The size in words holds the arms beside the grid."""
    plan = Plan(cells=every_cell(suite_of("a", "b", load=EVERY)), samples=20)
    assert str(plan) == "2 prompts × 2 temperatures × 20 = 80 draws, and 40 serial at T = 0, and 40 burst at T = 0"
    assert len(plan) == 160


def test_without_a_temperature_there_are_no_arms_at_0(suite_of):
    """A model that takes no temperature has no floor at one."""
    assert load_cells(suite_of(load=EVERY, send_temperature=False)) == ()


def test_cells_are_counted_without_being_made(suite_of):
    """The count is that of the cells, whatever is asked for."""
    for load in ((), (Load.MIXED,), (Load.BURST,), EVERY):
        for sent in (True, False):
            suite = suite_of("a", "b", load=load, send_temperature=sent)
            assert n_cells(suite) == len(every_cell(suite))
