"""Value, interval and unit as text: one rule, used on every page and in every table.

The interval decides how many digits are shown: the last one is worth a fifth of its width at
most. Without an interval a value is shown with three significant digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from evalkit.nouns import Estimate, Interval, Measurement
from evalkit.text.counting import counted

_PARTS_OF_WIDTH = 5
_DIGITS_OF_VALUE = 3
_MOST_DECIMALS = 6
_MOST_DECIMALS_OF_ENDS = 15
_MOST_PLAIN = 1e7
_LEAST_P = 0.001
_MINUS = "\N{MINUS SIGN}"
_SENT: ContextVar[bool] = ContextVar("temperature_sent", default=True)
_BARE_UNITS = frozenset({"", "probability", "share", "ratio", "similarity", "distance"})


def number(value: float, *, decimals: int | None = None) -> str:
    """Return a number as text, with a real minus sign and never as ``-0``.

    Args:
        value: A finite number.
        decimals: Digits after the point; None for three significant digits, trailing zeros dropped.
    """
    if decimals is None and value and (abs(value) >= _MOST_PLAIN or abs(value) < 10.0**-_MOST_DECIMALS):
        return f"{value:.{_DIGITS_OF_VALUE - 1}e}".replace("-", _MINUS)
    if decimals is None:
        text = f"{value:.{_decimals(abs(value), _DIGITS_OF_VALUE)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", _MINUS)


def span(interval: Interval, *, decimals: int | None = None) -> str:
    """Return an interval as ``[0.36, 0.46]``."""
    digits = decimals_for(interval.width) if decimals is None else decimals
    return f"[{number(interval.low, decimals=digits)}, {number(interval.high, decimals=digits)}]"


def value_and_interval(value: float, interval: Interval | None) -> str:
    """Return ``0.41 [0.36, 0.46]``, or the bare value when it has no interval."""
    if interval is None:
        return number(value)
    digits = decimals_for(interval.width)
    return f"{number(value, decimals=digits)} {span(interval, decimals=digits)}"


def shown(known: Estimate | Measurement) -> str:
    """Return value and interval, or ``undefined: reason``."""
    if known.value is None:
        return f"undefined: {known.undefined or 'no reason given'}"
    return value_and_interval(known.value, known.interval)


def with_unit(text: str, unit: str) -> str:
    """Return a number's text with its unit, which is left out where a reader needs none."""
    return text if unit in _BARE_UNITS else f"{text} {unit}"


def p_value(p: float) -> str:
    """Return ``p = 0.012`` or ``p < 0.001``."""
    return f"p < {_LEAST_P}" if p < _LEAST_P else f"p = {p:.2g}"


def p_alone(p: float) -> str:
    """Return a p-value for a column that says what it holds, such as ``0.02`` or ``< 0.001``."""
    return p_value(p).removeprefix("p ").removeprefix("= ")


@contextmanager
def temperature_sent(sent: bool) -> Iterator[None]:  # noqa: FBT001 - a fact, not a way of working
    """Name temperatures within as what they are: the numbers that were sent, or, where none was, ``not sent``.

    A run that sends none stands at the protocol's default of 1 in every table and picture; nobody set that number.
    """
    token = _SENT.set(sent)
    try:
        yield
    finally:
        _SENT.reset(token)


def is_temperature_sent() -> bool:
    """Return whether what is shown now was asked for at a temperature."""
    return _SENT.get()


def temperature(value: float) -> str:
    """Return a temperature as it would be typed: ``0``, ``0.7``, ``2``; ``not sent`` where none was."""
    return f"{value:g}" if _SENT.get() else "not sent"


def at_temperature(value: float) -> str:
    """Return where something was asked, to begin a sentence: ``At T = 0.7``, or ``Without a temperature``."""
    return f"At T = {temperature(value)}" if _SENT.get() else "Without a temperature"


def share(part: int, whole: int) -> str:
    """Return a share in per cent, such as ``35 %``; never 0 % or 100 % for anything but none and all."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "< 1 %"
    if 99 < percent < 100:  # noqa: PLR2004 - rounding must not claim all
        return "> 99 %"
    return f"{percent:.0f} %"


def count(n: int, noun: str = "") -> str:
    """Return a count with its noun in the right number, such as ``1,200 samples`` or ``1 prompt``."""
    return counted(n, noun) if noun else f"{n:,}"


def period(first: str, last: str) -> str:
    """Return two ISO 8601 times as ``2026-11-24 03:00:01 to 03:00:09 UTC``; as they are when they can not be read."""
    try:
        begin, end = (datetime.fromisoformat(moment).astimezone(UTC) for moment in (first, last))
    except ValueError:
        return f"{first} to {last}"
    days = f"{begin:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}"
    if days[0] == days[1]:
        return f"{days[0]} UTC"
    return f"{days[0]} to {days[1] if begin.date() != end.date() else f'{end:%H:%M:%S}'} UTC"


def decimals_for(width: float) -> int:
    """Return how many decimals show an interval of a width: the last is worth a fifth of it at most."""
    return min(max(0, math.ceil(math.log10(_PARTS_OF_WIDTH / width))), _MOST_DECIMALS_OF_ENDS) if width > 0 else 0


def _decimals(size: float, digits: int) -> int:
    if not size:
        return 0
    return min(max(0, digits - 1 - math.floor(math.log10(size))), _MOST_DECIMALS)
