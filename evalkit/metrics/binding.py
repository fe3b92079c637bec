"""Filling in a metric's options: which there are, of which type, and what follows from them."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import functools
import inspect
import math
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from evalkit import registry
from evalkit.errors import UnknownNameError, UsageError
from evalkit.nouns import JSON, LogprobMeaning, Metric, Told, Undefined

Function: TypeAlias = Callable[..., Any]

MEANING = "meaning"
"""Option of every metric that reads log-probabilities: of which distribution they are."""
_MEANINGS = {
    "probed": LogprobMeaning.UNASKED,
    "before": LogprobMeaning.BEFORE_TEMPERATURE,
    "after": LogprobMeaning.AFTER_TEMPERATURE,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Bound:
    """A function with its options filled in, and the short way over all pairs beside it."""

    function: Function
    """What was decorated."""
    options: tuple[tuple[str, JSON], ...]
    """Every option the function takes, with its value, sorted by name."""
    kernel: Function | None = None
    """The function over all pairs, with the same options; None when there is no short way."""
    counted: Function | None = None
    """Different items, how often each came, the same options -> what is known of their pairs, or None where that takes
    the matrix; None when there is no such way."""
    several: Function | None = None
    """Items, the places of m first ones and of m second ones, the same options -> (m,) values; None when there is no
    short way."""
    most: int = 3_000
    """Different items of which all pairs are compared; of more some are drawn."""
    sees: tuple[str, ...] = ()
    """What of a sample the function looks at: samples of a cell that have it in common have one value; () for all."""

    def __call__(self, *values: Any) -> Any:  # noqa: ANN401 - a text, a row of numbers, or what prepare made
        """Return the function's value."""
        return self.function(*values, **dict(self.options))

    @property
    def filled(self) -> Function:
        """The function with its options, for those who ask it thousands of times."""
        return functools.partial(self.function, **dict(self.options))

    @property
    def matrix(self) -> Function | None:
        """Values -> (n, n) array of the function over all pairs; None when it must be asked pair by pair."""
        return self._with_options(self.kernel)

    @property
    def pairs(self) -> Function | None:
        """Different items and how often each came -> what is known of their pairs; None when there is no such way."""
        return self._with_options(self.counted)

    @property
    def of_several(self) -> Function | None:
        """Items, first places, second places -> the function's values; None when it must be asked pair by pair."""
        return self._with_options(self.several)

    def _with_options(self, function: Function | None) -> Function | None:
        return None if function is None else functools.partial(function, **dict(self.options))


def bind(metric: Metric, options: Mapping[str, JSON]) -> Metric:
    """Return the metric with options filled in; those already bound stay unless named again.

    Args:
        metric: A metric made by one of the decorators.
        options: Values by name.

    Returns:
        A metric whose `options` are those that differ from the defaults, sorted by name.

    Raises:
        UsageError: An option is unknown, of the wrong type, or refused by the metric itself.
        UnknownNameError: An option names something that is not there, such as a level of equality.
    """
    if not options:
        return metric
    defaults = dict(metric.defaults)
    for name, value in options.items():
        _check_option(metric, name, value)
    chosen = {**defaults, **dict(metric.options), **options}
    prepare = None if metric.prepare is None else _fill(metric.prepare, chosen)
    if prepare is not None:
        with contextlib.suppress(Undefined):
            prepare("")  # so that a value no text can be prepared with is refused now, not after the sampling
    _check_features(metric, chosen)
    follow = {} if metric.of_options is None else dict(metric.of_options(chosen))
    return dataclasses.replace(
        metric,
        function=_fill(metric.function, chosen),
        prepare=prepare,
        interval=None if metric.interval is None else _fill(metric.interval, chosen),
        taken=tuple((name, chosen[name]) for name, _ in metric.taken),
        options=tuple(sorted((name, value) for name, value in chosen.items() if value != defaults[name])),
        **(_rarefied(metric, chosen.get("rarefy")) | _meant(metric, chosen) | follow),
    )


def options_of(function: Function) -> tuple[tuple[str, JSON], ...]:
    """Return a function's keyword-only parameters with their default values, sorted by name."""
    options = [found for found in inspect.signature(function).parameters.values() if found.kind is found.KEYWORD_ONLY]
    return tuple(sorted((option.name, option.default) for option in options))


