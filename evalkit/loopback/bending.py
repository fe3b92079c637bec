"""Laws that are not quite the one asked for: cut before or after temperature, or averse to what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from evalkit.loopback.language import CONTEXT, Answer, Language, Law
from evalkit.loopback.repertoire import language_for
from evalkit.loopback.topics import Topic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Flags = NDArray[np.bool_]

NEAR_TIE = 1.0
"""Logits between the two likeliest words up to which noise of a computation may swap them."""


@dataclass(frozen=True, eq=False)
class BentLaw(Law):
    """A law that keeps fewer words than it was asked to, and is averse to those already said."""

    before: float = 0.0
    """Words kept before temperature, or below 1 their mass; 0 for all."""
    after: float = 0.0
    """The same after temperature."""
    penalty: float = 0.0
    """Logits that a word already said loses."""

    def distribution(self, logits: Vector) -> Vector:
        """Return the probability of every token given its logit; shape (vocabulary,), sum 1."""
        if self.before:
            kept = _cut(np.exp(logits - logits.max()), self.before)
            logits = np.where(kept > 0, logits, -np.inf)
        row = super().distribution(logits)
        return _cut(row, self.after) if self.after else row

    def logits_after(self, state: int, said: Flags) -> Vector:
        """Return the logit of every token in a state once some words are said; shape (vocabulary,)."""
        return self.language.logits(state) - self.penalty * said


@lru_cache(maxsize=512)
def bent_law(topic: Topic, temperature: float, top_p: float, before: float, after: float, penalty: float) -> BentLaw:
    """Return the law of a topic's answers, bent."""
    kept = None if top_p >= 1 else top_p
    return BentLaw(language_for(topic), temperature, kept, before=before, after=after, penalty=penalty)


def speak(
    law: BentLaw,
    uniform: Callable[[], float],
    max_tokens: int,
    *,
    heard: Iterable[str] = (),
    swap: int | None = None,
) -> Answer:
    """Return one answer, drawn word by word; where nothing bends it, the one that the law itself draws.

    Args:
        law: What it follows.
        uniform: Gives independent numbers in [0, 1).
        max_tokens: Words after which it is cut.
        heard: Words of the question.
        swap: Place, from 0, at which the likeliest other word is taken instead; None for nowhere.
    """
    if not law.penalty and swap is None:
        return law.answer(uniform, max_tokens)
    said = _flags(law.language, heard)
    tokens: list[int] = []
    states = [0]
    for place in range(min(max_tokens, CONTEXT)):
        logits = law.logits_after(states[-1], said)
        token = _draw(law.distribution(logits), uniform())
        if place == swap:
            token = _other(logits, token)
        if token == 0:
            return Answer(law.language, tuple(tokens), tuple(states), finished=True)
        tokens.append(token)
        said[_kin(law.language)[_plain(law.language.vocabulary[token])]] = True
        states.append(law.language.target(states[-1], token))
    return Answer(law.language, tuple(tokens), tuple(states), finished=False)


def rows_of(law: BentLaw, answer: Answer, heard: Iterable[str]) -> Iterator[Vector]:
    """Yield the distribution that each word of an answer was drawn from."""
    said = _flags(law.language, heard)
    for state, token in zip(answer.states, answer.tokens, strict=False):
        yield law.distribution(law.logits_after(state, said))
        said[_kin(law.language)[_plain(law.language.vocabulary[token])]] = True


def near_ties(answer: Answer) -> list[int]:
    """Return the places of an answer whose two likeliest words are almost equal, or all where none are."""
    places = [place for place in range(len(answer.tokens)) if _gap(answer, place) <= NEAR_TIE]
    return places or list(range(len(answer.tokens)))


def _gap(answer: Answer, place: int) -> float:
    second, first = np.partition(answer.language.logits(answer.states[place])[1:], -2)[-2:]
    return float(first - second)


def _cut(row: Vector, kept: float) -> Vector:
    """Return a distribution of its likeliest tokens: so many, or below 1 so much of the mass."""
    row = row / row.sum()
    order = np.argsort(-row, kind="stable")
    most = int(kept) if kept >= 1 else int(np.searchsorted(np.cumsum(row[order]), kept)) + 1
    row[order[most:]] = 0.0
    return np.asarray(row / row.sum(), dtype=np.float64)


def _draw(row: Vector, level: float) -> int:
    """Return the token at a level of the cumulative distribution, likeliest tokens first."""
    order = np.argsort(-row, kind="stable")
    cumulative = np.cumsum(row[order])
    place = int(np.searchsorted(cumulative, level * cumulative[-1], side="right"))
    return int(order[min(place, len(order) - 1)])


def _other(logits: Vector, token: int) -> int:
    """Return the likeliest word besides a token and the end."""
    others = logits.copy()
    others[[0, token]] = -np.inf
    return int(np.argmax(others))


def _flags(language: Language, heard: Iterable[str]) -> Flags:
    said = np.zeros(len(language.vocabulary), dtype=np.bool_)
    for word in heard:
        said[_kin(language).get(_plain(word), [])] = True
    return said


@lru_cache(maxsize=64)
def _kin(language: Language) -> dict[str, list[int]]:
    """Return the tokens that are one word but for case and marks, by that word."""
    found: dict[str, list[int]] = {}
    for number, token in enumerate(language.vocabulary):
        if number:
            found.setdefault(_plain(token), []).append(number)
    return found


def _plain(word: str) -> str:
    return word.strip(".,;:!?'\"()").lower()
