"""Which metric a test means by a name."""

import pytest

from evalkit.nouns import MetricRequest
from evalkit.testing.measuring import metric_of

STRICT = MetricRequest(name="exact_agreement", options=(("level", "loose"),))
BARE = MetricRequest(name="exact_agreement")


@pytest.mark.parametrize(
    ("metrics", "name", "title"),
    [
        ((STRICT, BARE), "exact_agreement", "exact_agreement"),
        ((STRICT,), "exact_agreement", "exact_agreement(level=loose)"),
        ((BARE, STRICT), "exact_agreement(level=loose)", "exact_agreement(level=loose)"),
        ((), "tar_at_k", "tar_at_k"),
    ],
)
def test_a_bare_name_means_the_metric_without_options_if_the_suite_has_it(suite_of, metrics, name, title):
    """The order in which a suite lists metrics does not decide what an assertion is about."""
    assert metric_of(name, suite_of(metrics=metrics)).title == title
