"""An endpoint is asked about itself: what the verb `probe` does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from evalkit import registry
from evalkit.answering import reachable
from evalkit.backends.dispositions import error_of
from evalkit.errors import EndpointError, MalformedReplyError, TransientError
from evalkit.nouns import Ask, Finding, Heard, Probe, Probing, Setting, Suite
from evalkit.sampling.limits import LONGEST_HOLD_S
from evalkit.sampling.retry import RetryPolicy
from evalkit.stats.multiplicity import holm

if TYPE_CHECKING:
    from evalkit.backends.openai import OpenAIBackend

_AGAIN = frozenset({408, 425, 429, 503, 529})
_TRIES = 5
_STOPS = frozenset({401, 403, 404})
_POLICY = RetryPolicy()


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that is to be sent, each request once for all probes that want it."""

    probes: tuple[Probe, ...]
    """Who asks."""
    asks: tuple[Ask, ...]
    """What is sent, in the order of stages; of several probes' equal asks the one with most repeats."""

    @property
    def n_requests(self) -> int:
        """Requests that are sent."""
        return sum(ask.repeats for ask in self.asks)


def probes_of(names: Iterable[str] | None = None, *, deep: bool = False) -> tuple[Probe, ...]:
    """Return the probes of some names; all that belong to this kind of probing when None.

    Raises:
        UnknownNameError: There is no such probe.
    """
    if names is not None:
        return tuple(registry.find("probes", name) for name in names)
    every = (registry.find("probes", name) for name in registry.names("probes"))
    return tuple(p for p in every if deep or not p.deep)


def probes_before(setting: Setting) -> tuple[Probe, ...]:
    """Return the probes that a run of a setting depends on."""
    every = (registry.find("probes", name) for name in registry.names("probes"))
    return tuple(p for p in every if p.before is not None and p.before(setting))


def script(probes: Sequence[Probe], setting: Setting) -> Script:
    """Return everything that the probes want sent."""
    wanted: dict[str, Ask] = {}
    for probe in probes:
        for ask in probe.asks(setting):
            known = wanted.get(ask.key)
            wanted[ask.key] = ask if known is None or known.repeats < ask.repeats else known
    return Script(tuple(probes), tuple(sorted(wanted.values(), key=lambda ask: ask.after)))


def probe(
    suite: Suite,
    *,
    deep: bool = False,
    names: Iterable[str] | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> Probing:
    """Return what the endpoint of a suite does with the settings that the suite rests on.

    Args:
        suite: Whose endpoint is asked; its temperatures and its number of requests in flight are what it is asked for.
        deep: Whether more requests may be sent for a finer answer.
        names: Names of probes; all when None.
        watch: Called with the requests answered and those to be sent.

    Raises:
        EndpointError: Nothing answers, or key, model or address is wrong.
        UnknownNameError: There is no such probe.
    """
    return probed(setting_of(suite, deep=deep), probes_of(names, deep=deep), watch=watch)


def setting_of(suite: Suite, *, deep: bool = False) -> Setting:
    """Return what a suite's endpoint is probed for, its address resolved.

    Raises:
        UsageError: The address is none, or carries a secret.
    """
    from evalkit.api import resolve

    suite, _ = resolve(suite)
    return Setting(
        endpoint=suite.endpoint,
        decoding=suite.decoding,
        temperatures=suite.temperatures,
        concurrency=suite.concurrency,
        deep=deep,
        seed=suite.seed,
    )


def probed(setting: Setting, probes: Sequence[Probe], *, watch: Callable[[int, int], None] | None = None) -> Probing:
    """Return what an endpoint does with its settings.

    Args:
        setting: What it is probed for, its address resolved.
        probes: What is asked.
        watch: Called with the requests answered and those to be sent.

    Raises:
        EndpointError: Nothing answers, or key, model or address is wrong.
    """
    plan = script(probes, setting)
    began = datetime.now(UTC).isoformat(timespec="seconds")
    heard = asyncio.run(_send(plan, setting, watch or (lambda _done, _all: None)))
    findings = [finding for probe in probes for finding in judged(probe, heard, setting)]
    found = Probing(setting=setting, findings=tuple(findings), n_requests=plan.n_requests, began_at=began)
    tested = {i: p for i, each in enumerate(findings) if (p := each.p_value) is not None}
    return found.adjusted(dict(zip(tested, holm(list(tested.values())), strict=True))) if tested else found


def judged(probe: Probe, heard: Mapping[str, Sequence[Heard]], setting: Setting) -> list[Finding]:
    """Return what one probe makes of the answers, which are known by the keys of what was asked."""
    answers = {ask.name: heard[ask.key][: ask.repeats] for ask in probe.asks(setting)}
    n = sum(len(some) for some in answers.values())
    return [replace(each, probe=probe.name, n_requests=each.n_requests or n) for each in probe.judge(answers, setting)]


async def _send(plan: Script, setting: Setting, watch: Callable[[int, int], None]) -> dict[str, list[Heard]]:
    from evalkit.backends.openai import openai_backend

    with reachable(setting.endpoint, f"probe:{setting.seed}") as endpoint:
        widest = max((ask.at_once for ask in plan.asks), default=1)
        backend = openai_backend(endpoint, timeout_s=60.0, concurrency=max(widest, 1))
        try:
            heard: dict[str, list[Heard]] = {}
            done = 0

            def counted() -> None:
                nonlocal done
                done += 1
                watch(done, plan.n_requests)

            for ask in plan.asks:
                heard[ask.key] = await _repeat(ask, setting, backend, counted)
            return heard
        finally:
            await backend.aclose()


async def _repeat(ask: Ask, setting: Setting, backend: OpenAIBackend, counted: Callable[[], None]) -> list[Heard]:
    body = ask.body(setting.endpoint.model)
    found: list[Heard] = []
    for start in range(0, ask.repeats, ask.at_once):
        size = min(ask.at_once, ask.repeats - start)
        found += await asyncio.gather(*(_one(ask, body, backend) for _ in range(size)))
        for _ in range(size):
            counted()
    return found


async def _one(ask: Ask, body: bytes, backend: OpenAIBackend) -> Heard:
    """Return what came of a request; a server that is busy is asked again, a wrong key or address ends the probing."""
    for tried in range(1, _TRIES + 1):
        try:
            heard = await backend.hear(body)
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
        if heard.status not in _AGAIN or tried == _TRIES:
            return heard
        wait_s = _POLICY.wait_s(tried, random.Random())  # noqa: S311 - jitter
        await asyncio.sleep(max(wait_s, min(heard.retry_after_s or 0.0, LONGEST_HOLD_S)))
    return heard
