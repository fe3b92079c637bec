"""The tree of where answers part, as text: for a terminal, and for a page that shows it as it stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from evalkit.nouns import Branch, Fork, ForkNode
from evalkit.text.counting import counted
from evalkit.text.visible import visible

WIDTH = 100
"""Columns that a line has at most."""
MOST_LINES = 60
"""Lines that a tree has at most."""
_WIDE = frozenset("WF")


def tree(fork: Fork, *, width: int = WIDTH, most: int = MOST_LINES) -> str:
    """Return a cell's tree: what all share, then each branch with its share, its samples and its first words.

    Args:
        fork: Where the cell's answers part.
        width: Columns of a line at most, 40 or more.
        most: Lines at most; what is left out is said.

    Returns:
        Lines of printable text, whatever a model said.
    """
    lines = [_cut(_root(fork), width)]
    if fork.root is not None:
        lines += [_cut(line, width) for line in _lines(fork.root, "", len(str(fork.n_samples)))]
    if len(lines) > most:
        lines[most - 1 :] = [f"… and {counted(len(lines) - most + 1, 'further line')}"]
    return "\n".join(lines)


def _root(fork: Fork) -> str:
    words = f"{'… ' if fork.shortened else ''}{_shown(fork.beginning)}" if fork.n_shared else "(no word in common)"
    all_of_it = f"all {fork.n_samples} samples, {counted(fork.n_shared, 'word')}"
    return f"[{all_of_it}{', and no more' if fork.root is None else ''}]  {words}"


def _lines(node: ForkNode, indent: str, digits: int) -> Iterator[str]:
    left_out = node.n_branches - len(node.branches)
    for place, branch in enumerate(node.branches):
        last = place == len(node.branches) - 1 and not left_out
        yield f"{indent}{'└─' if last else '├─'} {_branch(branch, digits)}"
        if branch.fork is not None:
            yield from _lines(branch.fork, f"{indent}{'   ' if last else '│  '}", digits)
    if left_out:
        yield f"{indent}└─ … {left_out} more, each as rare or rarer"


def _branch(branch: Branch, digits: int) -> str:
    share = 100.0 * branch.share
    percent = "< 1 %" if share < 1.0 else f"{min(share, 99.0):3.0f} %"
    words = f"{_shown(branch.words)}{' …' if branch.shortened or branch.parts else ''}" if branch.words else "(end)"
    after = f"  [after {counted(branch.fork.position, 'word')}:]" if branch.fork is not None else ""
    return f"{percent} {branch.n:{digits}}  {words}{after}"


def _shown(words: str) -> str:
    return visible(words, keep="")


def _cut(line: str, width: int) -> str:
    """Return a line cut to so many columns; wide characters take two of them."""
    columns = 0
    for place, character in enumerate(line):
        columns += 2 if unicodedata.east_asian_width(character) in _WIDE else 1
        if columns > width:
            return f"{_within(line[:place], width - 1)}…"
    return line


def _within(line: str, width: int) -> str:
    columns = sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in line)
    return line if columns <= width else _within(line[:-1], width)
