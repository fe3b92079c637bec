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
        undefined="it never differs within a prompt" if p is None else None,
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
            "Answers changed while the run was going on: length rose at T = 1 from 20 to 24 words (p = 0.01); answers"
            " near in time are more alike than distant ones at T = 1 (p = 0.02)."
        ),
        "Latency moved: it fell at T = 1 from 20 to 24 s (p < 0.001).",
    )
    assert [row["drifts"] for row in part.data] == [True, True, True]


def test_what_drifts_alike_is_named_together(run_: Run) -> None:
    """Temperatures at which the same is seen stand together, with the greatest of their p-values."""
    part = _part(run_, *(_course(temperature=t, p=p) for t, p in ((0.5, 0.01), (1.0, 0.04), (1.5, 0.3))))
    assert part.lead == ("Answers changed while the run was going on: length rose at T = 0.5, 1 (p = 0.04 or less).",)


def test_what_can_not_be_tested_says_why(run_: Run) -> None:
    """A quantity without a test has no p-value in the table, and its reason among the notes."""
    part = _part(run_, _course(p=None), _course("likeness", p=None), _course(temperature=2.0, p=None))
    assert "can not be tested" in part.lead[0]
    assert part.tables[0].rows[0][4:6] == ("–", "–")
    expected = "Not tested, since it never differs within a prompt: length at T = 1, 2; likeness at T = 1."
    assert expected in part.notes


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
