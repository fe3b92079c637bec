"""The page of a comparison before it is rendered, and what each format makes of it."""

import csv as csv_reader
import io
import json as json_reader
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from evalkit.nouns import (
    Cell,
    CellOutcomes,
    Comparison,
    Contrast,
    Decoding,
    Draw,
    Endpoint,
    Interval,
    Message,
    Moved,
    Prompt,
    Quantity,
    Sample,
    SettingDifference,
    Verdict,
)
from evalkit.reporting.comparison_renderers.csv import csv
from evalkit.reporting.comparison_renderers.html import html
from evalkit.reporting.comparison_renderers.json import json
from evalkit.reporting.comparison_renderers.junit import junit
from evalkit.reporting.comparison_renderers.markdown import markdown
from evalkit.reporting.versus import Compared, assemble_comparison

HOSTILE = "::error::x <img src=x> @all | \x1b[31m \u202e"


def _contrast(verdict=Verdict.INCONCLUSIVE, **changes):
    fields = {
        "metric": "distinct_n",
        "temperature": 0.7,
        "difference": -0.25,
        "interval": Interval(low=-0.3, high=-0.2),
        "p_adjusted": 0.0004,
        "verdict": verdict,
        "n_prompts": 6,
        "method": "t",
        "baseline": 0.5,
        "candidate": 0.25,
    }
    return Contrast(**(fields | changes))


def _comparison(*contrasts, **changes):
    fields = {"baseline": "main", "candidate": "cut", "contrasts": contrasts, "prompts": ("a",), "temperatures": (0.7,)}
    return Comparison(**(fields | changes))


def _cell(prompt, *texts):
    asked = Prompt(id=prompt, messages=(Message(role="user", content="Say."),))
    cell = Cell(endpoint=Endpoint(model="m"), prompt=asked, decoding=Decoding(max_tokens=8, temperature=0.7))
    samples = tuple(Sample(draw=Draw(cell=cell, replicate=n), text=text) for n, text in enumerate(texts))
    return CellOutcomes(cell=cell, samples=samples)


MIXED = (
    _contrast(Verdict.LOWER),
    _contrast(Verdict.EQUIVALENT, temperature=1.0),
    _contrast(temperature=1.3, n_needed=40, needed_of="prompts", n_units=6),
    _contrast(temperature=1.6, difference=None, interval=None, undefined="no pairs"),
    _contrast(Verdict.HIGHER, temperature=None, quantity=Quantity.MEAN),
)


def _page(*comparisons, **options):
    return assemble_comparison([Compared(comparison=each) for each in comparisons], plots=(), **options)


def test_the_headline_counts_verdicts_in_words():
    """Four verdicts are counted, and what has no difference apart from them."""
    said = _page(_comparison(*MIXED)).headline[0]
    assert said == "cut differs from main: 1 higher, 1 lower, 1 equivalent, 1 inconclusive, 1 undefined."


def test_no_difference_found_is_not_no_difference():
    """Where nothing is shown the headline does not say that the runs are alike."""
    first, second, *_ = _page(_comparison(_contrast())).headline
    assert first.startswith("No difference between cut and main is shown")
    assert "does not mean that there is none" in second


def test_settings_stand_before_the_contrasts():
    """What a difference may come from is read first, in Markdown and on the page."""
    comparison = _comparison(*MIXED, settings=(SettingDifference(name="top_p", baseline="not set", candidate="0.5"),))
    for text in (markdown(_page(comparison)), html(_page(comparison))):
        assert text.index("Settings that differ") < text.index("inconclusive", text.index("0.5"))


def test_markdown_folds_what_did_not_change():
    """Higher and lower stand in sight; equivalent, inconclusive and undefined ones are folded."""
    seen, _, folded = markdown(_page(_comparison(*MIXED))).partition("<details><summary>The rest: ")
    assert "▼ lower" in seen
    assert "▲ higher" in seen
    assert folded.startswith("1 equivalent, 1 inconclusive, 1 undefined")
    assert "about 40 prompts would settle it, not 6" in folded


