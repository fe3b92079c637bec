"""The floor on the page."""

from __future__ import annotations

from dataclasses import replace

from reporting.floors import contrast, floor_of, split_of

from evalkit.nouns import Branch, Fork, ForkNode, Metric, Run, Verdict
from evalkit.reporting.blocks.floor import floor
from evalkit.reporting.findings import Findings


def _part(run: Run, found):
    return floor(Findings(run=run, curves={}, floor=found), ())


def test_answers_levels_and_temperatures_are_tables(run_: Run, agreement: Metric) -> None:
    """Answers by load, the metric by load with its distance from the floor, and by temperature."""
    answers, levels, above = _part(run_, floor_of(agreement)).tables
    assert answers.columns[-1] == "words shared"
    assert answers.rows[1] == ("burst: equal requests at once", "6", "120", "3.5", "60 %", "4", "12")
    assert levels.rows == (
        ("exact agreement", "serial", "1.00 [0.91, 1.00]", "the floor", "–", "–"),
        ("exact agreement", "burst", "0.60 [0.50, 0.70]", "−0.40 [−0.50, −0.30]", "0.012", "lower"),
        ("exact agreement", "mixed", "0.98 [0.88, 1.00]", "−0.02 [−0.12, 0.08]", "0.012", "inconclusive"),
    )
    assert above.rows == (
        ("exact agreement", "0.5", "−0.03 [−0.13, 0.07]", "0.012", "inconclusive"),
        ("exact agreement", "1", "−0.90 [−1.00, −0.80]", "0.012", "lower"),
    )


def test_failures_have_a_column_where_there_are_any(run_: Run, agreement: Metric) -> None:
    """Draws without an answer are shown beside those with one."""
    whole = floor_of(agreement)
    broken = replace(whole, arms=(replace(whole.arms[0], n_failed=7), *whole.arms[1:]))
    answers = _part(run_, broken).tables[0]
    assert answers.columns[-1] == "failed"
    assert [row[-1] for row in answers.rows] == ["7", "0", "0"]


def test_what_does_not_exist_has_its_reason_made_visible(run_: Run, agreement: Metric) -> None:
    """A difference that is not there is a dash in the table and a reason in the notes, whatever the reason holds."""
    whole = floor_of(agreement)
    bad = contrast(None, Verdict.INCONCLUSIVE, temperature=1.0, undefined="a reason\x1b[31m")
    part = _part(run_, replace(whole, metrics=(replace(whole.metrics[0], above=(bad,)),)))
    assert part.tables[2].rows == (("exact agreement", "1", "–", "–", "undefined"),)
    (reason,) = (note for note in part.notes if note.startswith("No difference for exact agreement"))
    assert "a reason" in reason
    assert "\x1b" not in reason
    assert "\x1b" not in str(part.data)


def test_fingerprints_alone_are_a_part(run_: Run, agreement: Metric) -> None:
    """A server that names several configurations is shown where no load was asked for, too."""
    part = _part(run_, floor_of(agreement, arms=(), metrics=(), fingerprints=split_of()))
    (table,) = part.tables
    assert table.rows == (
        ("the same", "900", "0.90 [0.80, 0.95]", "6"),
        ("different", "1,000", "0.40 [0.30, 0.50]", "6"),
    )
    assert part.data["fingerprints"]["p_value"] == 0.001


def test_the_numbers_are_there_in_full(run_: Run, agreement: Metric) -> None:
    """JSON has arms, floor, loads and temperatures, unrounded and with their verdicts."""
    data = _part(run_, floor_of(agreement)).data
    (metric,) = data["metrics"]
    assert [arm["load"] for arm in data["arms"]] == ["serial", "burst", "mixed"]
    assert (metric["load"], metric["floor"]["value"], metric["floor"]["low"]) == ("serial", 1.0, 0.91)
    assert [(each["load"], each["difference"], each["verdict"]) for each in metric["loads"]] == [
        ("burst", -0.4, "lower"),
        ("mixed", -0.02, "inconclusive"),
    ]
    assert [each["temperature"] for each in metric["above"]] == [0.5, 1.0]


def test_where_a_burst_parts_can_be_unfolded(run_: Run, agreement: Metric) -> None:
    """Trees of the first prompts that part, with what a model said made visible."""
    ways = tuple(Branch(words=f"way {i}\x1b[31m", n=10, share=0.5) for i in range(2))
    found = Fork(
        prompt_id="robot",
        temperature=0.0,
        n_samples=20,
        beginning="Once upon",
        n_shared=2,
        shortened=False,
        root=ForkNode(position=2, n_branches=2, branches=ways),
    )
    whole = floor_of(agreement)
    ((title, text),) = _part(run_, replace(whole, arms=(replace(whole.arms[1], forks=(found,)),))).trees
    assert title == "robot, T = 0, burst"
    assert "way 1" in text
    assert "\x1b" not in text


def test_no_floor_no_part(run_: Run) -> None:
    """A run without loads and fingerprints has nothing to say of it."""
    assert _part(run_, None) is None
