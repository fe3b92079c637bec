"""Quality and diversity together, on recorded answers of a real model, where they are present."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

import evalkit
from evalkit.analysis.optimum import optimum
from evalkit.api import import_recorded
from evalkit.nouns import MetricRequest

REAL = Path(__file__).parents[2] / "shared" / "data" / "recorded"
OPTIONS = (("pattern", r'Answer\("([A-E])"\)'), ("quality", "accuracy"))
PARTS = ("qd_index", "quality_mean", "weighted_distance")
N_PROMPTS = 15
LAST = 1.6


@pytest.fixture(scope="module")
def curves(tmp_path_factory):
    """Return the index and its parts over temperature, of some problems."""
    if not REAL.is_dir():
        pytest.skip(f"no recorded answers at {REAL}")
    folder = tmp_path_factory.mktemp("recorded")
    with gzip.open(REAL / "gpt-35-turbo.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [(json.loads(line), line) for line in lines]
    ids = list(dict.fromkeys(row["prompt_id"] for row, _ in rows))
    # Few problems reach the last temperature; one of them is there, so that it has a value too.
    survivor = next(row["prompt_id"] for row, _ in rows if row["temperature"] == LAST)
    wanted = {survivor, *ids[:N_PROMPTS]}
    some = "".join(line for row, line in rows if row["prompt_id"] in wanted)
    (folder / "some.jsonl").write_text(some, encoding="utf-8")
    metrics = [MetricRequest(name=name, options=OPTIONS) for name in PARTS]
    with evalkit.open_store(folder / "runs.sqlite") as store:
        import_recorded(store, folder / "some.jsonl", label="r", prompts=REAL / "prompts.json", metrics=metrics)
        found = evalkit.measure(store, "r")
    return {curve.metric.name: curve for curve in found.values()}


def test_the_index_has_a_value_at_every_temperature(curves):
    """Seventeen temperatures, each with an index, its interval and its quality; at 0 nothing varies."""
    index = curves["qd_index"].points
    assert len(index) == 17
    assert all(point.estimate.value is not None and point.estimate.interval is not None for point in index)
    assert index[0].estimate.value == 0.0
    assert all(0.0 < point.estimate.value < 0.5 for point in index[1:-1])
    assert all(point.estimate.value is not None for point in curves["quality_mean"].points)


def test_the_index_is_about_quality_squared_times_distance(curves):
    """In each cell the three numbers belong together: up to the pairs that ten answers make, index = q² d."""
    for point, quality, distance in zip(*(curves[name].points for name in PARTS), strict=True):
        parts = (point.measurements, quality.measurements, distance.measurements)
        for index, q, d in zip(*parts, strict=True):
            if index.value is not None:
                product = 0.0 if d.value is None else q.value**2 * d.value
                assert index.value == pytest.approx(product, abs=0.04)


def test_the_best_temperature_is_no_end_of_the_scale(curves):
    """The index is largest between the ends, or nobody can tell; never is the wildest temperature the best."""
    best = optimum(curves["qd_index"], seed=0)
    assert best.kind in {"interior", "flat", "open"}
    assert best.low < best.high
    assert best.n_prompts >= 10