def test_several_runs_have_a_matrix_and_a_section_each():
    """Two candidates give a matrix of metric by run, and anchors that do not meet."""
    report = _page(_comparison(*MIXED), _comparison(*MIXED, candidate="other"))
    assert report.matrix is not None
    assert report.matrix.rows == (("distinct_n", *["▲ 1  ▼ 1  ≈ 1  ? 1  – 1"] * 2),)
    anchors = [metric.anchor for section in report.sections for metric in section.metrics]
    assert len(set(anchors)) == len(anchors) == 2


def test_junit_tells_failure_skip_and_error_apart():
    """What is asked for and shown fails, what is left open is skipped, what can not be asked is an error."""
    told = {0.7: "failed", 1.0: "passed", 1.3: "undecided", 1.6: "undefined", None: "not asked"}
    suite = ET.fromstring(  # noqa: S314 - our own
        junit(_page(_comparison(*MIXED), outcome=lambda each: told[each.temperature], asked="lower"))
    ).find("testsuite")
    ends = [[child.tag for child in case if child.tag != "system-out"] for case in suite.iter("testcase")]
    assert ends == [["failure"], [], ["skipped"], ["error"], []]
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["5", "1", "1", "1"]


def test_nothing_asked_fails_nothing():
    """Without a question for the build no case fails; what is open is skipped."""
    text = junit(_page(_comparison(*MIXED)))
    assert 'failures="0" errors="0" skipped="2"' in text


@pytest.mark.parametrize("render", [markdown, junit, html, csv, json])
def test_hostile_words_stay_words(render):
    """A metric, a reason and labels that are attacks become text in every format."""
    bad = _contrast(Verdict.LOWER, metric=HOSTILE)
    text = render(_page(_comparison(bad, baseline=HOSTILE, candidate="=HYPERLINK(1)")))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<img" not in text or render in {csv, json}
    if render is markdown:
        assert "::error" not in text
        assert "@all" not in text
    if render is csv:
        assert next(csv_reader.DictReader(io.StringIO(text)))["candidate"] == "'=HYPERLINK(1)"
    if render is junit:
        ET.fromstring(text)  # noqa: S314 - our own


def test_json_holds_numbers_in_full():
    """Contrasts, verdicts, matches and outcomes are there for programs."""
    (found,) = json_reader.loads(json(_page(_comparison(*MIXED))))["comparisons"]
    assert found["contrasts"][0]["difference"] == -0.25
    assert [each["verdict"] for each in found["contrasts"][:2]] == ["lower", "equivalent"]
    assert found["matches"] == []
    assert len(found["outcomes"]) == 5


def test_answers_of_moved_prompts_stand_side_by_side():
    """The commonest answer of both runs is a pair, with how many it stands for; only what moved most is shown."""
    far = tuple(Moved(prompt=f"p{n}", distance=1.0 / (n + 1), n_temperatures=1) for n in range(8))
    cells = tuple((_cell(f"p{n}", "a", "b", "b"), _cell(f"p{n}", "c<b>", "c<b>")) for n in range(8))
    found = Compared(comparison=_comparison(*MIXED), moved=far, moved_by="distinct n", cells=cells)
    report = assemble_comparison([found], plots=())
    (section,) = report.sections
    assert [each.prompt for each in section.moved] == ["p0", "p1", "p2", "p3", "p4"]
    pair = section.moved[0].pairs[0]
    assert (pair.left.text, pair.left_of) == ("b", "2 of 3 answers, 2 different texts in all")
    page = html(report)
    assert "c&lt;b&gt;" in page
    assert "c<b>" not in page
    assert page.count('class="pair"') == 5


def test_answers_without_their_question_are_shown_all_the_same():
    """Answers that were recorded elsewhere may come without what was asked; the page leaves that line out."""
    pair = _cell("p0", "a"), _cell("p0", "b")
    bare = tuple(replace(each, cell=replace(each.cell, prompt=replace(each.cell.prompt, messages=()))) for each in pair)
    far = (Moved(prompt="p0", distance=0.5, n_temperatures=1),)
    texts = [
        html(assemble_comparison([Compared(comparison=_comparison(*MIXED), moved=far, cells=(cells,))], plots=()))
        for cells in (pair, bare)
    ]
    assert ['class="pair"' in text for text in texts] == [True, True]
    assert ['<p class="message">' in text for text in texts] == [True, False]


def test_how_to_read_it_is_said_once():
    """The page has one place that explains the signs and the intervals."""
    assert html(_page(_comparison(*MIXED))).count("paired by prompt") == 1
