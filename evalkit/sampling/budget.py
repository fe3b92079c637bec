"""Before each purchase: is there room for it in the budget, what is in flight counted at its most?"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from evalkit.errors import BackendError
from evalkit.nouns import Ask, Budget, Message, Price, Reply, Request, Spent, TokenCount, Usage, may_be_billed
from evalkit.sampling.clock import Clock, pause
from evalkit.sampling.health import Health
from evalkit.sampling.limits import Limits
from evalkit.sampling.pace import Ticket

_FRAMING = 8  # tokens that a turn has besides its text, at most
_ROUNDING = 1.0 + 1e-12  # what sums of amounts of money may be off by
_NOTHING = TokenCount()


@dataclass(frozen=True, slots=True)
class _Size:
    prompt_id: str
    question: int  # most tokens of it, as long as the server has not counted them
    n: int
    answer: int  # most tokens of each

    @classmethod
    def of(cls, request: Request) -> _Size:
        prompt = request.cell.prompt
        return cls(prompt.id, most_tokens(prompt.messages), request.n, request.cell.decoding.max_tokens)


@dataclass(slots=True, kw_only=True)
class Purse:
    """What may still be spent on a run, and the most that each request can come to.

    The tokens of a question are what the server has counted for it before; until then one for each byte of its text,
    for no token holds less, and eight for each turn. An answer has ``max_tokens`` at most, or as many as the longest
    that came: some servers do not keep the limit. A request of which nobody tells the tokens stays at its most.
    """

    budget: Budget
    """What may be spent in all."""
    price: Price | None = None
    """What tokens cost; None when unknown, which a limit of the cost does not allow."""
    spent: Spent = field(default_factory=Spent)
    """What has been, in this session and before it."""
    n_out: int = 0
    """Requests in flight, or about to be."""
    out: TokenCount = _NOTHING
    """The most that they may come to."""
    lacking: str | None = None
    """Which limit had no room for the next request, in words; None as long as there is room."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a request has come to its end."""
    beside: TokenCount = field(init=False)
    """The most that uncounted requests may have come to that are not among `untold`."""
    asked: dict[str, int] = field(default_factory=dict)
    """Most tokens that the server counted for a prompt, by the prompt's id."""
    longest: int = 0
    """Most tokens of one completion that came."""
    _untold: Counter[_Size] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin with what was spent before."""
        self.beside = self.spent.bound

    def bound(self, request: Request) -> TokenCount:
        """Return the most tokens that a request can come to."""
        return self._most(_Size.of(request))

    def learn(self, prompt_id: str, n: int, tokens: TokenCount) -> None:
        """Take note of what a server counted for a prompt and `n` completions of it.

        What is known of a question now was as true of the requests whose tokens nobody told.
        """
        asked, longest = self.asked.get(prompt_id, 0), self.longest
        self.asked[prompt_id] = max(asked, tokens.prompt)
        self.longest = max(longest, math.ceil(tokens.completion / n))
        if self._untold and (self.asked[prompt_id], self.longest) != (asked, longest):
            every = (self._most(size).times(times) for size, times in self._untold.items())
            self.spent = replace(self.spent, bound=sum(every, self.beside))

    def untold(self, request: Request, times: int = 1) -> None:
        """Take note of requests that may have been billed, and of which nobody tells the tokens."""
        size = _Size.of(request)
        self._untold[size] += times
        self.spent += Spent(n_requests=times, n_uncounted=times, bound=self._most(size).times(times))

    def add(self, spent: Spent) -> None:
        """Take note of what was spent otherwise."""
        self.spent += spent
        self.beside += spent.bound

    def _most(self, size: _Size) -> TokenCount:
        prompt = self.asked.get(size.prompt_id) or size.question
        return TokenCount(prompt=prompt, completion=size.n * max(size.answer, self.longest))

    def lacks(self, tokens: TokenCount, n_requests: int = 1, *, share: float = 1.0) -> str | None:
        """Return which limit has no room for requests besides those in flight, in words; None where there is room.

        Args:
            tokens: The most that they can come to, all together.
            n_requests: How many they are.
            share: Share of what is left that they may take, in (0, 1].
        """
        budget, used = self.budget, self.spent.most + self.out
        n_used, most = self.spent.n_requests + self.n_out, "at most " if self.spent.n_uncounted else ""
        if budget.max_requests is not None and n_requests > share * (budget.max_requests - n_used):
            return f"{n_used:,} of {budget.max_requests:,} requests are sent"
        if budget.max_tokens is not None and tokens.total > share * (budget.max_tokens - used.total):
            spent = f"{most}{used.total:,} of {budget.max_tokens:,} tokens are spent"
            return f"{spent}, and the next may take {tokens.total:,}"
        if budget.max_cost is None or self.price is None:
            return None
        cost, next_cost = self.price.of(used), self.price.of(tokens)
        if next_cost > share * (budget.max_cost * _ROUNDING - cost):
            limit = money(budget.max_cost, budget.currency)
            return f"{most}{money(cost)} of {limit} are spent, and the next may cost {money(next_cost)}"
        return None

    def take(self, bound: TokenCount) -> bool:
        """Return whether there is room for one more request, and keep its place when there is."""
        if self.lacks(bound) is not None:
            return False
        self.n_out += 1
        self.out += bound
        return True

    def put_back(self, bound: TokenCount) -> None:
        """Take note that a request was not sent after all."""
        self.n_out -= 1
        self.out -= bound
        self.news.set()
        self.news = asyncio.Event()

    def settle(
        self, bound: TokenCount, usage: Usage | None, *, billed: bool = True, request: Request | None = None
    ) -> None:
        """Take note of what a request came to.

        Args:
            bound: The most that it was taken for.
            usage: Tokens as the server counted them; None, or parts of it None, where it did not.
            billed: Whether it may have been billed.
            request: The request; None where it was about the endpoint itself.
        """
        if request is not None:
            self.came_to(request, usage, billed=billed)
        elif (found := counted(usage)) is not None:
            self.add(Spent(n_requests=1, counted=found))
        else:
            self.add(Spent(n_requests=1, n_uncounted=1, bound=bound) if billed else Spent(n_requests=1))
        self.put_back(bound)

    def came_to(self, request: Request, usage: Usage | None, *, billed: bool) -> None:
        """Take note of what a request came to for which no place was kept here."""
        found = counted(usage)
        if found is not None:
            self.learn(request.cell.prompt.id, request.n, found)
            self.add(Spent(n_requests=1, counted=found))
        elif billed:
            self.untold(request)
        else:
            self.add(Spent(n_requests=1))

    def bound_of(self, ask: Ask) -> TokenCount:
        """Return the most tokens that a request about the endpoint itself can come to."""
        fields = dict(ask.fields)
        numbers = [value for name, value in fields.items() if name.startswith("max_") and isinstance(value, int)]
        n = fields.get("n")
        completion = (n if isinstance(n, int) else 1) * max(numbers, default=self.longest)
        return TokenCount(prompt=most_tokens(ask.messages), completion=completion)


class BudgetedLimits:
    """Limits that let a request out only while there is room for it in the budget.

    While it is the requests in flight that leave no room, the next one waits for them: they may come to less than
    their most. When nothing is in flight and there is none, the run is asked to stop.
    """

    def __init__(self, limits: Limits, purse: Purse, clock: Clock, stop: asyncio.Event) -> None:
        """Begin with what was spent before.

        Args:
            limits: When a request may go out as far as the endpoint is concerned.
            purse: What may be spent.
            clock: Where time comes from.
            stop: Set when nothing more is to be sent; set here when the budget has no room left.
        """
        self._limits = limits
        self._purse = purse
        self._clock = clock
        self._stop = stop
        self._taken: dict[Ticket, tuple[Request, TokenCount]] = {}

    @property
    def health(self) -> Health:
        """What is known of the endpoint's health."""
        return self._limits.health

    async def enter(self, request: Request) -> Ticket | None:
        """Return a ticket when one more request may be sent, None when the run was stopped meanwhile, or is to stop."""
        bound = self._purse.bound(request)
        while not self._stop.is_set() and not self._purse.take(bound):
            if not self._purse.n_out:
                self._purse.lacking = self._purse.lacks(bound)
                self._stop.set()
                return None
            await pause(math.inf, self._clock, self._purse.news, self._stop)
            bound = self._purse.bound(request)
        if self._stop.is_set():
            return None
        ticket: Ticket | None = None
        try:
            ticket = await self._limits.enter(request)
        finally:
            if ticket is None:
                self._purse.put_back(bound)
            else:
                self._taken[ticket] = request, bound
        return ticket

    def leave(self, ticket: Ticket, result: Reply | BackendError | None) -> None:
        """Take note of how a request ended, and of what it came to."""
        self._limits.leave(ticket, result)
        request, bound = self._taken.pop(ticket)
        usage = result.usage if isinstance(result, Reply) else None
        billed = not isinstance(result, BackendError) or may_be_billed(result.status, result.slug)
        self._purse.settle(bound, usage, billed=billed, request=request)


def most_tokens(messages: Iterable[Message]) -> int:
    """Return the most tokens that a conversation can have: one for each byte, and eight for each turn."""
    return sum(len(turn.content.encode("utf-8", "surrogatepass")) + _FRAMING for turn in messages)


def money(amount: float, currency: str = "") -> str:
    """Return an amount of money with two figures behind the point, or as many as show what it is."""
    digits = 2 if amount >= 1.0 or not amount else min(8, 2 - math.floor(math.log10(amount)))
    return f"{amount:,.{digits}f}{f' {currency}' if currency else ''}"


def counted(usage: Usage | None) -> TokenCount | None:
    """Return the tokens that a server counted; None where it did not tell both parts."""
    if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    return TokenCount(prompt=usage.prompt_tokens, completion=usage.completion_tokens)
