"""A softmax language: every word possible after every word, temperature meaning exactly that.

A token is a word with the marks that touch it; an answer is its words joined by one space, so
equal texts are equal token sequences. Each state of a topic's graph gives a few sensible words
high logits and every other word of the vocabulary a low one. A temperature T divides the
logits; at 0 the largest wins, the first of the vocabulary in a tie. `top_p` then keeps the
likeliest words up to that mass.

After a word that was not sensible the answer goes on from the nearest later place where the
topic uses that word, and where there is none as if it had not been said.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from evalkit.loopback.templates import END, Graph, compile_graph, parse, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRAY_MASS = 0.003
"""Weight, at temperature 1, of all words that are not sensible, against 1 for the likeliest."""
OWN_WORD_BONUS = 1.0
"""Logits by which a stray word of the topic itself lies above one of other topics."""
CONTEXT = 4096
"""Words after which an answer is cut, whatever the request allows."""
_HEAD = 24  # the likeliest words of a state are kept at hand; the rest is worked out when needed


@dataclass(frozen=True, eq=False)
class Language:
    """A finite-state language over a vocabulary."""

    graph: Graph
    """Sensible continuations of each state."""
    vocabulary: tuple[str, ...]
    """Every token, END first, then the words in alphabetical order."""
    index: dict[str, int] = field(init=False, repr=False)
    """Place of each token in the vocabulary."""

    def __post_init__(self) -> None:
        """Number the tokens."""
        object.__setattr__(self, "index", {token: number for number, token in enumerate(self.vocabulary)})

    @classmethod
    def of(cls, template: str, extra_words: Sequence[str] = ()) -> Language:
        """Return the language of one template over its own words and some more."""
        items = parse(template)
        return cls(compile_graph(items), (END, *sorted(words(items) | set(extra_words))))

    @cached_property
    def stray(self) -> NDArray[np.float64]:
        """Logits of words where they are not sensible; shape (vocabulary,)."""
        own = {token for edges in self.graph for token in edges}
        bonus = np.array([OWN_WORD_BONUS if token in own else 0.0 for token in self.vocabulary])
        return np.asarray(bonus + math.log(STRAY_MASS) - math.log(float(np.exp(bonus).sum())), dtype=np.float64)

    @cached_property
    def arrivals(self) -> dict[int, list[int]]:
        """States that a token's sensible edges lead to, ascending."""
        places: dict[int, set[int]] = {}
        for edges in self.graph:
            for token, edge in edges.items():
                places.setdefault(self.index[token], set()).add(edge.target)
        return {token: sorted(targets) for token, targets in places.items()}

    @cached_property
    def targets(self) -> NDArray[np.int64]:
        """State after each token in each state, as `target` finds it, -1 after END; shape (states, vocabulary)."""
        states = np.arange(len(self.graph), dtype=np.int64)
        table = np.repeat(states[:, None], len(self.vocabulary), axis=1)
        for token, places in self.arrivals.items():
            later = np.searchsorted(places, states, side="right")
            table[:, token] = np.where(later < len(places), np.array([*places, -1])[later], states)
        for state, edges in enumerate(self.graph):
            for word, edge in edges.items():
                table[state, self.index[word]] = edge.target
        table[:, 0] = -1
        return table

    def logits(self, state: int) -> NDArray[np.float64]:
        """Return the logit of every token in a state; shape (vocabulary,)."""
        row = self.stray.copy()
        for token, edge in self.graph[state].items():
            row[self.index[token]] = edge.logit
        return row

    def target(self, state: int, token: int) -> int:
        """Return the state after a token other than END."""
        edge = self.graph[state].get(self.vocabulary[token])
        if edge is not None:
            return edge.target
        places = self.arrivals.get(token, [])
        later = bisect_right(places, state)
        return places[later] if later < len(places) else state


@dataclass(frozen=True, eq=False)
class Law:
    """The distribution of answers of a language at one temperature and top_p."""

    language: Language
    """What is spoken."""
    temperature: float
    """Divides the logits; 0 for the likeliest word always."""
    top_p: float | None = None
    """Mass of the likeliest words that are kept, in (0, 1]; None for all."""
    _heads: dict[int, tuple[list[float], list[int]]] = field(default_factory=dict, repr=False)

    def probabilities(self, state: int) -> NDArray[np.float64]:
        """Return the probability of every token in a state; shape (vocabulary,), sum 1."""
        return self.distribution(self.language.logits(state))

    def distribution(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of every token given its logit; shape (vocabulary,), sum 1."""
        if self.temperature == 0:
            return np.asarray(np.arange(len(logits)) == np.argmax(logits), dtype=np.float64)
        with np.errstate(over="ignore"):  # a temperature near 0 sends all but the likeliest to -inf
            row: NDArray[np.float64] = np.exp((logits - logits.max()) / self.temperature)
        row /= row.sum()
        if self.top_p is not None and self.top_p < 1:
            order = np.argsort(-row, kind="stable")
            kept = int(np.searchsorted(np.cumsum(row[order]), self.top_p)) + 1
            row[order[kept:]] = 0.0
            row /= row.sum()
        return row

    def draw(self, state: int, uniform: float) -> int:
        """Return the token at a level of the cumulative distribution, likeliest tokens first."""
        if state not in self._heads:
            row = self.probabilities(state)
            order = np.argsort(-row, kind="stable")[:_HEAD]
            self._heads[state] = list(accumulate(row[order].tolist())), order.tolist()
        levels, tokens = self._heads[state]
        if uniform < levels[-1]:
            return tokens[bisect_right(levels, uniform)]
        rest = self.probabilities(state)
        rest[tokens] = 0.0
        cumulative = np.cumsum(rest)
        if cumulative[-1] <= 0:  # rounding left the head a little short of 1
            return tokens[bisect_left(levels, levels[-1])]
        level = min(uniform - levels[-1], cumulative[-1] * (1 - 1e-12))
        return int(np.searchsorted(cumulative, level, side="right"))

    def answer(self, uniform: Callable[[], float], max_tokens: int = 256) -> Answer:
        """Return one answer, drawn word by word.

        Args:
            uniform: Gives independent numbers in [0, 1).
            max_tokens: Words after which the answer is cut.
        """
        state = 0
        tokens: list[int] = []
        states = [0]
        for _ in range(min(max_tokens, CONTEXT)):
            token = self.draw(state, uniform())
            if token == 0:
                return Answer(self.language, tuple(tokens), tuple(states), finished=True)
            tokens.append(token)
            state = self.language.target(state, token)
            states.append(state)
        return Answer(self.language, tuple(tokens), tuple(states), finished=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """Words drawn from a law."""

    language: Language
    """Where they come from."""
    tokens: tuple[int, ...]
    """Places of the words in the vocabulary, END left out."""
    states: tuple[int, ...]
    """The state before each word, and the last one."""
    finished: bool
    """Whether END came before the limit."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words."""
        return tuple(self.language.vocabulary[token] for token in self.tokens)

    @property
    def text(self) -> str:
        """The words, joined by one space."""
        return " ".join(self.words)
