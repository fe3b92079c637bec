"""JUnit XML: one case for each metric and temperature, for the test reports of a build server."""

from __future__ import annotations

from evalkit.reporting import numbers
from evalkit.reporting.junit_xml import PASSED, SKIPPED, Case, CaseSuite, junit_xml
from evalkit.reporting.view import Known, MetricSection, Report


def junit(report: Report) -> str:
    """Return the report as JUnit XML: one suite, a case for each metric and temperature.

    A value that does not exist is skipped, with its reason; nothing fails, for a measurement judges nothing.
    """
    facts = [("label", report.label), *((fact.name, fact.value) for fact in (*report.settings, *report.provenance))]
    suite = CaseSuite(
        name=report.title,
        cases=tuple(_case(section, row) for section in report.metrics for row in section.rows),
        properties=tuple(dict(facts).items()),
        remarks="\n".join(str(caution) for caution in report.cautions),
    )
    return junit_xml(report.title, [suite])


def _case(section: MetricSection, row: Known) -> Case:
    unit = f" {section.unit}" if section.unit else ""
    resting = f"{numbers.count(row.n_prompts, 'prompt')}, {numbers.count(row.n_samples, 'sample')}"
    return Case(
        group=section.title,
        name=f"T = {numbers.temperature(row.temperature)}",
        end=PASSED if row.value is not None else SKIPPED,
        message="" if row.value is not None else row.undefined or "no reason given",
        output=f"{row.text}{unit}; {resting}; {row.method}",
    )
