"""What measuring a run gives: a curve for each metric, and what the reader must know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalkit.errors import UnknownNameError
from evalkit.nouns import (
    Advice,
    Caution,
    ChangePoint,
    Counts,
    Courses,
    Curve,
    Divergence,
    Fork,
    ForkRow,
    LadderRow,
    Run,
    Spreads,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results(Mapping[str, Curve]):
    """Curves by the title of their metric, such as ``distinct_n`` or ``distinct_n(n=3)``."""

    run: Run
    """The run that was measured."""
    curves: Mapping[str, Curve]
    """In the order in which the metrics were asked for."""
    cautions: tuple[Caution, ...]
    """What may mislead the reader, over all metrics."""
    ladder: tuple[LadderRow, ...]
    """At which level of equality disagreement disappears."""
    counts: tuple[Counts, ...] = ()
    """What became of the draws, by ascending temperature."""
    divergence: Divergence | None = None
    """Where answers part."""
    limits: tuple[ChangePoint, ...] = ()
    """Where each metric of quality falls."""
    advice: tuple[Advice, ...] = ()
    """Which temperature serves which aim."""
    forks: tuple[ForkRow, ...] = ()
    """Where answers part, as medians over prompts, by temperature."""
    trees: tuple[Fork, ...] = ()
    """Where they part in the cells of the first prompts."""
    courses: Courses | None = None
    """Whether answers changed while the run was going on."""
    spreads: Spreads | None = None
    """How long answers are and how long they took."""

    def __getitem__(self, title: str) -> Curve:
        """Return the curve of a metric, or raise UnknownNameError naming those there are."""
        found = self.curves.get(title)
        if found is None:
            raise UnknownNameError(f"{title!r} was not measured", hint=f"measured: {', '.join(self.curves)}")
        return found

    def _repr_html_(self) -> str:
        """Return the results as a notebook shows them."""
        from evalkit import notebook

        return notebook.card(self)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the titles."""
        return iter(self.curves)

    def __len__(self) -> int:
        """Return the number of curves."""
        return len(self.curves)

    def __contains__(self, title: object) -> bool:
        """Return whether a metric was measured."""
        return title in self.curves
