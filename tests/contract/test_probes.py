"""What every probe promises, by being in the folder."""

from dataclasses import replace

import pytest

from evalkit import registry
from evalkit.asking import script
from evalkit.nouns import Answers, Conduct, Decoding, Endpoint, Heard, Setting
from evalkit.probing import probes_before, probes_of

NAMES = registry.names("probes")
SETTING = Setting(endpoint=Endpoint(model="any", base_url="http://127.0.0.1:9/v1"), decoding=Decoding())


def answered(name: str, heard: Heard) -> tuple[Answers, list]:
    """Return answers to everything a probe asks, all alike, and what it makes of them."""
    probe = registry.find("probes", name)
    answers = {ask.name: [heard] * ask.repeats for ask in probe.asks(SETTING)}
    return answers, list(probe.judge(answers, SETTING))


@pytest.mark.parametrize("name", NAMES)
def test_a_probe_says_what_it_asks(name):
    """Its first line tells what it finds out, and its asks have names of their own and few requests."""
    probe = registry.find("probes", name)
    asks = probe.asks(SETTING)
    assert probe.name == name
    assert probe.question.startswith("Return ")
    assert len({ask.name for ask in asks}) == len(asks)
    assert sum(ask.repeats for ask in asks) > 0
    assert probe.deep or sum(ask.repeats for ask in asks) <= 30


@pytest.mark.parametrize("name", NAMES)
def test_an_endpoint_that_answers_nothing_is_never_called_good(name):
    """Errors to everything are refused, or could not be told; values that are wrong may be refused as they should."""
    refusal = Heard(status=400, problem="status 400: no", body="no")
    _, found = answered(name, refusal)
    assert found
    good = {each.subject for each in found if each.conduct is Conduct.HONOURED}
    assert good <= {"values out of range", "malformed JSON", "a value of a wrong type"}


@pytest.mark.parametrize("name", NAMES)
def test_one_text_for_everything_is_judged_without_a_crash(name):
    """A server that always says the same, and tells nothing else, gets findings with evidence, and no false praise."""
    _, found = answered(name, Heard(status=200, texts=("Yes.",), ends=("stop",)))
    assert found
    assert all(each.evidence for each in found)
    assert all(each.settle for each in found if each.conduct is Conduct.UNKNOWN)


def test_a_usual_probing_takes_few_requests():
    """All probes together send about a hundred short requests, the preflight fewer."""
    assert script(probes_of(), SETTING).n_requests <= 110
    assert script(probes_before(SETTING), replace(SETTING, brief=True)).n_requests <= 21
