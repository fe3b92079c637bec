"""Precision in a suite file."""

import pytest

from evalkit.errors import SuiteError
from evalkit.nouns import Goal, Precision
from evalkit.suite.load import parse_suite

BASE = """\
endpoint: {model: m, base_url: loopback}
prompts: [{user: one}]
metrics: [distinct_n, exact_agreement, validity]
"""


def read(more):
    """Return the suite of a file with some more lines."""
    return parse_suite(BASE + more, name="small")


def test_a_number_is_the_width_of_the_first_metric_that_can_have_it():
    """Two hundred samples are the most unless told otherwise."""
    suite = read("precision: 0.05\n")
    assert suite.precision == Precision(goals=(Goal(metric="", within=0.05),))
    assert suite.samples == 200


def test_a_mapping_names_metrics_sides_and_looks():
    """A metric with a side has it beside the width; both are enough."""
    suite = read("samples: 50\nprecision: {within: 0.1, metrics: exact_agreement, decide: {validity: 0.9}, looks: 3}\n")
    assert suite.precision == Precision(
        goals=(Goal(metric="exact_agreement", within=0.1), Goal(metric="validity", within=0.1, against=0.9)), looks=3
    )


def test_a_first_look_is_no_larger_than_all():
    """Where few samples are allowed, all of them are the first look."""
    assert read("samples: 6\nprecision: 0.05\n").precision.first == 6


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("precision: {}\n", "neither how narrow nor what to decide"),
        ("precision: {within: 0.1, metrics: [exact_agrement]}\n", "did you mean 'exact_agreement'"),
        ("precision: {decide: {tar_at_k: 0.5}}\n", "not among the suite's metrics"),
        ("samples: 5\nprecision: {within: 0.1, first: 9}\n", "9 is more than samples, which is 5"),
        ("temperatures: [0]\nload: [burst]\nprecision: 0.1\n", "does not go with load"),
        ("precision: yes please\n", "half the width of an interval"),
    ],
)
def test_what_can_not_be_is_told_by_place(lines, words):
    """The line says what is wrong and what was expected."""
    with pytest.raises(SuiteError) as caught:
        read(lines)
    assert words in str(caught.value)
