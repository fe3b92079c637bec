"""The whole instrument over HTTP against the exact values of the embedded endpoint."""

from __future__ import annotations

import pytest

import evalkit
from evalkit.loopback.repertoire import topic_for
from evalkit.loopback.topics import TOPICS
from evalkit.loopback.truth import truth_of
from evalkit.nouns import Decoding, Endpoint, Message, MetricRequest, Prompt, Suite

pytestmark = pytest.mark.calibration

PROMPTS = 30
TEMPERATURES = (0.1, 0.2, 0.4)
TRUTHS = {"exact_agreement": "agreement", "prefix_agreement": "expected_prefix", "length_words": "expected_length"}


def _questions() -> list[tuple[str, str]]:
    """Return topics that are called by a cue of their own, the wordiest answers first."""
    found = [(topic.name, max(topic.cues, key=len)) for topic in reversed(TOPICS) if topic.cues]
    mine = [(name, cue) for name, cue in found if topic_for([{"role": "user", "content": cue}]).name == name]
    return mine[:PROMPTS]


def test_measured_values_lie_within_their_intervals(tmp_path, row):
    """Of 90 cells sampled over HTTP, at least 90 % of the intervals hold the exact value, for each metric."""
    prompts = tuple(Prompt(id=n, messages=(Message(role="user", content=cue),)) for n, cue in _questions())
    suite = Suite(
        name="exact",
        endpoint=Endpoint(model="storyteller-small", base_url="loopback"),
        prompts=prompts,
        temperatures=TEMPERATURES,
        samples=20,
        metrics=tuple(MetricRequest(name=name) for name in TRUTHS),
        decoding=Decoding(max_tokens=256),
    )
    cues = {prompt.id: prompt.text for prompt in prompts}
    with evalkit.open_store(tmp_path / "runs.sqlite") as store:
        evalkit.run(suite, store)
        curves = evalkit.measure(store, "exact")
    assert len(prompts) == PROMPTS
    for name, truth in TRUTHS.items():
        inside = known = 0
        for cell in (m for point in curves[name].points for m in point.measurements):
            messages = [{"role": "user", "content": cues[cell.prompt_id]}]
            exact = getattr(truth_of(messages, temperature=cell.temperature), truth)
            known += cell.interval is not None
            inside += cell.interval is not None and cell.interval.low - 1e-9 <= exact <= cell.interval.high + 1e-9
        row(f"{name}, {PROMPTS} prompts x {len(TEMPERATURES)} temperatures", f"{inside} of {known} intervals hold it")
        assert inside >= 0.9 * known > 0
