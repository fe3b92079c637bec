"""Three decorators that make a metric of a function; choosing one is a statistical statement.

``sample_metric``: a mean over texts. ``pair_metric``: a mean over unordered pairs, unbiased at any number of
samples. ``set_metric``: a functional of all texts at once, which no bootstrap of the texts may touch.

A metric's file, function and name are one. Its options are the keyword-only parameters of the function and of
its `prepare`; the page's words are the function's docstring.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import functools
import inspect
import re
import textwrap
import types
import typing
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from evalkit import registry
from evalkit.errors import UsageError
from evalkit.nouns import JSON, Form, Metric, MetricRequest, Undefined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Function: TypeAlias = Callable[..., Any]

_SECTION = re.compile(
    r"^(Args|Returns|Raises|Yields|Note|Example|Examples|References):\n((?:[ \t]+.*\n?|\n)*)", re.MULTILINE
)


@dataclasses.dataclass(frozen=True, slots=True)
class Bound:
    """A function with its options filled in, and the short way over all pairs beside it."""

    function: Function
    """What was decorated."""
    options: tuple[tuple[str, JSON], ...]
    """Every option the function takes, with its value, sorted by name."""
    kernel: Function | None = None
    """The function over all pairs, with the same options; None when there is no short way."""

    def __call__(self, *values: Any) -> Any:  # noqa: ANN401 - a text, a row of numbers, or what prepare made
        """Return the function's value."""
        return self.function(*values, **dict(self.options))

    @property
    def matrix(self) -> Function | None:
        """Values -> (n, n) array of the function over all pairs; None when it must be asked pair by pair."""
        return None if self.kernel is None else functools.partial(self.kernel, **dict(self.options))


def sample_metric(
    *,
    unit: str,
    bounds: tuple[float, float],
    min_samples: int = 1,
    needs: str = "texts",
    diversity: int = 0,
    prepare: Function | None = None,
) -> Callable[[Function], Metric]:
    """Return a decorator that makes a metric of a function of one text.

    Args:
        unit: Unit in words.
        bounds: Least and greatest possible value; infinities allowed.
        min_samples: Fewest samples at which the value exists.
        needs: ``texts``, or ``reference``: then the function sees a text and the prompt's reference or None.
        diversity: +1 when it grows with diversity, -1 when it falls, 0 when it says nothing of it.
        prepare: Makes of each text, once, what the function sees instead.
    """

    def decorate(function: Function) -> Metric:
        form = Form.SAMPLE
        metric = _metric(function, form=form, prepare=prepare, unit=unit, bounds=bounds, min_samples=min_samples)
        return dataclasses.replace(metric, needs=needs, diversity=diversity)

    return decorate


def pair_metric(
    *,
    unit: str,
    bounds: tuple[float, float],
    min_samples: int = 2,
    needs: str = "texts",
    diversity: int = 0,
    prepare: Function | None = None,
    matrix: Function | None = None,
) -> Callable[[Function], Metric]:
    """Return a decorator that makes a metric of a symmetric function of two texts.

    Args:
        unit: Unit in words.
        bounds: Least and greatest possible value; infinities allowed.
        min_samples: Fewest samples at which the value exists, 2 or more.
        needs: ``texts``, or ``vectors``: then the function sees two rows of an (n, d) array.
        diversity: +1 when it grows with diversity, -1 when it falls, 0 when it says nothing of it.
        prepare: Makes of each text, once, what the function sees instead.
        matrix: The function for all pairs at once, with its options: what it would see of n texts -> (n, n) array.
    """

    def decorate(function: Function) -> Metric:
        form = Form.PAIR
        metric = _metric(function, form=form, prepare=prepare, unit=unit, bounds=bounds, min_samples=min_samples)
        bound = Bound(function, _defaults(function), kernel=matrix)
        return dataclasses.replace(metric, function=bound, needs=needs, diversity=diversity)

    return decorate


