import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.nouns import Estimate, Interval
from evalkit.reporting import numbers


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (0.41, 0.36, 0.46, "0.41 [0.36, 0.46]"),
        (0.98, 0.97, 0.99, "0.980 [0.970, 0.990]"),
        (1.0, 0.951, 1.0, "1.000 [0.951, 1.000]"),
        (42.31, 36.2, 48.9, "42 [36, 49]"),
        (-0.001, -0.2, 0.2, "0.00 [−0.20, 0.20]"),
        (0.5, 0.1, 0.9, "0.5 [0.1, 0.9]"),
    ],
)
def test_interval_decides_the_digits(value: float, low: float, high: float, text: str) -> None:
    """Value and both ends have the same decimals, as many as the width of the interval deserves."""
    assert numbers.value_and_interval(value, Interval(low=low, high=high)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1.0, "1"), (0.98, "0.98"), (1234.5, "1234"), (-2.5, "−2.5"), (3e-9, "3.00e−09"), (2e8, "2.00e+08")],
)
def test_bare_value_has_three_digits(value: float, text: str) -> None:
    """A value without an interval is shown with three significant digits and no trailing zeros."""
    assert numbers.number(value) == text


@given(st.floats(-1e6, 1e6), st.floats(1e-4, 1e6))
def test_ends_never_look_equal(low: float, width: float) -> None:
    """However narrow an interval is, its two ends are shown as two numbers."""
    shown = numbers.span(Interval(low=low, high=low + width))
    first, second = shown.strip("[]").split(", ")
    assert first != second


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_negative_zero(value: float) -> None:
    """No number is ever shown as minus zero."""
    assert numbers.number(value, decimals=2) not in {"−0.00", "-0.00"}


def test_undefined_is_shown_with_its_reason() -> None:
    """A value that does not exist is shown as undefined with the reason, never as a number."""
    estimate = Estimate(
        value=None, interval=None, n_prompts=0, n_samples=1, method="none", undefined="fewer than 2 samples"
    )
    assert numbers.shown(estimate) == "undefined: fewer than 2 samples"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(7, 20, "35 %"), (0, 20, "0 %"), (1, 2000, "< 1 %"), (1999, 2000, "> 99 %"), (0, 0, "–")],
)
def test_share_never_rounds_to_none_or_all(part: int, whole: int, text: str) -> None:
    """A share is 0 % or 100 % only when it is none or all."""
    assert numbers.share(part, whole) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-11-24T03:00:01Z", "2026-11-24T03:00:09.5Z", "2026-11-24 03:00:01 to 03:00:09 UTC"),
        ("2026-11-24T23:59:59+00:00", "2026-11-25T00:00:01Z", "2026-11-24 23:59:59 to 2026-11-25 00:00:01 UTC"),
        ("2026-11-24T03:00:01Z", "2026-11-24T03:00:01Z", "2026-11-24 03:00:01 UTC"),
        ("yesterday", "today", "yesterday to today"),
    ],
)
def test_period_is_short(first: str, last: str, text: str) -> None:
    """Two times are one line, without saying the day twice."""
    assert numbers.period(first, last) == text


def test_words_around_numbers() -> None:
    """Counts, units, temperatures and p-values have one form each."""
    said = [
        numbers.count(1, "prompt"),
        numbers.count(1200, "sample"),
        numbers.with_unit("42", "words"),
        numbers.with_unit("0.4", "probability"),
        numbers.temperature(0.0),
        numbers.p_value(0.0002),
        numbers.p_value(0.0123),
    ]
    assert said == ["1 prompt", "1,200 samples", "42 words", "0.4", "0", "p < 0.001", "p = 0.012"]
