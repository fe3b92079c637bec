import logging
from collections.abc import Callable

import pytest

from evalkit.nouns import Curve
from evalkit.reporting.figures import figures_of, plots_of_curves
from evalkit.reporting.plots.base import Plot, plot
from evalkit.reporting.theme import DARK, LIGHT


def test_every_plot_of_a_curve_is_drawn(falling: Curve) -> None:
    """All registered plots of curves are drawn, the large curve first."""
    figures, cautions, left_out = figures_of(falling, plots_of_curves(), finding="It falls.")
    assert [figure.plot for figure in figures][:4] == ["curve", "multiples", "heatmap", "strip"]
    assert not cautions
    assert not left_out


def test_dark_is_the_light_picture_in_other_colours(falling: Curve) -> None:
    """Both pictures have the same shapes; only the colours differ."""
    (figure,), _, _ = figures_of(falling, plots_of_curves(["curve"]), finding="It falls.")
    assert LIGHT["accent"] in figure.light
    assert LIGHT["accent"] not in figure.dark
    assert figure.light.replace(LIGHT["accent"], DARK["accent"]).count(DARK["accent"]) == figure.dark.count(
        DARK["accent"]
    )


def test_picture_says_its_finding(falling: Curve) -> None:
    """The text for those who do not see the picture holds what it shows."""
    (figure,), _, _ = figures_of(falling, plots_of_curves(["curve"]), finding="It falls.")
    assert figure.alt == "Mean over prompts at each temperature. It falls."


def test_failing_plot_is_a_caution(falling: Curve, caplog: pytest.LogCaptureFixture) -> None:
    """A plot that fails costs its picture only: the others are drawn and the page says what happened."""
    with caplog.at_level(logging.CRITICAL):
        figures, cautions, _ = figures_of(falling, [_broken(), *plots_of_curves(["curve"])], finding="")
    assert [figure.plot for figure in figures] == ["curve"]
    assert [caution.slug for caution in cautions] == ["plot-failed"]
    assert r"ZeroDivisionError: \x1b[31m" in cautions[0].fact


def test_full_page_keeps_the_first_picture(falling: Curve) -> None:
    """When the room for pictures is used up, the first is drawn still and the others are named."""
    figures, _, left_out = figures_of(falling, plots_of_curves(), finding="", room=0)
    assert [figure.plot for figure in figures] == ["curve"]
    assert left_out.startswith("Left out to keep the page small: multiples, heatmap, strip")


def _broken() -> Plot:
    decorate: Callable[[Callable[..., None]], Plot] = plot(caption="Broken.", what="It fails.")

    @decorate
    def broken(ax: object, curve: Curve) -> None:
        """Fail with a message that would colour a terminal."""
        del ax, curve
        message = "\x1b[31mred"
        raise ZeroDivisionError(message)

    return broken
