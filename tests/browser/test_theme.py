"""A reader chooses light or dark, whatever the system prefers."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("browser")

GROUND = "getComputedStyle(document.body).backgroundColor"


def _turned(page, theme):
    for _ in range(3):
        if page.evaluate("document.documentElement.dataset.theme") == theme:
            break
        page.click("button#theme")
    return page.evaluate(GROUND)


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_can_be_turned(page_of, system):
    """A button turns light into dark and back, pictures included."""
    page = page_of("run", color_scheme=system).page
    light = _turned(page, "light")
    assert page.locator(".picture .light").first.is_visible()
    assert not page.locator(".picture .dark").first.is_visible()
    assert _turned(page, "dark") != light
    assert page.locator(".picture .dark").first.is_visible()
    assert not page.locator(".picture .light").first.is_visible()


def test_a_chosen_theme_is_not_printed(page_of):
    """Paper is white, whatever was chosen for the screen."""
    page = page_of("run").page
    _turned(page, "dark")
    page.emulate_media(media="print")
    assert page.evaluate(GROUND) == "rgb(255, 255, 255)"
    assert page.locator(".picture .light").first.is_visible()


def test_an_address_carries_a_theme(page_of):
    """A link with a theme opens in it; a word that is none changes nothing."""
    plain = page_of("run").page
    dark = page_of("run", "?theme=dark").page
    odd = page_of("run", "?theme=<script>").page
    assert dark.evaluate(GROUND) != plain.evaluate(GROUND)
    assert odd.evaluate(GROUND) == plain.evaluate(GROUND)


def test_without_scripts_no_button_is_shown(page_of):
    """A button that could do nothing is not there."""
    assert not page_of("run", java_script_enabled=False).page.locator("button#theme").is_visible()
