"""JUnit XML as build servers read it: suites, cases, and what became of each."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass

from evalkit.text.visible import visible

PASSED, FAILURE, ERROR, SKIPPED = "passed", "failure", "error", "skipped"
"""What may become of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question a build asks."""

    group: str
    """What it belongs to."""
    name: str
    """What it is about."""
    end: str = PASSED
    """What became of it."""
    message: str = ""
    """Why, where it did not pass."""
    output: str = ""
    """Its numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSuite:
    """Cases that belong together."""

    name: str
    """What they are about."""
    cases: tuple[Case, ...]
    """In order."""
    properties: tuple[tuple[str, str], ...] = ()
    """Settings, by name."""
    remarks: str = ""
    """What may mislead the reader."""


def junit_xml(name: str, suites: Iterable[CaseSuite]) -> str:
    """Return suites as JUnit XML; what XML forbids, such as control characters, is written as an escape.

    Args:
        name: What all of them are about.
        suites: In order.
    """
    made = [_suite(each) for each in suites]
    root = ET.Element("testsuites", {"name": _safe(name), **_sums(made)})
    root.extend(made)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(suite: CaseSuite) -> ET.Element:
    ends = [case.end for case in suite.cases]
    counts = {"tests": len(ends), "failures": ends.count(FAILURE), "errors": ends.count(ERROR)}
    counts["skipped"] = ends.count(SKIPPED)
    made = ET.Element("testsuite", {"name": _safe(suite.name), **{key: str(n) for key, n in counts.items()}})
    if suite.properties:
        listed = ET.SubElement(made, "properties")
        for name, value in suite.properties:
            ET.SubElement(listed, "property", {"name": _safe(name), "value": _safe(value)})
    for case in suite.cases:
        node = ET.SubElement(made, "testcase", {"classname": _safe(case.group), "name": _safe(case.name)})
        if case.end != PASSED:
            ET.SubElement(node, case.end, {"message": _safe(case.message)})
        if case.output:
            ET.SubElement(node, "system-out").text = _safe(case.output)
    if suite.remarks:
        ET.SubElement(made, "system-err").text = _safe(suite.remarks)
    return made


def _sums(suites: Iterable[ET.Element]) -> dict[str, str]:
    made = list(suites)
    return {key: str(sum(int(s.get(key, "0")) for s in made)) for key in ("tests", "failures", "errors", "skipped")}


def _safe(text: str) -> str:
    return visible(text)
