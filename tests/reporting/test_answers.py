import base64
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from evalkit.nouns import CellOutcomes, Suite
from evalkit.reporting.answers import MOST_BYTES, MOST_LETTERS, Answers, packed

Outcomes = Callable[..., Iterator[CellOutcomes]]


def _sheet(cells: Iterator[CellOutcomes] | list[CellOutcomes], n_prompts: int) -> dict:
    answers = Answers(n_prompts=n_prompts)
    given = list(cells)
    assert list(answers.watch(given)) == given
    sheet = answers.sheet()
    assert isinstance(sheet, dict)
    return sheet


def test_identical_answers_are_one_card(suite: Suite, outcomes: Outcomes) -> None:
    """A text that a prompt gave at several temperatures is one card, with a count for each."""
    sheet = _sheet(outcomes(suite, lambda _c, r: "same" if r else "other"), len(suite.prompts))
    assert [card[:3] for card in sheet["cards"][:2]] == [[0, "same", 4], [0, "other", 5]]
    assert sum(row[2] for card in sheet["cards"] for row in card[3]) == sheet["n"]
    assert sheet["temperatures"] == sorted(suite.temperatures)
    assert sheet["left_out"] == 0


def test_order_of_samples_does_not_matter(suite: Suite, outcomes: Outcomes) -> None:
    """The same answers in another order give the same sheet, byte by byte."""
    forward = list(outcomes(suite))
    backward = [replace(cell, samples=cell.samples[::-1]) for cell in forward]
    one, other = (packed(_sheet(cells, len(suite.prompts))) for cells in (forward, backward))
    assert json.dumps(one) == json.dumps(other)


def test_long_and_invisible_texts_are_shortened_and_escaped(suite: Suite, outcomes: Outcomes) -> None:
    """A text of megabytes is cut, with its length; what the eye would not see is an escape."""
    sheet = _sheet(outcomes(replace(suite, samples=1), lambda _c, _r: "\u202e" + "a" * 10**6), len(suite.prompts))
    _, text, length, _ = sheet["cards"][0]
    assert text.startswith("\\u202eaaa")
    assert len(text) < MOST_LETTERS + 100
    assert length == 10**6 + 1


def test_what_does_not_fit_is_counted(suite: Suite, outcomes: Outcomes) -> None:
    """Texts beyond a prompt's share of the room are left out, the rarest first, and their answers counted."""
    cells = outcomes(suite, lambda _c, r: "common" if r < 5 else f"{r:05d}" * 200)
    sheet = _sheet(cells, MOST_BYTES // 3000)
    held = sum(row[2] for card in sheet["cards"] for row in card[3])
    assert sheet["cards"][0][1] == "common"
    assert sheet["left_out"] > 0
    assert held + sheet["left_out"] == sheet["n"]


def test_a_large_sheet_is_compressed(suite: Suite, outcomes: Outcomes) -> None:
    """More than a hundred thousand bytes stand on the page compressed, and say the same."""
    sheet = _sheet(outcomes(suite, lambda c, r: f"{c.prompt.id} {r} " * 100), len(suite.prompts))
    text = packed(sheet)
    assert isinstance(text, str)
    assert json.loads(gzip.decompress(base64.b64decode(text))) == sheet
