"""Misbehaviour in sampling: what a real endpoint may do with a proper request, and answer 200.

A habit is a name, some with a value after a colon; without one the value below is taken. Several go together: of a
temperature the default comes first, then the factor, the limit, and last what ignores it. What a habit draws, it draws
from the server's seed; those that ask for company (``flips``, ``seed-alone``, ``cut-streams``) depend on when requests
come too, and let each wait the few milliseconds of `evalkit.loopback.flights.OVERLAP_S` for others sent at once.

=================================  ===================================================================================
``ignored``                        every answer is sampled at temperature 1, whatever is sent
``greedy``                         every answer is the likeliest, whatever is sent
``clamped:1``                      temperatures above that value count as that value
``rescaled:0.3``                   every temperature is multiplied by that value
``refused``                        any temperature but 1 is answered with 400 ``unsupported_value``
``default-temperature:0.8``        the temperature where none is sent
``truncated:3``                    so many of the likeliest words, or below 1 their mass, are kept before temperature
``truncated-after:0.9``            the same after temperature
``top-p-ignored``                  top_p has no effect
``penalty:3``                      words already said, in the question too, lose so many logits
``frozen``                         temperature, top_p and seed of the first request rule all later ones
``copies``                         n answers are n copies of one
``n-ignored``                      one answer, whatever n
``n-refused``                      n above 1 is answered with 400
``cache``                          an equal request gets the earlier reply again, its id too, at once
``seed-ignored``                   the seed has no effect
``seed-alone``                     the seed has an effect only where no other request was in flight
``logprobs-after``                 logprobs are of the distribution that was sampled, after temperature and truncation
``logprobs-none``                  logprobs are null, though asked for
``logprobs-change``                asking for logprobs changes the text
``logprobs-topk-renormalised``     the probabilities of the top_logprobs add up to 1
``flips:0.2``                      in a burst at temperature 0, that share of answers takes a second-best word once
``jitter``                         half of the answers, at random, end in a line break
``rare-branch:0.008``              at temperature 0, that share of answers goes another way at the 103rd word
``stop-ignored``                   stop has no effect
``stop-kept``                      the stop string stays in the text
``max-tokens-ignored``             max_tokens has no effect; answers end by themselves
``max-completion-tokens-ignored``  the same for max_completion_tokens
``no-done``                        streams end without ``[DONE]``
``no-finish``                      streams end without a finish_reason
``cut-streams``                    a stream is cut when another request arrives
``no-stream-usage``                streams never bear usage
``usage-wrong``                    the numbers of usage are made up
``usage-one-choice``               usage counts the first of n answers
``fingerprint-changes:7``          another system_fingerprint after so many replies
``no-fingerprint``                 no system_fingerprint
``accepts-anything``               values out of range or of another type are taken for the nearest that make sense
``strict-fields``                  unknown fields are answered with 422 ``{"detail": ...}``
``errors-500``                     what would be answered with 400 is answered with 500, in plain text
=================================  ===================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from evalkit.loopback import faults
from evalkit.loopback.faults import FAULTS, PROFILES, Fault, Faults

VALUES: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "clamped": (1.0, 0.0, 2.0),
        "rescaled": (0.3, 0.0, 100.0),
        "default-temperature": (0.8, 0.0, 2.0),
        "truncated": (3.0, 0.01, 1e6),
        "truncated-after": (0.9, 0.01, 1e6),
        "penalty": (3.0, 0.0, 100.0),
        "flips": (0.2, 0.0, 1.0),
        "rare-branch": (0.008, 0.0, 1.0),
        "fingerprint-changes": (7.0, 1.0, 1e6),
    }
)
"""Value, least and largest value of the habits that have one."""

HABITS = frozenset(
    {
        *VALUES,
        *("ignored", "greedy", "refused", "top-p-ignored", "frozen", "copies", "n-ignored", "n-refused", "cache"),
        *("seed-ignored", "seed-alone", "jitter", "stop-ignored", "stop-kept"),
        *("logprobs-after", "logprobs-none", "logprobs-change", "logprobs-topk-renormalised"),
        *("max-tokens-ignored", "max-completion-tokens-ignored"),
        *("no-done", "no-finish", "cut-streams", "no-stream-usage", "usage-wrong", "usage-one-choice"),
        *("no-fingerprint", "accepts-anything", "strict-fields", "errors-500"),
    }
)
"""Names of all habits."""

WIRE = "wire:"
"""Stands before a fault of `evalkit.loopback.faults` whose name is a habit's too, such as ``wire:truncated``."""


