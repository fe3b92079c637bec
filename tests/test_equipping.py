"""From a suite to its embedder and its judge."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

import evalkit
from evalkit import api
from evalkit.equipping import costs, equipped
from evalkit.errors import StatisticsError, UnknownNameError
from evalkit.loopback.server import Server
from evalkit.nouns import Endpoint, MetricRequest, ToolRequest
from evalkit.nouns.ports import Embedder, Judge, Tools

ENDPOINT = ToolRequest(source="endpoint", model="text-embedding-3-small", base_url="loopback")
METRICS = (
    MetricRequest(name="vector_distance"),
    MetricRequest(name="cluster_agreement", options=(("equivalence", "embedding"), ("threshold", 0.5))),
)
OFFERED = """
class Flat:
    name = "flat"

    def embed(self, texts):
        return [[1.0, 0.0] for _ in texts]


class Strict:
    def __init__(self, model):
        self.name = f"strict {model}"

    def same(self, question, a, b):
        return False


flat = Flat()
"""


class Yes:
    """Calls everything the same."""

    name = "yes"

    def same(self, question, a, b):  # noqa: ARG002 - the protocol's signature
        """Return True."""
        return True


@pytest.fixture
def store(tmp_path):
    """Yield a store in a temporary folder."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def others(tmp_path, monkeypatch):
    """Install a package that offers an embedder and a judge by entry points."""
    (tmp_path / "offered.py").write_text(OFFERED)
    info = tmp_path / "offered-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: offered\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[evalkit.embedders]\nflat = offered:flat\n[evalkit.judges]\nstrict = offered:Strict\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("offered", None)


def test_words_need_no_embedder(suite_of):
    """TF-IDF is what vectors are made of when nobody is asked, and there is no judge."""
    tools = equipped(suite_of())

    assert tools.embedder is None
    assert tools.judge is None
    assert not costs(suite_of())


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (ToolRequest(source="trigrams"), "hashed character trigrams, 512 dimensions (lexical)"),
        (ENDPOINT, "endpoint text-embedding-3-small at loopback"),
        (ToolRequest(source="endpoint", model="m"), "endpoint m at loopback"),
        (ToolRequest(source="sentence_transformers", model="m"), "sentence_transformers m"),
    ],
)
def test_embedders_by_one_setting(suite_of, wanted, name):
    """Each source has a name that a page can show; an endpoint is the suite's own unless it says another."""
    embedder = equipped(suite_of(embedding=wanted)).embedder

    assert isinstance(embedder, Embedder)
    assert embedder.name == name


def test_judge_by_one_setting(suite_of):
    """A model makes a judge, whose verdicts are worth keeping."""
    suite = suite_of(judge=ToolRequest(source="chat", model="m"))

    assert isinstance(equipped(suite).judge, Judge)
    assert equipped(suite).judge.name == "chat m at loopback"
    assert costs(suite)


@pytest.mark.usefixtures("others")
def test_other_packages_offer_both(suite_of):
    """An object is taken as it is; a factory gets the settings that it names."""
    suite = suite_of(
        embedding=ToolRequest(source="flat"), judge=ToolRequest(source="strict", model="m", base_url="loopback")
    )
    tools = equipped(suite)

    assert tools.embedder.name == "flat"
    assert tools.judge.name == "strict m"


def test_a_name_nobody_offers(suite_of):
    """A run that was made where a package was installed says what is missing."""
    with pytest.raises(UnknownNameError, match="no judge named 'strict'"):
        equipped(suite_of(judge=ToolRequest(source="strict")))


def test_measuring_again_asks_for_nothing(store, suite_of, monkeypatch):
    """Two features and two measurings pay for a text once; the page names model, address and dimensions."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdefgh")
    with Server() as server:
        suite = suite_of("a", "b", metrics=METRICS, embedding=replace(ENDPOINT, base_url=server.url))
        evalkit.run(suite, store, label="r")
        first = evalkit.measure(store, "r")
        asked = [served for served in server.journal if served.path == "/v1/embeddings"]
        second = evalkit.measure(store, "r")

        assert len(asked) == 2
        assert len([served for served in server.journal if served.path == "/v1/embeddings"]) == 2
    assert first.curves == second.curves
    assert str(first.run.suite.embedding) == f"endpoint text-embedding-3-small at {server.url}, 64 dimensions"
    assert f"{server.url}, 64 dimensions" in api.render(store, "r", "html", results=first)


def test_measuring_from_a_store_that_is_only_read(tmp_path, suite_of):
    """No cache is no hindrance."""
    suite = suite_of(metrics=METRICS, embedding=ENDPOINT)
    with evalkit.open_store(tmp_path / "runs.sqlite") as store:
        evalkit.run(suite, store, label="r")
    with evalkit.open_store(tmp_path / "runs.sqlite", read_only=True) as store:
        results = evalkit.measure(store, "r")

    assert results["vector_distance"].at(1.0).estimate.value is not None


def test_tools_of_the_caller_are_taken_instead(store, suite_of):
    """Any object with the methods will do, and its name is what is noted."""
    metric = MetricRequest(name="cluster_agreement", options=(("equivalence", "judge"),))
    suite = suite_of(metrics=(metric,), samples=4, endpoint=Endpoint(model="storyteller-small", base_url="loopback"))
    evalkit.run(suite, store, label="r")
    with pytest.raises(StatisticsError, match="needs a judge"):
        evalkit.measure(store, "r")
    results = evalkit.measure(store, "r", tools=Tools(judge=Yes()))

    (curve,) = results.curves.values()
    assert [point.estimate.value for point in curve.points] == [1.0, 1.0]
    assert results.run.suite.judge == ToolRequest(source="yes")
    assert results.run.suite.embedding == ToolRequest(source="tfidf")


def test_cautions_of_tools_are_among_the_results(store, suite_of):
    """An embedder that puts texts far apart is watched, whoever brought it."""

    class Signs:
        name = "signs"

        def embed(self, texts):
            return np.array([[1.0 if len(text) % 2 else -1.0, 0.1] for text in texts])

    evalkit.run(suite_of(metrics=METRICS[:1], samples=12), store, label="r")
    results = evalkit.measure(store, "r", tools=Tools(embedder=Signs()))

    assert "negative-cosines" in {caution.slug for caution in results.cautions}
