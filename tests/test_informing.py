"""Metrics are told what is known of a run's endpoint."""

from __future__ import annotations

import pytest

import evalkit
from evalkit.loopback.server import Server
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import Decoding, Endpoint, MetricRequest

ASKED = (("logprobs", True), ("top_logprobs", 20))


@pytest.fixture
def compared(tmp_path, suite_of):
    """Return the contrasts of a run before temperature with one after it."""
    names = ("token_entropy", "fork_margin")
    with evalkit.open_store(tmp_path / "runs.sqlite") as store:
        for label, habits in (("main", ()), ("other", ("logprobs-after",))):
            with Server(seed=3, habits=habits) as server:
                suite = suite_of(
                    endpoint=Endpoint(model="storyteller-small", base_url=server.url),
                    temperatures=(0.7,),
                    samples=12,
                    metrics=tuple(MetricRequest(name=name) for name in names),
                    decoding=Decoding(max_tokens=24, extra=ASKED),
                )
                evalkit.run(suite, store, label=label, preflight=True)
        return evalkit.compare(store, "other")


def test_values_of_two_distributions_are_not_compared(compared):
    """Entropies of what two endpoints tell at different temperatures are refused; margins are brought to one."""
    found = {curve.metric.name: curve.points[0].measurements for curve in compared.baseline_curves}
    assert all("different distributions" in each.undefined for each in found["token_entropy"])
    assert all(each.value is not None for each in found["fork_margin"])


def test_what_was_said_is_not_overruled():
    """A metric that was told by its option keeps its title with the option; the option takes its words only."""
    told = bind(resolve(MetricRequest(name="fork_margin")), {"meaning": "after"})
    assert told.title == "fork_margin(meaning=after)"
    assert dict(told.function.options)["meaning"] == "after"
    with pytest.raises(evalkit.errors.UnknownNameError):
        bind(told, {"meaning": "during"})


@pytest.mark.parametrize(
    ("habits", "said", "refused", "warned"),
    [
        ((), "after", False, True),
        ((), "before", False, False),
        (("logprobs-topk-renormalised",), "after", True, None),
    ],
)
def test_what_was_said_against_a_probe(tmp_path, suite_of, habits, said, refused, warned):
    """A word against a probe's is believed and told; of lists that add up to 1 no word makes a whole."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as store, Server(seed=3, habits=habits) as server:
        suite = suite_of(
            endpoint=Endpoint(model="storyteller-small", base_url=server.url),
            temperatures=(0.7,),
            decoding=Decoding(max_tokens=24, extra=ASKED),
        )
        evalkit.run(suite, store, label="main", preflight=True)
        found = evalkit.measure(
            store, "main", metrics=[MetricRequest(name="token_entropy", options=(("meaning", said),))]
        )
    (curve,) = found.values()
    assert (curve.points[0].measurements[0].value is None) is refused
    slugs = {each.slug for each in found.cautions}
    assert warned is None or ("meaning-contradicted" in slugs) is warned
