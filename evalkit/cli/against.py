"""A run against a baseline, as the command line names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit import api
from evalkit.cli import names
from evalkit.cli.measurable import measurable
from evalkit.cli.progress import measuring
from evalkit.nouns import Estimand, MetricRequest

if TYPE_CHECKING:
    from evalkit.reporting.versus import Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What a run is held against, and how."""

    baseline: str
    """A label, or ``STORE@LABEL``."""
    metrics: Sequence[MetricRequest] | None = None
    """What to contrast; what the suite puts in front when None."""
    level: float = 0.95
    """Level of the intervals."""
    margin: float = 0.05
    """The greatest difference that does not matter."""
    estimand: Estimand = Estimand.THESE_PROMPTS
    """What is spoken of."""
    embedding: str | None = None
    """What makes vectors; the suite says when None."""
    answers: bool = False
    """Whether answers of both runs are read for a page."""

    def compared(self, run: str) -> Compared:
        """Return the comparison of a run with the baseline, with answers of both runs where a page is to show them.

        Args:
            run: ``STORE`` or ``STORE@LABEL``.

        Raises:
            StoreError: There is no such store or run.
            StatisticsError: A run holds no answers, or they have no prompt in common.
            UsageError: Level or margin is out of range, or a metric has no such option.
        """
        from evalkit.contrasting import beside
        from evalkit.reporting.versus import Compared

        with measurable(run, self.embedding) as (store, chosen, tools):
            path, label = names.run_of(self.baseline)
            if label is None and not path.is_file():
                path, label = names.run_of(run)[0], self.baseline  # a label of the run's own store
            with api.open_store(path, read_only=True) as other, measuring() as watch:
                comparison = api.compare(
                    store,
                    chosen,
                    baseline=names.label_in(other, label, str(path)),
                    baseline_store=other,
                    metrics=self.metrics,
                    level=self.level,
                    estimand=self.estimand,
                    margin=self.margin,
                    tools=tools,
                    watch=watch,
                )
                return beside(comparison, other, store) if self.answers else Compared(comparison=comparison)