def set_metric(
    *,
    unit: str,
    bounds: tuple[float, float],
    min_samples: int = 1,
    needs: str = "texts",
    depends_on_n: bool = True,
    diversity: int = 0,
    prepare: Function | None = None,
) -> Callable[[Function], Metric]:
    """Return a decorator that makes a metric of a function of all texts, in whatever order they come.

    Args:
        unit: Unit in words.
        bounds: Least and greatest possible value; infinities allowed.
        min_samples: Fewest samples at which the value exists.
        needs: ``texts``, or ``vectors``: then the function sees an (n, d) array.
        depends_on_n: True when the expected value changes with the number of samples.
        diversity: +1 when it grows with diversity, -1 when it falls, 0 when it says nothing of it.
        prepare: Makes of each text, once, what the function sees instead.
    """

    def decorate(function: Function) -> Metric:
        form = Form.SET
        metric = _metric(function, form=form, prepare=prepare, unit=unit, bounds=bounds, min_samples=min_samples)
        return dataclasses.replace(metric, needs=needs, depends_on_n=depends_on_n, diversity=diversity)

    return decorate


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
    bound = _fill(metric.function, chosen)
    prepare = None if metric.prepare is None else _fill(metric.prepare, chosen)
    if prepare is not None:
        with contextlib.suppress(Undefined):
            prepare("")  # so that a value no text can be prepared with is refused now, not after the sampling
    changed = tuple(sorted((name, value) for name, value in chosen.items() if value != defaults[name]))
    return dataclasses.replace(metric, function=bound, prepare=prepare, options=changed)


def resolve(request: MetricRequest) -> Metric:
    """Return the metric of that name with its options bound.

    Raises:
        UnknownNameError: There is no such metric; the nearest name is the hint.
        UsageError: An option is unknown or of the wrong type.
    """
    metric = registry.find("metrics", request.name)
    if not isinstance(metric, Metric):
        raise UsageError(f"{request.name!r} is no metric", hint="make it one with a decorator of evalkit.metrics.base")
    return bind(metric, dict(request.options))


def over_unique(values: Sequence[Hashable], kernel: Callable[[list[Any]], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return a pair matrix over all values, computed over the distinct ones only.

    Args:
        values: (n,) values, equal ones being the same to the kernel.
        kernel: u distinct values -> (u, u) array.

    Returns:
        (n, n) array.
    """
    import numpy as np

    codes: dict[Hashable, int] = {}
    index = np.array([codes.setdefault(value, len(codes)) for value in values], dtype=np.intp)
    return kernel(list(codes))[np.ix_(index, index)]


def _metric(
    function: Function,
    *,
    form: Form,
    prepare: Function | None,
    unit: str,
    bounds: tuple[float, float],
    min_samples: int,
) -> Metric:
    prose, references = _read_docstring(inspect.getdoc(function) or "")
    ours = _defaults(function)
    theirs = () if prepare is None else _defaults(prepare)
    return Metric(
        name=function.__name__,
        form=form,
        function=Bound(function, ours),
        prepare=Bound(prepare, theirs) if prepare is not None and theirs else prepare,
        unit=unit,
        bounds=bounds,
        min_samples=min_samples,
        defaults=tuple(sorted({**dict(ours), **dict(theirs)}.items())),
        summary=prose.partition("\n")[0],
        description=prose,
        references=references,
    )


def _defaults(function: Function) -> tuple[tuple[str, JSON], ...]:
    options = [found for found in inspect.signature(function).parameters.values() if found.kind is found.KEYWORD_ONLY]
    return tuple(sorted((option.name, option.default) for option in options))


def _read_docstring(text: str) -> tuple[str, str]:
    sections = {match[1]: textwrap.dedent(match[2]).strip() for match in _SECTION.finditer(text + "\n")}
    return _SECTION.sub("", text + "\n").strip(), sections.get("References", "")


def _fill(function: Function, chosen: Mapping[str, JSON]) -> Function:
    if not isinstance(function, Bound):
        return function
    return dataclasses.replace(function, options=tuple((name, chosen[name]) for name, _ in function.options))


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


def _types_of(metric: Metric, name: str) -> tuple[type, ...]:
    parts = [part for part in (metric.function, metric.prepare) if isinstance(part, Bound)]
    kinds = [kind for part in parts if name in dict(part.options) for kind in _annotated(part.function, name)]
    return tuple(dict.fromkeys(kinds))


def _annotated(function: Function, name: str) -> tuple[type, ...]:
    # Only this parameter's annotation: others may name what is imported for type checkers alone.
    alone = types.SimpleNamespace(__annotations__={name: inspect.signature(function).parameters[name].annotation})
    hint = typing.get_type_hints(alone, globalns=inspect.unwrap(function).__globals__)[name]
    kind = typing.get_origin(hint) or hint
    members = typing.get_args(hint) if kind in {typing.Union, types.UnionType} else (kind,)
    return tuple(member for member in members if isinstance(member, type) and member is not inspect.Parameter.empty)


def _is_one_of(value: JSON, allowed: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return bool in allowed
    return isinstance(value, allowed) or (float in allowed and isinstance(value, int))
