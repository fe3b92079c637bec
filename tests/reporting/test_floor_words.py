"""The floor in sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from reporting.floors import contrast, floor_of, known, split_of

from evalkit.nouns import Curve, FloorLevel, Load, LoadContrast, Metric, Verdict
from evalkit.reporting.floor_words import of_curve, sentences


def test_the_floor_first_then_loads_then_temperatures(agreement: Metric) -> None:
    """What answers do alone, whether load matters, and from which temperature on sampling shows."""
    assert sentences(floor_of(agreement)) == (
        (
            "At T = 0, one request at a time, each of 6 prompts got the same answer every time. The floor of exact"
            " agreement is 1.00 [0.91, 1.00]: the server's own noise, not sampling."
        ),
        "In a burst of equal requests it is lower (−0.40 [−0.50, −0.30], p = 0.012): load matters.",
        "Among all other requests of the run a difference is not decided (−0.02 [−0.12, 0.08], p = 0.012).",
        (
            "With temperature, it lies below the floor at T = 1; it is not decided whether it differs from the floor"
            " at T = 0.5."
        ),
    )


def test_prompts_that_part_are_counted(agreement: Metric) -> None:
    """A floor that is not steady says for how many prompts."""
    whole = floor_of(agreement)
    (said, *_) = sentences(replace(whole, arms=whole.arms[1:]))
    assert said.startswith("At T = 0, in a burst of equal requests, 4 of 6 prompts got different answers.")


def test_within_the_margin_is_said_with_the_margin(agreement: Metric) -> None:
    """Equivalence names what is close enough; a difference that does not exist gives its reason."""
    whole = floor_of(agreement)
    loads = (
        LoadContrast(load=Load.BURST, contrast=contrast(0.0, Verdict.EQUIVALENT)),
        LoadContrast(load=Load.MIXED, contrast=contrast(None, Verdict.INCONCLUSIVE, undefined="it was not drawn")),
    )
    said = sentences(replace(whole, metrics=(replace(whole.metrics[0], loads=loads),)))
    assert said[1] == "In a burst of equal requests it is the same within 0.05."
    assert said[2] == "Among all other requests of the run it can not be compared: it was not drawn."


@pytest.mark.parametrize(
    ("p_value", "difference", "wanted"),
    [
        (0.001, 0.5, "A mixture of configurations is part of what differs at T = 0."),
        (0.4, 0.5, "That configurations answer differently is not shown."),
        (0.001, -0.5, "which a mixture does not explain."),
        (None, None, "so nothing can be told."),
    ],
)
def test_fingerprints_say_what_is_shown_and_no_more(
    agreement: Metric, p_value: float | None, difference: float | None, wanted: str
) -> None:
    """A mixture is named where it is shown; an open p-value is not called equal."""
    *_, said = sentences(floor_of(agreement, fingerprints=split_of(p_value, difference)))
    assert said.startswith("The server named 2 configurations of itself at T = 0")
    assert said.endswith(wanted)


def test_a_metric_without_a_floor_gives_way(agreement: Metric) -> None:
    """Where the first metric has no value at 0, the next one speaks; where none has, the answers do."""
    whole = floor_of(agreement)
    nothing = FloorLevel(load=Load.SERIAL, estimate=known(None, undefined="nowhere do they part"))
    gone = replace(whole.metrics[0], level=nothing)
    assert sentences(replace(whole, metrics=(gone, *whole.metrics))) == sentences(whole)
    assert sentences(replace(whole, metrics=(gone,))) == (
        "At T = 0, one request at a time, each of 6 prompts got the same answer every time.",
    )


def test_a_curve_tells_its_floor(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """Who does not see the line hears it; a curve without a floor says nothing."""
    plain = make_curve(agreement, lambda _i, _t: 0.5)
    level = FloorLevel(load=Load.BURST, estimate=known(0.8, 0.7, 0.9))
    assert of_curve(plain) == ""
    assert of_curve(replace(plain, floor=level)) == (
        "The floor at T = 0, in a burst of equal requests: 0.80 [0.70, 0.90]."
    )
