import io
import re

import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from evalkit.nouns import Curve
from evalkit.reporting.plots.base import (
    MOST_LETTERS,
    Plot,
    dots,
    label,
    plot,
    short,
    single_axes,
    style,
    to_svg,
    value_limits,
)
from evalkit.reporting.plots.curve import curve


def test_decorator_reads_what_the_function_needs() -> None:
    """A first argument called figure asks for the whole figure; the second one's type says what is drawn."""

    @plot(caption="One.", what="Two.")
    def bars(figure: Figure, curve: Curve) -> None:
        """Draw nothing."""

    assert isinstance(bars, Plot)
    assert (bars.name, bars.accepts, bars.whole_figure) == ("bars", "Curve", True)
    assert not curve.whole_figure


def test_svg_has_no_date_and_no_address_to_load(falling: Curve) -> None:
    """A picture names no program, date or outside address but the names of its own language."""
    svg = curve.picture(falling).svg
    assert svg.startswith("<svg")
    assert "date" not in svg.lower()
    assert set(re.findall(r"https?://[^\"'\s<]+", svg)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_svg_numbers_are_short() -> None:
    """Paths are written with two decimals at most."""
    figure = Figure()
    figure.add_subplot().plot([0, 1, 2], [1 / 3, 2 / 7, 3 / 11])
    paths = re.findall(r' d="([^"]*)', to_svg(figure))
    assert paths
    assert not any(re.search(r"\.\d{3}", path) for path in paths)


@pytest.mark.parametrize("text", ["x" * 20_000, "a\nb\x1b", "", "\u202e" * 200])
def test_label_is_short_and_visible(text: str) -> None:
    """A label is one line of 80 characters at most, without anything invisible."""
    line = label(text)
    assert len(line) <= MOST_LETTERS
    assert line.isprintable()


def test_short_ends_with_an_ellipsis() -> None:
    """A name too long for its place ends with an ellipsis."""
    assert short("lighthouse", 6) == "light…"
    assert short("robot", 6) == "robot"


@pytest.mark.parametrize(
    ("values", "bounds", "ends"),
    [
        ([0.1, 0.9], (0.0, 1.0), (-0.06, 1.06)),
        ([0.40, 0.42], (0.0, 1.0), (0.3988, 0.4212)),
        ([5.0, 5.0], (0.0, float("inf")), (4.75, 5.25)),
        ([], (0.0, 1.0), (-0.06, 1.06)),
        ([0.0], (0.0, float("inf")), (-0.5, 0.5)),
    ],
)
def test_axis_shows_the_range_or_the_data(
    values: list[float], bounds: tuple[float, float], ends: tuple[float, float]
) -> None:
    """The value axis is the whole range when the data fill it, else the data's own; never without height."""
    assert value_limits(values, bounds) == pytest.approx(ends)


def test_every_dot_is_on_a_picture_of_pixels() -> None:
    """A dot is a stroke shorter than a pixel, wherever it falls on the grid of pixels."""
    places = [(x / 17, y / 13) for x in range(1, 17) for y in range(1, 13)]
    with style():
        figure = Figure(figsize=(4, 3))
        ax = single_axes(figure)
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1)
        dots(ax, places, color="#ff0000", size=5)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=figure.dpi)
    pixels = imread(io.BytesIO(buffer.getvalue()))
    centres = ax.transData.transform(places)
    shown = [pixels[len(pixels) - 1 - int(y), int(x)].tolist() for x, y in centres]
    assert shown == [[1.0, 0.0, 0.0, 1.0]] * len(places)
