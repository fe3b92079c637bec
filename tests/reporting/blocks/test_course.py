"""Drift over time, on the page."""

from __future__ import annotations

from dataclasses import replace

from evalkit.nouns import Course, Courses, Interval, Run, Stretch
from evalkit.reporting.blocks.course import course
from evalkit.reporting.findings import Findings


def _course(
    quantity: str = "words", temperature: float = 1.0, *, p: float | None = 0.4, statistic: float = 0.1
) -> Course:
    return Course(
        quantity=quantity,
        unit={"words": "words", "likeness": "share", "latency": "s"}[quantity],
        temperature=temperature,
        stretches=tuple(
            Stretch(first=4 * k, last=4 * k + 3, value=20.0 + k, interval=Interval(low=19.0 + k, high=21.0 + k))
            for k in range(5)
        ),
        statistic=None if p is None else statistic,
        p_value=p,
        p_adjusted=p,
        undefined="no prompt has answers that differ in it" if p is None else None,
        n_prompts=6,
        n_samples=120,
    )


def _part(run: Run, *courses: Course, plots: tuple[str, ...] | None = ()):
    return course(Findings(run=run, curves={}, courses=Courses(courses=courses)), plots)


def test_no_drift_is_no_proof(run_: Run) -> None:
    """Where nothing is shown the page says so, and that it is no proof."""
    part = _part(run_, _course(), _course("likeness", p=0.9))
    assert part.lead == ("No drift of the answers is shown, which is no proof that there was none.",)
    assert part.tables[0].rows[0] == (
        "length, words",
        "1",
        "20.0 [19.0, 21.0]",
        "24.0 [23.0, 25.0]",
        "0.10",
        "0.4",
        "6",
    )


def test_what_drifts_is_named(run_: Run) -> None:
    """Quantity, temperature, direction and p-value stand in the first sentence; latency in one of its own."""
    part = _part(run_, _course(p=0.01), _course("likeness", p=0.02), _course("latency", p=0.0005, statistic=-0.4))
    assert part.lead == (
        (
            "Answers changed while the run was going on: at T = 1 the length rose from 20 to 24 words (p = 0.01); at"
            " T = 1 answers near in time are more alike than distant ones (p = 0.02)."
        ),
        "Latency moved: at T = 1 the latency fell from 20 to 24 s (p < 0.001).",
    )
    assert [row["drifts"] for row in part.data] == [True, True, True]


def test_what_can_not_be_tested_says_why(run_: Run) -> None:
    """A quantity without a test has its reason in the table, and no p-value."""
    part = _part(run_, _course(p=None))
    assert "can not be tested" in part.lead[0]
    assert part.tables[0].rows[0][4:6] == ("–", "none: no prompt has answers that differ in it")


def test_recorded_answers_have_no_clock(run_: Run) -> None:
    """Answers from elsewhere are taken in the order of their numbers, and the page says so."""
    assert any("taken for granted" in note for note in _part(replace(run_, first_at=None), _course()).notes)
    assert not any("taken for granted" in note for note in _part(run_, _course()).notes)


def test_the_picture_says_the_finding(run_: Run) -> None:
    """The run in parts is drawn where pictures are wanted, with the finding for those who do not see it."""
    (figure,) = _part(run_, _course(), plots=None).figures
    assert (figure.plot, "No drift" in figure.alt) == ("course", True)


def test_a_run_without_parts_has_no_such_part(run_: Run) -> None:
    """Where nothing was looked at nothing is said."""
    assert _part(run_) is None
    assert course(Findings(run=run_, curves={}), None) is None
