"""For each misbehaviour its probe fires, and on the clean endpoint none; over HTTP, against the embedded server."""

import pytest

from evalkit.loopback.server import Server
from evalkit.nouns import Conduct, Decoding, Endpoint, Setting
from evalkit.probing import probed, probes_of

WRONG = {Conduct.IGNORED, Conduct.PARTLY, Conduct.REFUSED}


def findings(names, *habits, seed=5, deep=False):
    """Return the findings of some probes about a server with some habits, by subject."""
    with Server(seed=seed, habits=habits) as server:
        setting = Setting(endpoint=Endpoint(model="any", base_url=server.url), decoding=Decoding(), deep=deep)
        return {each.subject: each for each in probed(setting, probes_of(names)).findings}


def test_nothing_is_held_against_a_clean_endpoint():
    """Every probe finds the embedded endpoint to do what is asked; its default is not told in so few requests."""
    found = findings(None)
    wrong = {name: each.evidence for name, each in found.items() if each.conduct is not Conduct.HONOURED}
    assert set(wrong) <= {"temperature where none is sent"}
    assert not {name for name, each in found.items() if each.conduct in WRONG}


@pytest.mark.parametrize(
    ("habit", "probe", "subject", "conduct", "slug"),
    [
        ("ignored", "temperature", "temperature", Conduct.IGNORED, "temperature-ignored"),
        ("greedy", "temperature", "temperature", Conduct.IGNORED, "temperature-ignored"),
        ("refused", "temperature", "temperature", Conduct.REFUSED, None),
        ("ignored", "effective", "effective temperature", Conduct.IGNORED, "temperature-ignored"),
        ("rescaled:0.3", "effective", "effective temperature", Conduct.PARTLY, "temperature-ignored"),
        ("seed-ignored", "seed", "seed", Conduct.IGNORED, "seed-ignored"),
        ("seed-alone", "seed", "seed", Conduct.PARTLY, "seed-ignored"),
        ("copies", "choices", "n", Conduct.PARTLY, "copies-under-n"),
        ("n-ignored", "choices", "n", Conduct.IGNORED, None),
        ("n-refused", "choices", "n", Conduct.REFUSED, None),
        ("cache", "cache", "equal requests", Conduct.IGNORED, "too-alike-to-be-random"),
        ("top-p-ignored", "nucleus", "top_p", Conduct.IGNORED, None),
        ("stop-ignored", "limits", "stop", Conduct.IGNORED, None),
        ("stop-kept", "limits", "stop", Conduct.PARTLY, None),
        ("max-tokens-ignored", "limits", "max_tokens", Conduct.IGNORED, None),
        ("max-completion-tokens-ignored", "limits", "max_completion_tokens", Conduct.IGNORED, None),
        ("no-done", "streaming", "stream", Conduct.PARTLY, None),
        ("no-finish", "streaming", "stream", Conduct.PARTLY, None),
        ("no-stream-usage", "streaming", "stream", Conduct.PARTLY, None),
        ("cut-streams", "streaming", "stream", Conduct.PARTLY, None),
        ("fingerprint-changes:3", "fingerprint", "system_fingerprint", Conduct.PARTLY, "fingerprint-changed"),
        ("no-fingerprint", "fingerprint", "system_fingerprint", Conduct.IGNORED, None),
        ("usage-wrong", "usage", "usage", Conduct.PARTLY, None),
        ("usage-one-choice", "usage", "usage", Conduct.PARTLY, None),
        ("accepts-anything", "bounds", "values out of range", Conduct.IGNORED, None),
        ("strict-fields", "bounds", "unknown fields", Conduct.REFUSED, None),
        ("errors-500", "errors", "malformed JSON", Conduct.PARTLY, None),
        ("errors-500", "errors", "a value of a wrong type", Conduct.PARTLY, None),
        ("accepts-anything", "errors", "a value of a wrong type", Conduct.IGNORED, None),
        ("logprobs-none", "logprobs", "logprobs", Conduct.IGNORED, None),
        ("logprobs-change", "logprobs", "text when logprobs are asked for", Conduct.PARTLY, None),
        ("flips:0.5", "floor", "T = 0 repeated, at once", Conduct.PARTLY, None),
        ("flips:0.5", "floor", "T = 0 repeated, among others", Conduct.PARTLY, None),
        ("clamped:1", "effective", "effective temperature", Conduct.PARTLY, "temperature-ignored"),
        ("truncated:3", "effective", "unlikely tokens", Conduct.PARTLY, "truncated-distribution"),
        ("penalty:3", "greedy", "likeliest token at T = 0", Conduct.PARTLY, "truncated-distribution"),
        ("default-temperature:0.2", "default", "temperature where none is sent", Conduct.PARTLY, None),
        ("logprobs-topk-renormalised", "logprobs", "what logprobs tell", Conduct.PARTLY, None),
        ("jitter", "floor", "T = 0 repeated, alone", Conduct.PARTLY, None),
    ],
)
def test_a_misbehaviour_is_found_by_its_probe(habit, probe, subject, conduct, slug):
    """The finding names what is done with the setting, and the caution that follows the curves."""
    found = findings([probe], habit)[subject]
    assert found.conduct is conduct, found.evidence
    assert [caution.slug for caution in found.cautions] == ([slug] if slug else [])


