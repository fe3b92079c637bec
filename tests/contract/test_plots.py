"""What every registered plot promises; a new file in evalkit/reporting/plots is tested by being there."""

import itertools
import math
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from evalkit import registry
from evalkit.nouns import (
    Contrast,
    Course,
    Courses,
    Curve,
    Divergence,
    Estimate,
    Forest,
    Form,
    Frontier,
    Goal,
    Interval,
    Measurement,
    Metric,
    Overlay,
    Point,
    Precision,
    Quantity,
    Sequential,
    Spread,
    Spreads,
    Standing,
    Stretch,
    SurvivalCurve,
    Trend,
    Verdict,
)
from evalkit.reporting.plots.base import Plot
from evalkit.reporting.theme import DARK, LIGHT, darkened

LABELS = ("<b>&amp;", r"$\frac{1}{$", "\ud800\x00\x1b[31m", "\u202eevil", "x" * 20_000, "漢字 🎈", "", "--> ]]>")


@pytest.fixture(params=registry.names("plots"))
def drawn(request: pytest.FixtureRequest) -> Plot:
    """Return each registered plot."""
    found: Plot = registry.find("plots", request.param)
    return found


@pytest.fixture
def curve_of() -> Callable[..., Curve]:
    """Return a maker of curves from prompts, temperatures and a value for each."""

    def make(
        prompts: tuple[str, ...], temperatures: tuple[float, ...], value: Callable[[int, float], float | None]
    ) -> Curve:
        metric = Metric(
            name=prompts[0], form=Form.SET, function=len, unit=prompts[0], bounds=(0.0, 1.0), min_samples=2, diversity=1
        )
        points = tuple(
            Point(
                temperature=t,
                estimate=Estimate(
                    value=value(0, t),
                    interval=None if value(0, t) is None else Interval(low=0.1, high=0.9),
                    n_prompts=len(prompts),
                    n_samples=20,
                    method="t",
                    undefined="no pairs" if value(0, t) is None else None,
                ),
                measurements=tuple(
                    Measurement(
                        metric=metric.title,
                        prompt_id=name,
                        temperature=t,
                        value=value(i, t),
                        undefined="no pairs" if value(i, t) is None else None,
                        n_samples=20,
                    )
                    for i, name in enumerate(prompts)
                ),
            )
            for t in temperatures
        )
        trend = Trend(statistic=None, p_value=None, direction="undecided", n_prompts=len(prompts), method="none")
        return Curve(metric=metric, points=points, trend=trend)

    return make


def _divergence(temperatures: tuple[float, ...]) -> Divergence:
    """Return survival curves that fall faster the hotter it is."""
    return Divergence(
        curves=tuple(
            SurvivalCurve(
                temperature=t,
                shares=tuple(math.exp(-t * k / 10) for k in range(1, 61)),
                intervals=(None,) * 60,
                n_prompts=3,
            )
            for t in temperatures
        )
    )


def _courses(temperatures: tuple[float, ...]) -> Courses:
    """Return courses of two quantities over four parts, the second without a value in one of them."""
    return Courses(
        courses=tuple(
            Course(
                quantity=quantity,
                unit=unit,
                temperature=t,
                stretches=tuple(
                    Stretch(
                        first=3 * k,
                        last=3 * k + 2,
                        value=None if (quantity, k) == ("latency", 0) else k + t,
                        interval=Interval(low=k + t - 0.5, high=k + t + 0.5) if k else None,
                    )
                    for k in range(4)
                ),
                statistic=0.1,
                p_value=0.4,
                p_adjusted=0.8,
                undefined=None,
                n_prompts=3,
                n_samples=36,
            )
            for quantity, unit in (("words", "words"), ("latency", "s"))
            for t in temperatures
        )
    )


def _spreads(temperatures: tuple[float, ...]) -> Spreads:
    """Return lengths and latencies that grow with temperature, all equal at the first one."""
    return Spreads(
        spreads=tuple(
            Spread(
                quantity=quantity,
                unit=unit,
                temperature=t,
                low=9 - t,
                lower=9 - t / 2,
                median=9,
                upper=9 + t,
                high=9 + 3 * t,
                n=60,
            )
            for quantity, unit in (("words", "words"), ("latency", "s"))
            for t in temperatures
        )
    )


