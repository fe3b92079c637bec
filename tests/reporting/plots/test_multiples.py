from collections.abc import Callable

from evalkit.nouns import Curve, Metric
from evalkit.reporting.plots.multiples import MOST_PANELS, multiples


def test_one_panel_for_each_prompt(falling: Curve) -> None:
    """Every prompt has a panel with its name."""
    svg = multiples.picture(falling).svg
    assert all(f">{name}<" in svg for name in ("lighthouse", "tomato", "bakery"))


def test_many_prompts_are_cut_and_counted(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """Of very many prompts the first 24 are drawn, and the picture says so."""
    names = tuple(f"p{i:03d}" for i in range(83))
    svg = multiples.picture(make_curve(agreement, lambda _i, _t: 0.5, prompts=names)).svg
    assert f">p{MOST_PANELS - 1:03d}<" in svg
    assert f">p{MOST_PANELS:03d}<" not in svg
    assert "the first 24 of 83 prompts; the heat map has them all" in svg
