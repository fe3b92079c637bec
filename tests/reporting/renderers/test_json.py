import json as standard

from evalkit.reporting.renderers.json import json
from evalkit.reporting.view import Report


def test_is_json_in_ascii(hostile_report: Report) -> None:
    """Any report is valid JSON in ASCII, with the same texts as the view."""
    text = json(hostile_report)
    assert text.isascii()
    assert standard.loads(text)["label"] == hostile_report.label


def test_numbers_and_answers_in_full(report: Report) -> None:
    """Unrounded values, intervals, counts and the groups of answers are all there."""
    tree = standard.loads(json(report))
    point = tree["metrics"][0]["points"][1]
    row = report.metrics[0].rows[1]
    assert (point["value"], point["low"], point["high"], point["n_samples"]) == (row.value, row.low, row.high, 120)
    assert tree["metrics"][0]["prompts"][0]["points"][0]["method"] == "U-statistic"
    assert sum(t["n"] for t in tree["samples"][0]["cells"][4]["texts"]) == 20
