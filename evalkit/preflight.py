"""Before a run and after it: does the endpoint do what the run rests on, and is it still what it was?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace

from evalkit.asking import Script, ask_all, refused_temperatures, script
from evalkit.canary import canary_of
from evalkit.errors import BackendError, BudgetError, TransientError
from evalkit.nouns import Conduct, Finding, Heard, Occasion, Probe, Probing, Run, Setting, Suite
from evalkit.nouns.ports import Store
from evalkit.probing import concluded, judged, now, probes_before, setting_of
from evalkit.sampling.budget import Purse
from evalkit.spending import has_room

SHARE = 0.1
"""Where a preflight would take more than this share of what a run still buys, it is left out unless it is asked for."""
LONGEST_S = 120.0
"""Time after which a preflight or a canary is given up, in seconds."""


def cost(suite: Suite, n_missing: int, *, wanted: bool | None = None, run: Run | None = None) -> tuple[int, int]:
    """Return the requests that preflight and canary of a run take; none where there will be none.

    Args:
        suite: What is to be run.
        n_missing: Draws that are to be bought.
        wanted: Whether it is asked for in any case, or not at all; None for where its cost is small beside the run's.
        run: The run as it stands, where it was begun: what it has is not sent again.
    """
    if run is not None and _of(run, Occasion.PREFLIGHT) is not None:
        over = not n_missing or _of(run, Occasion.CANARY) is not None
        return 0, 0 if over else cost(suite, n_missing, wanted=True)[1]
    if wanted is False or suite.endpoint.backend != "openai":
        return 0, 0
    setting = setting_of(suite, brief=True)
    plan = script(probes_before(setting), setting)
    if wanted is None and plan.n_requests > SHARE * n_missing:
        return 0, 0
    again = canary_of({ask.key: ((200, b""),) for ask in plan.asks})
    return plan.n_requests, script((again,), setting).n_requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How an endpoint is asked about itself beside a run."""

    stop: asyncio.Event | None
    """Set from outside to stop."""
    notify: Callable[[str], None]
    """Called with what was found, in a line."""
    most: int | None = None
    """Requests that may be spent on it; None for no limit."""
    purse: Purse | None = None
    """What may be spent on the run, all in all; None for no limit."""


async def preflight(
    suite: Suite, store: Store, run: Run, n_missing: int, *, wanted: bool | None, manner: Manner
) -> int:
    """Return the requests that were sent to ask for the few things that a run rests on; what was found is kept.

    Args:
        suite: What is to be run, its address resolved.
        store: Open for writing; the run has begun there.
        run: The run as it stands.
        n_missing: Draws that are to be bought.
        wanted: Whether it is asked for in any case, or not at all; None for where its cost is small beside the run's.
        manner: How it is done.

    Raises:
        EndpointError: Nothing answers, or key, model or address is wrong: the run would end in the same way.
        StoreError: An answer could not be written.
    """
    n_requests, _ = cost(suite, n_missing, wanted=wanted, run=run)
    if not n_requests:
        return 0
    if manner.most is not None and n_requests > manner.most:
        if wanted:
            manner.notify(f"preflight: left out, for it takes {n_requests} requests and {max(manner.most, 0)} are left")
        return 0
    setting = setting_of(suite, brief=True)
    probes = probes_before(setting)
    if manner.purse and not has_room(manner.purse, script(probes, setting).asks, share=1.0 if wanted else SHARE):
        manner.notify(f"preflight: left out, for its {n_requests} short requests are too many for the budget")
        return 0
    manner.notify(f"preflight: {n_requests} short requests")
    found = await _asked(setting, probes, store, run.label, Occasion.PREFLIGHT, manner)
    if found.findings:
        manner.notify(f"preflight: {'; '.join(f'{each.subject} {each.conduct.value}' for each in found.findings)}")
    return found.n_requests


