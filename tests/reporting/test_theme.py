import pytest

from evalkit.reporting import theme


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "panel", "warn-panel"])
@pytest.mark.parametrize("role", ["ink", "muted", "accent", "second", "good", "warn"])
def test_text_can_be_read(palette: dict[str, str], role: str, ground: str) -> None:
    """Every colour of text reaches a contrast of 4.5 to 1 on every ground (WCAG 2.1, 1.4.3)."""
    low, high = sorted((_luminance(palette[role]), _luminance(palette[ground])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_dark_has_every_role() -> None:
    """Light and dark name the same roles, and no two roles share a colour that could be exchanged wrongly."""
    assert theme.LIGHT.keys() == theme.DARK.keys()
    assert len(set(theme.LIGHT.values())) == len(theme.LIGHT)
    assert not set(theme.LIGHT.values()) & set(theme.DARK.values())


def test_darkened_leaves_no_light_colour() -> None:
    """A picture made dark holds no colour of the light palette."""
    dark = theme.darkened(" ".join(theme.LIGHT.values()))
    assert dark == " ".join(theme.DARK[role] for role in theme.LIGHT)


def test_css_covers_light_dark_and_print() -> None:
    """The page's variables exist for both schemes, by preference and by choice, and for paper."""
    css = theme.css_variables()
    assert "prefers-color-scheme:dark" in css
    assert "@media print" in css
    assert css.count("--ink:") == 4
