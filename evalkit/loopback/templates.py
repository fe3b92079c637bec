"""Sentence templates, compiled to finite-state graphs.

A template is plain text with alternatives in braces, which may nest and may be empty::

    The {old|~weary} keeper {lit|trimmed} the lamp{|, as always}.

Braces are read from left to right as choices: the first alternative is the likeliest, each
later one a little less so, and one that begins with ``~`` a good deal less so. Marks right
after a closing brace belong to the last word of every alternative, and a mark that begins an
alternative to the word before.

The graph is deterministic: a state has at most one successor for each word. So a sequence of
words fixes the sequence of states, which is what lets `truth` count texts by counting walks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

END = ""
"""The token that ends an answer; no word is empty, so it is unmistakable."""

FIRST_STEP = 0.6
"""Logits the second alternative of a choice lies below the first."""
LATER_STEP = 0.2
"""Logits each further alternative lies below the one before."""
UNLIKELY = 2.0
"""Further logits an alternative marked ``~`` loses."""

_MARKS = frozenset(",:;!?")
_PIECES = re.compile(r"[{|}]|[^\s{|}]+|\s+")


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, likeliest first; each with the logits it lies below the first."""

    alternatives: tuple[tuple[Item, ...], ...]
    """One sequence of items each."""
    costs: tuple[float, ...]
    """At or above 0, in logits; as many as there are alternatives."""


Item = str | Choice


@dataclass(frozen=True, slots=True)
class Edge:
    """One sensible continuation."""

    logit: float
    """Its logit at temperature 1."""
    target: int
    """The state it leads to; -1 after END."""


Graph = tuple[Mapping[str, Edge], ...]
"""Sensible continuations of each state by token; state 0 begins."""


def parse(template: str) -> tuple[Item, ...]:
    """Return the items of a template.

    Raises:
        ValueError: A brace is not balanced, or marks follow an alternative without a word.
    """
    pieces = _PIECES.findall(template)
    items, position = _sequence(pieces, 0)
    if position != len(pieces):
        raise ValueError(f"unbalanced brace in template {template!r}")
    return items


def words(items: Sequence[Item]) -> set[str]:
    """Return every word of a parsed template."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, str):
            found.add(item)
        else:
            found.update(*(words(alternative) for alternative in item.alternatives))
    return found


def compile_graph(items: Sequence[Item]) -> Graph:
    """Return the deterministic graph of a parsed template, its states in order of discovery."""
    follow: list[list[_Entry]] = []
    labels: list[str] = []
    start = _link(items, [_Entry(_END_POSITION, 0.0)], labels, follow)
    return _determinise(start, labels, follow)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A word position that may come next, and what getting there costs."""

    position: int
    cost: float


_END_POSITION = -1


def _sequence(pieces: Sequence[str], position: int) -> tuple[tuple[Item, ...], int]:
    items: list[Item] = []
    after_choice = False
    while position < len(pieces) and pieces[position] not in {"|", "}"}:
        piece = pieces[position]
        if piece == "{":
            choice, position = _choice(pieces, position + 1)
            items = [*_glued(tuple(items), choice)]
            after_choice = True
            continue
        if not piece.isspace():
            if after_choice:
                items = list(_suffixed(tuple(items), piece))
            else:
                items.append(piece)
        after_choice = False
        position += 1
    return tuple(items), position


def _choice(pieces: Sequence[str], position: int) -> tuple[Choice, int]:
    alternatives: list[tuple[Item, ...]] = []
    costs: list[float] = []
    while True:
        cost = FIRST_STEP + LATER_STEP * (len(costs) - 1) if costs else 0.0
        items, position = _sequence(pieces, position)
        if items and isinstance(items[0], str) and items[0].startswith("~"):
            items, cost = (items[0][1:], *items[1:]), cost + UNLIKELY
        alternatives.append(items)
        costs.append(cost)
        if position >= len(pieces):
            raise ValueError("a brace is never closed")
        position += 1
        if pieces[position - 1] == "}":
            return Choice(tuple(alternatives), tuple(costs)), position


