import csv as standard
import io
from collections.abc import Callable

from evalkit.nouns import Curve, Metric, Run
from evalkit.reporting.assemble import assemble
from evalkit.reporting.findings import Findings
from evalkit.reporting.renderers.csv import csv
from evalkit.reporting.view import Report


def _rows(text: str) -> list[dict[str, str]]:
    return list(standard.DictReader(io.StringIO(text, newline="")))


def test_one_row_for_each_value(report: Report) -> None:
    """Each metric has a row per temperature for the mean and for every prompt, numbers unrounded."""
    rows = _rows(csv(report))
    assert len(rows) == 2 * 5 * (1 + 6)
    assert float(rows[1]["value"]) == report.metrics[0].rows[1].value
    assert (rows[0]["scope"], rows[0]["prompt"], rows[5]["scope"], rows[5]["prompt"]) == (
        "mean",
        "",
        "prompt",
        "lighthouse",
    )


def test_lines_end_as_the_standard_says(report: Report) -> None:
    """Lines end with carriage return and line feed, as RFC 4180 says."""
    assert csv(report).count("\r\n") == len(_rows(csv(report))) + 1


def test_no_cell_is_a_formula(hostile_report: Report) -> None:
    """No cell of text begins with what a spreadsheet takes for a formula, and every row has every column."""
    rows = _rows(csv(hostile_report))
    assert len(rows) == 4
    for row in rows:
        assert None not in row
        assert not [cell for cell in row.values() if cell.strip().startswith(("=", "+", "-", "@"))]


def test_undefined_is_empty_with_a_reason(run_: Run, agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """A value that does not exist is an empty cell, with its reason beside it."""
    report = assemble(Findings(run=run_, curves={"a": make_curve(agreement, lambda _i, _t: None)}), [], plots=())
    row = _rows(csv(report))[0]
    assert (row["value"], row["low"], row["undefined"]) == ("", "", "fewer than 2 samples")
