"""Every reference value is accounted for, and none that the product computes deviates."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from oracle import inference
from oracle.accounts import Accounts, Computed, Excused, account
from oracle.groups import ABSENT, known_values, walk
from oracle.page import page

COMPARED_AT_LEAST = 2346
PAGE = Path(__file__).parents[2] / "docs" / "oracle.md"
SMALL: dict[str, Any] = {"a": {"x": 1.0, "y": [0.25, None]}, "b": {"x": "how"}}


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    """Return the reference values; skips where the file is absent."""
    found = known_values()
    if found is None:
        pytest.skip(ABSENT)
    return found


@pytest.fixture(scope="module")
def accounts(known) -> Accounts:
    """Return what became of every reference value."""
    return walk(known)


def test_every_value_has_one_account(accounts):
    """A value of the file is computed or has a reason, never neither; no reason is given for nothing."""
    compared = {line.where for line in accounts.compared}

    assert accounts.leaves - compared - accounts.excused.keys() == set()
    assert len(compared) + len(accounts.excused) == len(accounts.leaves)
    assert accounts.idle == ()


def test_no_value_deviates(accounts):
    """What the product computes is the reference value, within the tolerance of its kind."""
    assert [(line.where, line.by, line.deviation) for line in accounts.compared if not line.passed] == []


def test_no_fewer_values_are_compared(accounts):
    """What is compared once stays compared; a greater number may be written here at any time."""
    assert len(accounts.compared) >= COMPARED_AT_LEAST


def test_the_page_is_that_of_the_code(known, accounts):
    """Counts, reasons and code of docs/oracle.md are those of today; make oracle writes it anew."""
    assert _without_deviations(PAGE.read_text(encoding="utf-8")) == _without_deviations(page(accounts, known["meta"]))


def test_a_wrong_value_is_seen(known):
    """A reference that is off by a millionth fails, and nothing else does."""
    wrong = copy.deepcopy(known)
    wrong["inference"]["page_trend"]["p_exact"] += 1e-6
    found = account(wrong, [*inference.tests(known)], [])

    assert [line.where for line in found.compared if not line.passed] == [("inference", "page_trend", "p_exact")]


@pytest.mark.parametrize(
    ("value", "passed"),
    [([0.25, None], [True, True]), ([0.25 + 1e-8, None], [False, True]), ([None, 0.0], [False, False])],
)
def test_arrays_are_compared_place_by_place(value, passed):
    """Each place is a value of its own; undefined equals undefined only."""
    found = account(SMALL, [Computed(("a", "y"), "code", value)], [])

    assert [line.passed for line in found.compared] == passed


def test_values_left_over_and_idle_reasons_are_told():
    """What nobody accounts for is missing from both sides, and a reason for no value is named."""
    found = account(SMALL, [Computed(("a", "x"), "code", 1.0)], [Excused(("*", "x*x"), "none"), Excused(("b",), "how")])

    assert found.leaves - {line.where for line in found.compared} - found.excused.keys() == {
        ("a", "y", "0"),
        ("a", "y", "1"),
    }
    assert found.idle == (("*", "x*x"),)


@pytest.mark.parametrize(
    ("computed", "excuses"),
    [
        ([Computed(("a", "x"), "code", 1.0)] * 2, []),
        ([Computed(("a", "x"), "code", 1.0)], [Excused(("a",), "no")]),
        ([], [Excused(("a", "x"), "no"), Excused(("*", "x"), "never")]),
        ([Computed(("a", "y"), "code", [0.25])], []),
    ],
)
def test_two_accounts_of_one_value_are_refused(computed, excuses):
    """So is an array of another length."""
    with pytest.raises(ValueError, match=r"twice|two accounts|computed for"):
        account(SMALL, computed, excuses)


def _without_deviations(text: str) -> str:
    """Return a page without the one column that hangs on the machine: rounding, and the build of zlib."""
    return re.sub(r"^((?:\|[^|\n]+){3})\|[^|\n]*(\| [\d,]+ \|)$", r"\1\2", text, flags=re.MULTILINE)
