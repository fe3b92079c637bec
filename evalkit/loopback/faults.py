"""Misbehaviour on demand: what a request gets instead of, or on top of, a proper reply.

A fault is a name, some with a value after a colon:

=====================  ===============================================================
``status:503``         that status with an error object
``retry-after:1``      429 with that many seconds in Retry-After
``quota``              429 ``insufficient_quota``
``rate-limit``         429 ``rate_limit_exceeded``
``auth``               401 ``invalid_api_key``
``redirect``           307 to another address of this server; ``redirect:PORT``: to that port of this machine
``reset``              the connection is reset, nothing is sent
``hang-up``            the connection is closed in the middle of the body
``slow:0.5``           that many seconds later, a proper reply
``hang:30``            nothing for that many seconds, then the connection is closed
``hang-body:30``       half of the body, then nothing for that many seconds, then the connection is closed
``truncated``          half of the JSON, or of the stream
``empty``              no body; ``html``, ``not-utf8``, ``error-200`` likewise with status 200
``no-choices``         choices []; ``string-choices``: choices is a string
``nested``             100,000 brackets, each in the one before; ``not-a-number``: NaN, which JSON has not
``extra-choice``       one choice twice; ``lost-choice``: one too few where several are asked for
``no-usage``           no usage; ``null-usage``: its numbers null; ``text-plain``: wrong type
``other-model``        the reply names another model; ``odd-reason``: a finish_reason nobody knows
``null-content``       content null; ``empty-text``: content ""
``refusal``            content null with a refusal
``content-filter``     half the text, finish_reason content_filter; ``length``: likewise, length
``hostile``            a lone surrogate, NUL, bidirectional marks, escapes before the content
``huge:BYTES``         content of that many bytes
``bomb:BYTES``         spaces of that many bytes, compressed
=====================  ===============================================================
"""

from __future__ import annotations

import collections
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_MALFORMED = (
    *("truncated", "empty", "html", "not-utf8", "error-200", "no-choices", "string-choices"),
    *("nested", "not-a-number"),
)
_WEIRD = (
    *("null-content", "refusal", "content-filter", "length", "hostile", "empty-text"),
    *("extra-choice", "lost-choice", "no-usage", "null-usage", "text-plain", "other-model", "odd-reason"),
)
_REFUSING = ("status", "retry-after", "quota", "rate-limit", "auth", "redirect", "reset", "hang-up", "slow")
_FURTHER = ("hang", "hang-body", "huge", "bomb")
FAULTS = frozenset((*_MALFORMED, *_WEIRD, *_REFUSING, *_FURTHER))
"""Names of all faults."""
VALUED = frozenset({"status", "retry-after", "slow", "hang", "hang-body", "huge", "bomb"})
"""Names that need a value; ``redirect`` may have one."""

PROFILES: dict[str, tuple[tuple[str, float], ...]] = {
    "calm": (),
    "flaky": (("status:503", 0.06), ("rate-limit", 0.04), ("status:500", 0.02), ("reset", 0.06), ("slow:0.05", 0.05)),
    "storm": (("status:503", 0.17), ("status:529", 0.1), ("rate-limit", 0.05), ("reset", 0.1), ("hang-up", 0.1)),
    "poison": tuple((name, 0.02) for name in _MALFORMED),
    "weird": (*((name, 0.05) for name in _WEIRD), ("huge:5242880", 0.01)),
    "hangs": (("hang:30", 0.04), ("hang-body:30", 0.04), ("slow:0.2", 0.1)),
    "redirects": (("redirect", 0.05),),
    "down": (("status:503", 1.0),),
    "auth": (("auth", 1.0),),
    "quota": (("quota", 1.0),),
    "rate": (),
    "rate-bare": (),
    "in-flight": (),
    "in-flight-bare": (),
}
"""Probability of each fault by profile.

``rate:10`` refuses what exceeds 10 requests in any second, ``in-flight:4`` what exceeds 4 at once; both say
Retry-After: 1, and with ``-bare`` behind the name they say nothing.
"""
LIMITED = {"rate": 50.0, "rate-bare": 50.0, "in-flight": 4.0, "in-flight-bare": 4.0}
"""Profiles that refuse what is too much, and how much they let through unless told otherwise."""
RATE = int(LIMITED["rate"])
"""Requests a second the profile ``rate`` lets through."""
_SECOND = 1.0


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
        if name != "redirect" and (name in VALUED) != bool(value):
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
        marked: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set what will go wrong.

        Args:
            profile: A name of `PROFILES`, those of `LIMITED` with or without a number, such as ``rate:10``;
                ``redirects:PORT`` sends to that port of this machine; None for ``calm``.
            script: Faults of the first requests, ``calm`` for none; the profile follows.
            seed: Seed of the profile's draws.
            always: Faults that every request after those of the script meets, in turn; the profile does not follow.
            marked: Whether each answer ends with a mark of its own, by which it can be found wherever it goes.
            clock: Seconds, for the profile ``rate``.

        Raises:
            ValueError: There is no such profile or fault.
        """
        name, _, value = (profile or "calm").partition(":")
        if name not in PROFILES or (value and name not in {*LIMITED, "redirects"}):
            raise ValueError(f"no fault profile is called {profile!r}; there are {', '.join(PROFILES)}")
        self.marked = marked
        """Whether each answer ends with a mark of its own."""
        self._limited = name if name in LIMITED else None
        self._most = float(value or LIMITED.get(name, 0))
        port = f":{value}" if name == "redirects" and value else ""
        self._chances = [(Fault.parse(text + port), chance) for text, chance in PROFILES[name]]
        self._script = [None if text == "calm" else Fault.parse(text) for text in script or ()]
        self._always = itertools.cycle([Fault.parse(text) for text in always])
        self._random = random.Random(f"faults:{seed}")  # noqa: S311 - repeatable on purpose
        self._clock = clock
        self._recent: collections.deque[float] = collections.deque()
        self._in_flight = 0
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
                return self._too_much(self._limited)
            level = self._random.random()
            for fault, chance in self._chances:
                if level < chance:
                    return fault
                level -= chance
            return None

    def begin(self) -> None:
        """Take note that a request is being answered."""
        with self._lock:
            self._in_flight += 1

    def end(self) -> None:
        """Take note that a request is answered."""
        with self._lock:
            self._in_flight -= 1

    def _too_much(self, limited: str) -> Fault | None:
        refusal = Fault("rate-limit") if limited.endswith("-bare") else Fault("retry-after", 1.0)
        if limited.startswith("in-flight"):
            return refusal if self._in_flight > self._most else None
        now = self._clock()
        while self._recent and self._recent[0] <= now - _SECOND:
            self._recent.popleft()
        if len(self._recent) >= self._most:
            return refusal
        self._recent.append(now)
        return None
