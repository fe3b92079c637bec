"""A page is opened from its file, and does what it may and nothing else."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("browser")

RUNNING = "iframe, object, embed, form, base, link, [onload], [onerror], [onfocus], [onmouseover], a[href^=javascript]"
"""Elements that no page of ours has."""


@pytest.mark.parametrize("name", ["run", "hostile", "comparison", "hostile-comparison"])
def test_a_page_opens_in_silence(page_of, name):
    """No error, no warning and no violated policy is on the console, whatever the answers hold."""
    assert page_of(name).said == []


@pytest.mark.parametrize("name", ["run", "hostile", "comparison", "hostile-comparison"])
def test_a_page_loads_itself_alone(page_of, name):
    """Every request is for the file or for data inside it."""
    opened = page_of(name)
    opened.page.wait_for_timeout(200)
    addresses = {address for address in opened.loaded if not address.startswith("data:")}
    assert addresses == {opened.page.url}


@pytest.mark.parametrize("name", ["hostile", "hostile-comparison"])
def test_hostile_answers_execute_nothing(page_of, name):
    """Opened, unfolded and touched, hostile answers stay text: no script runs, nobody is asked, no element appears."""
    opened = page_of(name)
    page = opened.page
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    for text in page.locator("#answers .text").all()[:8]:
        text.hover()
    assert page.evaluate("window.__pwned") is None
    assert page.locator(RUNNING).count() == 0
    assert page.locator("#answers :is(bdi, .text) :not(bdi, mark, ins, del, span, em)").count() == 0
    assert opened.asked == []
    assert page.locator("h1").is_visible()


def test_hostile_answers_are_shown_as_they_are(page_of):
    """What an answer says stands on the page letter by letter."""
    page = page_of("hostile").page
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert "<img src=x onerror=window.__pwned=1><iframe src=javascript:alert(1)></iframe>" in page.inner_text(
        "#answers"
    )
