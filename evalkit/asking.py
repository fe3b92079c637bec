"""A script is sent to an endpoint and its answers are gathered: the part of a probing that touches the network."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from evalkit.answering import reachable
from evalkit.backends.dispositions import error_of
from evalkit.errors import BackendError, BudgetError, EndpointError, MalformedReplyError, TransientError
from evalkit.nouns import UNSUPPORTED, Ask, Heard, Probe, Setting, may_be_billed
from evalkit.sampling.limits import LONGEST_HOLD_S
from evalkit.sampling.retry import RetryPolicy

if TYPE_CHECKING:
    from evalkit.backends.openai import OpenAIBackend
    from evalkit.sampling.budget import Purse

Hear: TypeAlias = Callable[[Ask, bytes], Awaitable[Heard]]
_AGAIN = frozenset({408, 425, 429, 503, 529})
_TRIES, _TRIES_BEFORE = 5, 4
_OK, _SERVER_SIDE = 200, 500
_STOPS = frozenset({401, 403, 404})
_REFUSALS = range(400, 500)
"""What will not be answered otherwise when it is asked again."""
_POLICY = RetryPolicy()


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that is to be sent, each request once for all probes that want it."""

    probes: tuple[Probe, ...]
    """Who asks."""
    asks: tuple[Ask, ...]
    """What is sent, in the order of stages, what goes together in one piece; of several probes' equal asks the one with
    most repeats."""

    @property
    def n_requests(self) -> int:
        """Requests that are sent; fewer where an endpoint refuses them."""
        return sum(ask.repeats for ask in self.asks)


def script(probes: Sequence[Probe], setting: Setting) -> Script:
    """Return everything that the probes want sent."""
    wanted: dict[str, Ask] = {}
    for probe in probes:
        for ask in probe.asks(setting):
            known = wanted.get(ask.key)
            wanted[ask.key] = ask if known is None or known.repeats < ask.repeats else known
    return Script(tuple(probes), tuple(sorted(wanted.values(), key=lambda ask: (ask.after, ask.beside))))


async def ask_all(
    plan: Script,
    setting: Setting,
    heard: dict[str, list[Heard]],
    *,
    watch: Callable[[int, int], None],
    insist: bool = True,
    purse: Purse | None = None,
) -> None:
    """Send a script, and put what comes of each request into `heard` as it comes, by the key of what was asked.

    Args:
        plan: What to send.
        setting: Where, its address resolved.
        heard: Filled; whoever gives up early has what came until then.
        watch: Called with the requests answered and those to be sent.
        insist: Whether a server that is busy is asked five times, and goes without an answer then; else the asking
            ends when it is busy or fails four times.
        purse: What may be spent on it; None for no limit.

    Raises:
        BudgetError: There is no room for a request in the budget.
        EndpointError: Nothing answers, or key, model or address is wrong.
        TransientError: The server is busy, and there is no insisting.
    """
    from evalkit.backends.openai import openai_backend

    with reachable(setting.endpoint, f"probe:{setting.seed}") as endpoint:
        widest = max((ask.at_once for ask in plan.asks), default=1)
        backend = openai_backend(endpoint, timeout_s=60.0, concurrency=max(widest, 1))
        try:
            done = 0

            def counted() -> None:
                nonlocal done
                done += 1
                watch(done, plan.n_requests)

            gone: set[float] = set()  # before a run one request is enough to know that a temperature is refused
            for group in _groups(plan.asks):
                asks = [ask for ask in group if ask.temperature not in gone]
                for ask in group:
                    heard.setdefault(ask.key, [])
                if asks:
                    await _together(asks, setting, _hearing(backend, purse), heard, counted, insist=insist)
                if setting.brief:
                    gone |= refused_temperatures(asks, heard).keys()
        finally:
            await backend.aclose()