def _sequential(temperatures: tuple[float, ...]) -> Sequential:
    """Return sampling that stopped, with prompts of unequal numbers and one temperature that is not known."""
    ends = itertools.cycle(("known", "looks"))
    return Sequential(
        precision=Precision(goals=(Goal(metric="m", within=0.1),)),
        standings=tuple(Standing(temperature=t, looks=2, sizes=(10, 40), ended=next(ends)) for t in temperatures),
        stands=(),
        level=0.95,
        level_at_a_look=0.98,
        n_fixed=30 if temperatures else None,
    )


def _forest(words: str, temperatures: tuple[float, ...], values: list[float | None]) -> Forest:
    """Return differences with and without value, interval and margin, each verdict in turn, and one of whole curves."""
    verdicts = itertools.cycle(Verdict)
    return Forest(
        words=words,
        unit=words,
        contrasts=tuple(
            Contrast(
                metric=words,
                temperature=t,
                difference=value,
                interval=None if value is None or n % 3 else Interval(low=value - 0.1, high=value + 0.1),
                p_adjusted=0.5,
                verdict=next(verdicts),
                n_prompts=3,
                method="t",
                quantity=Quantity.VALUE if t is not None else Quantity.MEAN,
                margin=0.05 if n % 2 else None,
            )
            for n, (t, value) in enumerate(zip((*temperatures, None), (*values, 0.1), strict=True))
        ),
    )


def test_is_a_plot_with_words(drawn: Plot) -> None:
    """Every plot has a caption, a paragraph on how to read it, and says what it draws."""
    assert isinstance(drawn, Plot)
    assert drawn.caption.endswith(".")
    assert len(drawn.what.split()) > 10
    assert drawn.accepts


@pytest.mark.parametrize(
    ("prompts", "temperatures", "value"),
    [
        (("a", "b", "c"), (0.0, 0.5, 2.0), lambda i, t: 1 / (1 + i + t)),
        (("a",), (0.7,), lambda _i, _t: 0.5),
        (("a", "b"), (0.0, 1.0), lambda _i, _t: None),
        (("a", "b"), (0.0, 1.0), lambda i, t: None if i == 0 or t == 0.0 else 0.5),
        (("a", "b"), (), lambda _i, _t: 0.5),
        (LABELS, (0.0, 1.0), lambda i, _t: i / 10),
        (tuple(f"p{i}" for i in range(150)), tuple(t / 10 for t in range(17)), lambda i, t: (i + t) / 200),
    ],
    ids=["plain", "one-point", "undefined", "partly-undefined", "no-temperature", "hostile", "large"],
)
def test_draws_any_curve(
    drawn: Plot,
    curve_of: Callable[..., Curve],
    prompts: tuple[str, ...],
    temperatures: tuple[float, ...],
    value: Callable[[int, float], float | None],
) -> None:
    """Every plot of curves draws every curve as well-formed SVG, small, the same twice, and in both palettes."""
    curve = curve_of(prompts, temperatures, value)
    subjects = {
        "Curve": curve,
        "Frontier": Frontier(quality=curve, diversity=curve),
        "Divergence": _divergence(temperatures),
        "Courses": _courses(temperatures),
        "Spreads": _spreads(temperatures),
        "Overlay": Overlay(baseline=curve, candidate=curve, labels=(prompts[0], prompts[-1])),
        "Sequential": _sequential(temperatures),
        "Forest": _forest(prompts[0], temperatures, [value(0, t) for t in temperatures]),
    }
    if drawn.accepts not in subjects:
        pytest.skip("draws another noun")
    subject = subjects[drawn.accepts]
    picture = drawn.picture(subject)
    ET.fromstring(picture.svg)  # noqa: S314 - our own picture; the question is whether it parses
    assert drawn.picture(subject) == picture
    assert len(picture.svg) < 400_000
    assert "<script" not in picture.svg
    assert not [role for role, colour in LIGHT.items() if colour in darkened(picture.svg) and colour != DARK[role]]
