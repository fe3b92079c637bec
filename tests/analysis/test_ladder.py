"""Agreement by level of equality."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.analysis.ladder import Ladder, agreements_at
from evalkit.nouns import MetricRequest
from evalkit.text.levels import LEVELS, level_of


def test_disagreement_disappears_level_by_level(suite_of, cell_of):
    """Texts that differ in white space agree one level up, those that differ in case one further."""
    ladder = Ladder(suite_of())
    ladder.see(cell_of(["Yes", "Yes\n", "Yes"], temperature=0.0))
    ladder.see(cell_of(["A  b", "A b", "A b"], prompt="p2", temperature=0.0))
    ladder.see(cell_of(["No", "no", "No"], prompt="p3", temperature=0.0))
    ladder.see(cell_of(["No", "No.", "No"], prompt="p4", temperature=0.0))
    rows = {row.level: row for row in ladder.rows()}
    assert list(rows) == ["raw", "nfc_strip", "whitespace", "loose", "punctuation"]
    assert [row.n_differing for row in rows.values()] == [4, 3, 2, 1, 0]
    assert [row.agreement for row in rows.values()] == pytest.approx([1 / 3, 1 / 2, 2 / 3, 5 / 6, 1.0])


def test_json_is_a_level_where_half_of_the_texts_are_values(suite_of, cell_of):
    """Two spellings of one value agree at the level of JSON; among other texts that level is left out."""
    ladder = Ladder(suite_of())
    ladder.see(cell_of(['{"a": 1, "b": 2}', '{"b": 2, "a": 1.0}', '{"a":1,"b":2}']))
    assert [(row.level, row.agreement) for row in ladder.rows()][-1] == ("json", 1.0)


def test_rows_ascend_in_temperature(suite_of, cell_of):
    """Rows come by ascending temperature, strictest level first, with the prompts they rest on."""
    ladder = Ladder(suite_of())
    for temperature in (1.0, 0.0):
        ladder.see(cell_of(["a", "b"], temperature=temperature))
    assert [(row.temperature, row.level) for row in ladder.rows()][::5] == [(0.0, "raw"), (1.0, "raw")]
    assert {row.n_prompts for row in ladder.rows()} == {1}


def test_one_sample_makes_no_pair(suite_of, cell_of):
    """Cells without a pair give no row."""
    ladder = Ladder(suite_of())
    ladder.see(cell_of(["a"]))
    ladder.see(cell_of([]))
    assert ladder.rows() == ()


def test_answer_is_a_level_when_the_suite_has_a_pattern(suite_of, cell_of):
    """Reasoning may differ where the answer does not."""
    suite = suite_of(metrics=(MetricRequest(name="accuracy", options=(("pattern", r"Answer: (\w)"),)),))
    ladder = Ladder(suite)
    ladder.see(cell_of(["so Answer: B", "thus Answer: B"]))
    assert [(row.level, row.agreement) for row in ladder.rows()][-1] == ("answer", 1.0)


def test_texts_without_an_answer_agree_with_none():
    """Equal texts that hold no answer do not agree on one."""
    levels = {"answer": level_of("answer", pattern=r"Answer: (\w)")}
    assert agreements_at(["x", "x", "Answer: B", "Answer: B"], levels) == {"answer": 1 / 6}


PIECES = st.sampled_from(
    ["a", "A", " ", "\n", ".", "-", "1", "_", "`", "\u00e9", "e\u0301", "\ufb01", "\u0130", "\ud800", "[]"]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(PIECES, max_size=4).map("".join), min_size=2, max_size=7))
def test_each_level_counts_the_pairs_it_calls_the_same(texts):
    """What stricter levels or letters tell is not asked about again, and each share is that of the pairs."""
    levels = {name: level_of(name) for name in LEVELS if name != "answer"}
    expected = {}
    for name, level in levels.items():
        same = [level(a) == level(b) is not None for a, b in itertools.combinations(texts, 2)]
        expected[name] = sum(same) / len(same)
    assert agreements_at(texts, levels) == pytest.approx(expected, abs=1e-12)


def test_a_pattern_that_checks_validity_is_no_answer(suite_of, cell_of):
    """What makes an answer acceptable is not the answer: the ladder ends before it."""
    suite = suite_of(metrics=(MetricRequest(name="validity", options=(("pattern", r"^\w+$"),)),))
    ladder = Ladder(suite)
    ladder.see(cell_of(["a b", "a b"]))
    assert [row.level for row in ladder.rows()][-1] == "punctuation"