def at_least(metric: str, options: Mapping[str, JSON], **least: int) -> dict[str, Any]:
    """Return nothing that follows from options, having made sure that numbers among them are large enough.

    Args:
        metric: Name of the metric, for the message.
        options: All options of the metric.
        **least: Least value by the name of the option; an option that is None is not looked at.

    Raises:
        UsageError: An option is below its least value.
    """
    for name, smallest in least.items():
        value = options[name]
        if isinstance(value, int | float) and value < smallest:
            raise UsageError(f"{metric} can not take {name}={value}", hint=f"{name} is {smallest} or more")
    return {}


def _rarefied(metric: Metric, size: JSON) -> dict[str, Any]:
    if not isinstance(size, int):
        return {} if metric.rarefied_to is None else {"rarefied_to": None, "depends_on_n": True}
    if size < max(1, metric.min_samples):
        raise UsageError(
            f"{metric.name} can not be rarefied to {size} samples",
            hint=f"it takes {max(1, metric.min_samples)} or more",
        )
    return {"rarefied_to": size, "depends_on_n": False}


def _meant(metric: Metric, chosen: Mapping[str, JSON]) -> dict[str, Any]:
    return {} if metric.reads is None else {"meaning": _MEANINGS[str(chosen[MEANING])]}


def _fill(function: Function, chosen: Mapping[str, JSON]) -> Function:
    if not isinstance(function, Bound):
        return function
    return dataclasses.replace(function, options=tuple((name, chosen[name]) for name, _ in function.options))


def _check_features(metric: Metric, chosen: Mapping[str, JSON]) -> None:
    """Let each feature that is needed say whether its own options fit together."""
    for need in metric.features:
        needed = registry.find("features", need)
        if needed.check is not None:
            needed.check({name: chosen[name] for name, _ in needed.defaults})


def _check_option(metric: Metric, name: str, value: JSON) -> None:
    known = dict(metric.defaults)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"
        raise UsageError(f"{metric.name} has no option {name!r}", hint=hint)
    allowed = _types_of(metric, name)
    if allowed and not _is_one_of(value, allowed):
        expected = " or ".join("null" if kind is types.NoneType else kind.__name__ for kind in allowed)
        raise UsageError(f"option {name!r} of {metric.name} is {expected}, not {value!r}")
    if isinstance(value, float) and math.isnan(value):
        raise UsageError(
            f"option {name!r} of {metric.name} is no number", hint=f"{known[name]!r} unless told otherwise"
        )
    choices = list(dict.fromkeys(choice for hint in _hints(metric, name) for choice in _choices(hint)))
    if choices and value not in choices:
        near = difflib.get_close_matches(str(value), choices, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(choices)}"
        raise UnknownNameError(f"option {name!r} of {metric.name} can not be {value!r}", hint=hint)


def _types_of(metric: Metric, name: str) -> tuple[type, ...]:
    kinds = [kind for hint in _hints(metric, name) for kind in _kinds(hint)]
    return tuple(dict.fromkeys(kinds)) or ((int, types.NoneType) if name == "rarefy" else ())


def _hints(metric: Metric, name: str) -> list[Any]:
    """Return what an option is annotated with, wherever it is a parameter."""
    if name == MEANING and metric.reads is not None:
        return [Told]
    bound = [part for part in (metric.function, metric.prepare, metric.interval) if isinstance(part, Bound)]
    parts = [(part.function, part.options) for part in bound]
    features = [registry.find("features", need) for need in metric.features]
    parts += [(each.function, each.defaults) for each in features]
    return [_annotated(function, name) for function, options in parts if name in dict(options)]


def _annotated(function: Function, name: str) -> Any:  # noqa: ANN401 - a type, or what stands for one
    # Only this parameter's annotation: others may name what is imported for type checkers alone.
    alone = types.SimpleNamespace(__annotations__={name: inspect.signature(function).parameters[name].annotation})
    return typing.get_type_hints(alone, globalns=inspect.unwrap(function).__globals__)[name]


def _kinds(hint: Any) -> tuple[type, ...]:  # noqa: ANN401 - as _annotated
    kind = typing.get_origin(hint) or hint
    members = typing.get_args(hint) if kind in {typing.Union, types.UnionType} else (kind,)
    members = tuple(str if member is typing.Literal else typing.get_origin(member) or member for member in members)
    return tuple(member for member in members if isinstance(member, type) and member is not inspect.Parameter.empty)


def _choices(hint: Any) -> tuple[str, ...]:  # noqa: ANN401 - as _annotated
    """Return the words a Literal lists; none for any other annotation."""
    return typing.get_args(hint) if typing.get_origin(hint) is typing.Literal else ()


def _is_one_of(value: JSON, allowed: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return bool in allowed
    return isinstance(value, allowed) or (float in allowed and isinstance(value, int))
