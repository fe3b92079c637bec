"""The guide to tests says what the plugin does: its code, its tables, its numbers, its messages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from evalkit.stats.power import n_for_commonest_share, n_for_lower_bound
from evalkit.stats.proportion import clopper_pearson
from evalkit.testing.marks import _KEYWORDS
from evalkit.testing.options import SETTINGS

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ALPHA = 0.05


@pytest.fixture(scope="module")
def guide(root: Path) -> str:
    """Return the guide."""
    return (root / "docs/pytest.md").read_text("utf-8")


def _blocks(text: str, language: str) -> list[str]:
    return [block for name, block in _BLOCK.findall(text) if name == language]


def _rows(text: str, first: str) -> list[list[str]]:
    """Return the rows of the table whose head begins so, without head and rule."""
    lines = text.split(f"\n| {first}", 1)[1].split("\n\n", maxsplit=1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_it_begins_with_the_suite_of_the_readme(root: Path, guide: str) -> None:
    """One first test, in both places; it is run where the README is tested."""
    section = (root / "README.md").read_text("utf-8").split("\n## From pytest\n")[1]
    assert _blocks(guide, "python")[0] == _blocks(section, "python")[0]


def test_its_code_can_be_read(guide: str) -> None:
    """Python is Python, the build's file is YAML with jobs."""
    for block in _blocks(guide, "python"):
        ast.parse(block)
    (workflow,) = _blocks(guide, "yaml")
    assert YAML(typ="safe").load(workflow)["jobs"]


def test_every_setting_and_keyword_has_a_row_and_no_other(guide: str) -> None:
    """The tables are complete, and nothing in the text is an option that the plugin does not know."""
    told = [(re.split(r"[=`]", option[1:])[0], variable, ini) for option, variable, ini, _ in _rows(guide, "option |")]
    assert told == [(each.option, f"`{each.variable}`", f"`{each.ini}`") for each in SETTINGS]
    assert set(re.findall(r"--evalkit-[a-z-]*[a-z]", guide)) <= {each.option for each in SETTINGS}
    keywords = {word for row in _rows(guide, "keyword |") for word in re.findall(r"`(\w+)`", row[0])}
    assert keywords == set(_KEYWORDS)


def test_its_numbers_of_samples_are_those_that_messages_tell(guide: str) -> None:
    """What so many equal answers prove, and how many prove so much."""
    for n, share, pairs in _rows(guide, "samples |"):
        level = 1 - 2 * ALPHA
        assert float(share) == round(clopper_pearson(int(n), int(n), level=level)[0], 3)
        assert float(pairs) == round(clopper_pearson(int(n) // 2, int(n) // 2, level=level)[0], 3)
    for threshold, share, pairs, of_ten in _rows(guide, "threshold |"):
        n = n_for_commonest_share(float(threshold), alpha=ALPHA)
        assert n == n_for_lower_bound(float(threshold), alpha=ALPHA)
        assert (int(share), int(pairs), of_ten) == (n, 2 * n, f"{2 * -(-n // 10)} of each")


def test_the_messages_that_it_shows_were_captured(root: Path, guide: str) -> None:
    """They stand on the page of messages, which is held by a test."""
    captured = (root / "docs/pytest_messages.md").read_text("utf-8")
    assert [block for block in _blocks(guide, "text") if block not in captured] == []
