"""How fast an endpoint is asked: what its refusals say of requests in flight, and of requests a second."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

FIRST_IN_FLIGHT = 2
"""Requests that are sent at once at the beginning; the rest follow one by one while nothing is refused."""
STEP_S = 0.025
"""Shortest wait between two requests of a beginning that no answer has let go, in seconds."""
OWN_HOLD_S = 1.0
"""How long nothing is sent after a refusal that does not say how long to wait, in seconds; doubles while refused."""
LONGEST_OWN_HOLD_S = 60.0
"""Longest of those waits, in seconds."""
AN_INSTANT_S = 1e-6
"""What rounding may leave of a wait that is over, in seconds."""
LOOK_BACK_S = 60.0
"""How far back the sustained rate is counted, in seconds: providers count by the second or by the minute."""

_AN_ANSWER = 0.25  # requests in flight that an answer adds at the beginning
_PROVEN = 32  # answers without a refusal, from where each adds a whole one: small limits would have been met
_GAP = 64  # answers between two tries of one request more in flight, times the requests in flight
_CLEARLY = 2  # requests that passed among as many others, from where a refusal is not about those
_WIDE = 8  # requests in flight from where the beginning goes half as fast
_NEAR = 0.97  # share of the most that a limit may be, from where the rate grows slowly
_FAST = 1.0  # growth of the rate below that, a second
_ONCE, _AGAIN = 0.003, 0.0005  # growth above, a second and a second squared: limit met once; more often
_LOSSES, _FEW = 6, 60  # losses in a row with fewer answers between them, all in all: refusals may have another cause
_BRIEF = 3  # refusals in a row, from where a rate that was known counts no more
_STEADY_S = 2.0  # how long a rate has to be borne to be near the limit
_RECENT = 64  # requests from which the rate of the last second is counted


@dataclass(slots=True, eq=False)
class Ticket:
    """One request that was let out."""

    sent: float
    """When, by the monotonic clock, in seconds."""
    others: int
    """Requests that were in flight already."""
    refused: bool = False
    """Whether the endpoint had too much."""
    tokens: float = 0.0
    """Tokens that it was taken to cost."""


@dataclass(slots=True)
class Pace:
    """How many requests may be in flight, and how many go out a second; time is an argument.

    The beginning is staggered. A refusal is laid to requests in flight where no request was let through among as many
    others; that is tried once more, and then seldom. Every other refusal is laid to the rate: nothing is sent for a
    while, then one request, then as many a second as were let through from the beginning to the end of that wait. From
    there the rate grows, slowly where a limit was met before, and is cut again by little.

    References:
        D.-M. Chiu and R. Jain, "Analysis of the increase and decrease algorithms for congestion avoidance in computer
        networks", Computer Networks and ISDN Systems 17 (1989), section 3: additive increase, multiplicative decrease.
        S. Ha, I. Rhee and L. Xu, "CUBIC: a new TCP-friendly high-speed TCP variant", ACM SIGOPS Operating Systems
        Review 42 (2008), section 3: slow growth near the last loss, faster growth far from it.
    """

    most: int
    """Most requests in flight, whatever the endpoint bears."""
    rate: float = math.inf
    """Requests a second; infinite until a refusal was laid to the rate."""
    window: float = FIRST_IN_FLIGHT
    """Requests that may be in flight now."""
    out: dict[Ticket, None] = field(default_factory=dict)
    """Requests in flight, oldest first."""
    open_at: float = -math.inf
    """Until then nothing is sent."""
    _climbing: bool = True
    _not_in_flight: bool = False  # one request more in flight was borne after all: the next refusal is about the rate
    _of_flight: bool = False
    _half_open: bool = False
    _n_closed: int = 0
    _trial: Ticket | None = None
    _best: list[int] = field(default_factory=list)  # the most others among which requests passed
    _n_ok: int = 0
    _n_ok_at_loss: int = 0
    _next_test: float = math.inf  # by answers
    _test_at: float = math.inf  # by time
    _passed_before: int = 0
    _lost_at: float = -math.inf
    _refusal_s: float = math.inf
    _own_hold_s: float = OWN_HOLD_S
    _next_at: float = -math.inf
    _first: float = math.inf
    _last_sent: float = -math.inf
    _grown_at: float = 0.0
    _calm_since: float = 0.0
    _growth: float = _ONCE
    _closed_at: float = 0.0
    _ceiling: float = math.inf
    _good: float = 0.0
    _floor: float = 0.0
    _peak: float = 0.0
    _seconds: deque[list[float]] = field(default_factory=deque)  # [second, requests let through]
    _few: float = _FEW
    _doubted: tuple[float, int] | None = None  # a rate that was raised, and the answers between its refusals
    _gaps: deque[int] = field(default_factory=lambda: deque(maxlen=_LOSSES))
    _recent: deque[Ticket] = field(default_factory=lambda: deque(maxlen=_RECENT))

    def wait_s(self, now: float) -> float:
        """Return the seconds until one more may be sent, or until it is worth asking again; infinite until news."""
        self._presume(now)
        if self.open_at - now > AN_INSTANT_S:  # less would be taken for no wait at all, by everybody who waits
            return self.open_at - now
        if len(self.out) >= self.most:
            return math.inf
        if self._half_open:
            return 0.0 if self._trial is None else self._until_presumed(now)
        if now < self._next_at:
            return self._next_at - now
        return self._in_flight(now)

    def _in_flight(self, now: float) -> float:
        """Return the seconds until one more may be in flight."""
        if len(self.out) >= int(self.window):
            return self._until_wider(now)
        if self.rate == math.inf and now < self.open_at + STEP_S * self.window:  # after a wait they go one by one
            return max(0.0, self._last_sent + STEP_S - now)
        return 0.0

    def _until_wider(self, now: float) -> float:
        if self._climbing:
            step_s = STEP_S if self.window < _WIDE else 2 * STEP_S
            return max(0.0, self._last_sent + step_s - now)
        if self._trial is not None:
            return self._until_presumed(now)
        if len(self.out) > self.window:  # it was cut while more were in flight
            return math.inf
        if now >= self._test_at and self._n_ok - self._n_ok_at_loss > 1.25 * self._passed_before:
            # More has passed since than before the refusal, in as many seconds: no rate would have let it.
            self._test_at, self._next_test = math.inf, self._n_ok + _GAP * self.window
        return 0.0 if self._n_ok >= self._next_test else max(0.0, self._test_at - now)

    def send(self, now: float) -> Ticket:
        """Return the ticket of a request that goes out now."""
        ticket = Ticket(sent=now, others=len(self.out))
        if self._half_open:
            self._trial = ticket
        elif ticket.others >= int(self.window):
            if self._climbing:
                self.window = min(self.most, int(self.window) + 1.0)
            else:
                self._trial, self._next_test, self._test_at = ticket, math.inf, math.inf
        if self.rate < math.inf:
            self._grow(now)
            gap = 1.0 / self.rate
            self._next_at = max(self._next_at, now - 0.25 * gap) + gap
        self.out[ticket] = None
        self._recent.append(ticket)
        self._first, self._last_sent = min(self._first, now), now
        if not self._seconds or self._seconds[-1][0] != math.floor(now):
            self._seconds.append([math.floor(now), 0.0])
            while self._seconds[0][0] < now - LOOK_BACK_S - 1:
                self._seconds.popleft()
        self._seconds[-1][1] += 1
        return ticket

    def answered(self, ticket: Ticket, now: float) -> None:
        """Take note of an answer."""
        del self.out[ticket]
        self._n_ok += 1
        if len(self._best) < _CLEARLY or ticket.others > self._best[0]:
            self._best = sorted((*self._best, ticket.others))[-_CLEARLY:]
        if ticket is self._trial:
            self._passed(now)
        if self._climbing:
            unmet = self._n_ok >= _PROVEN and self._lost_at == -math.inf
            self.window = min(self.most, self.window + (1.0 if unmet else _AN_ANSWER))
        if not self._half_open:
            self._own_hold_s = OWN_HOLD_S

    def failed(self, ticket: Ticket, now: float) -> None:
        """Take note of a request that came to nothing for another reason: what grows begins anew."""
        del self.out[ticket]
        self._calm_since = now
        if ticket is self._trial:
            self._trial = None
            if not self._half_open:
                self._next_test = self._n_ok + self.window

    def refused(self, ticket: Ticket, now: float, hold_s: float | None) -> None:
        """Take note of a refusal, and of the seconds that the endpoint asks to wait; cut once for those of one moment.

        Args:
            ticket: The request.
            now: When it was heard.
            hold_s: Seconds; None when it does not say.
        """
        self._presume(now)
        del self.out[ticket]
        ticket.refused = True
        took_s = now - ticket.sent
        self._refusal_s = took_s if self._refusal_s == math.inf else max(took_s, 0.7 * self._refusal_s)
        for second in self._seconds:
            second[1] -= second[0] == math.floor(ticket.sent)
        self.open_at = max(self.open_at, now + (hold_s or 0.0))
        is_trial, again = ticket is self._trial, ticket.sent <= self._lost_at
        if is_trial:
            self._trial = None
        if again and not is_trial:
            if self._of_flight:
                self.window = max(1, min(self.window, ticket.others))
            return
        borne_s, self._lost_at, self._calm_since = now - self._calm_since, now, now
        self._of_flight = False
        self._gaps.append(self._n_ok - self._n_ok_at_loss)
        if self._is_by_chance():
            self._half_open = False
        elif is_trial and self._half_open:
            self._close(now, hold_s)
        elif is_trial:
            self._next_test = self._n_ok + _GAP * self.window
        elif self.rate < math.inf:
            self._cut(now, hold_s, borne_s)
        elif self._is_of_flight(ticket, now):
            self.window, self._climbing, self._of_flight = max(1, ticket.others), False, True
            self._test_at = max(self.open_at + (0.6 if hold_s else 0.0), now + OWN_HOLD_S)
            self._passed_before = self._n_ok + len(self.out)
        else:
            self.window, self._climbing = self.most, False
            self._close(now, hold_s)
        self._n_ok_at_loss = self._n_ok

    def _is_by_chance(self) -> bool:
        """Return whether refusals have another cause than the rate, which is then raised to see whether they care.

        They may, where they keep coming after a few answers however slowly is asked. As long as four times the rate
        brings no more of them it is raised again; where it does, the rate goes back, and doubt comes later.
        """
        full, n = len(self._gaps) == _LOSSES, sum(self._gaps)
        if self.rate == math.inf or (self._doubted is None and not (full and n < self._few)):
            return False
        real = full and (n == 0 or (self._doubted is not None and n < 0.5 * self._doubted[1]))
        if real and self._doubted is not None:
            self.rate, self._few = 0.87 * self._doubted[0], max(8.0, self._few / 2)
            self._doubted = None
            self._gaps.clear()
        if real:
            return False
        if full:
            self._doubted = self.rate, n
            self.rate *= 4.0
            self._gaps.clear()
        return True

    def _is_of_flight(self, ticket: Ticket, now: float) -> bool:
        """Return whether a refusal may be about requests in flight: but one at most passed among as many others."""
        borne = (each.others for each in self.out if now - each.sent >= self._patience_s)
        passed = sum(others >= ticket.others for others in (*self._best, *borne))
        return not self._not_in_flight and ticket.others > 0 and passed < _CLEARLY

    def _close(self, now: float, hold_s: float | None) -> None:
        """Send nothing for a while, then one; the rate is what was let through until then."""
        self.open_at = max(self.open_at, now + (hold_s or self._own_hold_s))
        self._own_hold_s = min(LONGEST_OWN_HOLD_S, 2.0 * self._own_hold_s)
        if not self._half_open:
            self._closed_at, self._n_closed = now, 0
        self._n_closed += 1
        self._half_open, self._peak = True, 0.0
        self._growth = _ONCE / (1.0 + 10.0 * (hold_s or 0.0))

    def _reopen(self, now: float) -> None:
        """Go on at the rate that was sustained, the wait included; the limit may be what passed before the wait."""
        if self.rate < math.inf and self._n_closed <= _BRIEF:
            self.rate = max(self._floor, 0.95 * self.rate)
            self._ceiling, self._growth = self.rate, _AGAIN
        else:
            since = max(self._first, now - LOOK_BACK_S)
            passed = sum(n for second, n in self._seconds if second + 1 > since)
            held_s = max(1e-3, now - self._closed_at)
            before = self._passed_since(self._closed_at - held_s, self._closed_at)
            self.rate = 0.985 * max(1.0, passed) / max(1e-3, now - since)
            self._ceiling = max(self.rate, _NEAR * before / held_s)
            if passed < _BRIEF and self._n_closed >= _BRIEF:  # it was closed for long, and nothing is known
                self.rate, self._ceiling = max(1.0, self.rate), math.inf
            self._floor = 0.5 * self.rate
        self._half_open = False
        self._calm_since = self._grown_at = now
        self._next_at = self._last_sent + 1.0 / self.rate
        self._good = self.rate

    def _cut(self, now: float, hold_s: float | None, borne_s: float) -> None:
        """Slow down by little; where nothing has passed since the last refusal, by what was let through at all."""
        if self._n_ok == self._n_ok_at_loss:
            self._close(now, hold_s)
            return
        span = max(1.0, 8.0 / self.rate)
        passed = self._passed_since(now - span, now) / span
        self._peak = max(self._peak, passed)
        halfway = min(0.87 * self.rate, math.sqrt(self._good * self.rate))  # between what was borne and what was not
        wanted = 0.95 * self.rate if borne_s > _STEADY_S else halfway
        self.rate = max(wanted, min(self.rate, 0.5 * self._peak), self._floor)
        self._good, self._growth = self.rate, _AGAIN / (1.0 + 20.0 * (hold_s or 0.0))
        self._ceiling = self.rate
        self._next_at = now + max(0.25, 1.0 / self.rate)

    def _passed_since(self, since: float, until: float) -> int:
        return sum(not each.refused for each in self._recent if since < each.sent <= until)

    def _grow(self, now: float) -> None:
        """Let the rate grow for the time that it was what held requests back."""
        calm_s = max(0.0, now - self._calm_since)
        if now - self._next_at < 1.0 / self.rate:
            passed_s = min(1.0, max(0.0, now - self._grown_at))
            if self.rate < self._ceiling:
                self.rate = min(self._ceiling, self.rate * math.exp(_FAST * passed_s))
            else:
                slow = min(1.0, self.rate / 10.0)  # where requests are few, the same number of them takes longer
                self.rate *= math.exp(self._growth * (1.0 + slow * calm_s) * slow * passed_s)
        self._grown_at = now

    @property
    def _patience_s(self) -> float:
        return 2.0 * self._refusal_s + 0.02

    def _until_presumed(self, now: float) -> float:
        return math.inf if self._trial is None else max(1e-3, self._trial.sent + self._patience_s - now)

    def _presume(self, now: float) -> None:
        """Take a trial as passed once a refusal would have been heard."""
        if self._trial is not None and now - self._trial.sent >= self._patience_s:
            self._passed(now)

    def _passed(self, now: float) -> None:
        self._trial = None
        if self._half_open:
            self._reopen(now)
        else:
            self._not_in_flight = self._climbing = True
            self.window = min(self.most, self.window + 1)
