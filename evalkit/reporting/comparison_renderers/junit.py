"""JUnit XML: one case for each contrast, for the test reports of a build server."""

from __future__ import annotations

from evalkit.reporting.junit_xml import ERROR, FAILURE, PASSED, SKIPPED, Case, CaseSuite, junit_xml
from evalkit.reporting.sides import ComparisonReport, ContrastRow, Versus

_ENDS = {"passed": PASSED, "failed": FAILURE, "undecided": SKIPPED, "undefined": ERROR}


def junit(report: ComparisonReport) -> str:
    """Return comparisons as JUnit XML: a suite for each candidate, a case for each contrast.

    What `--fail-on` names is a failure where it is shown, and skipped where the data leave it open. A contrast that
    was asked for by name and has no difference is an error. Where nothing was asked, what is shown passes, and what
    is not is skipped. No answer of a model is in it.
    """
    return junit_xml(report.title, [_suite(section, report.asked) for section in report.sections])


def _suite(section: Versus, asked: str) -> CaseSuite:
    properties = [("baseline", section.baseline), ("candidate", section.candidate)]
    properties += [("fail_on", asked)] if asked else []
    properties += [(f"setting differs: {name}", f"{before} -> {after}") for name, before, after in section.settings]
    properties += [("left out", line) for line in section.left_out]
    return CaseSuite(
        name=f"{section.candidate} against {section.baseline}",
        cases=tuple(_case(row) for row in section.rows),
        properties=tuple(properties),
        remarks="\n".join(str(caution) for caution in section.cautions),
    )


def _case(row: ContrastRow) -> Case:
    end, message = _end(row)
    values = f"{row.baseline} -> {row.candidate}, difference {row.difference}" if row.difference else "no difference"
    p = f", adjusted p {row.p_value}" if row.p_value else ""
    return Case(
        group=row.metric,
        name=row.where,
        end=end,
        message=message,
        output=f"{row.verdict}: {values}{p}{f'; {row.remark}' if row.remark else ''}",
    )


def _end(row: ContrastRow) -> tuple[str, str]:
    """Return what became of a case, and why."""
    said = f"{row.verdict}{f' ({row.remark})' if row.remark else ''}"
    if row.outcome in {"passed", "failed"}:
        return _ENDS[row.outcome], "" if row.outcome == "passed" else f"{said}: {row.difference}"
    if row.outcome == "undecided":
        return SKIPPED, f"undecided: {said}"
    if row.outcome == "undefined":
        return ERROR, said
    return (SKIPPED, said) if row.verdict in {"inconclusive", "undefined"} else (PASSED, "")
