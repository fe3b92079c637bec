"""What a run may cost: a budget, the prices of models, and what has been spent of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from evalkit.nouns.outcome import NOT_RUN

MILLION = 1_000_000
"""Tokens that a price is of."""

_SUCCESSES = range(200, 300)
_NOT_SENT = frozenset({"unreachable", NOT_RUN})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCount:
    """Tokens of questions and of answers, which have prices of their own."""

    prompt: int = 0
    """Tokens of questions."""
    completion: int = 0
    """Tokens of answers."""

    @property
    def total(self) -> int:
        """Both together."""
        return self.prompt + self.completion

    def __add__(self, other: TokenCount) -> TokenCount:
        """Return the sum."""
        return TokenCount(prompt=self.prompt + other.prompt, completion=self.completion + other.completion)

    def __sub__(self, other: TokenCount) -> TokenCount:
        """Return the difference."""
        return TokenCount(prompt=self.prompt - other.prompt, completion=self.completion - other.completion)

    def times(self, n: int) -> TokenCount:
        """Return so many of them."""
        return TokenCount(prompt=n * self.prompt, completion=n * self.completion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a model's tokens are charged at."""

    input: float
    """Of 1,000,000 tokens of questions, 0 or more."""
    output: float
    """Of 1,000,000 tokens of answers, 0 or more."""

    def of(self, tokens: TokenCount) -> float:
        """Return what tokens cost."""
        return (tokens.prompt * self.input + tokens.completion * self.output) / MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that a run may come to, everything counted that was ever sent for it."""

    max_requests: int | None = None
    """Most requests, retries and those about the endpoint itself included; None for any number."""
    max_tokens: int | None = None
    """Most tokens of questions and answers together; None for any number."""
    max_cost: float | None = None
    """Most that they may cost, in `currency`; None for any amount."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Prices by the model's name, or by a pattern such as ``gpt-4o*``; of a model that is not there, unknown."""
    currency: str = "USD"
    """What prices and `max_cost` are in."""

    @property
    def limited(self) -> bool:
        """Whether it sets any limit."""
        return (self.max_requests, self.max_tokens, self.max_cost) != (None, None, None)

    @property
    def counts(self) -> bool:
        """Whether what is spent matters: there is a limit, or a price."""
        return self.limited or bool(self.prices)

    def price_of(self, model: str) -> Price | None:
        """Return the price of a model: by its name, else by the longest pattern that fits; None when unknown."""
        if model in self.prices:
            return self.prices[model]
        fitting = [pattern for pattern in self.prices if fnmatchcase(model, pattern)]
        return self.prices[max(fitting, key=len)] if fitting else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What the requests of a run for one cell, and one number of completions, have come to."""

    cell_key: str
    """The cell's key."""
    n: int
    """Completions that each asked for."""
    n_requests: int
    """Requests that were sent, retries included."""
    tokens: TokenCount
    """Tokens of those that the server counted."""
    n_uncounted: int
    """Requests that may have been billed and of which the server told no tokens."""
    longest: TokenCount
    """Most tokens of one of them, by part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a run has come to so far."""

    n_requests: int = 0
    """Requests that were sent, retries included."""
    counted: TokenCount = TokenCount()
    """Tokens that the server counted."""
    n_uncounted: int = 0
    """Requests that may have been billed and of which the server told no tokens."""
    bound: TokenCount = TokenCount()
    """The most tokens that those may have come to."""

    @property
    def most(self) -> TokenCount:
        """The most tokens that it may have come to."""
        return self.counted + self.bound

    def __add__(self, other: Spent) -> Spent:
        """Return both together."""
        return Spent(
            n_requests=self.n_requests + other.n_requests,
            counted=self.counted + other.counted,
            n_uncounted=self.n_uncounted + other.n_uncounted,
            bound=self.bound + other.bound,
        )


def may_be_billed(status: int | None, error: str | None) -> bool:
    """Return whether a try that gave no completion may have been billed all the same.

    A status that is an error is not; an answer that can not be read is, and one that was lost on the way may be.

    Args:
        status: HTTP status; None when there was none.
        error: Slug of the error that ended it.
    """
    return error not in _NOT_SENT if status is None else status in _SUCCESSES


def is_amount(value: object) -> bool:
    """Return whether something can be a price or a cost: a finite number, 0 or more."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value) and value >= 0
    except OverflowError:  # a whole number beyond what arithmetic with fractions can hold
        return False
