"""One palette for the page and for the pictures, in light and dark."""

from __future__ import annotations

LIGHT = {
    "paper": "#fcfcfa",
    "panel": "#f3f3ee",
    "ink": "#1d2127",
    "muted": "#5c636e",
    "rule": "#d9d9d2",
    "accent": "#0068a8",
    "second": "#b34a00",
    "good": "#00734f",
    "warn": "#8a5a00",
    "warn-panel": "#fbf3dd",
}
"""Colours by role. Blue and vermilion are those of Okabe and Ito, darkened until text in them is readable."""

DARK = {
    "paper": "#15181c",
    "panel": "#1e2228",
    "ink": "#e8e8e3",
    "muted": "#a2a9b4",
    "rule": "#363c45",
    "accent": "#6cbdf0",
    "second": "#f0a058",
    "good": "#4cc9a0",
    "warn": "#f0c060",
    "warn-panel": "#2a2517",
}
"""The same roles on a dark ground."""

SCALE = "cividis"
"""Colour map of values: perceptually even, the same to a reader who is colour-blind, legible on both grounds."""


def css_variables() -> str:
    """Return the palette as CSS custom properties: light, dark by preference or by choice, light on paper.

    The reader's choice is the attribute ``data-theme`` of the page's root, ``light`` or ``dark``.
    """
    light, dark = _properties(LIGHT), _properties(DARK)
    return (
        f":root{{color-scheme:light dark;{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=light]{{color-scheme:light}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
        # Twice the root, to outweigh the rules above.
        f"@media print{{:root:root{{color-scheme:light;{_properties({**LIGHT, 'paper': '#ffffff'})}}}}}\n"
    )


def darkened(svg: str) -> str:
    """Return a picture drawn in the light palette with each colour exchanged for its dark counterpart."""
    for role, colour in LIGHT.items():
        svg = svg.replace(colour, DARK[role])
    return svg


def _properties(palette: dict[str, str]) -> str:
    return "".join(f"--{role}:{colour};" for role, colour in palette.items())
