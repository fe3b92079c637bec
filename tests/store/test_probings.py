"""What was found out about an endpoint comes back as it was written, with the answers it rests on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import StoreError
from evalkit.nouns import Caution, Conduct, Finding, Heard, Interval, Occasion, Probing, Setting
from evalkit.store.probings import probing_json, probing_of

FINITE = st.floats(allow_nan=False, allow_infinity=False)
CAUTIONS = st.builds(
    Caution,
    slug=st.just("drift"),
    fact=st.text(),
    meaning=st.text(),
    remedy=st.text(),
    temperatures=st.lists(FINITE).map(tuple),
)
FINDINGS = st.builds(
    Finding,
    probe=st.text(),
    subject=st.text(),
    conduct=st.sampled_from(Conduct),
    evidence=st.text(),
    n_requests=st.integers(0, 10**9),
    p_value=st.none() | st.floats(0, 1),
    p_adjusted=st.none() | st.floats(0, 1),
    value=st.none() | FINITE,
    interval=st.none() | st.builds(Interval, low=FINITE, high=FINITE),
    details=st.lists(st.tuples(st.text(), st.text())).map(tuple),
    cautions=st.lists(CAUTIONS, max_size=2).map(tuple),
)


def setting_of(suite):
    """Return what the endpoint of a suite is asked for."""
    return Setting(endpoint=suite.endpoint, decoding=suite.decoding, temperatures=(0.0, 1.3), concurrency=8, brief=True)


@given(st.lists(FINDINGS, max_size=3))
def test_findings_come_back_as_they_were(findings):
    """Any findings survive the way through their JSON, lone surrogates and all."""
    from evalkit.nouns import Endpoint, Message, Prompt, Suite

    one = Prompt(id="p", messages=(Message(role="user", content="?"),))
    suite = Suite(
        name="s", endpoint=Endpoint(model="m"), prompts=(one,), temperatures=(0.0, 1.3), samples=1, metrics=()
    )
    probing = Probing(setting=setting_of(suite), findings=tuple(findings), n_requests=3, began_at="now")
    assert probing_of(probing_json(probing), suite, n_requests=3, began_at="now") == probing


def test_a_run_holds_its_probings_and_their_answers(store, suite_of, origin):
    """What was noted is there, oldest first, and the answers of the newest of each kind byte for byte."""
    suite = suite_of()
    store.begin("r", suite, origin)
    found = Finding(probe="seed", subject="seed", conduct=Conduct.IGNORED, evidence="4 of 4 different")
    for occasion, raw in ((Occasion.PREFLIGHT, b"\x00one"), (Occasion.CANARY, b"two"), (Occasion.PREFLIGHT, b"three")):
        probing = Probing(setting=setting_of(suite), findings=(found,), n_requests=1, occasion=occasion)
        store.note("r", probing, {"key": [Heard(status=200, raw=raw), Heard(status=0)]})
    assert [each.occasion.value for each in store.run("r").probings] == ["preflight", "canary", "preflight"]
    assert store.run("r").probings[0].findings == (found,)
    assert store.heard("r", Occasion.PREFLIGHT) == {"key": [(200, b"three"), (0, b"")]}
    assert store.heard("r", Occasion.ASKED) == {}


def test_an_unknown_run_takes_no_probing(store, suite_of):
    """Findings belong to a run that is there."""
    with pytest.raises(StoreError, match="no run 'r'"):
        store.note("r", Probing(setting=setting_of(suite_of()), findings=(), n_requests=0), {})
