"""What is tried again, when, and how often."""

from __future__ import annotations

import random
from dataclasses import dataclass

from evalkit.errors import BackendError, MalformedReplyError, TransientError
from evalkit.nouns import REDIRECT

_INTERNAL_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a request is tried, and how long is waited between.

    References:
        M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog (2015): full jitter.
    """

    transient: int = 8
    """Most tries of a request that ends in lost connections, rate limits or server errors."""
    internal: int = 4
    """Most tries that end in status 500: some servers say so to a wrong parameter, for ever."""
    malformed: int = 3
    """Most tries that end in an answer that can not be read: each may have been billed."""
    redirected: int = 3
    """Most tries that lead elsewhere, where nothing is carried: one server of many may do so."""
    base_s: float = 0.5
    """Longest wait before the second try, in seconds; doubles with each further try."""
    cap_s: float = 20.0
    """Longest wait between two tries, in seconds, unless the server asks for more."""

    def again(self, errors: list[BackendError]) -> bool:
        """Return whether a request that ended in these errors, the last one newest, is tried again."""
        last = errors[-1]
        if isinstance(last, MalformedReplyError):
            return sum(isinstance(error, MalformedReplyError) for error in errors) < self.malformed
        if not isinstance(last, TransientError):
            return False
        if sum(error.status == _INTERNAL_ERROR for error in errors) >= self.internal:
            return False
        if sum(error.slug == REDIRECT for error in errors) >= self.redirected:
            return False
        return len(errors) < self.transient

    def wait_s(self, n_errors: int, chance: random.Random) -> float:
        """Return the seconds to wait after the n-th error: uniform in [0, min(cap, base 2^(n-1))]."""
        return chance.uniform(0.0, min(self.cap_s, self.base_s * 2.0 ** (n_errors - 1)))
