"""A run's report as JUnit XML."""

import xml.etree.ElementTree as ET

from evalkit.reporting.junit_xml import ERROR, FAILURE, SKIPPED, Case, CaseSuite, junit_xml


def _root(*cases):
    suite = CaseSuite(name="s\x00", cases=cases, properties=(("top_p", "<1>"),), remarks="]]> \ud800")
    return ET.fromstring(junit_xml("all & more", [suite]))  # noqa: S314 - our own


def test_counts_are_those_of_the_cases():
    """A build server reads the counts of failures, errors and skipped cases from the head."""
    root = _root(
        Case(group="m", name="a"),
        Case(group="m", name="b", end=FAILURE, message="lower"),
        Case(group="m", name="c", end=ERROR, message="undefined"),
        Case(group="m", name="d", end=SKIPPED, message="open"),
    )
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    assert root.find("testsuite/testcase/failure").get("message") == "lower"


def test_what_xml_forbids_is_visible():
    """Control characters and lone surrogates are written as escapes, and properties keep their signs."""
    root = _root(Case(group="m", name="a", output="\x1b[31m"))
    assert root.find("testsuite").get("name") == r"s\x00"
    assert root.find("testsuite/testcase/system-out").text == r"\x1b[31m"
    assert root.find("testsuite/system-err").text == r"]]> \ud800"
    assert root.find("testsuite/properties/property").get("value") == "<1>"
