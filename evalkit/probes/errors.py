"""Errors: how is a mistake of the client's answered?"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, Heard, Setting
from evalkit.probes.base import finding, probe
from evalkit.probes.bounds import NOT_A_NUMBER, not_a_number

_MALFORMED = "malformed JSON"
_BODY = '{"model": "any", "messages": [{"role": "user", "content": "Hello'
_OK = 200
_CLIENTS, _SERVERS = range(400, 500), range(500, 600)
_BEGINS = re.compile(r'\s*\{\s*"(error|detail)"\s*:\s*([{\["])')
_KINDS = {"{": "object", "[": "list", '"': "string"}


def _asks(_: Setting) -> Sequence[Ask]:
    return [Ask(name=_MALFORMED, messages=(), raw=_BODY, after=3, wrong=True), not_a_number()]


@probe(_asks)
def errors(answers: Answers, _: Setting) -> list[Finding]:
    """Return how a body that is no JSON and a value of a wrong type are answered.

    As the protocol has it: with a status from 400 on and a message that can be read, whether that is an error object or
    a detail. Status 500 blames the server for it, so that a client sends the hopeless request again; 200 lets a mistake
    pass unnoticed.
    """
    return [_of(_MALFORMED, answers[_MALFORMED][0]), _of("a value of a wrong type", answers[NOT_A_NUMBER][0])]


def _of(subject: str, heard: Heard) -> Finding:
    if heard.status == _OK:
        what = "an answer" if heard.ok else f"no answer, but {shape(heard)}"
        return finding(subject, Conduct.IGNORED, f"status 200 with {what}, as if nothing were wrong", n_requests=1)
    if heard.status in _CLIENTS:
        seen = f"{heard.problem} ({shape(heard)})"
        readable = shape(heard) not in {"an empty body", "a page of HTML"}
        return finding(subject, Conduct.HONOURED if readable else Conduct.PARTLY, seen, n_requests=1)
    if heard.status in _SERVERS:
        seen = f"called the server's own error: {heard.problem} ({shape(heard)})"
        return finding(subject, Conduct.PARTLY, seen, n_requests=1)
    return finding(
        subject, Conduct.REFUSED, f"no answer came: {heard.problem or f'status {heard.status}'}", n_requests=1
    )


def shape(heard: Heard) -> str:
    """Return the form of what was answered in place of a completion, such as ``an error object``."""
    text = heard.body
    if not text.strip():
        return "an empty body"
    begins = _BEGINS.match(text)
    if begins:
        return f"{'an error' if begins[1] == 'error' else 'a detail'} {_KINDS[begins[2]]}"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        named = next((name for name in ("error", "detail") if value.get(name)), None)
        inner = value[named] if named else value
        kinds: dict[type, str] = {dict: "object", list: "list", str: "string"}
        kind = kinds.get(type(inner), "value")
        return f"{'an error' if named == 'error' else 'a detail' if named else 'another'} {kind}"
    if text.lstrip().startswith("{"):
        return "another object"
    return "a page of HTML" if text.lstrip().startswith("<") else "plain text"
