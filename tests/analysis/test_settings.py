"""In what two runs differ before any answer is looked at."""

from dataclasses import replace

from evalkit.analysis.settings import Named, setting_differences
from evalkit.nouns import Draw, Message, Provenance, Run, Sample, cells


def _run(suite):
    return Run(
        label="r",
        plan_key="k",
        suite=suite,
        provenance=Provenance(evalkit_version="1", python="3", platform="x"),
        created_at="2026-11-25T00:00:00Z",
        n_draws=1,
    )


def test_every_setting_that_differs_is_named(suite_of):
    """Model, top_p and the words of a prompt are told apart; what is equal is not mentioned."""
    suite = suite_of("a", "b")
    reworded = replace(suite.prompts[0], messages=(Message(role="user", content="other"),))
    changed = replace(
        suite,
        endpoint=replace(suite.endpoint, model="another"),
        decoding=replace(suite.decoding, top_p=0.5),
        prompts=(reworded, suite.prompts[1]),
    )
    found = setting_differences(_run(suite), _run(changed), (Named(), Named()), ["p1", "p2"])
    assert [str(each) for each in found] == [
        "model: storyteller-small -> another",
        "top_p: not set -> 0.5",
        "prompts, worded differently: p1 -> the same ids, other words",
    ]
    assert setting_differences(_run(suite), _run(suite), (Named(), Named()), ["p1"]) == ()


def test_what_the_servers_call_themselves_is_a_setting(suite_of):
    """Fingerprints and models come from the samples."""
    draw = Draw(cell=cells(suite_of())[0], replicate=0)
    first, second = Named(), Named()
    first.see([Sample(draw=draw, text="t", system_fingerprint="fp1")])
    second.see([Sample(draw=draw, text="t", system_fingerprint="fp2", model="m")])
    found = setting_differences(_run(suite_of()), _run(suite_of()), (first, second), [])
    assert [each.name for each in found] == ["model named by the server", "system fingerprint"]
