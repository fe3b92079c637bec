"""Precision instead of a fixed number of samples: cells are drawn until an interval is narrow enough."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.analysis.anytime import narrow_enough
from evalkit.errors import UsageError
from evalkit.nouns import Form, Metric
from evalkit.testing.arms import View
from evalkit.testing.marks import Wish
from evalkit.testing.measuring import metric_of

if TYPE_CHECKING:
    from evalkit.testing.bench import Bench

_GROWTH = 1.5
"""How much more each look has than the one before."""


def refined(bench: Bench, wish: Wish, view: View | None) -> tuple[Wish, View | None]:
    """Return a wish with the precision that holds for it, and its view drawn until it is precise enough.

    What a whole session or a suite asks for is asked of metrics that can have it; a marker's own wish is refused where
    its metric can not.
    """
    if view is None:
        return wish, view
    asked = bench.arms.precise(wish)
    if asked is not wish:
        try:
            watched(asked, view)
        except UsageError:
            return wish, view
    return asked, refine(bench, asked, view)


def refine(bench: Bench, wish: Wish, view: View | None) -> View | None:
    """Return a view drawn until it is precise enough, or unchanged where no precision is asked for.

    Looks are at fixed numbers of samples, so that recorded answers lead to the same end again.
    """
    if wish.precision is None or view is None:
        return view
    metric = watched(wish, view)
    prompts = [prompt.id for prompt in view.suite.prompts]
    level = wish.confidence or bench.settings["level"]
    first = min(view.suite.samples, wish.max_samples)
    sizes = dict.fromkeys(view.suite.temperatures, first)
    open_ones = set(sizes)
    view = replace(view, suite=replace(view.suite, samples=first))
    while True:
        view = bench.want(replace(view, sizes=tuple(sorted(sizes.items()))))
        bench.draw([view])
        if bench.lacking(view) is not None:
            return view
        for t in sorted(open_ones):
            found = bench.measured.stream(view, metric, t, prompts, level)
            if sizes[t] >= wish.max_samples or narrow_enough(found, wish.precision):
                open_ones.discard(t)
        if not open_ones:
            return view
        sizes |= {t: min(wish.max_samples, math.ceil(sizes[t] * _GROWTH)) for t in open_ones}


def watched(wish: Wish, view: View) -> Metric:
    """Return the metric whose interval is to be narrow.

    Raises:
        UsageError: None of the suite's metrics, or not the one that was named, has an interval for that.
    """
    named = [wish.metric] if wish.metric else [request.name for request in view.suite.metrics]
    for name in named:
        metric = metric_of(name, view.suite, wish.equality)
        # Features such as TF-IDF hang on all texts: they move with each look, and no promise holds of them.
        if metric.form is not Form.SET and all(map(math.isfinite, metric.bounds)) and not metric.features:
            return metric
    raise UsageError(
        f"precision can not be asked of {', '.join(named)}",
        hint="metric= in the marker names a bounded mean over samples or pairs, such as exact_agreement",
    )
