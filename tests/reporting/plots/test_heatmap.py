from collections.abc import Callable

from evalkit.nouns import Curve, Metric
from evalkit.reporting.plots.heatmap import heatmap


def test_values_are_written_where_there_is_room(falling: Curve) -> None:
    """A small grid shows its numbers, with the same decimals in every cell."""
    svg = heatmap.picture(falling).svg
    assert ">1.00<" in svg
    assert ">0.91<" in svg


def test_large_grid_has_names_but_no_numbers(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """A grid of 83 prompts shows every prompt's name and leaves the numbers to the table."""
    names = tuple(f"p{i:03d}" for i in range(83))
    picture = heatmap.picture(make_curve(agreement, lambda i, t: 1 / (1 + i + t), prompts=names))
    assert ">p082<" in picture.svg
    assert ">1.00<" not in picture.svg
    assert picture.height > 1000


def test_equal_values_need_no_scale(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """When every value is the same there is nothing to scale, and it is drawn all the same."""
    assert ">0.50<" in heatmap.picture(make_curve(agreement, lambda _i, _t: 0.5)).svg
