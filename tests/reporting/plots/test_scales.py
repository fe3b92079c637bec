import re

import pytest
from matplotlib.figure import Figure

from evalkit.nouns import Curve
from evalkit.reporting.plots.base import single_axes, style, to_svg
from evalkit.reporting.plots.curve import curve
from evalkit.reporting.plots.scales import scales, sheet, ticks_within, wrote


@pytest.mark.parametrize(
    ("ends", "most", "texts"),
    [
        ((0.0, 1.0), 6, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((-1.0, 1.0), 4, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        ((0.3988, 0.4212), 5, ["0.400", "0.405", "0.410", "0.415", "0.420"]),
        ((0.0, 2e-6), 4, ["0", "5e−07", "1e−06", "1.5e−06", "2e−06"]),
        ((0.0, 3e6), 3, ["0", "1e+06", "2e+06", "3e+06"]),
        ((5.0, 5.0), 4, []),
        ((float("nan"), 1.0), 4, []),
        ((0.0, float("inf")), 4, []),
    ],
)
def test_round_values_have_the_same_decimals(ends: tuple[float, float], most: int, texts: list[str]) -> None:
    """Values between two ends are round, told with the same decimals, in powers of ten where those would be long."""
    found = ticks_within(*ends, most=most)
    assert [text for _, text in found] == texts
    assert all(ends[0] - 1e-9 <= value <= ends[1] + 1e-9 for value, _ in found)


def test_scales_say_the_same_on_any_axes() -> None:
    """Drawn by hand or by matplotlib, the same ticks, values and name are there, at the same places."""
    shown = []
    for ours in (True, False):
        with style():
            figure = Figure(figsize=(7.6, 3.6))
            ax = single_axes(figure)
            ax.set_label("ours" if ours else "")
            ax.set(xlim=(0, 2), ylim=(0, 1))
            scales(ax, [(0, "cold"), (2, "hot")], "temperature")
            svg = to_svg(figure)
        shown.append(sorted(re.findall(r' x="(\d+)\.?\d*" y="(\d+)\.?\d*"[^>]*>([^<]*)<', svg)))
    assert shown[0] == shown[1]
    assert {"cold", "hot", "temperature", "0.4"} <= {text for *_, text in shown[0]}


def test_somebody_elses_axes_keep_their_ticks(falling: Curve) -> None:
    """A curve on axes of a notebook has ticks of matplotlib's, which follow when a reader zooms in."""
    with style():
        ax = Figure().add_subplot()
        curve.function(ax, falling)
    assert ax.axison
    assert [label.get_text() for label in ax.get_xticklabels()]
    assert ax.get_xlabel() == "temperature"


def test_a_sheet_is_in_inches() -> None:
    """A place on a sheet is where it is on paper, and what is written there is not cut."""
    with style():
        figure = Figure(figsize=(4, 3))
        ax = sheet(figure)
        wrote(ax, (1, 2), "here", ha="left", va="baseline")
        svg = to_svg(figure)
    assert 'x="72" y="72"' in svg
    assert ">here<" in svg
    assert "clip-path" not in svg
