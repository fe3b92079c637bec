"""What follows where an endpoint refuses temperatures: what is settled, and when nothing is left of a run."""

from __future__ import annotations

from dataclasses import replace

from evalkit.errors import EndpointError, UsageError
from evalkit.nouns import UNSUPPORTED, Heard, Occasion, Run, Suite, every_cell
from evalkit.nouns.ports import Store
from evalkit.text.visible import visible

_SHOWN = 200  # letters of a server's words


def settled(store: Store, label: str) -> set[tuple[str, int]]:
    """Return the slots of a run for which nothing is sent again: filled, or their temperature is refused."""
    return store.filled(label) | store.unsupported(label).keys()


def refused(store: Store, suite: Suite, label: str) -> dict[float, str]:
    """Return the temperatures of a run that its endpoint refuses, ascending, with its words."""
    words = {key: told for (key, _), told in store.unsupported(label).items()}
    found = {cell.temperature: words[cell.key] for cell in every_cell(suite) if cell.key in words}
    return dict(sorted(found.items()))


def known_to_refuse(store: Store, suite: Suite, label: str) -> dict[float, str]:
    """Return the temperatures that are refused as far as draws or the preflight of a run have shown, with the words."""
    return refused_ahead(store, store.run(label)) | refused(store, suite, label)


def refused_ahead(store: Store, run: Run) -> dict[float, str]:
    """Return the temperatures that were refused when a run's endpoint was asked about itself before it."""
    from evalkit.asking import refused_temperatures, script
    from evalkit.probing import probes_before

    before = run.newest.get(Occasion.PREFLIGHT)
    if before is None:
        return {}
    kept = store.heard(run.label, Occasion.PREFLIGHT)
    heard = {key: [Heard(status=status, raw=raw) for status, raw in some] for key, some in kept.items()}
    return refused_temperatures(script(probes_before(before.setting), before.setting).asks, heard)


def in_words(store: Store, run: Run) -> str:
    """Return which temperatures of a run its endpoint refuses, and in which words; empty where it refuses none."""
    found = refused(store, run.suite, run.label)
    words = visible(next(iter(found.values()), ""), keep="", limit=_SHOWN)
    return f"The endpoint refuses T = {', '.join(f'{t:g}' for t in found)}: {words}" if found else ""


def without_temperature(suite: Suite) -> Suite:
    """Return a suite that sends no temperature: of a model that takes none, only repeating can be measured.

    Raises:
        UsageError: The suite asks for loads, whose arms are at temperature 0.
    """
    if suite.load:
        raise UsageError(
            "load needs temperature 0, and none is to be sent", hint="take load out of the suite, or send temperatures"
        )
    return replace(suite, temperatures=(1.0,), send_temperature=False)


def left_of(run: Run, store: Store) -> Run:
    """Return a run that its endpoint left something to measure.

    Raises:
        EndpointError: Every temperature is refused.
    """
    if not run.n_draws or run.n_unsupported < run.n_draws:
        return run
    found = refused(store, run.suite, run.label)
    named = ", ".join(f"{temperature:g}" for temperature in found)
    words = visible(next(iter(found.values()), ""), keep="", limit=_SHOWN)
    raise EndpointError(
        f"the endpoint refuses every temperature of run {run.label!r} ({named}): {words}",
        slug=UNSUPPORTED,
        hint="measure it without one, under another label: temperatures: none in the suite, or --without-temperature",
    )
