"""Three decorators that make a metric of a function; choosing one is a statistical statement.

``sample_metric``: a mean over texts. ``pair_metric``: a mean over unordered pairs, unbiased at any number of
samples. ``set_metric``: a functional of all texts at once, which no bootstrap of the texts may touch.

A metric's file, function and name are one. Its options are the keyword-only parameters of the function and of
its `prepare`, and those of the features it needs; the page's words are the function's docstring.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import textwrap
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, Unpack

from evalkit import registry
from evalkit.errors import UsageError
from evalkit.metrics.binding import MEANING, Bound, Function, bind, options_of
from evalkit.nouns import JSON, Form, Metric, MetricRequest, Panel, Reads

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Bound", "bind", "over_unique", "pair_metric", "resolve", "sample_metric", "set_metric"]

_SECTION = re.compile(
    r"^(Args|Returns|Raises|Yields|Note|Example|Examples|References):\n((?:[ \t]+.*\n?|\n)*)", re.MULTILINE
)

OfOptions: TypeAlias = Callable[[Mapping[str, JSON]], Mapping[str, Any]]


class Traits(TypedDict, total=False):
    """What the decorators may be told besides unit and bounds."""

    min_samples: int
    """Fewest samples at which the value exists."""
    needs: str | tuple[str, ...]
    """What an item is made of: ``texts`` unless told otherwise; ``samples``, names of features, ``reference``."""
    diversity: int
    """+1 when it grows with diversity, -1 when it falls, 0 when it says nothing of it."""
    quality: int
    """+1 when up is better, whatever the task; 0 when it says nothing of how good the texts are."""
    depends_on_length: bool
    """True when the value changes with the length of the texts, whatever their variety."""
    panel: Panel
    """Where a reader meets it."""
    label: str
    """What readers know it by, with options in braces, such as ``TAR@{k}``; the name in words unless told otherwise."""
    peaks: bool
    """True when the temperature at which it is largest is worth knowing."""
    prepare: Function
    """Makes of each text, once, what the function sees instead."""
    interval: Function
    """The metric's own interval: items, level, options -> ((low, high) or None, how it was made)."""
    reads: Reads
    """What it makes of log-probabilities, if it reads them; it then gets the option ``meaning``."""
    sees: tuple[str, ...]
    """What of a sample the function looks at, such as ``text``: those that have it in common are looked at once."""
    of_options: OfOptions
    """All options -> fields of the metric that follow from them, such as bounds that hang on k."""


def sample_metric(*, unit: str, bounds: tuple[float, float], **traits: Unpack[Traits]) -> Callable[[Function], Metric]:
    """Return a decorator that makes a metric of a function of one item.

    Args:
        unit: Unit in words.
        bounds: Least and greatest possible value; infinities allowed.
        **traits: See `Traits`. With a ``reference`` among the needs the function sees it, or None, as second argument.
    """

    def decorate(function: Function) -> Metric:
        told = {"unit": unit, "bounds": bounds, "min_samples": 1, **traits}
        bound = Bound(function, options_of(function), sees=traits.get("sees", ()))
        return _metric(function, told, Form.SAMPLE, order=1, bound=bound)

    return decorate


def pair_metric(
    *,
    unit: str,
    bounds: tuple[float, float],
    matrix: Function | None = None,
    counted: Function | None = None,
    several: Function | None = None,
    most: int = 3_000,
    equality: bool = False,
    **traits: Unpack[Traits],
) -> Callable[[Function], Metric]:
    """Return a decorator that makes a metric of a symmetric function of two items.

    Args:
        unit: Unit in words.
        bounds: Least and greatest possible value; infinities allowed.
        matrix: The function for all pairs at once, with its options: n items -> (n, n) array.
        counted: What `evalkit.stats.pairs` knows of all pairs without the matrix, with its options: u different items,
            (u,) how often each came -> Pairs, or None where it takes the matrix.
        several: The function for some pairs at once, with its options: items, (m,) places of the first of each pair,
            (m,) places of the second -> (m,) array.
        most: Different items of which all pairs are compared; of more some are drawn, and the result says so.
        equality: True when the value is 1 where two items are the same in some sense, else 0.
        **traits: See `Traits`.
    """

    def decorate(function: Function) -> Metric:
        told = {"unit": unit, "bounds": bounds, "min_samples": 2, **traits}
        bound = Bound(function, options_of(function), matrix, counted, several, most)
        return dataclasses.replace(_metric(function, told, Form.PAIR, order=2, bound=bound), equality=equality)

    return decorate


