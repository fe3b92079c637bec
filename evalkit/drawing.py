"""From what was measured or compared to one picture: what the verb `plot` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit import registry
from evalkit.metrics.base import resolve
from evalkit.nouns import Comparison, MetricRequest, Suite
from evalkit.reporting.subjects import subject_of

if TYPE_CHECKING:
    from evalkit.results import Results


def picture_of(
    found: Results | Comparison, plot: str, form: str, *, metric: str | None = None, dark: bool = False
) -> bytes:
    """Return a registered plot of this as the bytes of a file.

    Args:
        found: A run's results, or a comparison.
        plot: Name of the plot.
        form: ``png``, ``svg`` or ``pdf``.
        metric: Title or name of the metric; that of the headline when None.
        dark: Whether on a dark ground.

    Raises:
        UnknownNameError: There is no such plot, or the metric was not measured.
        StatisticsError: This plot draws what was not found here.
        UsageError: There is no such form, or the plot draws the other kind of thing.
    """
    from evalkit.reporting.plots.files import encoded

    drawn = registry.find("plots", plot)
    noun = subject_of(drawn.accepts, found, metric)
    return encoded(drawn, noun, form, dark=dark)


def check_form(form: str) -> None:
    """Refuse what no picture can be written as before anything is measured.

    Raises:
        UsageError: There is no such form.
    """
    from evalkit.reporting.plots import files

    files.check_form(form)


def main_request(suite: Suite) -> MetricRequest:
    """Return the metric of a suite that the headline rests on: the first that speaks of diversity, else the first."""
    return next((request for request in suite.metrics if resolve(request).diversity), suite.metrics[0])


def title_of(request: MetricRequest) -> str:
    """Return the title of a metric with its options bound."""
    return resolve(request).title
