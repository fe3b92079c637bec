"""Everything that was found about a run: what the parts of a page are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalkit.nouns import (
    Advice,
    Caution,
    ChangePoint,
    Counts,
    Courses,
    Curve,
    Divergence,
    Floor,
    Fork,
    ForkRow,
    LadderRow,
    Run,
    Sequential,
    Spreads,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """A run and what was found about it; each part of a page takes what it speaks of."""

    run: Run
    """What was run, and from where."""
    curves: Mapping[str, Curve]
    """Metric title to curve, in the suite's order."""
    cautions: tuple[Caution, ...] = ()
    """What may mislead the reader."""
    ladder: tuple[LadderRow, ...] = ()
    """Agreement by temperature and level of equality, strictest level first."""
    counts: tuple[Counts, ...] = ()
    """What became of the draws, by temperature."""
    divergence: Divergence | None = None
    """Where answers part."""
    limits: tuple[ChangePoint, ...] = field(default=())
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
    floor: Floor | None = None
    """What differs at temperature 0 already, where loads were asked for or the server named several configurations."""
    sequential: Sequential | None = None
    """Where sampling stopped when enough was known: what it knew, and what a plan without looks would have taken."""
