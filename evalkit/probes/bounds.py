"""Bounds: what happens to values that make no sense, and to fields nobody knows?"""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import Answers, Ask, Conduct, Finding, Setting
from evalkit.probes.base import ask, finding, probe

_WRONG = {"T = -1": {"temperature": -1}, "T = 100": {"temperature": 100}, "T = 'hot'": {"temperature": "hot"}}
_REFUSAL = range(400, 500)


def _asks(_: Setting) -> Sequence[Ask]:
    return [
        *(ask(name, after=3, wrong=True, **fields) for name, fields in _WRONG.items()),  # type: ignore[arg-type]
        ask("field", after=3, wrong=True, evalkit_unheard_of=1),
    ]


@probe(_asks)
def bounds(answers: Answers, _: Setting) -> list[Finding]:
    """Return how values out of range are answered, and fields that no protocol knows.

    An error of the 400 kind is what the protocol says; status 200 means that a typing mistake would pass unnoticed,
    and an error of the 500 kind that a hopeless request would be sent again and again.
    """
    statuses = {name: answers[name][0].status for name in _WRONG}
    seen = ", ".join(f"{name}: {status or 'no answer'}" for name, status in statuses.items())
    proper = sum(status in _REFUSAL for status in statuses.values())
    conduct = Conduct.HONOURED if proper == len(statuses) else Conduct.IGNORED if not proper else Conduct.PARTLY
    (unknown,) = answers["field"]
    said = "taken" if unknown.ok else f"refused ({unknown.problem})"
    return [
        finding("values out of range", conduct, seen, n_requests=len(statuses)),
        finding("unknown fields", Conduct.HONOURED if unknown.ok else Conduct.REFUSED, said, n_requests=1),
    ]
