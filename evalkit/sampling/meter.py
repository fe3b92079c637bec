"""What an account may send in a minute, kept before the server has to say so."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from evalkit.nouns import Quota, Request

_MINUTE_S = 60.0
_CHARACTERS = 3.0  # of a token, as a guess between 2 and 4
_FRAMING = 8.0  # tokens that a turn has besides its text, at most
_AT_ONCE = 0.1  # share of a minute's tokens that may go out at once; the rest follows evenly


def tokens_of(request: Request) -> float:
    """Return the tokens that a request may take: its text by length, and every answer as long as it may be."""
    turns = request.cell.prompt.messages
    asked = sum(len(turn.content) / _CHARACTERS + _FRAMING for turn in turns)
    return asked + request.n * float(request.cell.decoding.max_tokens)


@dataclass(slots=True)
class Meter:
    """Requests and tokens of the last minute against a quota; time is an argument.

    Requests go out evenly, so no minute and no second of it holds more than its share. Tokens flow into a bucket that
    holds a tenth of a minute's and fills at nine tenths of the rate, so no minute holds more than the quota, unless one
    request is larger than the bucket: it goes when the bucket is full. They are taken as `tokens_of` guesses, and given
    back when the server has counted.

    References:
        J. S. Turner, "New directions in communications (or which way to the information age?)", IEEE Communications
        Magazine 24 (1986): the leaky bucket as a meter.
    """

    quota: Quota
    """What may be sent."""
    _next_at: float = -math.inf
    _level: float = field(init=False)
    _filled_at: float = math.inf

    def __post_init__(self) -> None:
        """Begin with a full bucket."""
        self._level = self._most

    @property
    def _most(self) -> float:
        return _AT_ONCE * (self.quota.tokens_per_minute or math.inf)

    @property
    def _rate(self) -> float:
        return (1.0 - _AT_ONCE) * (self.quota.tokens_per_minute or math.inf) / _MINUTE_S

    def wait_s(self, now: float, tokens: float) -> float:
        """Return the seconds until a request of so many tokens may be sent."""
        wait_s = max(0.0, self._next_at - now)
        if self.quota.tokens_per_minute is None:
            return wait_s
        self._fill(now)
        return max(wait_s, (min(tokens, self._most) - self._level) / self._rate)

    def sent(self, now: float, tokens: float) -> None:
        """Take note of a request that goes out."""
        if self.quota.requests_per_minute is not None:
            self._next_at = now + _MINUTE_S / self.quota.requests_per_minute
        if self.quota.tokens_per_minute is not None:
            self._fill(now)
            self._level -= tokens

    def counted(self, taken: float, tokens: float) -> None:
        """Correct what a request was taken for by the tokens that it came to."""
        if self.quota.tokens_per_minute is not None:
            self._level = min(self._most, self._level + taken - tokens)

    def _fill(self, now: float) -> None:
        passed_s = max(0.0, now - self._filled_at)
        self._level, self._filled_at = min(self._most, self._level + passed_s * self._rate), now
