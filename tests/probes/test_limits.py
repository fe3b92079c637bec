"""Limits of an answer: what ends by itself tells nothing of them."""

import pytest

from evalkit import registry
from evalkit.nouns import Conduct, Decoding, Endpoint, Heard, Setting, Usage

SETTING = Setting(endpoint=Endpoint(model="m"), decoding=Decoding())
LONG = "Once there was a robot in a garden who never left it. It sang."


@pytest.mark.parametrize(
    ("end", "n_tokens", "conduct"),
    [
        ("length", 4, Conduct.HONOURED),
        ("stop", 4, Conduct.PARTLY),
        ("stop", 2, Conduct.UNKNOWN),
        ("stop", None, Conduct.PARTLY),
    ],
)
def test_an_answer_that_ends_by_itself_tells_nothing(end, n_tokens, conduct):
    """Fewer tokens than the limit allows are no sign that it was kept or that its end was named wrongly."""
    short = Heard(status=200, texts=("Once there",), ends=(end,), usage=Usage(completion_tokens=n_tokens))
    long = Heard(status=200, texts=(LONG,), ends=("stop",))
    stop = Heard(status=200, texts=("Once there was a robot",), ends=("stop",))
    answers = {"long": [long], "max_tokens": [short], "max_completion_tokens": [short], "stop": [stop]}
    found = registry.find("probes", "limits").judge(answers, SETTING)
    assert {each.subject: each.conduct for each in found}["max_tokens"] is conduct
