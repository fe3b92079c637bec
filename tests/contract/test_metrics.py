"""What every metric promises; a new file in evalkit/metrics is tested by being there."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from contract.cells import REFERENCE, cell_of

from evalkit import registry
from evalkit.analysis.measure import items_of
from evalkit.deriving import derived
from evalkit.errors import UsageError
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import Form, Metric, MetricRequest, Panel, Undefined
from evalkit.nouns.ports import Tools

VARIED = (
    "The cat sat on the mat.",
    "A dog ran in the park!",
    "The cat ran.",
    "Blue",
    "The cat sat on the mat, again and again.",
    "the cat sat on the mat",
)
PAGES = tuple(" ".join((text, *VARIED[:place], *VARIED[place:]) * 6) for place, text in enumerate(VARIED))
REPEATED = tuple(VARIED[place] for place in (0, 0, 1, 1, 0, 3))
MANY = (*VARIED, *PAGES)
HOSTILE = (
    "",
    " \n\t\r\n",
    "\ud800 a \udfff",
    "\x00\x1b[2J\x1b[31mred",
    "\u202eabc\u200b\ufeff",
    "日本語のテキスト",
    "\u00e9",
    "e\u0301",
    "\N{WHITE FLAG}\ufe0f\u200d\N{RAINBOW}",
    "a" * 100_000,
    "(" * 5_000,
    "<script>alert(1)</script>",
    "word " * 20_000,
)
IDENTICAL = (VARIED[0],) * 4
CLOSE = 1e-12


METRICS = tuple(resolve(MetricRequest(name=name)) for name in registry.names("metrics"))


@pytest.fixture(params=METRICS, ids=[metric.name for metric in METRICS])
def metric(request: pytest.FixtureRequest) -> Metric:
    """Return each registered metric in turn, with its default options."""
    return request.param


@pytest.fixture(params=(pairs := [m for m in METRICS if m.form is Form.PAIR]), ids=[m.name for m in pairs])
def pair(request: pytest.FixtureRequest) -> Metric:
    """Return each metric of pairs in turn."""
    return request.param


@pytest.fixture(params=(fast := [m for m in pairs if m.function.matrix is not None]), ids=[m.name for m in fast])
def with_matrix(request: pytest.FixtureRequest) -> Metric:
    """Return each metric that takes all pairs at once in turn."""
    return request.param


@pytest.fixture(params=(judged := [m for m in METRICS if "reference" in m.needs]), ids=[m.name for m in judged])
def judge(request: pytest.FixtureRequest) -> Metric:
    """Return each metric that needs a reference in turn."""
    return request.param


def seen(metric: Metric, texts: Sequence[str]) -> Sequence[object]:
    """Return what the metric's function sees of the texts."""
    ((found, (rows,)),) = derived([cell_of(texts)], [metric], Tools())
    return items_of(metric, found, rows)


def values(metric: Metric, texts: Sequence[str]) -> list[float]:
    """Return the values of the function: one per text, one per pair, or one; none where it is undefined."""
    of_texts = seen(metric, texts)
    calls: list[tuple[object, ...]] = [(of_texts,)]
    if metric.form is Form.SAMPLE:
        calls = [(text, REFERENCE) if "reference" in metric.needs else (text,) for text in of_texts]
    elif metric.form is Form.PAIR:
        calls = list(combinations(of_texts, 2))
    try:
        found = [metric.function(*call) for call in calls]
    except Undefined:
        return []
    return [float(each) for each in found if each is not None]


def value(metric: Metric, texts: Sequence[str]) -> float:
    """Return the metric's value for a cell that holds these texts."""
    return math.fsum(found := values(metric, texts)) / len(found)


def ordinary(metric: Metric) -> tuple[str, ...]:
    """Return some sentences; pages, sentences said twice, or more of them, where the metric says that it takes that."""
    return next((texts for texts in (VARIED, PAGES, REPEATED, MANY) if values(metric, texts)), VARIED)


def test_is_named_after_its_file(metric: Metric) -> None:
    """The file, the object in it and the metric have one name."""
    module = importlib.import_module(f"{registry.ROOMS['metrics']}.{metric.name}")

    assert getattr(module, metric.name) is metric


def test_explains_itself(metric: Metric) -> None:
    """A summary, prose and references are there for the page to show."""
    assert metric.summary.startswith("Return")
    assert "References:" not in metric.description
    assert metric.references
    assert metric.unit


def test_declares_what_can_hold(metric: Metric) -> None:
    """Bounds are in order, and a value needs as many samples as its form."""
    low, high = metric.bounds

    assert low < high
    assert metric.min_samples >= (2 if metric.form is Form.PAIR else 1)
    assert metric.diversity in {-1, 0, 1}
    assert set(metric.needs) <= {"texts", "samples", "reference", *registry.names("features")}
    assert (
        metric.panel is not Panel.LITERATURE or metric.depends_on_n or metric.depends_on_length or not metric.diversity
    )


