"""Log-probabilities: of which distribution they are, and what a metric makes of them."""

from __future__ import annotations

from enum import Enum
from typing import Literal, TypeAlias

Told: TypeAlias = Literal["probed", "before", "after"]
"""What the option ``meaning`` may be: as a probe has found it, or as the user knows it."""


class LogprobMeaning(Enum):
    """Of which distribution an endpoint's log-probabilities are."""

    BEFORE_TEMPERATURE = "before-temperature"
    """The model's own, of temperature 1, whatever is asked for."""
    AFTER_TEMPERATURE = "after-temperature"
    """Of the temperature that is asked for."""
    AFTER_TRUNCATION = "after-truncation"
    """Of what was sampled: after temperature, and unlikely tokens are marked as cut."""
    BEFORE_OF_LIST = "before-temperature-of-list"
    """Of temperature 1, but those of each list add up to 1, as if there were no other tokens."""
    AFTER_OF_LIST = "after-temperature-of-list"
    """Of the temperature that is asked for, but those of each list add up to 1."""
    ANOTHER = "another-temperature"
    """Of neither: of a temperature that is clamped, or rescaled in a way of its own."""
    UNKNOWN = "could-not-tell"
    """Somebody asked, and the answers did not settle it."""
    UNASKED = "unasked"
    """Nobody asked."""
    UNLIKE = "unlike"
    """Two runs are compared, and theirs are not the same."""

    @property
    def temperature(self) -> Literal["before", "after"] | None:
        """Whether they are from before or after the temperature; None where that is not known."""
        return _SIDES.get(self)

    @property
    def of_list(self) -> bool:
        """Whether nothing is told of how much lies outside the list."""
        return self in {LogprobMeaning.BEFORE_OF_LIST, LogprobMeaning.AFTER_OF_LIST}


_SIDES: dict[LogprobMeaning, Literal["before", "after"]] = {
    LogprobMeaning.BEFORE_TEMPERATURE: "before",
    LogprobMeaning.BEFORE_OF_LIST: "before",
    LogprobMeaning.AFTER_TEMPERATURE: "after",
    LogprobMeaning.AFTER_TRUNCATION: "after",
    LogprobMeaning.AFTER_OF_LIST: "after",
}


class Reads(Enum):
    """What a metric makes of log-probabilities; it decides which of their meanings it can do with."""

    TOLD = "told"
    """It is of the distribution they are told of, whichever that is: the value says so."""
    SAMPLED = "sampled"
    """It means something only where they are those of what was sampled."""
    CONVERTED = "converted"
    """It brings them to the temperature that was sampled itself, and needs to know how much lies outside the list."""
    ODDS = "odds"
    """It looks at how much likelier one token is than another, and brings that to temperature 1 itself."""
