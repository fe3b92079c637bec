"""A miniature of the repeated suites, and the page about them."""

from calibration.alarms_page import broken_promises, page
from calibration.alarms_power import CHANGES, Prediction
from calibration.suite_alarms import USUAL, repeated
from evalkit.loopback.server import Server

SAME = ("is equivalent to", "is not more diverse", "is not less diverse")


def claim(verdict: str, p_value: float = 0.5, words: str = "") -> dict:
    """Return a claim of a verdict."""
    return {"claim": words, "metric": "exact_agreement", "verdict": verdict, "p_value": p_value}


def told(suite: str, test: str, *claims: dict, verdicts: str = "") -> dict:
    """Return what a test claimed."""
    outcome = "passed" if all(each["verdict"] == "holds" for each in claims) else "failed"
    return {"suite": suite, "test": test, "outcome": outcome, "claims": list(claims), "verdicts": verdicts.split()}


def test_a_session_keeps_what_is_promised() -> None:
    """A real one over HTTP asks every claim at the truth, decides few, and calls nothing false that has room."""
    with Server(seed=1) as server:
        sessions = list(repeated(server.url, 1, 0))
    claims = [(each["suite"], c["verdict"]) for session in sessions for each in session for c in each["claims"]]
    assert {suite for suite, _ in claims} == set(USUAL)
    assert ("green", "false") not in claims
    assert sum(suite == "at_truth" for suite, _ in claims) == 68
    assert broken_promises(sessions) == []


def test_the_page_tells_what_is_broken() -> None:
    """A claim at the truth that holds in 20 sessions of 20 is told, and a change is held against what was predicted."""
    session = [
        told("at_truth", "test_deterministic", claim("holds", 0.01)),
        told("green", "test_floor", claim("holds")),
        told("same", "test_same", *(claim("inconclusive", words=each) for each in SAME), verdicts="EQUIVALENT LOWER"),
        told("changed", CHANGES[0].test, claim("holds")),
    ]
    prediction = Prediction(change=CHANGES[0], delta=-0.1, zeta1=0.05, powers=(0.8, 0.9, 0.3), exact=0.5)
    lines = page([session] * 20, [prediction], 60.0).splitlines()
    assert broken_promises([session] * 20) == ["`deterministic(at_least=truth)`"]
    row = next(line for line in lines if "temperature 0.7 to 0.8" in line)
    assert "80.0 % (30.0 % to 90.0 %)" in row
    assert row.endswith("20 of 20: 100.0 % [83.2, 100.0] | no, more was seen | no, more was seen |")
    assert any(
        "in 100.0 % [83.2, 100.0] of the sessions, of which at most 5 % are promised: not kept" in x for x in lines
    )