def _glued(items: tuple[Item, ...], choice: Choice) -> tuple[Item, ...]:
    """Return a sequence followed by a choice, marks that begin an alternative on the word before."""
    if not any(alternative and alternative[0] in _MARKS for alternative in choice.alternatives):
        return (*items, choice)
    start = _last_certain(items)
    tail = items[start:]
    alternatives = tuple(
        (*_suffixed(tail, str(alternative[0])), *alternative[1:])
        if alternative and alternative[0] in _MARKS
        else (*tail, *alternative)
        for alternative in choice.alternatives
    )
    return (*items[:start], Choice(alternatives, choice.costs))


def _suffixed(items: tuple[Item, ...], suffix: str) -> tuple[Item, ...]:
    """Return a sequence with marks on its last word, whichever alternatives are taken.

    Where the last item may be empty, the word before it gets them in that case, so as little
    of the sequence as holds a certain word moves into the alternatives.
    """
    if not items:
        raise ValueError(f"{suffix!r} follows an alternative without a word")
    last = items[-1]
    if isinstance(last, str):
        return (*items[:-1], last + suffix)
    start = _last_certain(items[:-1]) if _may_be_empty(last) else len(items) - 1
    tail = items[start:-1]
    alternatives = tuple(_suffixed((*tail, *alternative), suffix) for alternative in last.alternatives)
    return (*items[:start], Choice(alternatives, last.costs))


def _last_certain(items: tuple[Item, ...]) -> int:
    """Return the place of the last item that can not be empty, or 0."""
    return next((place for place in range(len(items) - 1, 0, -1) if not _may_be_empty(items[place])), 0)


def _may_be_empty(item: Item) -> bool:
    return isinstance(item, Choice) and any(all(map(_may_be_empty, items)) for items in item.alternatives)


def _link(items: Sequence[Item], after: list[_Entry], labels: list[str], follow: list[list[_Entry]]) -> list[_Entry]:
    """Return the entries of a sequence, from its last item backwards: what follows is shared."""
    for item in reversed(items):
        if isinstance(item, str):
            labels.append(item)
            follow.append(after)
            after = [_Entry(len(labels) - 1, 0.0)]
        else:
            after = [
                _Entry(entry.position, entry.cost + cost)
                for alternative, cost in zip(item.alternatives, item.costs, strict=True)
                for entry in _link(alternative, after, labels, follow)
            ]
    return after


def _determinise(start: list[_Entry], labels: Sequence[str], follow: Sequence[list[_Entry]]) -> Graph:
    """Merge positions that the same words reach; each keeps what getting there cost.

    So the words of a choice that begin alike are weighed by the whole choice, not by what is
    left of it.

    References:
        M. O. Rabin and D. Scott, "Finite automata and their decision problems", IBM Journal
        of Research and Development 3 (1959).
    """
    numbers: dict[frozenset[_Entry], int] = {}
    pending: list[list[_Entry]] = [start]
    graph: list[dict[str, Edge]] = []
    while len(graph) < len(pending):
        edges: dict[str, Edge] = {}
        for token, reached in _by_token(pending[len(graph)], labels).items():
            logit = math.log(sum(math.exp(-entry.cost) for entry in reached))
            if token == END:
                edges[token] = Edge(logit, -1)
                continue
            cheapest = min(entry.cost for entry in reached)
            members = frozenset(_Entry(entry.position, round(entry.cost - cheapest, 6)) for entry in reached)
            target = numbers.setdefault(members, len(pending))
            if target == len(pending):
                pending.append(_after(members, follow))
            edges[token] = Edge(logit, target)
        graph.append(edges)
    return tuple(graph)


def _after(members: frozenset[_Entry], follow: Sequence[list[_Entry]]) -> list[_Entry]:
    ordered = sorted(members, key=lambda entry: entry.position)
    return [_Entry(then.position, entry.cost + then.cost) for entry in ordered for then in follow[entry.position]]


def _by_token(entries: Sequence[_Entry], labels: Sequence[str]) -> dict[str, list[_Entry]]:
    found: dict[str, list[_Entry]] = {}
    for entry in entries:
        token = END if entry.position == _END_POSITION else labels[entry.position]
        found.setdefault(token, []).append(entry)
    return found