def test_where_answers_at_zero_part_is_told_with_the_gap_there():
    """Flips swap words whose logits are less than 1 apart: the word is named, and the gap in nats is read there."""
    found = findings(["floor"], "flips:0.5")["T = 0 repeated, at once"]
    told = dict(found.details)
    assert set(told) == {"part at word", "nats apart"}, found.evidence
    assert all(0 < float(gap) <= 1 for gap in told["nats apart"].split(", "))
    words = told["part at word"].split(", ")
    assert f"at word {words[(len(words) - 1) // 2]}" in found.evidence


def test_settings_of_the_first_request_are_told_from_ignored_ones():
    """Where the first request's temperature rules, tokens are drawn at that one, and the caution says frozen."""
    found = findings(["temperature", "effective"], "frozen")["effective temperature"]
    assert [caution.slug for caution in found.cautions] == ["frozen-settings"], found.evidence


@pytest.mark.parametrize(("habit", "kind"), [("logprobs-after", "after temperature"), (None, "before temperature")])
def test_it_is_told_what_logprobs_are_of(habit, kind):
    """Slopes of log-odds tell whether the temperature is in them."""
    found = findings(["logprobs"], *([habit] if habit else []))["what logprobs tell"]
    assert found.evidence.startswith(kind)


@pytest.mark.parametrize(
    ("habit", "also"),
    [
        ("jitter", set()),
        ("truncated:3", set()),
        ("penalty:3", set()),
        ("cache", set()),
        ("refused", set()),
        ("logprobs-change", set()),
        ("ignored", {"effective"}),
        ("greedy", {"default"}),
    ],
)
def test_other_probes_hold_nothing_against_it(habit, also):
    """A misbehaviour is held against one probe's subject, and of others only what follows by necessity."""
    own = {"jitter": "floor", "truncated:3": "effective", "penalty:3": "greedy", "cache": "cache"} | {
        "refused": "temperature",
        "logprobs-change": "logprobs",
        "ignored": "temperature",
        "greedy": "temperature",
    }
    found = findings(None, habit)
    wrong = {each.probe for each in found.values() if each.conduct in WRONG}
    assert wrong == {own[habit]} | also, {name: each.evidence for name, each in found.items() if each.conduct in WRONG}


@pytest.mark.parametrize(
    ("habit", "probe", "subject"),
    [
        ("default-temperature:0.8", "default", "temperature where none is sent"),
        ("truncated-after:0.9", "effective", "unlikely tokens"),
    ],
)
def test_a_deep_probing_finds_what_takes_thousands_of_tokens(habit, probe, subject):
    """A default a little below 1, and a mild cut, which is not held against the temperatures."""
    found = findings([probe], habit, deep=True)
    wrong = {name for name, each in found.items() if each.conduct in WRONG}
    assert wrong == {subject}, found[subject].evidence


def test_a_mild_cut_is_not_held_against_the_temperatures():
    """Where few tokens speak, and only the rare ones, it could not be told which of the two it is."""
    found = findings(["effective"], "truncated-after:0.9", seed=2003)["effective temperature"]
    assert found.conduct is Conduct.UNKNOWN, found.evidence
    assert "a cut or lower temperatures" in found.evidence


def test_a_deep_probing_tells_temperatures_by_samples_alone():
    """Without log-probabilities, thousands of first tokens tell one temperature for all from those asked for."""
    assert findings(["sampled"])["temperature by samples alone"].conduct is Conduct.HONOURED
    found = findings(["sampled"], "ignored", "logprobs-none")["temperature by samples alone"]
    assert found.conduct is Conduct.IGNORED, found.evidence


@pytest.mark.parametrize(
    ("habits", "meaning"),
    [
        ((), "before-temperature"),
        (("logprobs-after",), "after-temperature"),
        (("logprobs-topk-renormalised",), "before-temperature-of-list"),
        (("logprobs-topk-renormalised", "logprobs-after"), "after-temperature-of-list"),
        (("truncated:3", "logprobs-after"), "after-truncation"),
        (("clamped:0.8", "logprobs-after"), "another-temperature"),
        (("refused",), "could-not-tell"),
    ],
)
def test_what_logprobs_mean_is_told_in_words_for_programs(habits, meaning):
    """Metrics read out of the finding of which distribution the values are, whatever habits come together."""
    found = findings(["logprobs"], *habits)["what logprobs tell"]
    assert dict(found.details)["meaning"] == meaning
