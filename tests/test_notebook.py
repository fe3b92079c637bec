"""Nouns as a notebook shows them."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

import evalkit
from evalkit.nouns import Comparison

SUITE = """
endpoint: {model: m, base_url: loopback}
samples: 4
temperatures: [0, 1]
metrics: [exact_agreement, length_words]
prompts: [{id: a, user: Tell a story.}, {id: b, user: Bye.}]
"""
HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Return the results of a small run."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "s.yaml").write_text(SUITE)
    with evalkit.open_store(folder / "runs.sqlite") as store:
        evalkit.run(evalkit.load_suite(folder / "s.yaml"), store)
        return evalkit.measure(store, "s")


@pytest.fixture
def comparison(results):
    """Return the same curves as two runs', with a hostile label."""
    curves = tuple(results.values())
    return Comparison(baseline=HOSTILE, candidate="b", contrasts=(), baseline_curves=curves, candidate_curves=curves)


def test_a_curve_is_a_picture_and_a_table(results):
    """One row for each temperature, the picture inside, whether it moves in words."""
    shown = results["length_words"]._repr_html_()

    ET.fromstring(shown.replace("<img", "<i").replace('"></p>', '"></i></p>'))  # noqa: S314 - our own
    assert shown.count("<tr>") == 3
    assert "data:image/svg+xml;base64," in shown
    assert "length words" in shown.lower()


def test_results_are_one_table(results):
    """A row for each metric, a column for each temperature."""
    shown = results._repr_html_()

    assert shown.count("<tr>") == 3
    assert shown.count("T = 1") >= 1


def test_a_comparison_shows_its_labels_as_text(comparison):
    """Nothing from outside is markup, and nothing is loaded from anywhere."""
    shown = comparison._repr_html_()

    assert "<script" not in shown
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert not re.search(r"https?://", shown)


def test_a_curve_is_drawn_on_given_axes(results):
    """The axes that come back are those that were given; nothing else is opened."""
    ax = Figure().add_subplot()

    assert results["length_words"].plot(ax) is ax
    assert ax.lines


def test_a_curve_is_drawn_on_the_present_axes(results, monkeypatch):
    """Without axes those of pyplot are drawn on, and matplotlib's settings are as before."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    before = dict(mpl.rcParams)
    ax = results["exact_agreement"].plot()

    assert ax is pyplot.gca()
    assert dict(mpl.rcParams) == before
    pyplot.close("all")


def test_no_value_is_told(results):
    """A curve without any value has a card, too."""
    curve = results["length_words"]
    empty = tuple(
        replace(point, estimate=replace(point.estimate, value=None, interval=None, undefined="no <b>samples</b>"))
        for point in curve.points
    )

    assert "undefined: no &lt;b&gt;samples" in replace(curve, points=empty)._repr_html_()
