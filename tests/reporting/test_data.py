from evalkit.reporting.data import answers_of, numbers_of
from evalkit.reporting.view import Report


def test_numbers_are_unrounded(report: Report) -> None:
    """Values keep every digit they had."""
    metrics = numbers_of(report)["metrics"]
    assert isinstance(metrics, list)
    assert metrics[0]["points"][1]["value"] == report.metrics[0].rows[1].value
    assert metrics[0]["prompts"][0]["points"][1]["low"] == report.metrics[0].prompts[0].values[1].low  # type: ignore[union-attr]


def test_short_form_keeps_values_only(report: Report) -> None:
    """The short form, for the page, has one number for each prompt and temperature."""
    metrics = numbers_of(report, short=True)["metrics"]
    assert isinstance(metrics, list)
    assert metrics[0]["prompts"][0].keys() == {"prompt", "values"}


def test_ladder_and_answers(report: Report) -> None:
    """Levels of equality and the groups of answers are there as rows."""
    ladder = numbers_of(report)["ladder"]
    assert isinstance(ladder, list)
    assert len(ladder) == 6
    assert answers_of(report)[0]["cells"][0]["texts"][0]["n"] == 20  # type: ignore[index,call-overload]
