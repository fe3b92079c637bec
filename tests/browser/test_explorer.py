"""Answers are searched, filtered, set side by side and pointed to, by mouse and by keys."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.xdist_group("browser")

ANSWERS = 72
"""Three prompts, three temperatures, eight samples."""


@pytest.fixture
def page(page_of):
    """Return the page of a run, its explorer open."""
    page = page_of("run").page
    page.locator("#explorer .card").first.wait_for(state="visible")
    return page


def _counted(page):
    return int(re.match(r"\d+", page.inner_text("#count"))[0])


def _focused(page):
    return page.evaluate("document.activeElement.dataset.id ?? document.activeElement.id")


def _faced(page):
    page.locator(".card .compare").nth(0).click()
    page.locator(".card .compare").nth(1).click()
    page.locator("#pair .pair").wait_for(state="visible")
    return page.locator("#pair")


def test_search_leaves_what_holds_the_word(page):
    """Cards without the word go, and the count says how many answers are left."""
    assert _counted(page) == ANSWERS
    page.fill("#search", "KEEPER")
    assert 0 < _counted(page) < ANSWERS
    texts = [text.lower() for text in page.locator(".card .text").all_inner_texts()]
    assert texts
    assert all("keeper" in text for text in texts)
    assert page.locator(".card mark").first.is_visible()
    page.fill("#search", "zebra crossing")
    assert _counted(page) == 0
    assert page.locator(".card").count() == 0


def test_filters_join(page):
    """A temperature leaves a third of the answers, a prompt besides a third of those."""
    page.select_option("#filter-temperature", index=2)
    assert _counted(page) == ANSWERS // 3
    page.select_option("#filter-prompt", index=1)
    assert _counted(page) == ANSWERS // 9
    page.select_option("#filter-temperature", "")
    page.select_option("#filter-group", "commonest")
    assert page.locator(".card").count() == 1


def test_equal_answers_are_one_card(page):
    """The greedy answers to a prompt are one card, which says how often each temperature gave it."""
    page.select_option("#filter-temperature", index=1)
    assert page.locator(".card").count() == 3
    assert "T = 0: 8" in page.locator(".card").first.inner_text()


def test_a_pair_shows_the_first_difference(page):
    """Two answers stand side by side; where they part is said in words, and what is each one's own is marked."""
    page.select_option("#filter-temperature", index=3)
    pair = _faced(page)
    assert re.search(r"first difference: word \d+", pair.locator(".first-difference").inner_text())
    assert pair.locator("del").first.is_visible()
    assert pair.locator("ins").first.is_visible()
    assert set(page.locator(".card .compare").all_inner_texts()) == {"compare"}
    pair.get_by_role("button", name="close").click()
    assert not pair.is_visible()


def test_a_link_opens_the_same_answer_elsewhere(page_of, page):
    """The address that a card's link makes leads another reader to that card."""
    card = page.locator(".card").nth(6)
    text = card.locator(".text").inner_text()
    card.locator(".link").click()
    fragment = page.evaluate("location.hash")
    assert re.search(r"p=.*&a=\d+", fragment)
    other = page_of("run", fragment).page
    target = other.locator(".card.current")
    target.wait_for(state="visible")
    assert target.locator(".text").inner_text() == text
    assert target.evaluate("card => card.getBoundingClientRect().top < innerHeight")


def test_keys_do_what_the_mouse_does(page):
    """Slash searches, j and k walk, c compares, Escape leaves, a question mark helps."""
    page.keyboard.press("/")
    assert _focused(page) == "search"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    first = _focused(page)
    page.keyboard.press("j")
    assert _focused(page) != first
    page.keyboard.press("k")
    assert _focused(page) == first
    page.keyboard.press("j")
    page.keyboard.press("c")
    assert page.locator("#pair .pair").is_visible()
    page.keyboard.press("d")
    assert page.locator("#pair .now").count() == 1
    page.keyboard.press("Escape")
    assert not page.locator("#pair").is_visible()
    page.keyboard.press("?")
    assert page.locator("dialog#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog#help").is_visible()


def test_typed_letters_are_no_keys(page):
    """Letters typed into the search are searched for."""
    page.click("#search")
    page.keyboard.type("jkdc?/")
    assert page.input_value("#search") == "jkdc?/"
    assert not page.locator("dialog#help").is_visible()


def test_one_metric_can_be_chosen_and_all_are_printed(page):
    """The chooser leaves one metric on the screen; paper has all of them and no explorer."""
    metrics = page.locator("section.metric")
    page.locator("#chooser input[name=metric]").nth(1).check()
    assert [metric.is_visible() for metric in metrics.all()].count(True) == 1
    page.emulate_media(media="print")
    assert all(metric.is_visible() for metric in metrics.all())
    assert not page.locator("#explorer").is_visible()
    assert not page.locator("#chooser").is_visible()


@pytest.mark.parametrize(
    "fragment", ["#p=<img src=x onerror=window.__pwned=1>&q=<img>", "#p=%00&t=NaN&a=-1", "#%E0%A4%A"]
)
def test_a_hostile_address_does_nothing(page_of, fragment):
    """An address from elsewhere is looked up, never run, and a broken one is no error."""
    opened = page_of("run", fragment)
    opened.page.evaluate("location.hash = ''")
    opened.page.evaluate("fragment => { location.hash = fragment }", fragment)
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate("window.__pwned") is None
    assert opened.said == []


def test_hostile_answers_stay_text_in_the_explorer(page_of):
    """Searched, marked and set side by side, hostile answers execute nothing."""
    opened = page_of("hostile")
    page = opened.page
    page.locator(".card").first.wait_for(state="visible")
    page.fill("#search", "<img")
    assert page.locator(".card").count() > 0
    page.fill("#search", "")
    pair = _faced(page)
    assert pair.locator("img, script, svg, iframe, form, [onload], [onerror], [onfocus]").count() == 0
    assert page.locator(".card .text :not(mark, em)").count() == 0
    assert page.evaluate("window.__pwned") is None
    assert (opened.asked, opened.said) == ([], [])
