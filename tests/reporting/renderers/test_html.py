import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

from evalkit.nouns import Curve, Run
from evalkit.reporting.assemble import assemble
from evalkit.reporting.findings import Findings
from evalkit.reporting.renderers.html import html
from evalkit.reporting.view import Report

VOID = {"meta", "img", "input", "source", "br", "line", "circle"}
LOADING = {"src", "srcset", "href", "action", "formaction", "data", "poster", "xlink:href", "background"}


class Page(HTMLParser):
    """What a browser would see: elements, attributes, and whether each element is closed in order."""

    def __init__(self, text: str) -> None:
        """Read the whole page."""
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, str] = {}
        self.open: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that begins."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that is whole in itself."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Check that the element that ends is the last that began."""
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep text by the element it stands in."""
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data
        if self.open and self.open[-1] == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)

    def policy(self) -> str:
        """Return what the page allows itself."""
        return next(value for _, name, value in self.attributes if name == "content" and "default-src" in value)

    def held(self, name: str) -> str:
        """Return what a script element that holds data holds."""
        return next(text for attributes, text in self.scripts if attributes.get("id") == name)

    def check_scripts(self) -> None:
        """Check that all that may execute is the one script whose hash the policy names, and it was not made here."""
        executed = [text for attributes, text in self.scripts if "type" not in attributes]
        assert {a["type"] for a, _ in self.scripts if "type" in a} == {"application/json"}
        assert len(executed) == 1
        assert f"script-src '{hash_of(executed[0])}'" in self.policy()
        assert "unsafe" not in self.policy()


def hash_of(text: str) -> str:
    """Return the name of a text in a policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def test_page_is_well_formed_and_loads_nothing(report: Report) -> None:
    """Elements are closed in order, and every address is an anchor of the page or data."""
    page = Page(html(report))
    assert page.open == []
    assert page.tags.count("h1") == 1
    addresses = [value for _, name, value in page.attributes if name in LOADING]
    assert all(value.startswith(("#", "data:image/svg+xml,")) for value in addresses)
    assert "url(" not in page.texts["style"]
    assert "@import" not in page.texts["style"]


def test_hostile_text_stays_text(hostile_report: Report) -> None:
    """No text of a model, suite or server becomes an element, an attribute, a script or an address."""
    page = Page(html(hostile_report))
    assert page.open == []
    page.check_scripts()
    assert page.tags.count("style") == 1
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert all(value.startswith("#") for _, name, value in page.attributes if name in LOADING)
    assert json.loads(page.held("data"))["title"] == hostile_report.title


def test_hostile_view_is_escaped_too(report: Report, hostile: str) -> None:
    """The renderer escapes by itself, whatever the view holds."""
    page = Page(html(replace(report, title=hostile, headline=(hostile,), source=hostile, samples_note=hostile)))
    page.check_scripts()
    assert json.loads(page.held("data"))["title"] == hostile


def test_policy_allows_this_style_and_this_script_only(report: Report) -> None:
    """The page's own policy forbids everything but its style and its script, named by hash, and pictures as data."""
    page = Page(html(report))
    page.check_scripts()
    style = hash_of(page.texts["style"])
    assert page.policy().startswith(f"default-src 'none'; img-src data:; style-src '{style}'; script-src 'sha256-")


def test_script_is_the_same_whatever_the_page_shows(report: Report, hostile_report: Report) -> None:
    """Nothing of a run gets into what executes."""
    assert Page(html(report)).scripts[-1] == Page(html(hostile_report)).scripts[-1]


def test_every_anchor_exists_once(report: Report) -> None:
    """Each entry of the contents leads to one place on the page."""
    page = Page(html(report))
    ids = [value for _, name, value in page.attributes if name == "id"]
    links = [value[1:] for tag, name, value in page.attributes if (tag, name) == ("a", "href")]
    assert len(ids) == len(set(ids))
    assert set(links) <= set(ids)


def test_tables_are_tables(report: Report) -> None:
    """Every heading cell says what it heads, and model text is kept from turning the line around."""
    text = html(report)
    assert not re.search(r"<th(?! scope=\"(col|row)\")[ >]", text)
    assert "<bdi>The " in text
    assert '<html lang="en">' in text


def test_pictures_have_two_grounds_and_a_text(run_: Run, falling: Curve) -> None:
    """Each picture is there for a light and a dark ground, with a text and a paragraph on how to read it."""
    page = Page(html(assemble(Findings(run=run_, curves={"a": falling}), [])))
    assert page.tags.count("img") == 2 * page.tags.count("figcaption") == 8
    assert all(value for tag, name, value in page.attributes if (tag, name) == ("img", "alt"))


def test_equations_stay_on_one_line(report: Report) -> None:
    """The headline breaks between words, never inside an interval or an equation."""
    assert "1.00\u00a0[0.92,\u00a01.00] at T\u00a0=\u00a00 to" in html(report)


def test_backticks_become_code(report: Report) -> None:
    """Names between backticks in a definition are set as code, and stay escaped."""
    section = replace(report.metrics[0], description="Chosen by ``level`` or `<b>`.")
    assert "Chosen by <code>level</code> or <code>&lt;b&gt;</code>." in html(replace(report, metrics=(section,)))


def test_page_without_anything(report: Report) -> None:
    """A report without cautions, metrics, ladder, answers and source is a page still."""
    bare = replace(report, cautions=(), metrics=(), ladder=None, samples=(), source="")
    text = html(bare)
    assert "Nothing was found that would mislead a reader." in text
    assert 'id="definitions"' not in text
    assert Page(text).open == []


def test_many_prompts_are_cut_in_the_table(report: Report) -> None:
    """A table of very many prompts shows the first and says where the others are."""
    section = report.metrics[0]
    large = replace(section, prompts=section.prompts * 40)
    text = html(replace(report, metrics=(large,)))
    assert "The first 140 of 240 prompts; the reports as CSV and JSON hold them all." in text


def test_numbers_are_in_the_page(report: Report) -> None:
    """The page holds its unrounded numbers as JSON."""
    data = json.loads(Page(html(report)).held("data"))
    assert data["metrics"][0]["points"][1]["value"] == report.metrics[0].rows[1].value
