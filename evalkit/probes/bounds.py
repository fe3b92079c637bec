"""Bounds: what happens to values that make no sense, and to fields nobody knows?"""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, Setting
from evalkit.probes.base import ask, finding, probe

_WRONG = {"T = -1": -1, "T = 100": 100}
_REFUSAL = range(400, 600)
NOT_A_NUMBER = "T = 'hot'"
"""What the answer to `not_a_number` is found by."""


def not_a_number() -> Ask:
    """Return a request whose temperature is of a wrong type."""
    return ask(NOT_A_NUMBER, after=3, wrong=True, temperature="hot")


def _asks(_: Setting) -> Sequence[Ask]:
    return [
        *(ask(name, after=3, wrong=True, temperature=value) for name, value in _WRONG.items()),
        not_a_number(),
        ask("field", after=3, wrong=True, evalkit_unheard_of=1),
    ]


@probe(_asks)
def bounds(answers: Answers, _: Setting) -> list[Finding]:
    """Return how values out of range are answered, and fields that no protocol knows.

    An error is what the protocol says, and `errors` tells of which form; status 200 means that a typing mistake would
    pass unnoticed.
    """
    statuses = {name: answers[name][0].status for name in (*_WRONG, NOT_A_NUMBER)}
    seen = ", ".join(f"{name}: {status or 'no answer'}" for name, status in statuses.items())
    proper = sum(status in _REFUSAL for status in statuses.values())
    conduct = Conduct.HONOURED if proper == len(statuses) else Conduct.IGNORED if not proper else Conduct.PARTLY
    (unknown,) = answers["field"]
    said = "taken" if unknown.ok else f"refused ({unknown.problem})"
    return [
        finding("values out of range", conduct, seen, n_requests=len(statuses)),
        finding("unknown fields", Conduct.HONOURED if unknown.ok else Conduct.REFUSED, said, n_requests=1),
    ]
