"""Prompts from Parquet and draws to it, by Ray Data, where it is installed."""

import pytest

import evalkit
from evalkit.errors import SuiteError
from evalkit.lake import read_prompts, write_samples
from evalkit.loopback.server import Server
from evalkit.nouns import Endpoint

pytestmark = [
    pytest.mark.xdist_group("ray"),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture
def parquet():
    """Return the library that the tables of a test are made with."""
    pytest.importorskip("ray.data", exc_type=ImportError)
    return pytest.importorskip("pyarrow.parquet")


def table(parquet, path, **columns):
    """Write a table."""
    import pyarrow as pa

    parquet.write_table(pa.table(columns), path)
    return str(path)


def test_a_lake_gives_prompts_and_takes_draws(parquet, tmp_path, suite_of):
    """Two prompts come by name with their gold answers, and what was answered to them is read back as rows."""
    path = table(parquet, tmp_path / "in.parquet", id=["b", "a"], user=["two", "one"], gold=[None, "1"])
    prompts = read_prompts(path, reference="gold")
    assert [(each.id, each.text, each.reference) for each in prompts] == [("a", "one", "1"), ("b", "two", None)]
    with evalkit.open_store(tmp_path / "runs.sqlite") as store, Server(seed=1) as server:
        suite = suite_of(samples=2, endpoint=Endpoint(model="storyteller-small", base_url=server.url))
        evalkit.run(suite, store, label="r", preflight=False)
        assert write_samples(store, "r", str(tmp_path / "out")) == 4
        texts = sorted(sample.text for cell in store.outcomes("r") for sample in cell.samples)
    assert sorted(parquet.read_table(tmp_path / "out")["text"].to_pylist()) == texts


def test_two_prompts_of_one_name_are_refused(parquet, tmp_path):
    """A name that stands for two questions would mix their answers."""
    path = table(parquet, tmp_path / "in.parquet", id=["a", "a"], user=["one", "two"])
    with pytest.raises(SuiteError, match="two rows"):
        read_prompts(path)
