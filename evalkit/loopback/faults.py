"""Misbehaviour on demand: what a request gets instead of, or on top of, a proper reply.

A fault is a name, some with a value after a colon:

=====================  ===============================================================
``status:503``         that status with an error object
``retry-after:1``      429 with that many seconds in Retry-After
``quota``              429 ``insufficient_quota``
``rate-limit``         429 ``rate_limit_exceeded``
``auth``               401 ``invalid_api_key``
``redirect``           307 to another address of this server
``reset``              the connection is reset, nothing is sent
``hang-up``            the connection is closed in the middle of the body
``slow:0.5``           that many seconds later, a proper reply
``truncated``          half of the JSON, or of the stream
``empty``              no body; ``html``, ``not-utf8``, ``error-200`` likewise with status 200
``no-choices``         choices []; ``string-choices``: choices is a string
``extra-choice``       one choice twice; ``no-usage``: no usage; ``text-plain``: wrong type
``null-content``       content null; ``empty-text``: content ""
``refusal``            content null with a refusal
``content-filter``     half the text, finish_reason content_filter; ``length``: likewise, length
``hostile``            content with a lone surrogate, NUL, bidirectional marks, escapes
``huge:BYTES``         content of that many bytes
``bomb:BYTES``         spaces of that many bytes, compressed
=====================  ===============================================================
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_MALFORMED = ("truncated", "empty", "html", "not-utf8", "error-200", "no-choices", "string-choices")
_WEIRD = ("null-content", "refusal", "content-filter", "length", "hostile", "empty-text")
_REFUSING = ("status", "retry-after", "quota", "rate-limit", "auth", "redirect", "reset", "hang-up", "slow")
_FURTHER = ("extra-choice", "no-usage", "text-plain", "huge", "bomb")
FAULTS = frozenset((*_MALFORMED, *_WEIRD, *_REFUSING, *_FURTHER))
"""Names of all faults."""
VALUED = frozenset({"status", "retry-after", "slow", "huge", "bomb"})
"""Names that need a value."""

PROFILES: dict[str, tuple[tuple[str, float], ...]] = {
    "calm": (),
    "flaky": (("status:503", 0.06), ("rate-limit", 0.04), ("status:500", 0.02), ("reset", 0.03), ("slow:0.05", 0.05)),
    "storm": (("status:503", 0.2), ("status:529", 0.1), ("rate-limit", 0.1), ("reset", 0.1), ("hang-up", 0.1)),
    "poison": tuple((name, 0.04) for name in _MALFORMED),
    "weird": tuple((name, 0.05) for name in _WEIRD),
    "down": (("status:503", 1.0),),
    "auth": (("auth", 1.0),),
    "quota": (("quota", 1.0),),
    "rate": (),
}
"""Probability of each fault by profile; ``rate`` refuses what exceeds a number of requests a second."""
RATE = 50
"""Requests a second the profile ``rate`` lets through."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour."""

    name: str
    """One of `FAULTS`."""
    value: float = 0.0
    """What stands after the colon, 0 where nothing does."""

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Return the fault a text names.

        Raises:
            ValueError: There is no such fault, or its value is missing or no number.
        """
        name, _, value = text.partition(":")
        if name not in FAULTS:
            raise ValueError(f"no fault is called {name!r}; there are {', '.join(sorted(FAULTS))}")
        if (name in VALUED) != bool(value):
            raise ValueError(f"fault {name!r} {'needs a value after a colon' if name in VALUED else 'takes no value'}")
        return cls(name, float(value or 0))


class Faults:
    """Which fault each request meets, in the order of arrival; the same for the same seed."""

    def __init__(
        self,
        profile: str | None = None,
        script: Iterable[str] | None = None,
        seed: int = 0,
        *,
        always: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set what will go wrong.

        Args:
            profile: A name of `PROFILES`; None for ``calm``.
            script: Faults of the first requests, ``calm`` for none; the profile follows.
            seed: Seed of the profile's draws.
            always: Faults that every request after those of the script meets, in turn; the profile does not follow.
            clock: Seconds, for the profile ``rate``.

        Raises:
            ValueError: There is no such profile or fault.
        """
        name = profile or "calm"
        if name not in PROFILES:
            raise ValueError(f"no fault profile is called {name!r}; there are {', '.join(PROFILES)}")
        self._limited = name == "rate"
        self._chances = [(Fault.parse(text), chance) for text, chance in PROFILES[name]]
        self._script = [None if text == "calm" else Fault.parse(text) for text in script or ()]
        self._always = itertools.cycle([Fault.parse(text) for text in always])
        self._random = random.Random(f"faults:{seed}")  # noqa: S311 - repeatable on purpose
        self._clock = clock
        self._window = (-1, 0)
        self._lock = threading.Lock()

    def take(self) -> Fault | None:
        """Return the fault of the next request, None for none."""
        with self._lock:
            if self._script:
                return self._script.pop(0)
            always = next(self._always, None)
            if always is not None:
                return always
            if self._limited:
                return self._over_rate()
            level = self._random.random()
            for fault, chance in self._chances:
                if level < chance:
                    return fault
                level -= chance
            return None

    def _over_rate(self) -> Fault | None:
        second = int(self._clock())
        self._window = (second, self._window[1] + 1 if second == self._window[0] else 1)
        return Fault("retry-after", 1.0) if self._window[1] > RATE else None