def set_metric(
    *,
    unit: str,
    bounds: tuple[float, float],
    depends_on_n: bool = True,
    order: int = 0,
    **traits: Unpack[Traits],
) -> Callable[[Function], Metric]:
    """Return a decorator that makes a metric of a function of all items, in whatever order they come.

    A metric that depends on the number of samples gets one more option, ``rarefy``: the number of samples to bring
    every cell down to, by the mean over subsets of that size. Then cells of different sizes can be compared.

    Args:
        unit: Unit in words.
        bounds: Least and greatest possible value; infinities allowed.
        depends_on_n: True when the expected value changes with the number of samples.
        order: k for a mean over all subsets of k items, else 0; with `of_options` where k is an option.
        **traits: See `Traits`.
    """

    def decorate(function: Function) -> Metric:
        told = {"unit": unit, "bounds": bounds, "min_samples": 1, **traits}
        return _metric(function, told, Form.SET, order=order, depends_on_n=depends_on_n)

    return decorate


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
    found = kernel(list(codes))
    return found if len(codes) == len(values) else found[np.ix_(index, index)]


def _metric(
    function: Function,
    told: Mapping[str, Any],
    form: Form,
    *,
    order: int,
    depends_on_n: bool = False,
    bound: Bound | None = None,
) -> Metric:
    prose, references = _read_docstring(inspect.getdoc(function) or "")
    needs = told.get("needs", "texts")
    needs = (needs,) if isinstance(needs, str) else tuple(needs)
    # A reference alone stands beside the texts.
    needs = ("texts", *needs) if needs == ("reference",) else needs
    taken = _taken(needs)
    prepare, interval = told.get("prepare"), told.get("interval")
    parts = [part for part in (function, prepare, interval) if part is not None]
    defaults = {name: value for part in parts for name, value in options_of(part)} | dict(taken)
    if form is Form.SET and depends_on_n:
        defaults["rarefy"] = None
    if told.get("reads") is not None:
        defaults[MEANING] = "probed"
    metric = Metric(
        name=function.__name__,
        form=form,
        function=bound or Bound(function, options_of(function)),
        prepare=Bound(prepare, options_of(prepare)) if prepare is not None and options_of(prepare) else prepare,
        interval=None if interval is None else Bound(interval, options_of(interval)),
        unit=told["unit"],
        bounds=told["bounds"],
        min_samples=told["min_samples"],
        needs=needs,
        defaults=tuple(sorted(defaults.items())),
        taken=taken,
        summary=prose.partition("\n")[0],
        description=prose,
        references=references,
        depends_on_n=depends_on_n,
        depends_on_length=told.get("depends_on_length", False),
        order=order,
        diversity=told.get("diversity", 0),
        quality=told.get("quality", 0),
        panel=told.get("panel", Panel.FRONT),
        label=told.get("label", ""),
        peaks=told.get("peaks", False),
        reads=told.get("reads"),
        of_options=told.get("of_options"),
    )
    follow = {} if metric.of_options is None else metric.of_options(defaults)
    return dataclasses.replace(metric, **follow)


def _taken(needs: Sequence[str]) -> tuple[tuple[str, JSON], ...]:
    """Return the options of the features a metric needs, with their defaults."""
    features = [registry.find("features", need) for need in needs if need not in {"texts", "samples", "reference"}]
    return tuple(sorted({name: value for each in features for name, value in each.defaults}.items()))


def _read_docstring(text: str) -> tuple[str, str]:
    sections = {match[1]: textwrap.dedent(match[2]).strip() for match in _SECTION.finditer(text + "\n")}
    return _SECTION.sub("", text + "\n").strip(), sections.get("References", "")