async def canary(store: Store, run: Run, *, manner: Manner) -> int:
    """Return the requests that were sent to ask again what a run began with; whether answers changed is kept.

    Does nothing where the run had no preflight, or has its canary already. The endpoint's failure is told and harms
    no run that is done.

    Args:
        store: Open for writing.
        run: The run as it stands.
        manner: How it is done.
    """
    before = _of(run, Occasion.PREFLIGHT)
    if before is None or _of(run, Occasion.CANARY) is not None:
        return 0
    probe = canary_of(store.heard(run.label, Occasion.PREFLIGHT))
    plan = script((probe,), before.setting)
    if manner.most is not None and plan.n_requests > manner.most:
        return 0
    if manner.purse and not has_room(manner.purse, plan.asks):
        manner.notify(f"canary: left out, for the budget has no room for its {plan.n_requests} short requests")
        return 0
    try:
        found = await _asked(before.setting, (probe,), store, run.label, Occasion.CANARY, manner)
    except BackendError as error:
        manner.notify(f"canary: given up ({error.message})")
        _not_asked(store, run, before.setting, error.message)
        return 0
    if not found.findings and not (manner.stop and manner.stop.is_set()):
        _not_asked(store, run, before.setting, "the endpoint was in trouble")
    if found.cautions:
        manner.notify(f"canary: {'; '.join(each.fact for each in found.cautions)}")
    return found.n_requests


def _not_asked(store: Store, run: Run, setting: Setting, why: str) -> None:
    """Keep that an endpoint could not be asked after a run, so that its page says so; nobody asks again for it."""
    missing = Finding(
        probe="canary",
        subject="the endpoint after the run",
        conduct=Conduct.UNKNOWN,
        evidence=f"it could not be asked: {why}",
        settle="evalkit probe SUITE --store STORE, which is later",
    )
    store.note(run.label, concluded(setting, [missing], {}, began_at=now(), occasion=Occasion.CANARY), {})


async def _asked(
    setting: Setting,
    probes: Sequence[Probe],
    store: Store,
    label: str,
    occasion: Occasion,
    manner: Manner,
) -> Probing:
    """Return what was found and kept: nothing but the answers where the asking was given up."""
    heard: dict[str, list[Heard]] = {}
    began_at, asked = now(), False
    n_before = manner.purse.spent.n_requests if manner.purse else 0
    plan = script(probes, setting)
    try:
        asked = await _finished(
            ask_all(plan, setting, heard, watch=lambda _done, _all: None, insist=False, purse=manner.purse), manner.stop
        )
        if not asked and not (manner.stop and manner.stop.is_set()):
            manner.notify(f"{occasion.value}: given up after {LONGEST_S:g} s")
        if asked and (why := _unanswered(plan, heard)):
            asked = False  # what refuses every request alike tells nothing of any setting
            manner.notify(f"{occasion.value}: given up, for no request was answered as the protocol says ({why})")
    except TransientError as error:
        manner.notify(f"{occasion.value}: given up, for the endpoint is in trouble ({error.message})")
    except BudgetError as error:
        manner.notify(f"{occasion.value}: given up, for {error.message}")
    findings: list[Finding] = [each for probe in probes for each in judged(probe, heard, setting)] if asked else []
    found = concluded(setting, findings, heard, began_at=began_at, occasion=occasion)
    if manner.purse:  # it counts requests that left no answer, too
        found = replace(found, n_requests=manner.purse.spent.n_requests - n_before)
    if found.n_requests:
        store.note(label, found, heard)
    return found


def _unanswered(plan: Script, heard: Mapping[str, Sequence[Heard]]) -> str:
    """Return what came instead of answers; empty where there was one, or where temperatures were what is refused."""
    came = [each for some in heard.values() for each in some]
    if any(each.ok for each in came) or refused_temperatures(plan.asks, heard):
        return ""
    return next((each.problem for each in came if each.problem), "no answer")


async def _finished(asking: Coroutine[None, None, None], stop: asyncio.Event | None) -> bool:
    """Return whether something came to its end before it was stopped or took too long."""
    task = asyncio.ensure_future(asking)
    stopped = asyncio.ensure_future((stop or asyncio.Event()).wait())
    try:
        await asyncio.wait({task, stopped}, timeout=LONGEST_S, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            return False
        task.result()
        return True
    finally:
        for each in (task, stopped):
            each.cancel()
        await asyncio.gather(task, stopped, return_exceptions=True)


def _of(run: Run, occasion: Occasion) -> Probing | None:
    """Return the newest probing of a kind; None where it was given up."""
    found = run.newest.get(occasion)
    return found if found is not None and found.findings else None
