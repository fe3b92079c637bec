from collections.abc import Callable

from evalkit.nouns import Curve, Metric
from evalkit.reporting.plots.strip import strip


def test_lines_join_few_prompts_only(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """Up to 40 prompts are joined over temperatures; more would be a thicket."""
    few = strip.picture(make_curve(agreement, lambda i, t: 1 / (1 + i + t))).svg
    names = tuple(f"p{i:03d}" for i in range(83))
    many = strip.picture(make_curve(agreement, lambda i, t: 1 / (1 + i + t), prompts=names)).svg
    assert few.count("stroke-opacity: 0.35") == 6
    assert many.count("stroke-opacity: 0.35") == 0


def test_picture_of_many_prompts_stays_small(agreement: Metric, make_curve: Callable[..., Curve]) -> None:
    """A thousand dots cost some tens of bytes each."""
    names = tuple(f"p{i:03d}" for i in range(200))
    assert len(strip.picture(make_curve(agreement, lambda i, t: 1 / (1 + i + t), prompts=names)).svg) < 60_000
