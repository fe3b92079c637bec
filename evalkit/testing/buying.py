"""What the tests of a session lack, counted against what they may spend, then sent together."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from evalkit import environment, looping, planning
from evalkit.errors import BackendError, UsageError
from evalkit.nouns import Draw, Quota, Request, Run, Suite, cells
from evalkit.nouns.ports import Store
from evalkit.preflight import Manner, canary, preflight
from evalkit.provenance import provenance
from evalkit.room import check_store, in_flight
from evalkit.sampling.clock import Clock
from evalkit.sampling.limits import PacedLimits
from evalkit.sampling.pace import Ticket
from evalkit.sampling.tally import Tally
from evalkit.sending import send
from evalkit.testing.arms import View, grown
from evalkit.testing.options import Settings
from evalkit.testing.spent import Spent

_MILLION = 1_000_000
_OF_A_MODEL = frozenset({"not-found", "forbidden"})
"""Errors that another model at the same address need not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one run lacks."""

    label: str
    """Name of the run."""
    suite: Suite
    """The run's cells."""
    missing: frozenset[tuple[str, int]]
    """Slots without a sample."""

    @property
    def free(self) -> bool:
        """Whether it costs nothing: the embedded endpoint answers, or an earlier run does."""
        return self.suite.endpoint.base_url == environment.LOOPBACK or self.suite.endpoint.backend == "replay"

    @property
    def preview(self) -> planning.Preview:
        """What sending it takes: requests, and the least and the most of tokens."""
        every = {(cell.key, replicate) for cell in cells(self.suite) for replicate in range(self.suite.samples)}
        return planning.preview(self.suite, every - self.missing)

    @property
    def n_requests(self) -> int:
        """Requests that it takes, retries not counted."""
        return self.preview.n_requests

    def draws(self) -> Iterator[Draw]:
        """Yield what is missing, in sending order."""
        return (draw for draw in planning.plan(self.suite) if draw.slot in self.missing)


@dataclass(slots=True)
class Ledger:
    """What a session bought."""

    n_requests: int = 0
    """Requests sent, retries included."""
    n_paid: int = 0
    """Those of them that may have cost something."""
    n_samples: int = 0
    """Answers that came."""
    prompt_tokens: int = 0
    """Tokens of the questions, as the server counted them."""
    completion_tokens: int = 0
    """Tokens of the answers."""
    n_counted: int = 0
    """Answers of which the server told both."""
    errors: dict[str, BackendError] = field(default_factory=dict)
    """What stopped a run, by its label, or by the address where everything asked there would fail."""

    def error(self, order: Order) -> BackendError | None:
        """Return what stopped a run, or would: nothing is sent again to an address that is known to be wrong."""
        return self.errors.get(order.label) or self.errors.get(order.suite.endpoint.base_url or "")

    def stopped(self, order: Order, error: BackendError) -> None:
        """Take note of what stopped a run."""
        self.errors[order.label] = error
        if error.slug not in _OF_A_MODEL:
            self.errors[order.suite.endpoint.base_url or ""] = error


@dataclass(frozen=True, slots=True)
class Ahead:
    """Whether endpoints are asked about themselves before what they cost is bought."""

    wanted: bool | None
    """In any case, or not at all; None for where it is a small part of the purchase."""
    say: Callable[[str], None]
    """Shows a line to a person."""

    def manner(self, gate: _Gate, n_planned: int = 0) -> Manner:
        """Return how it is done where so many requests are planned besides."""
        return Manner(stop=gate.stop, notify=self.say, most=gate.left(n_planned))

    async def before(self, order: Order, store: Store, run: Run, gate: _Gate, n_planned: int) -> int:
        """Return the requests that were sent before an order."""
        if order.free:
            return 0
        manner = self.manner(gate, n_planned)
        return await preflight(order.suite, store, run, order.n_requests, wanted=self.wanted, manner=manner)

    async def after(self, order: Order, store: Store, gate: _Gate) -> int:
        """Return the requests that were sent after an order."""
        if order.free or gate.stop.is_set():
            return 0
        return await canary(store, store.run(order.label), manner=self.manner(gate))


def order_of(label: str, whole: Suite, views: Iterable[View], filled: set[tuple[str, int]]) -> Order:
    """Return what a run lacks of the cells that several views look at."""
    seen = tuple(views)
    wanted: dict[str, int] = {}
    for view in seen:
        for key, (_, n) in view.wanted.items():
            wanted[key] = max(n, wanted.get(key, 0))
    slots = {(key, replicate) for key, n in wanted.items() for replicate in range(n)}
    return Order(label=label, suite=grown(whole, seen), missing=frozenset(slots - filled))


def check_budget(orders: Iterable[Order], settings: Settings, spent: Spent) -> None:
    """Refuse to buy what might take more than the session may still spend; nothing was sent.

    Raises:
        UsageError: More requests are missing than allowed, they might cost more than allowed, or no price is known.
    """
    paid = [order for order in orders if not order.free and order.missing]
    n_requests = sum(order.n_requests for order in paid)
    most: int | None = settings["max_requests"]
    if most is not None and paid and n_requests + spent.n_requests > most:
        raise UsageError(
            f"{n_requests:,} requests are missing, and --evalkit-max-requests allows"
            f" {max(0, most - spent.n_requests):,}: nothing was sent",
            hint="allow more, select fewer tests with -k, or draw fewer samples",
        )
    if settings["max_cost"] is None or not paid:
        return
    if settings["price"] is None:
        raise UsageError(
            "--evalkit-max-cost needs a price, and none is known: nothing was sent",
            hint="--evalkit-price=IN/OUT, USD for a million tokens of questions and of answers, such as 0.15/0.60",
        )
    cost = spent.cost + sum(most_cost(order, settings["price"]) for order in paid)
    if cost > settings["max_cost"]:
        raise UsageError(
            f"{n_requests:,} requests might cost up to {cost:.4f} USD, and --evalkit-max-cost allows"
            f" {settings['max_cost']:g}: nothing was sent",
            hint="the bound takes every answer to be max_tokens long; a smaller max_tokens in the suite lowers it",
        )