@pytest.mark.parametrize("texts", [VARIED, PAGES, HOSTILE, IDENTICAL], ids=["varied", "pages", "hostile", "identical"])
def test_stays_within_its_bounds(metric: Metric, texts: tuple[str, ...]) -> None:
    """Each value is finite and within the bounds, whatever the texts hold."""
    low, high = metric.bounds

    assert all(math.isfinite(found) and low <= found <= high for found in values(metric, texts))


def test_has_a_value_for_ordinary_texts(metric: Metric) -> None:
    """Some English sentences, or pages of them, are nothing a metric may refuse."""
    assert values(metric, ordinary(metric))


@pytest.mark.parametrize("texts", [("",) * 3, ("", "a b c", "")], ids=["all", "some"])
def test_takes_empty_texts(metric: Metric, texts: tuple[str, ...]) -> None:
    """Empty texts give a value within the bounds, or none with a reason."""
    low, high = metric.bounds

    assert all(low <= found <= high for found in values(metric, texts))


def test_repeats_itself(metric: Metric) -> None:
    """The same texts give the same values, bit for bit."""
    assert values(metric, VARIED) == values(metric, VARIED)


def test_does_not_see_the_order_of_samples(metric: Metric) -> None:
    """A cell's value stays when its samples are shuffled."""
    texts = ordinary(metric)
    shuffled = [*texts[1::2], *texts[-2::-2]]

    assert value(metric, shuffled) == pytest.approx(value(metric, texts), rel=CLOSE)


def test_ranks_identical_texts_as_least_diverse(metric: Metric) -> None:
    """Where a metric says something of diversity, no texts are less diverse than equal ones."""
    texts = ordinary(metric)
    few = max(4, metric.min_samples)
    if not values(metric, texts[:1] * few):
        pytest.skip("equal texts have no value here, and a reason")
    varied, identical = value(metric, texts[:few]), value(metric, texts[:1] * few)

    assert metric.diversity * (varied - identical) >= 0
    assert metric.diversity == 0 or varied != identical


def test_exists_at_the_fewest_samples(metric: Metric) -> None:
    """As few texts as it says are enough."""
    assert values(metric, ordinary(metric)[: metric.min_samples])


def test_pair_gives_equal_texts_the_end_of_its_scale(pair: Metric) -> None:
    """Two equal texts are at the end without diversity, or as near to it as one of them gets to any text."""
    low, high = pair.bounds
    end = high if pair.diversity < 0 else low
    texts = (*VARIED, *HOSTILE)
    equal = {text: value(pair, (text, text)) for text in texts}

    if pair.diversity and math.isfinite(end):
        assert list(equal.values()) == pytest.approx([end] * len(texts), abs=CLOSE)
    assert all(pair.diversity * (value(pair, (a, b)) - equal[a]) >= -CLOSE for a in VARIED for b in texts)


def test_pair_is_symmetric(pair: Metric) -> None:
    """A pair has no first and second."""
    of_texts = seen(pair, (*VARIED, *HOSTILE))

    assert all(pair.function(a, b) == pair.function(b, a) for a, b in combinations(of_texts, 2))


@pytest.mark.parametrize("texts", [VARIED + VARIED[:2], HOSTILE, ("", "")], ids=["varied", "hostile", "empty"])
def test_matrix_equals_the_function(with_matrix: Metric, texts: tuple[str, ...]) -> None:
    """All pairs at once are the pairs one by one."""
    of_texts = seen(with_matrix, texts)
    one_by_one = [[with_matrix.function(a, b) for b in of_texts] for a in of_texts]

    assert with_matrix.function.matrix(of_texts) == pytest.approx(np.array(one_by_one), abs=CLOSE)


def test_has_no_value_without_the_reference_it_needs(judge: Metric) -> None:
    """A prompt without reference gives no value, and the reason says so."""
    with pytest.raises(Undefined, match="reference"):
        judge.function(seen(judge, VARIED)[0], None)


def test_takes_its_defaults_as_options(metric: Metric) -> None:
    """An option set to its default changes neither title nor values."""
    bound = bind(metric, dict(metric.defaults))

    assert bound.title == metric.name
    assert values(bound, ordinary(metric)) == values(metric, ordinary(metric))


def test_refuses_an_unknown_option(metric: Metric) -> None:
    """An option nobody declared is an error that names the metric."""
    with pytest.raises(UsageError, match=metric.name):
        bind(metric, {"no such option": 1})
