"""Validity: a schema, and a function of another package."""

import sys

import pytest

import evalkit
from evalkit.errors import StatisticsError, UnknownNameError, UsageError
from evalkit.metrics.base import resolve
from evalkit.nouns import Cell, Decoding, Draw, Endpoint, Message, MetricRequest, Prompt, Sample

SCHEMA = {"type": "object", "required": ["name"]}

OFFERED = """
def rhymes(text):
    return text.endswith("ight")

def numbers(text):
    return 3

def broken(text):
    raise ValueError("no \\x1b[31mred")

word = "no function"
"""

SUITE = """
endpoint: {model: m, base_url: loopback}
samples: 4
temperatures: [0, 1]
metrics:
  - metric: validity
    json_schema: {type: object, required: [name], properties: {name: {type: string}}}
  - {metric: qd_index, json_schema: {type: [object, array]}, distance: rouge_l}
prompts: [{id: a, user: Hello.}, {id: b, user: Bye.}]
"""


@pytest.fixture
def checks(tmp_path, monkeypatch):
    """Install a package that offers checks by entry points."""
    (tmp_path / "offered_checks.py").write_text(OFFERED)
    info = tmp_path / "offered_checks-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: offered-checks\nVersion: 1\n")
    names = ("rhymes", "numbers", "broken", "word", "absent")
    points = "".join(f"{name} = offered_checks:{name}\n" for name in names)
    (info / "entry_points.txt").write_text(f"[evalkit.checks]\n{points}")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("offered_checks", None)


def _value(text, **options):
    prompt = Prompt(id="p", messages=(Message(role="user", content="What?"),))
    cell = Cell(endpoint=Endpoint(model="m"), prompt=prompt, decoding=Decoding(temperature=1.0))
    metric = resolve(MetricRequest(name="validity", options=tuple(options.items())))
    return metric.function(Sample(draw=Draw(cell=cell, replicate=0), text=text))


def test_a_schema_is_a_check():
    """What is JSON but not of that form is not valid."""
    assert _value('{"name": "Ada"}', json_schema=SCHEMA) == 1.0
    assert _value('{"title": "Ada"}', json_schema=SCHEMA) == 0.0
    assert _value("Ada is a name.", json_schema=SCHEMA) == 0.0


@pytest.mark.usefixtures("checks")
def test_another_package_offers_a_check():
    """A function by entry point is asked for every sample."""
    assert _value("It is night", check="rhymes") == 1.0
    assert _value("It is day", check="rhymes") == 0.0


@pytest.mark.usefixtures("checks")
@pytest.mark.parametrize(("name", "error"), [("rhyme", UnknownNameError), ("word", UsageError), ("absent", UsageError)])
def test_what_is_no_check_is_refused_when_it_is_asked_for(name, error):
    """A misspelt name, what is no function and what is not there are told before any sampling."""
    with pytest.raises(error, match=name):
        _value("It is night", check=name)


@pytest.mark.usefixtures("checks")
@pytest.mark.parametrize("name", ["broken", "numbers"])
def test_a_check_that_fails_is_no_answer(name):
    """An exception, or anything but True and False, names the check and the place, and is no 0."""
    with pytest.raises(StatisticsError, match=f"check '{name}', asked of an answer to p at T = 1,") as raised:
        _value("It is night", check=name)
    assert "\x1b" not in str(raised.value)


def test_a_suite_names_a_schema(tmp_path):
    """A mapping in a suite is a metric's option, also of metrics that weigh by validity, and is kept with the run."""
    (tmp_path / "s.yaml").write_text(SUITE)
    suite = evalkit.load_suite(tmp_path / "s.yaml")
    with evalkit.open_store(tmp_path / "runs.sqlite") as store:
        evalkit.run(suite, store)
        results = evalkit.measure(store, suite.name)

    assert [curve.points[0].estimate.value for curve in results.values()] == [0.0, 0.0]


def test_a_wrong_schema_stops_a_suite_before_it_sends_anything(tmp_path):
    """The line names the suite, the metric and the place in the schema."""
    (tmp_path / "s.yaml").write_text(SUITE.replace("type: string", "type: text"))
    suite = evalkit.load_suite(tmp_path / "s.yaml")

    with pytest.raises(UsageError, match=r"metric validity of suite s: json_schema\.properties\.name\.type"):
        evalkit.plan(suite)
    with evalkit.open_store(tmp_path / "runs.sqlite") as store:
        with pytest.raises(UsageError, match="json_schema"):
            evalkit.run(suite, store)
        assert store.runs() == ()
