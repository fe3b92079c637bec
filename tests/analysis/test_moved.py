"""How far each prompt moved from one run to the other."""

from evalkit.analysis.moved import moved
from evalkit.nouns import Curve, Estimate, Form, Measurement, Metric, Point, Trend


def _curve(values):
    """Return a curve from values by prompt and temperature."""
    metric = Metric(name="m", form=Form.SET, function=len, unit="", bounds=(0.0, 1.0), min_samples=1)
    points = tuple(
        Point(
            temperature=t,
            estimate=Estimate(value=0.5, interval=None, n_prompts=2, n_samples=4, method="t"),
            measurements=tuple(
                Measurement(
                    metric="m",
                    prompt_id=prompt,
                    temperature=t,
                    value=row[n],
                    interval=None,
                    n_samples=4,
                    method="t",
                    undefined=None if row[n] is not None else "no pairs",
                )
                for prompt, row in values.items()
            ),
        )
        for n, t in enumerate((0.0, 1.0))
    )
    trend = Trend(statistic=None, p_value=None, direction="undecided", n_prompts=2, method="t")
    return Curve(metric=metric, points=points, trend=trend)


def test_the_farthest_comes_first():
    """Ups and downs do not cancel, and a temperature without a value on one side counts on neither."""
    before = _curve({"near": (0.5, 0.5), "far": (0.25, 0.75), "half": (0.0, None), "none": (None, None)})
    after = _curve({"near": (0.5, 0.625), "far": (0.75, 0.25), "half": (0.25, 0.5), "none": (0.5, 0.5)})
    found = moved(before, after)
    assert [(each.prompt, each.distance, each.n_temperatures) for each in found] == [
        ("far", 0.5, 2),
        ("half", 0.25, 1),
        ("near", 0.0625, 2),
    ]
