"""Two runs on one page: verdicts first, answers of both side by side."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("browser")


def test_a_comparison_can_be_read_without_scripts(page_of):
    """Headline, verdicts and the answers of both runs are there where scripts are off."""
    page = page_of("comparison", java_script_enabled=False).page
    assert page.locator(".headline").is_visible()
    assert page.locator("table.contrasts").first.is_visible()
    for side in ("left", "right"):
        answer = page.locator(f"#answers .pair .text.{side}").first
        assert answer.is_visible()
        assert len(answer.inner_text().split()) > 3


def test_answers_stand_side_by_side_where_there_is_room(page_of):
    """A wide window sets the two answers of a pair next to each other, a telephone one above the other."""
    for width, beside in ((1280, True), (320, False)):
        pair = page_of("comparison", viewport={"width": width, "height": 640}).page.locator("#answers .pair").first
        left, right = (pair.locator(f".text.{side}").bounding_box() for side in ("left", "right"))
        assert (left["x"] + left["width"] <= right["x"]) is beside
        assert (left["y"] + left["height"] <= right["y"]) is not beside


def test_a_comparison_is_printed_whole(page_of):
    """On paper every metric with its contrasts and every pair of answers is there."""
    page = page_of("comparison").page
    page.emulate_media(media="print")
    assert page.locator(".metric").count() > 0
    assert all(table.is_visible() for table in page.locator(".metric table.contrasts").all())
    assert all(text.is_visible() for text in page.locator("#answers .pair .text").all())


def test_what_differs_is_marked_in_words_and_by_shape(page_of):
    """Pairs say where their answers part first, and underline or strike what is each one's own."""
    page = page_of("comparison").page
    said = page.locator("#answers .first-difference").all_inner_texts()
    assert len(said) == page.locator("#answers .pair").count()
    assert any(sentence.startswith("first difference: word ") for sentence in said)
    for mark, line in (("#answers .pair ins", "underline"), ("#answers .pair del", "line-through")):
        style = page.locator(mark).first.evaluate("part => getComputedStyle(part).textDecorationLine")
        assert line in style
