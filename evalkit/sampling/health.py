"""Whether an endpoint still answers: retries are a budget, and patience has an end."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from evalkit.errors import BackendError, EndpointError

BUDGET = 200.0
"""Tokens at the beginning, and the most there can be."""
PRICE = 5.0
"""Tokens that a failure takes: forty in a row, and the budget is used up."""
EARNED = 10.0
"""Tokens that an answer gives back: two failures for each answer can be borne for ever."""
TRICKLE_S = 1.0
"""Seconds between two requests to an endpoint of which the budget is used up."""
SILENCE_S = 20.0
"""How long an endpoint may answer nothing before it is asked once a second, whatever the budget, in seconds."""
PATIENCE_S = 180.0
"""How long an endpoint may answer nothing at all, in seconds, before the run ends."""
LEAST_FAILURES = 5
"""Fewest failures in a row that end a run."""


@dataclass(slots=True)
class Health:
    """What is known of an endpoint's health; of all requests to it, time is an argument.

    References:
        M. Brooker, "Fixing retries with token buckets and circuit breakers", brooker.co.za (2022): a budget of retries
        that success refills keeps a service that is down from being asked as often as one that is up, or oftener.
    """

    tokens: float = BUDGET
    """What may still be spent on requests that fail."""
    n_in_row: int = 0
    """Failures since the last answer."""
    _failing_since: float = math.inf
    _last_sent: float = -math.inf

    @property
    def ailing(self) -> bool:
        """Whether the budget is used up: then one request a second is sent, and none is given up."""
        return self.tokens < PRICE

    def wait_s(self, now: float) -> float:
        """Return the seconds until one more may be sent."""
        silent = self.n_in_row >= LEAST_FAILURES and now - self._failing_since >= SILENCE_S
        return max(0.0, self._last_sent + TRICKLE_S - now) if self.ailing or silent else 0.0

    def sent(self, now: float) -> None:
        """Take note of a request that goes out."""
        self._last_sent = now

    def by_clock_of(self, other_now: float, now: float) -> Health:
        """Return the same as seen by another clock, which shows `other_now` where this one shows `now`."""
        ahead = other_now - now
        return replace(self, _failing_since=self._failing_since + ahead, _last_sent=self._last_sent + ahead)

    def answered(self) -> None:
        """Take note of an answer, be it a refusal of one request: somebody is there."""
        self.tokens = min(BUDGET, self.tokens + EARNED)
        self.n_in_row, self._failing_since = 0, math.inf

    def failed(self, now: float, *, free: bool) -> None:
        """Take note of a request that may go well another time.

        Args:
            now: When it was heard.
            free: Whether it costs nothing of the budget, as where another rule already slows down.
        """
        self.n_in_row += 1
        self._failing_since = min(self._failing_since, now)
        if not free:
            self.tokens = max(0.0, self.tokens - PRICE)

    def verdict(self, error: BackendError, now: float) -> EndpointError | None:
        """Return what ends the run: nothing has been answered for minutes, last with this error."""
        failing_s = now - self._failing_since
        if self.n_in_row < LEAST_FAILURES or failing_s < PATIENCE_S:
            return None
        return EndpointError(
            f"nothing was answered for {failing_s / 60:.0f} minutes, to {self.n_in_row} requests: {error.message}",
            slug="down",
            hint="run the same command again when the endpoint is up: it goes on from there",
            status=error.status,
        )
