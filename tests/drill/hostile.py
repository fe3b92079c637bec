"""P14: hostile texts and names through every report, table, plot, JUnit file and the terminal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from drill.bench import STORE, Bench, Ended, bench
from drill.step import Line, counted

TEXTS = (
    "<script>alert('EVIL')</script>",
    "<svg onload=alert('EVIL')><img src=x onerror=alert('EVIL')>",
    "</pre></bdi></td><iframe src='javascript:EVIL'></iframe>",
    "<a href='data:text/html,EVIL'>EVIL</a> javascript:EVIL",
    "</script><script src='http://evil.example/EVIL.js'></script>",
    "\x1b[31mEVIL\x1b[0m \x1b]8;;http://evil.example\x07EVIL\x1b]8;;\x07 \x07\x08\r EVIL \x9b31m",
    "bidi \u202eLIVE\u202c \u2066EVIL\u2069 \u200bzero\u200d\ufeff width, Cyrillic \u0430",
    "nul \x00 c1 \x85 noncharacter \uffff \ufdd0 lone \ud83d and \udc00 EVIL",
    "=cmd|'/C calc'!A1 EVIL",
    "+1+EVIL",
    "-2+EVIL",
    "@SUM(EVIL)",
    "\t=EVIL",
    "\r=EVIL",
    "| a | EVIL |\n|---|\n![EVIL](http://evil.example/x.png) [EVIL](javascript:EVIL)",
    "```\nEVIL\n```` \n~~~ EVIL\n# EVIL",
    "::set-output name=EVIL::1\n::error file=EVIL::EVIL\n##[group]EVIL",
    "$\\frac{1}{$ $\\undefined$ EVIL",
    "{{ 7 * 7 }} {% include 'EVIL' %} ${EVIL} %(EVIL)s {EVIL}",
    "]]> <!-- EVIL --> &EVIL; <!DOCTYPE EVIL [<!ENTITY EVIL 'x'>]>",
    "EVIL" * 5_000,
    "\u2028EVIL\u2029",
)
"""Texts of answers; each holds EVIL."""
NAMES = ("<b onclick=EVIL>p", "=EVIL", "`EVIL`|x", "$\\frac{EVIL}{$", "../../EVIL", "\x1b[31mEVIL\u202e")
"""Names of prompts, and what is asked there."""
PLOTS = ("curve", "heatmap", "multiples", "strip", "survival")
"""Plots with names or texts in them."""
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_FORMULA = re.compile(r"[=+@\t\r\x00-]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|-?(inf|nan)", re.IGNORECASE)
_COMMAND = re.compile(r"(?m)^\s*(::|##\[)")
_LOADING = {"src", "href", "action", "formaction", "srcset", "poster", "data", "xlink:href"}


def passed_through(seeds: Sequence[int]) -> list[Line]:
    """Return P14: each text at each name through everything that shows it; there is no chance in it."""
    with bench() as place:
        found, lost = findings(place)
    return [
        Line(
            number="P14",
            what=f"{len(TEXTS)} hostile texts at {len(NAMES)} hostile names, in HTML, SVG, CSV, Markdown, JSON, JUnit, "
            f"terminal; {counted(len(seeds[:1]), 'seed')}",
            asked="0 executed, loaded, escaped or crashed; each text still found",
            got=f"{counted(len(found), 'finding')}, {counted(lost, 'text')} not found"
            + (f": {'; '.join(found[:4])}" if found else ""),
            passed=not found and not lost,
        )
    ]


def findings(place: Bench, *, plots: Sequence[str] = PLOTS, shown: Sequence[str] = NAMES) -> tuple[list[str], int]:
    """Return what is wrong with what is shown of the texts, and how many of them can not be found any more."""
    lines = [
        {"model": "<i>EVIL", "prompt_id": name, "temperature": temperature, "replicate": k, "text": text}
        for name in NAMES
        for temperature in (0.0, 1.0)
        for k, text in enumerate(TEXTS)
    ]
    (place.folder / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")
    prompts = [{"prompt_id": name, "prompt": f"{name} ?", "topic": f"tag {name}"} for name in NAMES]
    (place.folder / "prompts.json").write_text(json.dumps(prompts), "ascii")
    label = "l<u>EVIL"
    run = f"{STORE}@{label}"
    found: list[str] = []
    said = {
        "import": place.evalkit("import", "in.jsonl", "--prompts", "prompts.json", "--label", label, "--store", STORE),
        "show": place.evalkit("show", run),
        "list": place.evalkit("show", STORE),
        "measure": place.evalkit("measure", run, "-m", "distinct_n", "-m", "length_words"),
    }
    metrics = ("-m", "distinct_n", "-m", "length_words", "-m", "exact_agreement")
    pages = ("page.html", "page.md", "page.json", "page.csv", "page.xml")
    said |= {page: place.evalkit("report", run, "-o", page, *metrics) for page in pages}
    said |= {f"show {name!r}": place.evalkit("show", run, "--prompt", name) for name in shown}
    for plot in plots:
        said[plot] = place.evalkit("plot", plot, run, "-m", "distinct_n", "-o", f"{plot}.svg")
    exported = place.evalkit("export", run)
    for name, ended in said.items():
        found += [f"{name}: {each}" for each in _terminal(ended)]
    for page in (*pages, *(f"{plot}.svg" for plot in plots)):
        path = place.folder / page
        if path.exists():
            found += [f"{page}: {each}" for each in _page(page, path.read_text("utf-8"))]
    kept = {json.loads(line)["text"] for line in exported.out.splitlines()}
    return found, len(set(TEXTS) - kept)


def _terminal(ended: Ended) -> Iterator[str]:
    if ended.code not in {0, 1}:
        yield f"exit {ended.code}: {ended.err[-300:]!r}"
    for stream in (ended.out, ended.err):
        if match := _OBEYED.search(stream):
            yield f"a terminal obeys {match.group()!r}"
        if _COMMAND.search(stream):
            yield "a build obeys a command"


def _page(name: str, content: str) -> Iterator[str]:
    if match := _OBEYED.search(content):
        yield f"{match.group()!r} stands there as it came"
    ending = name.rpartition(".")[2]
    if ending in {"html", "svg"}:
        seen = _Seen()
        seen.feed(content)
        yield from seen.found
    if ending in {"xml", "svg"}:
        try:
            ET.fromstring(content)  # noqa: S314 - our own file, which is what is tested
        except ET.ParseError as error:
            yield f"is no XML: {error}"
    if ending == "csv":
        cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]
        yield from {f"a cell is a formula: {c[:30]!r}" for c in cells if _FORMULA.match(c) and not _NUMBER.fullmatch(c)}
    if ending == "json":
        json.loads(content)
    if ending == "md":
        yield from _markdown(content)


def _markdown(content: str) -> Iterator[str]:
    fence = ""
    for line in content.splitlines():
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        elif not fence and re.search(
            r"!\[EVIL|\]\(\s*(javascript|http://evil)|<(script|svg|iframe|img|a|b|i|u)\b[^>]*EVIL", line
        ):
            yield f"Markdown shows {line[:60]!r}"
    if _COMMAND.search(content):
        yield "a build obeys a command"


class _Seen(HTMLParser):
    """What a browser would do with a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._script = self._inert = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look for elements and attributes made of a text."""
        self._script = tag == "script"
        self._inert = ("type", "application/json") in attrs
        for name, value in attrs:
            text = value or ""
            if name.startswith("on"):
                self.found.append(f"<{tag} {name}>")
            if name in _LOADING and not text.startswith(("#", "data:image/")):
                self.found.append(f"<{tag} {name}={text[:40]!r}> loads")
        if tag in {"iframe", "object", "embed", "base", "form"}:
            self.found.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        """Take note of the end of a script."""
        self._script = self._script and tag != "script"

    def handle_data(self, data: str) -> None:
        """Look for texts inside scripts."""
        if self._script and ("<" in data if self._inert else "EVIL" in data):
            self.found.append("a script holds a text")
