"""Cells measured elsewhere: what travels, and that nothing of it changes a number."""

import pytest

import evalkit
from evalkit import registry, spreading
from evalkit.analysis.measure import measure_cell
from evalkit.loopback.server import Server
from evalkit.metrics.base import resolve, sample_metric
from evalkit.nouns import Endpoint, MetricRequest
from evalkit.nouns.ports import Tools
from evalkit.sampling.executors.local import local_executor


@sample_metric(unit="share", bounds=(0.0, 1.0))
def vowels(text: str) -> float:
    """Return the share of a text's letters that are vowels.

    References:
        Definition by this project.
    """
    return sum(letter in "aeiou" for letter in text) / max(1, len(text))


class Lengths:
    """An embedder that counts who asks."""

    name = "lengths"
    n = 0

    def embed(self, texts):
        """Return the length of a text and one."""
        self.n += 1
        return [[len(text), 1.0] for text in texts]


@pytest.fixture
def found(tmp_path, suite_of):
    """Return the cells of a run of two prompts."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as store, Server(seed=1) as server:
        suite = suite_of("a", "b", samples=6, endpoint=Endpoint(model="storyteller-small", base_url=server.url))
        evalkit.run(suite, store, label="r", preflight=False)
        return list(store.outcomes("r"))


def spread(found, metrics, tools):
    """Return the cells with their measurements, done by the executor of this process as another would."""
    how = {"tools": tools, "level": 0.95, "probings": (), "executor": local_executor()}
    return list(spreading.spread(found, metrics, **how))


@pytest.mark.parametrize("name", registry.names("metrics"))
def test_every_metric_is_found_again_by_its_name(name):
    """A metric of this package travels as a name and options, and what is found by them is the same metric."""
    metric = resolve(MetricRequest(name=name))
    told = spreading._told(metric, ())  # noqa: SLF001 - what travels is nobody else's business
    assert not isinstance(told, type(metric))
    assert told.metric() == metric


def test_measurements_are_those_of_each_cell(found):
    """Cells come in their order with the same values, by name or by themselves."""
    metrics = {metric.title: metric for metric in (resolve(MetricRequest(name="distinct_n")), vowels)}
    wanted = [(cell, {title: measure_cell(each, cell) for title, each in metrics.items()}) for cell in found]
    assert spread(found, metrics, Tools()) == wanted


def test_an_embedder_is_asked_once_for_a_prompt(found):
    """Vectors of somebody's own are made where they are kept, for all cells of a prompt together."""
    embedder, metric = Lengths(), resolve(MetricRequest(name="vector_distance"))
    cells = spread(found, {metric.title: metric}, Tools(embedder=embedder))
    assert (len(cells), embedder.n) == (4, 2)
    assert all(own[metric.title].value is not None for cell, own in cells if cell.cell.temperature)
