"""An endpoint is asked about itself: what the verb `probe` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from evalkit import looping, registry
from evalkit.asking import ask_all, script
from evalkit.nouns import Finding, Heard, Occasion, Probe, Probing, Setting, Suite
from evalkit.stats.multiplicity import holm


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


def setting_of(suite: Suite, *, deep: bool = False, brief: bool = False) -> Setting:
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
        mode=suite.mode,
        deep=deep,
        brief=brief,
        seed=suite.seed,
    )


def probed(setting: Setting, probes: Sequence[Probe], *, watch: Callable[[int, int], None] | None = None) -> Probing:
    """Return what an endpoint does with its settings; see `heard_and_found`."""
    return heard_and_found(setting, probes, watch=watch)[1]


def heard_and_found(
    setting: Setting, probes: Sequence[Probe], *, watch: Callable[[int, int], None] | None = None
) -> tuple[dict[str, list[Heard]], Probing]:
    """Return every answer, by the key of what was asked, and what they say of the endpoint.

    Args:
        setting: What it is probed for, its address resolved.
        probes: What is asked.
        watch: Called with the requests answered and those to be sent.

    Raises:
        EndpointError: Nothing answers, or key, model or address is wrong.
    """
    heard: dict[str, list[Heard]] = {}
    began_at = now()
    looping.run(ask_all(script(probes, setting), setting, heard, watch=watch or (lambda _done, _all: None)))
    findings = [finding for probe in probes for finding in judged(probe, heard, setting)]
    return heard, concluded(setting, findings, heard, began_at=began_at)


def concluded(
    setting: Setting,
    findings: Sequence[Finding],
    heard: Mapping[str, Sequence[Heard]],
    *,
    began_at: str,
    occasion: Occasion = Occasion.ASKED,
) -> Probing:
    """Return findings as one probing, their p-values adjusted over one another by Holm's rule."""
    found = Probing(
        setting=setting,
        findings=tuple(findings),
        n_requests=sum(map(len, heard.values())),
        began_at=began_at,
        occasion=occasion,
    )
    tested = {i: p for i, each in enumerate(findings) if (p := each.p_value) is not None}
    return found.adjusted(dict(zip(tested, holm(list(tested.values())), strict=True))) if tested else found


def now() -> str:
    """Return the UTC time, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def judged(probe: Probe, heard: Mapping[str, Sequence[Heard]], setting: Setting) -> list[Finding]:
    """Return what one probe makes of the answers, which are known by the keys of what was asked."""
    answers = {ask.name: heard[ask.key][: ask.repeats] for ask in probe.asks(setting)}
    n = sum(len(some) for some in answers.values())
    return [replace(each, probe=probe.name, n_requests=each.n_requests or n) for each in probe.judge(answers, setting)]
