"""The page of figures keeps what was not measured anew, and what is compared is there to be compared."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks import harnesses, kernels
from benchmarks.apart import BrokenOffError, asked
from benchmarks.environments import PINS
from benchmarks.line import Line, seconds
from benchmarks.page import BEGIN, END, keep
from benchmarks.peers.metrics import WAYS
from evalkit.metrics.base import resolve
from evalkit.nouns import MetricRequest


def _line(what: str, *, reached: bool | None = True) -> Line:
    return Line(what=what, target="2 x", ours="1 ms", others="3 ms", got="3 x", reached=reached)


def _docs(folder: Path) -> Path:
    (folder / "performance.md").write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    return folder


def test_a_part_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    """Only the section of what was measured changes, whatever came first; prose around the marks is left alone."""
    docs = _docs(tmp_path)
    for part, what in (("b", "second"), ("a", "first"), ("b", "anew")):
        keep(docs, part, {"title": part.upper(), "stamp": f"of {part}"}, [_line(what)], ("a", "b"))
    page = (docs / "performance.md").read_text("utf-8")
    assert page.startswith("before\n")
    assert page.endswith("\nafter\n")
    assert re.findall(r"^### (\w)$|^\| (first|second|anew|old) ", page, re.MULTILINE) == [
        ("A", ""),
        ("", "first"),
        ("B", ""),
        ("", "anew"),
    ]
    assert list(json.loads((docs / "performance.json").read_text("utf-8"))) == ["a", "b"]


def test_a_row_is_one_row(tmp_path: Path) -> None:
    """What a failing installer says can not break the table; nothing wanted is no verdict."""
    docs = _docs(tmp_path)
    keep(docs, "a", {"title": "A", "stamp": ""}, [_line("a | b\nc", reached=None)], ("a",))
    page = (docs / "performance.md").read_text("utf-8")
    assert "| a / b c | 2 x | 1 ms | 3 ms | 3 x |  |" in page


@pytest.mark.parametrize(
    ("value", "said"), [(4e-5, "40 us"), (0.0123, "12.3 ms"), (7.26, "7.3 s"), (1346.2, "1,346 s")]
)
def test_times_are_told_in_their_unit(value: float, said: str) -> None:
    """Microseconds to minutes, three digits at the most but for long times."""
    assert seconds(value) == said


def test_work_that_fails_says_why() -> None:
    """A process that ends in an error becomes its last word, not a table that stops."""
    with pytest.raises(BrokenOffError, match=r"failed with code 1.*No module named"):
        asked("there_is_no_such_module")


def test_peers_are_pinned_and_there() -> None:
    """Each environment names exact versions, each peer is a function, and each of our sides is a metric."""
    pins = {path.stem: path.read_text("utf-8").split() for path in PINS.glob("requirements-*.txt")}
    assert [pin for lines in pins.values() for pin in lines if not re.fullmatch(r"[\w.\[\]-]+==[\w.]+", pin)] == []
    environments = {peer.environment for peer in kernels.PEERS} | {
        harnesses.environment(each) for each in harnesses.HARNESSES
    }
    assert {f"requirements-{name}" for name in environments} == set(pins)
    assert {peer.way for peer in kernels.PEERS} == set(WAYS)
    assert {resolve(MetricRequest(name=peer.metric)).name for peer in kernels.PEERS if peer.metric != "slices"}
