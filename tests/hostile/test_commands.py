"""Hostile texts and names through every command: nothing is obeyed, nothing breaks, nothing is lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from hostile.conftest import Desk, talking
from hostile.texts import EVIL, NAME, OBEYED, UNSEEN, completion, error

CALL = {"tool_calls": [{"id": EVIL, "type": "function", "function": {"name": EVIL, "arguments": EVIL}}]}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield a desk with a run that bears hostile names, of answers that are hostile wherever they say something."""

    def answer(_body, _key, n):
        told = {"id": f"{n}{EVIL}", "model": f"m{EVIL}", "system_fingerprint": f"{n % 2}{EVIL}"}
        kinds = [
            completion(f"{EVIL}{n // 4}", **told),
            completion(EVIL, finish_reason=EVIL, **told),
            completion(None, finish_reason="tool_calls", message=CALL, **told),
            completion(None, message={"refusal": EVIL}, **told),
        ]
        return 200, {"x-request-id": "::error::<script>"}, kinds[n % 4]

    with talking() as talker:
        talker.answer = answer
        desk = Desk(tmp_path_factory.mktemp("held"), talker)
        prompts = [{"id": NAME, "user": f"{EVIL[:40]}?", "tags": [f"tag {NAME}"], "reference": NAME}]
        endpoint = {"model": f"m{NAME}", "base_url": talker.url}
        said = desk.evalkit("run", desk.suite(name=NAME, prompts=prompts, samples=4, endpoint=endpoint))
        assert (said.code, OBEYED.findall(said.out + said.err)) == (0, [])
        yield desk


@pytest.mark.parametrize(
    "words",
    [
        *("show runs.sqlite", "show runs.sqlite --json", "forks runs.sqlite", "verify runs.sqlite", "plan suite.json"),
        *("measure runs.sqlite", "export runs.sqlite", "run suite.json", "salvage runs.sqlite -o new.sqlite"),
        *("plot strip runs.sqlite -m length_words -o a.svg", "plot curve runs.sqlite -o b.svg", "probe suite.json"),
    ],
)
def test_no_command_says_what_a_terminal_or_a_build_obeys(held, words):
    """Control characters, marks of direction, workflow commands and tracebacks are absent."""
    said = held.evalkit(*words.split())
    assert OBEYED.findall(said.out + said.err) == []
    assert said.code in {0, 2, 3}
    assert said.out + said.err


def test_answers_to_a_hostile_prompt_are_shown(held):
    """One line each, with everything visible."""
    said = held.evalkit("show", "runs.sqlite", "--prompt", NAME)
    assert OBEYED.findall(said.out) == []
    assert r"\x1b[31mEVIL" in said.out
    assert len(said.out.splitlines()) == 1 + 8


@pytest.mark.parametrize("ending", ["html", "md", "json", "csv", "xml"])
def test_pages_hold_no_character_that_is_obeyed(held, ending):
    """Whatever is written for a browser, a build, a spreadsheet or a program."""
    said = held.evalkit("report", "runs.sqlite", "-o", f"page.{ending}")
    assert (said.code, OBEYED.findall(said.out + said.err)) == (0, [])
    page = (held.folder / f"page.{ending}").read_text("utf-8").replace("\r\n", "\n")
    assert set((OBEYED if ending == "md" else UNSEEN).findall(page)) == set()
    assert "EVIL" in page


def test_a_report_of_a_hostile_name_stays_in_its_folder(held):
    """The label is a path that leads out; the file is not."""
    said = held.evalkit("report", "runs.sqlite")
    (page,) = (held.folder / "reports").iterdir()
    assert said.out == f"reports/{page.name}\n"
    assert page.suffix == ".html"


