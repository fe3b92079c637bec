"""The shipped suite of many completions at temperature 0, on an endpoint that rarely goes another way."""

from dataclasses import replace
from pathlib import Path

import evalkit
from evalkit.analysis.forks import Forks
from evalkit.loopback.server import Server

SUITE = Path(__file__).parents[1] / "suites" / "determinism.yaml"


def test_a_rare_branch_is_found_at_its_word(tmp_path):
    """All answers share their first 102 words, and few go another way at the next one."""
    suite = evalkit.load_suite(SUITE)
    with Server(seed=4, habits=("rare-branch:0.05",)) as server, evalkit.open_store(tmp_path / "runs.sqlite") as store:
        asked = replace(suite, samples=200, endpoint=replace(suite.endpoint, base_url=server.url))
        evalkit.run(asked, store)
        found = evalkit.measure(store, suite.name, metrics=["unique_share", "modal_share", "first_divergence"])
        forks = Forks(n_temperatures=1)
        for cell in store.outcomes(suite.name):
            forks.see(cell)
    (row,) = forks.rows()
    assert found["unique_share"].points[0].estimate.value == 2 / 200
    assert 0.85 < found["modal_share"].points[0].estimate.value < 1.0
    assert found["first_divergence"].points[0].estimate.value == 102
    assert (row.position, row.branches) == (102, 2)
