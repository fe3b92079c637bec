import math
from collections.abc import Callable
from dataclasses import replace

from evalkit.nouns import Curve, Estimand, Metric
from evalkit.reporting.sections import anchor, section


def test_rows_carry_numbers_and_text(falling: Curve) -> None:
    """Each temperature has its value, interval, counts and method, as numbers and as text."""
    part, cautions = section(falling, [], room=0)
    row = part.rows[0]
    assert (row.text, row.n_prompts, row.n_samples, row.level) == ("1.00 [0.92, 1.00]", 6, 120, 0.95)
    assert row.mark == (0.92, 1.0, 1.0)
    assert part.interval == "95 % interval for prompts like these"
    assert (row.estimand, row.these_text) == ("prompts like these", "[0.960, 1.000]")
    assert not cautions


def test_undefined_is_said_and_has_no_mark(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """A value that does not exist is shown with its reason and drawn nowhere."""
    part, _ = section(make_curve(agreement, lambda i, t: None if t == 0 or i == 2 else 0.5), [], room=0)
    assert part.rows[0].text == "undefined: fewer than 2 samples"
    assert part.rows[0].mark is None
    assert part.prompts[2].values[1] is not None
    assert part.prompts[2].values[1].undefined == "fewer than 2 samples"


def test_infinite_value_is_undefined(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """A number that is not finite never reaches a page as a number."""
    part, _ = section(make_curve(agreement, lambda _i, _t: math.inf, width=0.0), [], room=0)
    assert part.rows[0].value is None
    assert part.rows[0].text == "undefined: the value is not a finite number"


def test_no_interval_is_a_bare_value(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """A value without an interval is shown alone, and the method says why."""
    part, _ = section(make_curve(agreement, lambda _i, _t: 0.5, width=0.0), [], room=0)
    assert part.rows[0].text == "0.5"
    assert part.rows[0].method == "none: one prompt"
    assert part.interval == "interval"


def test_prompt_missing_at_a_temperature_leaves_a_gap(falling: Curve) -> None:
    """A prompt without a cell at one temperature has None there, and its other values stay in place."""
    first, *others = falling.points
    part, _ = section(
        replace(falling, points=(replace(first, measurements=first.measurements[1:]), *others)), [], room=0
    )
    lighthouse = next(row for row in part.prompts if row.prompt == "lighthouse")
    assert [value is None for value in lighthouse.values] == [True, False, False, False, False]


def test_open_scale_follows_the_data(rising: Curve) -> None:
    """A metric without an upper bound is marked on the scale of its own intervals, zero included."""
    part, _ = section(rising, [], room=0)
    assert part.rows[-1].mark is not None
    assert part.rows[-1].mark[2] == 1.0


def test_docstring_becomes_prose(agreement: Metric, falling: Curve) -> None:
    """The summary loses its verb, the description its first sentence and line breaks, and sources get a line each."""
    metric = replace(
        agreement,
        summary="Return 1 when two samples agree, else 0.",
        description="Return 1 when two samples agree, else 0.\n\nIts mean\nis a probability.\n\nSee `level`.",
        references='A. Author, "A Title That\nWraps", Venue (1949).\nB. Author, "Other", Venue (2024).',
    )
    part, _ = section(replace(falling, metric=metric), [], room=0)
    assert part.summary == "1 when two samples agree, else 0."
    assert part.description == "Its mean is a probability.\n\nSee `level`."
    assert part.references.splitlines() == [
        'A. Author, "A Title That Wraps", Venue (1949).',
        'B. Author, "Other", Venue (2024).',
    ]


def test_remarks_define_the_metric(agreement: Metric, falling: Curve) -> None:
    """The definition says which way is more varied, what is compared, bounds, options and needs."""
    part, _ = section(replace(falling, metric=replace(agreement, depends_on_n=True)), [], room=0)
    assert part.remarks[0] == "Lower means more varied answers."
    assert "Possible values: at least 0 and at most 1." in part.remarks
    assert "Options: level = raw." in part.remarks
    assert part.remarks[-1].startswith("Its expected value changes with the number of samples")


def test_anchor_is_plain() -> None:
    """An anchor is made of ASCII letters, digits and hyphens."""
    assert anchor("distinct_n(n=3, x='<é>')") == "metric-distinct-n-n-3-x"


def test_slope_is_told_for_a_doubling(falling: Curve) -> None:
    """Minus 0.4 for each unit of ln T is minus 0.28 when the temperature doubles."""
    part, _ = section(falling, [], room=0)
    assert part.slope == -0.4
    assert part.slope_text == "Each doubling of the temperature, from 0.2 on, adds \u22120.28 [\u22120.35, \u22120.21]."


def test_an_interval_of_these_prompts_is_not_shown_twice(falling: Curve) -> None:
    """Where the interval speaks of these very prompts already, no second one stands beside it."""
    points = tuple(replace(p, estimate=replace(p.estimate, estimand=Estimand.THESE_PROMPTS)) for p in falling.points)
    part, _ = section(replace(falling, points=points), [], room=0)
    assert part.interval == "95 % interval for these prompts"
    assert {row.these for row in part.rows} == {None}
