"""Which values may stand side by side: those of a metric that drifts with the number of samples only at one number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from evalkit.errors import StatisticsError
from evalkit.nouns import Caution, Measurement, Metric
from evalkit.text.counting import counted

_FEWEST = 5


def usual_size(measurements: Iterable[Measurement]) -> int | None:
    """Return the commonest number of samples behind a value, the larger of two as common; None without values."""
    sizes = Counter(m.n_samples for m in measurements if m.value is not None)
    return max(sizes, key=lambda size: (sizes[size], size)) if sizes else None


def comparable(metric: Metric, measurements: Sequence[Measurement]) -> list[tuple[Measurement, float]]:
    """Return what has a value, with it; of a metric that hangs on the number of samples, at the usual number."""
    known = [(m, m.value) for m in measurements if m.value is not None]
    if not metric.depends_on_n:
        return known
    usual = usual_size(measurements)
    return [(m, value) for m, value in known if m.n_samples == usual]


def require_one_size(metric: Metric, sizes: Iterable[int]) -> None:
    """Refuse to compare values of a metric that drifts with the number of samples, where their numbers differ.

    Raises:
        StatisticsError: They differ, and the metric is not rarefied; the hint says how to.
    """
    different = sorted(set(sizes))
    if metric.depends_on_n and len(different) > 1:
        raise StatisticsError(
            f"{metric.title} changes with the number of samples, and these rest on {_listed(different)}",
            hint=how_to_rarefy(metric, different),
        )


def how_to_rarefy(metric: Metric, sizes: Sequence[int]) -> str:
    """Return what to ask for instead, so that every cell is brought down to one number of samples."""
    if "rarefy" not in dict(metric.defaults):
        return "draw equally many, or read a metric that does not drift, such as exact_agreement"
    size = common_size(sizes)
    return (
        f"bring them down to one number with {metric.name}:rarefy={size} (in a suite: {{metric: {metric.name},"
        f" rarefy: {size}}}), or read a metric that does not drift, such as exact_agreement"
    )


def common_size(sizes: Iterable[int]) -> int:
    """Return the number of samples to bring every cell down to: the least, or nearly.

    A cell of one or two samples is no measure for the others: it is better lost.
    """
    known = list(sizes)
    return min((each for each in known if each >= _FEWEST), default=max(known))


def refusal(metric: Metric, sizes: Iterable[int], usual: int) -> str:
    """Return why cells of another size than the usual one have no value on a curve, and the way on."""
    here = sorted(set(sizes))
    return (
        f"it changes with the number of samples: {_listed(here)} here, {usual} elsewhere; {how_to_rarefy(metric, here)}"
    )


def unequal(metric: Metric, measurements: Sequence[Measurement]) -> tuple[Caution, ...]:
    """Return the caution that some values rest on another number of samples and were left out, if so."""
    known = [m for m in measurements if m.value is not None]
    usual = usual_size(measurements)
    other = [m for m in known if m.n_samples != usual] if metric.depends_on_n else []
    if not other:
        return ()
    sizes = sorted({m.n_samples for m in other})
    return (
        Caution(
            slug="incomplete",
            fact=f"{metric.title}: {counted(len(other), 'cell')} of {len(known):,} rest on {_listed(sizes)} samples"
            f" instead of {usual}.",
            meaning="Its value changes with the number of samples, so they can not be compared with the others: points"
            " and trend leave them out.",
            remedy=f"Draw what is missing, or {how_to_rarefy(metric, sizes)}.",
            temperatures=tuple(sorted({m.temperature for m in other})),
        ),
    )


def _listed(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes[:-1])) + (" and " if len(sizes) > 1 else "") + str(sizes[-1])
