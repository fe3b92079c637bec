"""Forms of errors as real servers send them, and what is held against them."""

import pytest

from evalkit.nouns import Conduct, Decoding, Endpoint, Heard, Setting
from evalkit.probes.errors import errors, shape

SETTING = Setting(endpoint=Endpoint(model="m"), decoding=Decoding())


@pytest.mark.parametrize(
    ("body", "form"),
    [
        ('{"error": {"code": 400, "message": "no"}}', "an error object"),
        ('{"error": {"message": "1 validation error: ' + "cut" * 90, "an error object"),
        ('{"object": "error", "error": "no"}', "an error string"),
        ('{"detail": "Unexpected fields"}', "a detail string"),
        ('{"detail":[{"type":"json_invalid","loc":["body",28]', "a detail list"),
        ('{"message": "no"}', "another object"),
        ("Internal Server Error", "plain text"),
        ("<html>Bad gateway</html>", "a page of HTML"),
        (" ", "an empty body"),
    ],
)
def test_forms_of_errors_are_told_apart(body, form):
    """Also where the body is longer than what is kept of it."""
    assert shape(Heard(status=400, body=body)) == form


@pytest.mark.parametrize(
    ("heard", "conduct"),
    [
        (Heard(status=422, body='{"detail": "no"}', problem="status 422: no"), Conduct.HONOURED),
        (Heard(status=400, body="", problem="status 400: an empty body"), Conduct.PARTLY),
        (Heard(status=500, body="Internal Server Error", problem="status 500: Internal"), Conduct.PARTLY),
        (Heard(status=200, texts=("Yes.",)), Conduct.IGNORED),
        (Heard(status=200, body='{"error": {}}'), Conduct.IGNORED),
        (Heard(status=0, problem="cut"), Conduct.REFUSED),
    ],
)
def test_a_mistake_is_the_clients(heard, conduct):
    """A readable error from 400 on is right; the server's own is not, nor is an answer, nor silence."""
    found = errors.judge({ask.name: [heard] for ask in errors.asks(SETTING)}, SETTING)
    assert [each.conduct for each in found] == [conduct, conduct]
