import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from evalkit.nouns import Curve
from evalkit.reporting.compact import compacted
from evalkit.reporting.plots.base import Plot, style, to_svg
from evalkit.reporting.plots.curve import curve
from evalkit.reporting.plots.heatmap import heatmap
from evalkit.reporting.plots.multiples import multiples
from evalkit.reporting.plots.strip import strip

_NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"


def _looks(svg: str) -> Iterator[tuple[object, ...]]:
    """Yield what is drawn, in order: kind, text, places, and the look as a browser computes it, by plain rules."""
    tree = ET.fromstring(svg)  # noqa: S314 - our own picture
    (rules,) = [each.text or "" for each in tree.iter() if each.tag.endswith("}style")]
    classes = dict(re.findall(r"\.(\w+)\{([^}]*)\}", rules))
    fonts = re.findall(r"(?<=text\{)[^}]*", rules)
    shapes = {each.get("id"): each.get("d", "") for each in tree.iter() if each.get("id")}
    for each in tree.iter():
        kind = each.tag.rpartition("}")[2]
        if kind not in {"path", "text", "use", "image"} or (kind == "path" and each.get("id") in _used(svg)):
            continue
        told = [*(fonts if kind == "text" else []), each.get("style", ""), classes.get(each.get("class", ""), "")]
        look = sorted(_value(part) for part in ";".join(told).split(";") if part.strip())
        if kind == "path" and look == ["fill:none"]:
            continue
        path = each.get("d", "") + shapes.get(str(each.get("{http://www.w3.org/1999/xlink}href", "")).lstrip("#"), "")
        where = [_rounded(each.get(axis, "0")) for axis in "xy"]
        turn = re.sub(r"rotate\(-?0 [^)]*\)", "", each.get("transform", ""))
        turn = re.sub(_NUMBER, lambda hit: f"{_rounded(hit[0])}", turn)
        yield kind, each.text, where, turn, look, _places(path)


def _rounded(number: str) -> float:
    return round(float(f"{float(number):.2f}"), 2) + 0.0


def _used(svg: str) -> set[str]:
    return set(re.findall(r'href="#([^"]+)', svg))


def _value(part: str) -> str:
    """Return a declaration in one spelling."""
    key, _, value = part.strip().partition(":")
    tight = re.sub(r",\s+", ",", value.strip())
    return f"{key}:{re.sub(_NUMBER, lambda hit: f'{float(hit[0]):g}', tight)}"


def _places(path: str) -> list[tuple[str, tuple[float, ...]]]:
    """Return a path as steps with all their coordinates."""
    steps: list[tuple[str, tuple[float, ...]]] = []
    x = y = 0.0
    for letter, rest in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        numbers = [float(number) for number in re.findall(_NUMBER, rest)]
        match letter:
            case "H":
                steps.append(("L", (numbers[0], y)))
            case "V":
                steps.append(("L", (x, numbers[0])))
            case "M" | "L":
                steps += [("L" if k else letter, (numbers[k], numbers[k + 1])) for k in range(0, len(numbers), 2)]
            case _:
                steps.append((letter, tuple(numbers)))
        x, y = steps[-1][1][-2:] if steps[-1][1] else (float("nan"), float("nan"))
    return steps


@pytest.mark.parametrize("plot", [curve, heatmap, multiples, strip], ids=lambda plot: plot.name)
def test_the_same_is_drawn(plot: Plot, falling: Curve) -> None:
    """A picture in half the letters draws the same shapes and texts, in the same order, places and looks."""
    svg = plot.picture(falling).svg
    short = compacted(svg)
    assert list(_looks(short)) == list(_looks(svg))
    assert len(short) < 0.62 * len(svg)


@given(
    places=st.lists(st.tuples(*[st.decimals(-999, 999, places=2)] * 2), min_size=1, max_size=8),
    words=st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=20),
)
def test_any_line_and_any_word(places: list[tuple[Decimal, Decimal]], words: str) -> None:
    """Lines of any course and labels of any letters, even such as look like markup, come through."""
    steps = " ".join(f"{'L' if k else 'M'} {x} {y}" for k, (x, y) in enumerate(places))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><defs><style type="text/css">*{stroke-linejoin: round}</style></defs>'
        f'<g id="line2d_1"><path d="{steps} " style="fill: none; stroke: #0068a8"/></g><g id="text_1">'
        f'<text style="font-size: 10px" x="1.005" y="2.5" transform="rotate(-0 1.005 2.5)">{escape(words)}</text></g>'
        f'<text style="font-size: 10px" x="0" y="-0.001" transform="rotate(-30 0 0.5)">{escape(words)}</text></svg>'
    )
    assert list(_looks(compacted(svg))) == list(_looks(svg))


def test_words_that_look_like_names_stay() -> None:
    """A label that reads like an attribute, a look or a reference is a label still."""
    words = 'id="line2d_1" style="fill: none" url(#p1) href="#p1" class="k0"'
    with style():
        figure = Figure()
        figure.text(0.5, 0.5, words)
        svg = to_svg(figure)
    assert [text for _, text, *_ in _looks(compacted(svg))] == [words]


def test_every_reference_is_met(falling: Curve) -> None:
    """What a picture refers to is in it, and every name in it is referred to."""
    short = compacted(curve.picture(falling).svg)
    assert set(re.findall(r' id="([^"]+)', short)) == set(re.findall(r'(?:href="|url\()#([^")]+)', short))


def test_what_has_no_style_is_left_whole() -> None:
    """A picture from elsewhere, without matplotlib's style, keeps its looks where they are."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M 0 0 L 1 1" style="stroke: red"/></svg>'
    assert compacted(svg) == '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0 1 1" style="stroke:red"/></svg>'
