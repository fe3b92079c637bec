"""The shipped suite that shows the floor, on an endpoint that flips words in company and on one that does not."""

from dataclasses import replace
from pathlib import Path

import evalkit
from evalkit.loopback.server import Server
from evalkit.nouns import Load, Verdict

SUITE = Path(__file__).parents[1] / "suites" / "floor.yaml"


def _measured(tmp_path, *habits):
    suite = evalkit.load_suite(SUITE)
    with Server(seed=5, habits=habits) as server, evalkit.open_store(tmp_path / "runs.sqlite") as store:
        short = replace(suite.decoding, max_tokens=40)
        asked = replace(suite, decoding=short, endpoint=replace(suite.endpoint, base_url=server.url), samples=12)
        run = evalkit.run(asked, store, preflight=False)
        assert run.complete
        found = evalkit.measure(store, suite.name, metrics=["exact_agreement", "length_words"])
        page = evalkit.report(store, suite.name, tmp_path / "page.md", results=found)
    return found, page.read_text(encoding="utf-8")


def test_a_server_that_flips_in_company_has_a_floor_alone_and_none_in_a_burst(tmp_path):
    """Serial answers all agree, those of a burst less: load matters, and the page says so."""
    found, page = _measured(tmp_path, "flips:0.5")
    (floor,) = found.floor.metrics
    assert (floor.level.load, floor.level.estimate.value) == (Load.SERIAL, 1.0)
    burst = floor.loads[0]
    assert (burst.load, burst.contrast.verdict) == (Load.BURST, Verdict.LOWER)
    assert burst.contrast.difference < -0.3
    assert [arm.n_parting for arm in found.floor.arms[:2]] == [0, 4]
    assert found["exact_agreement"].floor == floor.level
    assert found["length_words"].floor is None
    assert "In a burst of equal requests it is lower" in page


def test_a_steady_server_has_the_same_floor_under_every_load(tmp_path):
    """No load is said to matter, and what differs at higher temperatures is sampling."""
    found, page = _measured(tmp_path)
    (floor,) = found.floor.metrics
    assert [level.estimate.value for level in (floor.level, *floor.others)] == [1.0, 1.0, 1.0]
    assert all(each.contrast.difference == 0.0 for each in floor.loads)
    assert [each.verdict for each in floor.above] == [Verdict.LOWER] * 3
    assert found.floor.fingerprints is None
    assert "load matters" not in page
