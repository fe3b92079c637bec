"""What measuring a run gives: a curve for each metric, and what the reader must know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalkit.errors import UnknownNameError
from evalkit.nouns import Curve
from evalkit.reporting.findings import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Results(Findings, Mapping[str, Curve]):
    """Curves by the title of their metric, such as ``distinct_n`` or ``distinct_n(n=3)``."""

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
