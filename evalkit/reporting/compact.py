"""A picture in fewer letters: an SVG of matplotlib's without what no reader and no browser needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

_TOKENS = re.compile(r'<(?:[^>"]|"[^"]*")*>|[^<]+')
_ATTRIBUTES = re.compile(r'([\w:.-]+)="([^"]*)"')
_USED = re.compile(r'(?:href="|url\()#([^")]+)')
_REFERS = re.compile(r"^(#|url\(#)([^)]+)")
_COUNTED = re.compile(r"[\w.]+_\d+")
"""What matplotlib calls all that it draws, such as ``line2d_7``."""
_STEPS = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_DECIMAL = re.compile(r"-?\d*\.\d+")
_UPRIGHT = re.compile(r"rotate\(-?0 [^)]*\)")
_LOOK = re.compile(r' style="([^"]*)"')
_FONT = re.compile(r"font-family:([^;\"<>{}]+);?")
_WORDS = frozenset({"text", "tspan", "title", "desc", "style"})
"""Elements in which blanks are letters."""


def compacted(svg: str) -> str:
    """Return the same picture in about half the letters.

    Left out are groups and names that nothing refers to, shapes with neither line nor ground, turns by nothing, and
    blanks. Places are told to a hundredth of a point, level lines by where they end, the font once, and a look that
    comes back by a class. What is drawn, in which order and colours, and every text stay as they are.
    """
    tokens = _TOKENS.findall(svg)
    tags = " ".join(token for token in tokens if token.startswith("<"))
    used = dict.fromkeys(_USED.findall(tags))
    return "".join(_looks_once(list(_kept(tokens, {name: f"p{n}" for n, name in enumerate(used)}))))


def _kept(tokens: list[str], names: Mapping[str, str]) -> Iterator[str]:
    """Yield what is left of each tag and text; a group without anything of its own goes with its end."""
    around: list[tuple[str, bool]] = []
    for token in tokens:
        if token.startswith("</"):
            name, kept = around.pop()
            if kept:
                yield f"</{name}>"
        elif token.startswith("<"):
            name, attributes = _element(token, names)
            alone = token.endswith("/>")
            kept = _matters(name, attributes, alone=alone, inside=around[-1][0] if around else "")
            if not alone:
                around.append((name, kept))
            if kept:
                told = "".join(f' {key}="{value}"' for key, value in attributes.items())
                yield f"<{name}{told}{'/' if alone else ''}>"
        elif (around and around[-1][0] in _WORDS) or not token.isspace():
            yield token


def _matters(name: str, attributes: Mapping[str, str], *, alone: bool, inside: str) -> bool:
    """Return whether an element draws something, or is needed by one that does."""
    if name == "g":
        return bool(attributes) and not alone
    return name != "path" or inside == "defs" or attributes.get("style") != "fill:none" or "id" in attributes


def _element(tag: str, names: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return an element's name and its attributes, each as short as it may be."""
    name = re.split(r"[\s/>]", tag[1:], maxsplit=1)[0]
    return name, {key: short for key, value in _ATTRIBUTES.findall(tag) if (short := _attribute(key, value, names))}


def _attribute(key: str, value: str, names: Mapping[str, str]) -> str:
    """Return a value as short as it may be; empty for an attribute that says nothing."""
    if key == "id":
        return names.get(value, "" if _COUNTED.fullmatch(value) else value)
    if key in {"xlink:href", "clip-path"}:
        return _REFERS.sub(lambda hit: f"{hit[1]}{names.get(hit[2], hit[2])}", value)
    if key == "transform" and value.startswith("rotate("):
        return "" if _UPRIGHT.fullmatch(value) else _DECIMAL.sub(lambda hit: _hundredth(hit[0]), value)
    shorten = _SHORTER.get(key)
    return shorten(value) if shorten else value


def _path(steps: str) -> str:
    """Return a path with a letter only where it is needed, and one number for a line along an axis."""
    told, before, x, y = [], "", "", ""
    for letter, rest in _STEPS.findall(steps):
        numbers = [_number(number) for number in rest.split()]
        step = letter
        if letter == "L" and len(numbers) == 2:  # noqa: PLR2004 - a place
            step = "H" if numbers[1] == y else "V" if numbers[0] == x else "L"
        told.append(" " if step == "L" and before in {"M", "L"} else step)
        told.append(numbers[0] if step == "H" else numbers[1] if step == "V" else " ".join(numbers))
        before, (x, y) = step, numbers[-2:] if len(numbers) > 1 else ("", "")
    return "".join(told)


@lru_cache(maxsize=1024)
def _look(style: str) -> str:
    tight = re.sub(r"\s*([:;,])\s*", r"\1", style).strip("; ")
    return _DECIMAL.sub(lambda hit: _number(hit[0]), tight)


def _number(told: str) -> str:
    """Return a number without the noughts that say nothing."""
    if "." in told:
        told = told.rstrip("0").removesuffix(".")
        if told.startswith(("0.", "-0.")):
            told = told.replace("0.", ".", 1)
    return told if told not in {"-0", "", "-"} else "0"


def _hundredth(told: str) -> str:
    return _number(f"{float(told):.2f}")


_SHORTER: Mapping[str, Callable[[str], str]] = {"d": _path, "style": _look, "x": _hundredth, "y": _hundredth}


def _looks_once(pieces: list[str]) -> list[str]:
    """Return a picture whose only font, and whose looks that come back, are told once, in its style."""
    if "</style>" not in pieces:
        return pieces
    tags = [n for n, piece in enumerate(pieces) if piece.startswith("<")]
    fonts = {found[1] for n in tags if (found := _FONT.search(pieces[n]))}
    rules = []
    if len(fonts) == 1:
        rules.append(f"text{{font-family:{fonts.pop()}}}")
        for n in tags:
            pieces[n] = _FONT.sub("", pieces[n])
    looks = Counter(found[1] for n in tags if (found := _LOOK.search(pieces[n])))
    classes = {look: f"k{n}" for n, look in enumerate(look for look, times in looks.items() if times > 1)}
    rules += [f".{name}{{{look}}}" for look, name in classes.items()]
    for n in tags:
        pieces[n] = _LOOK.sub(
            lambda found: f' class="{classes[found[1]]}"' if found[1] in classes else found[0], pieces[n]
        )
    pieces.insert(pieces.index("</style>"), "".join(rules))
    return pieces
