"""A picture as a file: the same bytes twice, no date, on either ground."""

import io
import re

import pytest
from matplotlib.image import imread

from evalkit import registry
from evalkit.errors import UsageError
from evalkit.reporting.plots.files import FORMS, encoded
from evalkit.reporting.theme import DARK, LIGHT

BEGINS = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF"}


@pytest.fixture(params=["curve", "multiples", "heatmap", "strip"])
def drawn(request):
    """Return each plot that draws a curve."""
    return registry.find("plots", request.param)


@pytest.fixture
def curve(findings):
    """Return the first curve of the run."""
    return next(iter(findings.curves.values()))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dark", [False, True])
def test_a_file_is_the_same_twice(drawn, curve, form, dark):
    """Each form begins as such a file does and holds neither date nor program."""
    first = encoded(drawn, curve, form, dark=dark)

    assert first.startswith(BEGINS[form])
    assert encoded(drawn, curve, form, dark=dark) == first
    assert not re.search(rb"CreationDate|Software|Matplotlib v", first)


def test_the_dark_ground_has_the_dark_palette(drawn, curve):
    """No colour of the light palette is left, and the ground is filled in both."""
    light, dark = (encoded(drawn, curve, "svg", dark=dark).decode() for dark in (False, True))

    assert LIGHT["paper"] in light
    assert DARK["paper"] in dark
    assert not [role for role, colour in LIGHT.items() if colour in dark and colour not in DARK.values()]


def test_the_ground_of_a_png_is_filled(drawn, curve):
    """A corner of the picture is the ground's colour, wherever it is put."""
    corner = imread(io.BytesIO(encoded(drawn, curve, "png", dark=True)))[0, 0]

    assert [round(255 * part) for part in corner] == [*bytes.fromhex(DARK["paper"][1:]), 255]


def test_no_other_form(drawn, curve):
    """An ending that is no picture is refused with those that are."""
    with pytest.raises(UsageError, match="svg, png, pdf"):
        encoded(drawn, curve, "bmp")
