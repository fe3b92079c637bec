from collections.abc import Callable
from dataclasses import replace

from reporting.floors import known

from evalkit.nouns import ChangePoint, Curve, FloorLevel, Load, Metric
from evalkit.reporting.plots.curve import curve
from evalkit.reporting.theme import LIGHT


def test_equal_counts_are_written_once(falling: Curve) -> None:
    """When all temperatures have the same numbers, they are written once."""
    assert curve.picture(falling).svg.count("6 prompts, 120 samples at each temperature") == 1


def test_differing_counts_are_written_at_each_point(falling: Curve) -> None:
    """When numbers differ, every temperature shows its own."""
    first, *others = falling.points
    fewer = replace(first, estimate=replace(first.estimate, n_samples=77))
    svg = curve.picture(replace(falling, points=(fewer, *others))).svg
    assert "n=77" in svg
    assert "n=120" in svg


def test_missing_interval_is_a_hollow_dot(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """A point without an interval is hollow and has no band."""
    svg = curve.picture(make_curve(agreement, lambda _i, _t: 0.5, width=0.0)).svg
    assert f"fill: {LIGHT['paper']}" in svg
    assert "fill-opacity: 0.16" not in svg


def test_band_stops_at_a_gap(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """One band lies over neighbours that have an interval, none over a gap, and a cross marks what has no value."""
    whole = make_curve(agreement, lambda _i, _t: 0.5)
    left, middle, *right = whole.points
    bare = replace(middle, estimate=replace(middle.estimate, interval=None))
    gap = curve.picture(replace(whole, points=(left, left, bare, *right))).svg
    assert curve.picture(whole).svg.count("fill-opacity: 0.16") == 1
    assert gap.count("fill-opacity: 0.16") == 2
    alone = curve.picture(replace(whole, points=(left, bare, *right))).svg
    assert alone.count("fill-opacity: 0.16") == 1
    crossed = curve.picture(make_curve(agreement, lambda _i, t: None if t == 2.0 else 0.5)).svg
    assert crossed.count(f"stroke: {LIGHT['muted']}") > curve.picture(whole).svg.count(f"stroke: {LIGHT['muted']}")


def test_a_fall_of_quality_is_shaded(falling: Curve) -> None:
    """Beyond the fall the picture is shaded and says why; a fall at the end of the axis leaves it as it is."""
    limit = ChangePoint(
        metric="validity", words="validity", temperature=0.5, low=0.3, high=0.8, kind="falls", n_prompts=6, method="m"
    )
    plain = curve.picture(falling).svg
    assert "quality falls" in curve.picture(replace(falling, limit=limit)).svg
    assert "quality falls" not in plain
    assert curve.picture(replace(falling, limit=replace(limit, temperature=9.0))).svg == plain


def test_the_floor_is_a_line_with_its_name(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """The line says what it is, its band is drawn, and the axis reaches it; without a value there is none."""
    low = make_curve(agreement, lambda _i, _t: 0.05, width=0.01)
    level = FloorLevel(load=Load.SERIAL, estimate=known(0.9, 0.85, 0.95))
    plain, drawn = curve.picture(low).svg, curve.picture(replace(low, floor=level)).svg
    assert "floor: T = 0, serial" in drawn
    assert "fill-opacity: 0.1" in drawn
    assert "floor" not in plain
    assert LIGHT["second"] not in plain
    assert ">0.8<" in drawn
    assert ">0.8<" not in plain
    assert curve.picture(replace(low, floor=FloorLevel(load=Load.SERIAL, estimate=known(None)))).svg == plain