def refused_temperatures(asks: Iterable[Ask], heard: Mapping[str, Sequence[Heard]]) -> dict[float, str]:
    """Return the temperatures of some asks that the endpoint refuses, with its words."""
    return {
        ask.temperature: error.message
        for ask in asks
        for each in heard.get(ask.key, ())
        if ask.temperature is not None and each.status not in {0, _OK}
        for error in [error_of(each.status, each.raw, {})]
        if error.slug == UNSUPPORTED
    }


def _groups(asks: Sequence[Ask]) -> Iterator[list[Ask]]:
    """Yield what is sent together: the asks of a group, or one by itself."""
    for _, some in groupby(asks, key=lambda ask: (ask.after, ask.beside or ask.key)):
        yield list(some)


async def _together(
    asks: Sequence[Ask],
    setting: Setting,
    hear: Hear,
    heard: dict[str, list[Heard]],
    counted: Callable[[], None],
    *,
    insist: bool,
) -> None:
    """Send asks in turn, so many at once as the widest of them, and none again that was refused."""
    bodies = {ask.key: ask.body(setting.endpoint.model) for ask in asks}
    # Each is spread evenly over the whole, so that every part of it holds some of each.
    turns = sorted(
        (((i + 0.5) / ask.repeats, ask) for ask in asks for i in range(ask.repeats)), key=lambda turn: turn[0]
    )
    at_once = max(ask.at_once for ask in asks)
    refused: set[str] = set()
    for start in range(0, len(turns), at_once):
        part = [ask for _, ask in turns[start : start + at_once]]
        sent = [ask for ask in part if ask.key not in refused]
        came = await asyncio.gather(*(_one(ask, bodies[ask.key], hear, insist=insist) for ask in sent))
        for ask, each in zip(sent, came, strict=True):
            heard[ask.key].append(each)
            if each.status in _REFUSALS and each.status not in _AGAIN:
                refused.add(ask.key)
        for _ in part:
            counted()


def _hearing(backend: OpenAIBackend, purse: Purse | None) -> Hear:
    """Return what sends a body and gives the answer, within what may be spent."""

    async def hear(ask: Ask, body: bytes) -> Heard:
        if purse is None:
            return await backend.hear(body)
        bound = purse.bound_of(ask)
        if not purse.take(bound):
            raise BudgetError("the budget has no room for another request", hint="a larger one goes on")
        usage, billed = None, True
        try:
            heard = await backend.hear(body)
            usage, billed = heard.usage, may_be_billed(heard.status or None, None)
        except BackendError as error:
            billed = may_be_billed(error.status, error.slug)
            raise
        finally:
            purse.settle(bound, usage, billed=billed)
        return heard

    return hear


async def _one(ask: Ask, body: bytes, hear: Hear, *, insist: bool) -> Heard:
    """Return what came of a request; a server that is busy is asked again, a wrong key or address ends the probing."""
    tries = _TRIES if insist else _TRIES_BEFORE
    for tried in range(1, tries + 1):
        try:
            heard = await hear(ask, body)
        except TransientError as error:
            if error.slug == "unreachable":
                raise EndpointError(
                    f"nothing answers at the endpoint: {error.message}",
                    slug="unreachable",
                    hint="is the server up, and is base_url right?",
                ) from None
            heard = Heard(status=0, problem=error.message)
        except MalformedReplyError as error:
            heard = Heard(status=0, problem=error.message)
        if heard.status in _STOPS and not ask.wrong:
            raise error_of(heard.status, heard.body.encode("utf-8", "backslashreplace"), {})
        unsettled = heard.status in _AGAIN or (not insist and _is_trouble(heard))
        if unsettled and not insist and tried == tries:
            raise TransientError(heard.problem, slug="server-error", status=heard.status or None, raw=heard.raw)
        if not unsettled or tried == tries:
            return heard
        wait_s = _POLICY.wait_s(tried, random.Random())  # noqa: S311 - jitter
        await asyncio.sleep(max(wait_s, min(heard.retry_after_s or 0.0, LONGEST_HOLD_S)))
    return heard


def _is_trouble(heard: Heard) -> bool:
    return not heard.status or heard.status >= _SERVER_SIDE
