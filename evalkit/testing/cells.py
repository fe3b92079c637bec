"""One cell, and one prompt at several temperatures, as a test speaks of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalkit.errors import UsageError
from evalkit.nouns import Sample
from evalkit.testing import shares
from evalkit.testing.claims import Claim
from evalkit.testing.hiding import expected
from evalkit.testing.looks import Look
from evalkit.testing.reading import Reading
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from evalkit.testing.curves import CurveReading

__tracebackhide__ = expected


@dataclass(frozen=True, slots=True)
class CellReading:
    """One prompt at one temperature: a reading for each metric by name."""

    look: Look
    """What the test looks at."""
    prompt: str
    """Id of the prompt."""
    temperature: float
    """Its temperature."""

    def __getitem__(self, metric: str) -> Reading:
        """Return the reading of a metric in this cell."""
        return self.look.cell(self.prompt, self.temperature, metric)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Every answer, by replicate."""
        return self.look.outcomes(self.prompt, self.temperature).samples

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of every answer, by replicate."""
        return tuple(sample.text for sample in self.samples)

    @property
    def n_failures(self) -> int:
        """Draws that gave no answer."""
        return len(self.look.outcomes(self.prompt, self.temperature).failures)

    def deterministic(
        self,
        *,
        level: str | None = None,
        at_least: float = 0.95,
        confidence: float | None = None,
        pattern: str | None = None,
    ) -> Claim:
        """Claim that the commonest answer comes up with a chance of `at_least`, by an exact bound of one side.

        Args:
            level: Level at which answers are the same, such as ``whitespace``; the marker's, else ``raw``.
            at_least: The least chance that is called deterministic, in (0, 1).
            confidence: Confidence of the bound, in (0.5, 1); the session's level when None.
            pattern: What the level ``answer`` finds in a text.
        """
        return shares.deterministic(
            self.look,
            self.look.outcomes(self.prompt, self.temperature),
            level=level or self.look.wish.equality or "raw",
            pattern=pattern,
            at_least=shares.checked("at_least", at_least),
            confidence=shares.checked("confidence", self.look.level if confidence is None else confidence, 0.5),
        )

    def valid_share(self, *, at_least: float = 0.95, confidence: float | None = None, **checks: Any) -> Claim:  # noqa: ANN401 - options of validity
        """Claim that answers are what was asked for with a chance of `at_least`, by an exact bound of one side.

        Args:
            at_least: The least share of valid answers, in (0, 1).
            confidence: Confidence of the bound, in (0.5, 1); the session's level when None.
            checks: Options of the metric `validity`, such as ``pattern``, ``json`` or ``max_words``; those of the suite
                when there are none.
        """
        return shares.valid_share(
            self.look,
            self.look.outcomes(self.prompt, self.temperature),
            checks,
            at_least=shares.checked("at_least", at_least),
            confidence=shares.checked("confidence", self.look.level if confidence is None else confidence, 0.5),
        )

    def __repr__(self) -> str:
        """Return prompt and temperature."""
        return visible(f"<{self.prompt} at T = {self.temperature:g}>", keep="")


@dataclass(frozen=True, slots=True)
class Sweep:
    """One prompt at every temperature of the test; with a single one it may be spoken of as that cell."""

    look: Look
    """What the test looks at."""
    prompt: str
    """Id of the prompt."""

    def __getitem__(self, key: str | float) -> Any:  # noqa: ANN401 - a cell by its temperature, or a reading of the only one
        """Return the cell at a temperature, or a metric's reading where there is one temperature only."""
        if isinstance(key, str):
            return self.only[key]
        return CellReading(self.look, self.prompt, float(key))

    @property
    def only(self) -> CellReading:
        """The cell, where there is one temperature only.

        Raises:
            UsageError: There are several.
        """
        temperatures = self.look.view.suite.temperatures
        if len(temperatures) != 1:
            raise UsageError(
                f"{self.prompt} was asked at {len(temperatures)} temperatures",
                hint=f"name one, as in answers[{temperatures[0]:g}]",
            )
        return CellReading(self.look, self.prompt, temperatures[0])

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Every answer at the only temperature."""
        return self.only.samples

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of every answer at the only temperature."""
        return self.only.texts

    def deterministic(self, **settings: Any) -> Claim:  # noqa: ANN401 - those of the cell, word for word
        """Claim that the answers at the only temperature are deterministic; see `CellReading.deterministic`."""
        return self.only.deterministic(**settings)

    def valid_share(self, **settings: Any) -> Claim:  # noqa: ANN401 - those of the cell, word for word
        """Claim that the answers at the only temperature are valid; see `CellReading.valid_share`."""
        return self.only.valid_share(**settings)

    def curve(self, metric: str) -> CurveReading:
        """Return a metric of this prompt against temperature."""
        from evalkit.testing.curves import CurveReading

        return CurveReading(self.look, metric, (self.prompt,))

    def rises(self, metric: str, *, alpha: float = 0.05) -> Claim:
        """Claim that a metric of this prompt rises with temperature."""
        return self.curve(metric).rises(alpha=alpha)

    def falls(self, metric: str, *, alpha: float = 0.05) -> Claim:
        """Claim that a metric of this prompt falls with temperature."""
        return self.curve(metric).falls(alpha=alpha)

    def __repr__(self) -> str:
        """Return prompt and temperatures."""
        temperatures = ", ".join(f"{t:g}" for t in self.look.view.suite.temperatures)
        return visible(f"<{self.prompt} at T = {temperatures}>", keep="")
