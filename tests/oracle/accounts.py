"""Leaves of the reference values, and their accounts: computed and compared, or excused; none left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

Path = tuple[str, ...]
"""Where a value stands: names of objects and numbers of array places, from the outside in."""


class Tolerance(NamedTuple):
    """How far a value may be from its reference: by either of two, whichever allows more."""

    absolute: float
    relative: float
    words: str


CLOSE = Tolerance(1e-9, 1e-9, "1e-9")
BUILD = Tolerance(3.0, 0.03, "3 bytes or 3 %")
SHARE_OF_BUILD = Tolerance(0.03, 0.03, "3 %")
EIGENVALUES = Tolerance(1e-6, 1e-6, "1e-6")
OPTIMISED = Tolerance(1e-6, 1e-6, "1e-6: the reference's own maximum is no closer")


@dataclass(frozen=True, slots=True)
class Computed:
    """What the product computes for one value of the file, or for an array of them."""

    where: Path
    by: str
    """The code that computes it."""
    value: Any
    """A number, None where it is undefined, or nested sequences shaped like the array."""
    tolerance: Tolerance = CLOSE


class Excused(NamedTuple):
    """Leaves that are not compared."""

    where: Path
    """Names from the outside in, ``*`` standing for any; what lies deeper is meant, too."""
    reason: str


class Line(NamedTuple):
    """One leaf that was compared."""

    where: Path
    by: str
    deviation: float
    """Absolute, or relative where the reference is above 1; infinite where only one of the two has a value."""
    tolerance: Tolerance
    passed: bool


@dataclass(frozen=True, slots=True)
class Accounts:
    """What became of every leaf."""

    leaves: frozenset[Path]
    compared: tuple[Line, ...]
    excused: Mapping[Path, str]
    idle: tuple[Path, ...]
    """Excuses for no leaf."""


def leaves(node: Any, where: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every leaf below a node with its path; an empty object or array has none."""
    if isinstance(node, Mapping):
        for name, below in node.items():
            yield from leaves(below, (*where, name))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for place, below in enumerate(node):
            yield from leaves(below, (*where, str(place)))
    else:
        yield where, node


def at(known: Mapping[str, Any], where: Path) -> Any:
    """Return the node at a path; a KeyError where there is none."""
    node: Any = known
    for name in where:
        node = node[int(name)] if isinstance(node, Sequence) and not isinstance(node, str) else node[name]
    return node


def meant(excuse: Path, where: Path) -> bool:
    """Return whether a leaf is among those a path with ``*`` speaks of."""
    return len(excuse) <= len(where) and all(map(fnmatchcase, where, excuse))


def compare(known: Mapping[str, Any], found: Computed) -> Iterator[Line]:
    """Yield one line for each leaf of what was computed."""
    expected, given = dict(leaves(at(known, found.where))), dict(leaves(found.value))
    if expected.keys() != given.keys():
        raise ValueError(f"{found.where}: {len(given)} values were computed for {len(expected)}")
    for below, reference in expected.items():
        apart, limit = _apart(reference, given[below]), found.tolerance
        scale = abs(reference) if isinstance(reference, int | float) else 0.0
        passed = apart <= max(limit.absolute, limit.relative * scale)
        yield Line((*found.where, *below), found.by, apart / max(1.0, scale), limit, passed)


def account(known: Mapping[str, Any], computed: Sequence[Computed], excuses: Sequence[Excused]) -> Accounts:
    """Return what became of every leaf of the reference values.

    Raises:
        ValueError: A leaf was computed twice, or has two reasons, or both.
    """
    every = frozenset(where for where, _ in leaves(known))
    lines = [line for found in computed for line in compare(known, found)]
    seen = {line.where for line in lines}
    if len(seen) < len(lines):
        raise ValueError("a value was computed twice")
    reasons: dict[Path, str] = {}
    idle = []
    for excuse in excuses:
        found = {where for where in every if meant(excuse.where, where)}
        if not found:
            idle.append(excuse.where)
        if twice := found & (reasons.keys() | seen):
            raise ValueError(f"{min(twice)} has two accounts")
        reasons |= dict.fromkeys(found, excuse.reason)
    return Accounts(every, tuple(lines), reasons, tuple(idle))


def _apart(reference: Any, given: Any) -> float:
    """Return the distance of two leaves; infinite where one is undefined and the other is not."""
    if reference is None or given is None:
        return 0.0 if reference is given else float("inf")
    if isinstance(reference, str) or isinstance(given, str):
        return 0.0 if reference == given else float("inf")
    distance = abs(float(given) - float(reference))
    return distance if distance == distance else float("inf")  # noqa: PLR0124 - not a number is no match