def habits_of(names: Iterable[str]) -> Mapping[str, float]:
    """Return the value of each habit that is named, 0 where it has none.

    Raises:
        ValueError: There is no such habit, it is named twice, or its value is missing, no number or out of range.
    """
    found: dict[str, float] = {}
    for text in names:
        name, colon, value = text.partition(":")
        if name not in HABITS:
            raise ValueError(f"no habit is called {name!r}; there are {', '.join(sorted(HABITS))}")
        if name in found:
            raise ValueError(f"habit {name!r} is named twice")
        if name not in VALUES and colon:
            raise ValueError(f"habit {name!r} takes no value")
        found[name] = _value(name, value) if colon else VALUES.get(name, (0.0,))[0]
    return MappingProxyType(found)


def _value(name: str, text: str) -> float:
    _, low, high = VALUES[name]
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise ValueError(f"habit {name!r} needs a number from {low:g} to {high:g} after the colon, not {text!r}")
    return value


def sort_out(names: Iterable[str], seed: int = 0) -> tuple[Faults | None, tuple[str, ...]]:
    """Return the faults and the habits that some names ask for.

    A name is a habit, else a fault that every request meets (several take turns), else a profile of faults.

    Args:
        names: As `listing` has them.
        seed: Seed of a profile's draws.

    Raises:
        ValueError: A name is none of these, a value is wrong, or a profile is not the only one on the wire.
    """
    habits: list[str] = []
    always: list[str] = []
    profiles: list[str] = []
    for text in names:
        name = text.partition(":")[0]
        if name in HABITS:
            habits.append(text)
        elif text.startswith(WIRE) or name in FAULTS:
            always.append(text.removeprefix(WIRE))
        elif name in PROFILES:
            profiles.append(text)
        else:
            raise ValueError(f"no fault is called {text!r}; there are\n\n{listing()}")
    if len(profiles) + bool(always) > 1:
        raise ValueError(f"one mixture of faults at a time, not {' and '.join([*profiles, *always])}")
    habits_of(habits)  # says what is wrong with them
    if not (always or profiles):
        return None, tuple(habits)
    for text in always:
        Fault.parse(text)
    return Faults(profiles[0] if profiles else None, seed=seed, always=always), tuple(habits)


def meanings() -> Mapping[str, str]:
    """Return what each habit means, in the order of the table above."""
    lines = (line.partition("``")[2].partition("``") for line in (__doc__ or "").splitlines() if line[:2] == "``")
    return {name.partition(":")[0]: meaning.strip().replace("``", "") for name, _, meaning in lines}


def listing() -> str:
    """Return every name that `sort_out` takes, with what it means, for a terminal."""
    told = [f"{_shown(name):<30} {meaning}" for name, meaning in meanings().items()]
    wire = [line.replace("``", "") for line in (faults.__doc__ or "").splitlines() if line[:2] == "``"]
    return "\n".join(
        [
            "In sampling; a value after the colon may be left out:",
            *told,
            "",
            "On the wire, for every request; with wire: before it where the name stands above too:",
            *wire,
            "",
            f"Mixtures of those on the wire: {', '.join(PROFILES)}",
        ]
    )


def _shown(name: str) -> str:
    return f"{name}:{VALUES[name][0]:g}" if name in VALUES else name