def test_a_spreadsheet_sees_no_formula_and_xml_can_be_read(held):
    """Cells of a CSV that begin as formulas do begin with an apostrophe; JUnit's XML holds nothing it forbids."""
    for ending in ("csv", "xml"):
        held.evalkit("report", "runs.sqlite", "-o", f"table.{ending}")
    text = (held.folder / "table.csv").read_bytes().decode()
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert f"'{NAME[:8]}" in {cell[:9] for cell in cells}
    assert [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r", "+"))] == []
    assert ET.parse(held.folder / "table.xml").getroot().tag == "testsuites"  # noqa: S314 - our own file


def test_every_text_is_kept_as_it_came(held):
    """Exact in the store and in an export, lone surrogate and NUL included, though lines are safe to show."""
    rows = held.rows()
    texts = {row["text"] for row in rows}
    assert {EVIL, f"{EVIL}0"} <= texts
    assert {row["model"] for row in rows} == {f"m{NAME}"}
    assert {row["prompt_id"] for row in rows} == {NAME}


def test_what_differs_in_unseen_characters_only_is_different_and_seen_to_be(desk):
    """Two texts that look alike are two, and the page shows what tells them apart."""
    alike = ["pay now", "p\u0430y now", "pay\u200b now", "pay\u00a0now", "pay now\u202c", "pay no\u2063w"]
    desk.talker.answer = lambda _body, _key, n: (200, {}, completion(alike[n % len(alike)]))
    assert desk.evalkit("run", desk.suite(samples=6, temperatures=[1]), "--report", "page.html").code == 0
    assert {row["text"] for row in desk.rows()} == set(alike)
    (cell,) = json.loads(desk.evalkit("show", "runs.sqlite", "--json", "--prompt", "p").out)[:1]
    assert cell["text"] in alike
    page = (desk.folder / "page.html").read_text("utf-8")
    for shown in (r"p\u0430y now", r"pay\u200b now", r"pay\xa0now", r"pay now\u202c", r"pay no\u2063w"):
        assert shown in page


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_the_words_of_a_refusal_are_one_visible_line(desk, status):
    """A server's error may hold anything, and megabytes of it."""
    told = error(EVIL * 10_000, type=EVIL, param=EVIL, code=EVIL)
    desk.talker.answer = lambda *_: (status, {"Location": "http://evil.example/"}, told)
    said = desk.evalkit("run", desk.suite())
    assert said.code == 3
    assert OBEYED.findall(said.out + said.err) == []
    assert len(said.err) < 2000
    assert all(OBEYED.search(str(row["error"])) is None for row in desk.rows())


def test_a_redirect_is_named_and_not_followed(desk):
    """The line says where it would have led, and nothing went there."""
    with talking() as elsewhere:
        target = f"{elsewhere.url}/<script>::error::"
        desk.talker.answer = lambda *_: (307, {"Location": target}, b"")
        said = desk.evalkit("run", desk.suite())
        assert elsewhere.n == 0
    assert said.code == 3
    assert elsewhere.url in said.err
    assert OBEYED.findall(said.err) == []


@pytest.fixture(scope="module")
def pair(held):
    """Return the hostile desk with a second run, and both labels."""
    label = f"=2{NAME}"
    said = held.evalkit("run", "suite.json", "--label", label, "--no-preflight")
    assert (said.code, OBEYED.findall(said.out + said.err)) == (0, [])
    return held, f"runs.sqlite@{label}", NAME


@pytest.mark.parametrize("ending", ["html", "md", "json", "csv", "xml"])
def test_pages_of_a_comparison_hold_no_character_that_is_obeyed(pair, ending):
    """Labels of others stand in headings, legends and cells."""
    desk, run, baseline = pair
    said = desk.evalkit("compare", run, "--baseline", baseline, "-o", f"both.{ending}")
    assert OBEYED.findall(said.out + said.err) == []
    page = (desk.folder / f"both.{ending}").read_text("utf-8").replace("\r\n", "\n")
    assert set((OBEYED if ending == "md" else UNSEEN).findall(page)) == set()
    assert "EVIL" in page


def test_columns_of_a_comparison_are_no_formulas(pair):
    """What is piped may end in a spreadsheet."""
    desk, run, baseline = pair
    said = desk.evalkit("compare", run, "--baseline", baseline)
    assert OBEYED.findall(said.out + said.err) == []
    cells = [cell for line in said.out.splitlines() for cell in line.split("\t")]
    assert sum(cell.startswith("'=") for cell in cells) > 1
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []


def test_a_label_that_no_line_can_show_is_refused(held):
    """A store may be shared, and its labels are typed."""
    said = held.evalkit("run", "suite.json", "--label", "a\x1b[31m\n::error::x")
    assert said.code in {2, 4}
    assert OBEYED.findall(said.out + said.err) == []
