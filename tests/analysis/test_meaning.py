"""What log-probabilities must be of, for a metric to have a value."""

from __future__ import annotations

from dataclasses import replace

import pytest
from contract.cells import cell_of

from evalkit.analysis.meaning import meaning_of, refused_meaning
from evalkit.metrics.base import resolve
from evalkit.nouns import Conduct, Decoding, Endpoint, Finding, LogprobMeaning, MetricRequest, Probing, Setting

BEFORE, AFTER = LogprobMeaning.BEFORE_TEMPERATURE, LogprobMeaning.AFTER_TEMPERATURE


def probing(*details, conduct=Conduct.HONOURED, subject="what logprobs tell"):
    """Return a probing with one finding about log-probabilities."""
    finding = Finding(probe="logprobs", subject=subject, conduct=conduct, evidence="", details=details)
    return Probing(
        setting=Setting(endpoint=Endpoint(model="m"), decoding=Decoding()),
        findings=(finding,),
        n_requests=1,
        began_at="2026-01-01T00:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("probings", "expected"),
    [
        ([], LogprobMeaning.UNASKED),
        ([probing(("meaning", "before-temperature"))], BEFORE),
        ([probing(("meaning", "before-temperature")), probing(("meaning", "after-temperature"))], AFTER),
        ([probing(("meaning", "before-temperature")), probing(subject="text")], BEFORE),
        ([probing(subject="logprobs", conduct=Conduct.REFUSED)], LogprobMeaning.UNKNOWN),
        ([probing(("meaning", "<of another version>"))], LogprobMeaning.UNKNOWN),
    ],
)
def test_the_newest_finding_says_it(probings, expected):
    """Nobody who asked is unasked; the last one who found something decides; what is not known is not guessed."""
    assert meaning_of(probings) is expected


@pytest.mark.parametrize(
    ("name", "meaning", "temperature", "words"),
    [
        ("sequence_entropy", BEFORE, 1.0, None),
        ("sequence_entropy", BEFORE, 0.5, "cross-entropy"),
        ("sequence_entropy", AFTER, 0.5, None),
        ("sequence_entropy", AFTER, 0.0, "T = 0"),
        ("sequence_entropy", BEFORE, 0.0, "T = 0"),
        ("sequence_entropy", LogprobMeaning.AFTER_TRUNCATION, 0.5, None),
        ("token_entropy", BEFORE, 0.0, None),
        ("token_entropy", AFTER, 0.0, "T = 0"),
        ("token_entropy", LogprobMeaning.AFTER_OF_LIST, 1.0, "add up to 1"),
        ("fork_margin", LogprobMeaning.AFTER_OF_LIST, 0.5, None),
        ("fork_margin", AFTER, 0.0, "T = 0"),
        ("fork_margin", LogprobMeaning.ANOTHER, 1.0, "neither of"),
        ("token_entropy", LogprobMeaning.UNASKED, 1.0, "nobody asked"),
        ("token_entropy", LogprobMeaning.UNKNOWN, 1.0, "could not tell"),
        ("length_words", LogprobMeaning.UNASKED, 0.0, None),
    ],
)
def test_a_metric_is_refused_where_its_words_would_not_be_true(name, meaning, temperature, words):
    """Each metric takes the meanings under which it is what it says it is, and names what is missing elsewhere."""
    metric = replace(resolve(MetricRequest(name=name)), meaning=meaning)
    found = refused_meaning(metric, cell_of(["a b", "a c"], temperature=temperature))
    assert (found is None) if words is None else (words in found)


@pytest.mark.parametrize(
    ("name", "options", "meaning", "defined"),
    [
        ("sequence_entropy", (), BEFORE, False),
        ("sequence_entropy", (), AFTER, True),
        ("token_entropy", (), BEFORE, True),
        ("token_entropy", (("of", "drawn"),), BEFORE, False),
        ("fork_margin", (), BEFORE, True),
        ("fork_margin", (), AFTER, False),
    ],
)
def test_a_temperature_that_was_not_sent_is_not_known(name, options, meaning, defined):
    """What has to be brought from one temperature to another has no value where none was sent."""
    metric = replace(resolve(MetricRequest(name=name, options=options)), meaning=meaning)
    found = refused_meaning(metric, cell_of(["a b", "a c"], temperature=None))
    assert (found is None) if defined else ("no temperature was sent" in found)
