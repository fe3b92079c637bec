from collections.abc import Callable
from dataclasses import replace

from evalkit.nouns import Curve, Metric
from evalkit.reporting.headline import heading, headline, main_curve, trend_sentence


def test_falling_agreement_means_more_variation(falling: Curve) -> None:
    """A metric that falls with diversity and falls with temperature makes answers vary more."""
    assert headline([falling]) == (
        (
            "Answers vary more as temperature rises: exact agreement falls from 1.00 [0.92, 1.00] at T = 0 "
            "to 0.16 [0.08, 0.24] at T = 2 (trend p = 0.002, 6 prompts)."
        ),
    )


def test_rising_agreement_means_less_variation(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """The sign of the metric decides the wording, not the direction of the curve."""
    curve = make_curve(agreement, lambda _i, t: 0.2 + 0.2 * t, direction="rises")
    assert headline([curve])[0].startswith("Answers vary less as temperature rises: exact agreement rises from")


def test_ends_against_the_trend_are_not_hidden(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """A curve that rises on the whole and ends lower than it began is told as it is."""
    curve = make_curve(agreement, lambda _i, t: 0.3 + 0.2 * t if t < 2 else 0.2, direction="rises")
    sentence = headline([curve])[0]
    assert sentence.startswith("Answers do not vary in one direction as temperature rises: exact agreement is 0.30")
    assert sentence.endswith("from end to end it does not.")


def test_undecided_is_not_called_no_difference(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """An undecided trend is called undecided, with the warning that this is not equality."""
    curve = make_curve(agreement, lambda _i, _t: 0.5, direction="undecided")
    sentence = headline([curve])[0]
    assert "is not decided by these data" in sentence
    assert sentence.endswith("That is not the same as no difference.")


def test_one_temperature_shows_no_trend(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """With one temperature the headline gives the value and claims no trend."""
    curve = make_curve(agreement, lambda _i, _t: 0.5, temperatures=(0.7,))
    assert headline([curve]) == (
        "At T = 0.7, exact agreement is 0.50 [0.42, 0.58] (6 prompts); one temperature shows no trend.",
    )
    assert trend_sentence(curve) == "Exact agreement was measured at one temperature, which shows no trend."


def test_undefined_everywhere_says_why(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """A metric without any value gives its reason as the headline."""
    curve = make_curve(agreement, lambda _i, _t: None)
    assert headline([curve])[0] == "Exact agreement is undefined at every temperature: fewer than 2 samples."


def test_undefined_ends_are_skipped(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """The headline goes from the first to the last temperature that has a value."""
    curve = make_curve(agreement, lambda _i, t: None if t in {0.0, 2.0} else 1 - t / 2)
    assert "at T = 0.5 to" in headline([curve])[0]
    only = make_curve(agreement, lambda _i, t: 0.5 if t == 1.0 else None)
    assert "exists at one temperature only" in headline([only])[0]


def test_no_metric_is_said() -> None:
    """A report without metrics says so."""
    assert headline([]) == ("No metric was measured.",)
    assert main_curve([]) is None


def test_diversity_comes_before_length(falling: Curve, rising: Curve) -> None:
    """The first metric that speaks of diversity leads, even when another stands before it."""
    assert main_curve([rising, falling]) is falling
    assert headline([rising])[0].startswith("As temperature rises, length words (unit = words) rises from")


def test_others_are_counted_and_named(falling: Curve, agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """The other metrics of diversity are counted by what they show, the disagreeing ones by name."""
    more = make_curve(replace(agreement, name="unique_share", diversity=1), lambda _i, t: t / 4, direction="rises")
    less = make_curve(replace(agreement, name="distinct_n", diversity=1), lambda _i, t: 1 - t / 4)
    open_ = make_curve(replace(agreement, name="modal_share"), lambda _i, _t: 0.5, direction="undecided")
    assert headline([falling, more])[1] == (
        "Of one other metric of diversity, as temperature rises, 1 shows more variation (unique share)."
    )
    assert headline([falling, more, less, open_])[1] == (
        "Of the other 3 metrics of diversity, as temperature rises, 1 shows more variation (unique share), "
        "1 shows less variation (distinct n), 1 is undecided (modal share)."
    )


def test_trend_without_test_gives_the_reason(falling: Curve) -> None:
    """A trend that could not be tested says why, and the headline stays undecided."""
    untested = replace(
        falling, trend=replace(falling.trend, p_value=None, direction="undecided", method="fewer than 5 prompts")
    )
    assert trend_sentence(untested) == (
        "Whether exact agreement moves with temperature was not tested: fewer than 5 prompts."
    )
    assert "no trend test: fewer than 5 prompts" in headline([untested])[0]


def test_undecided_without_diversity(rising: Curve) -> None:
    """A metric that says nothing of diversity is not made to say something when undecided."""
    undecided = replace(rising, trend=replace(rising.trend, direction="undecided"))
    assert headline([undecided])[0].startswith("Whether length words (unit = words) moves is not decided")
    assert "is not decided by these data" in trend_sentence(undecided)


def test_heading_is_words(words: Metric) -> None:
    """A title becomes words with its options."""
    assert heading(words) == "length words (unit = words)"
