"""A page can be read by everyone: without scripts, in the dark, on paper, on a small screen."""

from __future__ import annotations

import io

import matplotlib.image
import pytest

pytestmark = pytest.mark.xdist_group("browser")

SIDEWAYS = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def _picture(page):
    return matplotlib.image.imread(io.BytesIO(page.screenshot()))[..., :3]


def test_everything_essential_is_there_without_scripts(page_of):
    """Headline, cautions, tables and answers can be read where scripts are off."""
    page = page_of("run", java_script_enabled=False).page
    assert page.locator(".headline").is_visible()
    assert page.locator("#cautions .fact").first.is_visible()
    assert page.locator(".metric table").first.is_visible()
    page.locator("#answers article summary").first.click()
    answer = page.locator("#answers article .text").first
    answer.wait_for(state="visible")
    assert len(answer.inner_text().split()) > 5


def test_light_and_dark_are_different_pictures(page_of):
    """The page is bright or dark as the reader prefers, and shows something in both."""
    light = _picture(page_of("run", color_scheme="light").page)
    dark = _picture(page_of("run", color_scheme="dark").page)
    assert light.mean() > 0.8
    assert dark.mean() < 0.3
    assert light.std() > 0.05
    assert dark.std() > 0.05


def test_a_dark_page_shows_dark_pictures(page_of):
    """Each picture is there once, on the ground of the page."""
    for scheme, other in (("light", "dark"), ("dark", "light")):
        page = page_of("run", color_scheme=scheme).page
        assert page.locator(f".picture .{scheme}").first.is_visible()
        assert not page.locator(f".picture .{other}").first.is_visible()


def test_paper_shows_every_metric(page_of):
    """In print all metrics and their tables are there, on white; contents and controls are not."""
    page = page_of("run", color_scheme="dark").page
    page.emulate_media(media="print")
    metrics = page.locator(".metric")
    assert metrics.count() == 3
    assert all(metric.locator("table").first.is_visible() for metric in metrics.all())
    assert not page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert _picture(page).mean() > 0.8


@pytest.mark.parametrize("name", ["run", "hostile", "comparison", "hostile-comparison"])
@pytest.mark.parametrize(
    "screen",
    [
        {"viewport": {"width": 320, "height": 640}},
        {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
    ],
    ids=["320 px", "200 %"],
)
def test_nothing_scrolls_sideways(page_of, name, screen):
    """Lines fit a small telephone, and a window of 1280 px at twice the size (WCAG 2.1, 1.4.10)."""
    page = page_of(name, **screen).page
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page.evaluate(SIDEWAYS) <= 0