def most_cost(order: Order, price: tuple[float, float]) -> float:
    """Return the most that an order can cost, in USD: every answer as long as it may be."""
    tokens = order.preview
    return (tokens.prompt_tokens_high * price[0] + tokens.completion_tokens_high * price[1]) / _MILLION


class _Allowance:
    """How many requests may still be sent, retries included."""

    def __init__(self, most: int | None) -> None:
        self.most, self.sent = most, 0

    def take(self) -> bool:
        """Return whether one more may be sent, and count it."""
        if self.most is not None and self.sent >= self.most:
            return False
        self.sent += 1
        return True


class _Gate(PacedLimits):
    """At most so many requests in flight to one address, and in all no more than is allowed."""

    def __init__(self, in_flight: int, quota: Quota, allowance: _Allowance) -> None:
        self.stop = asyncio.Event()
        super().__init__(in_flight, Clock(), self.stop, quota)
        self._allowance = allowance

    def left(self, n_planned: int) -> int | None:
        """Return how many requests may be sent besides those that are planned; None for any number."""
        most = self._allowance.most
        return None if most is None else most - self._allowance.sent - n_planned

    def count(self, n_requests: int) -> None:
        """Take note of requests that were sent by another way."""
        self._allowance.sent += n_requests

    async def enter(self, request: Request) -> Ticket | None:
        """Return a ticket when one more request may be sent."""
        ticket = await super().enter(request)
        if ticket is not None and not self._allowance.take():
            self.leave(ticket, None)
            return None
        return ticket


def buy(
    orders: Iterable[Order],
    store: Store,
    ledger: Ledger,
    watch: Callable[[int, int], None],
    *,
    most: int | None = None,
    ahead: Ahead | None = None,
) -> None:
    """Send what several runs lack, all at once, and keep it; requests to one address share its limit in flight.

    A run whose endpoint is wrong stops by itself, and the others go on: its error is in the ledger.

    Args:
        orders: What is missing.
        store: Open for writing.
        ledger: Grown.
        watch: Called with the answers that came, and those that are wanted.
        most: Requests that may be sent where they cost something, retries included; None for no limit.
        ahead: Whether endpoints that cost something are asked about themselves first; None for never.

    Raises:
        StoreError: An answer could not be written, or the disk is full before anything is sent.
        UsageError: This process may open no further files; nothing was sent.
        KeyboardInterrupt: Somebody asked to stop; what was in flight has been finished and kept.
    """
    try:
        wanted = [order for order in orders if order.missing]
        looping.run(_buy(wanted, store, ledger, watch, _Allowance(most), ahead))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None  # asked to stop twice


async def _buy(
    orders: list[Order],
    store: Store,
    ledger: Ledger,
    watch: Callable[[int, int], None],
    paid: _Allowance,
    ahead: Ahead | None,
) -> None:
    tallies = [Tally(n_wanted=len(order.missing)) for order in orders]
    limits: dict[str | None, _Gate] = {}
    for order in orders:
        check_store(store, order.suite, len(order.missing), lambda _: None)
        address = order.suite.endpoint.base_url
        if address not in limits:
            quotas = [each.suite.limits for each in orders if each.suite.endpoint.base_url == address]
            quota = functools.reduce(Quota.tighter, quotas)
            limits[address] = _Gate(in_flight(order.suite), quota, _Allowance(None) if order.free else paid)

    def watched(_: Tally) -> None:
        watch(sum(each.n_samples for each in tallies), sum(each.n_wanted for each in tallies))

    n_planned = sum(order.n_requests for order in orders if not order.free)

    def aside(gate: _Gate, n_requests: int) -> None:
        gate.count(n_requests)
        ledger.n_requests += n_requests
        ledger.n_paid += n_requests

    async def fill(order: Order, tally: Tally) -> None:
        begun = store.begin(order.label, order.suite, provenance("pytest"), grow=True)
        n_filled = len(store.filled(order.label))
        gate = limits[order.suite.endpoint.base_url]
        try:
            aside(gate, await ahead.before(order, store, begun, gate, n_planned) if ahead else 0)
            await send(
                *(order.suite, store, order.label, order.draws()),
                tally=tally,
                n_filled=n_filled,
                watch=watched,
                limits=gate,
            )
            aside(gate, await ahead.after(order, store, gate) if ahead else 0)
        except BackendError as error:
            ledger.stopped(order, error)
        finally:
            ledger.n_requests += tally.n_requests
            ledger.n_paid += 0 if order.free else tally.n_requests
            ledger.n_samples += tally.n_samples
            ledger.prompt_tokens += tally.prompt_tokens
            ledger.completion_tokens += tally.completion_tokens
            ledger.n_counted += tally.n_counted

    heard = _listen(limits.values())
    await asyncio.gather(*(fill(order, tally) for order, tally in zip(orders, tallies, strict=True)))
    if heard.is_set():
        raise KeyboardInterrupt


def _listen(limits: Iterable[_Gate]) -> asyncio.Event:
    """Return what is set when somebody asks to stop: then nothing more is sent; asked again, all ends at once."""
    heard, gates, task = asyncio.Event(), tuple(limits), asyncio.current_task()

    def hear() -> None:
        if heard.is_set() and task is not None:
            task.cancel()
        heard.set()
        for gate in gates:
            gate.stop.set()

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # not everywhere, nor in any thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, hear)
    return heard
