"""What differs between two suites, in words."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.nouns import Load, Prompt, Suite

_MOST = 60  # letters of one value


def differences(was: Suite, now: Suite) -> tuple[str, ...]:
    """Return what makes the cells of two suites differ, one phrase each; empty when their cells are the same."""
    return tuple(_differences(was, now))


def _differences(was: Suite, now: Suite) -> Iterator[str]:
    pairs: list[tuple[str, object, object]] = [
        ("backend", was.endpoint.backend, now.endpoint.backend),
        ("base_url", was.endpoint.base_url, now.endpoint.base_url),
        ("model", was.endpoint.model, now.endpoint.model),
        ("mode", was.mode.value, now.mode.value),
        ("top_p", was.decoding.top_p, now.decoding.top_p),
        ("max_tokens", was.decoding.max_tokens, now.decoding.max_tokens),
        ("decoding seed", was.decoding.seed, now.decoding.seed),
        ("stop", was.decoding.stop, now.decoding.stop),
        ("extra", was.decoding.extra, now.decoding.extra),
    ]
    for name, before, after in pairs:
        # As they are written down: 1 and 1.0 are equal in Python, and two values in a cell's key.
        if before != after or repr(before) != repr(after):
            yield f"{name} was {_short(before)} and is now {_short(after)}"
    if (was.temperatures, was.send_temperature) != (now.temperatures, now.send_temperature):
        yield f"temperatures were {_temperatures(was)} and are now {_temperatures(now)}"
    loads = [" and ".join(load.value for load in suite.load if load is not Load.MIXED) for suite in (was, now)]
    if loads[0] != loads[1]:
        yield f"load was {loads[0] or 'not set'} and is now {loads[1] or 'not set'}"
    yield from _of_prompts({p.id: p for p in was.prompts}, {p.id: p for p in now.prompts})


def _of_prompts(was: dict[str, Prompt], now: dict[str, Prompt]) -> Iterator[str]:
    gone = [name for name in was if name not in now]
    new = [name for name in now if name not in was]
    changed = [name for name in was if name in now and was[name].messages != now[name].messages]
    for names, verb in ((gone, "gone"), (new, "new"), (changed, "worded differently")):
        if names:
            are = f"prompts {_names(names)} are" if len(names) > 1 else f"prompt {_names(names)} is"
            yield f"{are} {verb}"


def _names(names: list[str], most: int = 3) -> str:
    shown = ", ".join(_short(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _temperatures(suite: Suite) -> str:
    return _numbers(suite.temperatures) if suite.send_temperature else "not sent"


def _numbers(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{t:g}" if float(f"{t:g}") == t else repr(t) for t in numbers)


def _short(value: object) -> str:
    if value is None:
        return "not set"
    text = repr(value)  # escapes what a terminal would obey
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
