"""What the endpoint does with its settings, as it was asked before the run, after it, and by hand."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.nouns import JSON, Conduct, Finding, Occasion, Probing
from evalkit.reporting.blocks.base import block
from evalkit.reporting.conduct_rows import COLUMNS, rows_of
from evalkit.reporting.findings import Findings
from evalkit.reporting.view import Block, Table
from evalkit.text.counting import counted
from evalkit.text.visible import visible

_WHEN = {
    Occasion.PREFLIGHT: "Before the run",
    Occasion.CANARY: "After the run",
    Occasion.ASKED: "When it was asked",
}
_NOTE = (
    "honoured: the endpoint does what the protocol says; ignored: it takes the setting, and nothing follows; partly:"
    " something else follows; refused: it answers with an error; could not tell: the answers carry no verdict, which is"
    " neither praise nor blame. p-values are adjusted over the table (Holm)."
)


@block(Findings)
def conduct(found: Findings, plots: Sequence[str] | None) -> Block | None:
    """Return what is known of the endpoint, a table for each time it was asked; None where it never was."""
    del plots
    newest = {when: each for when, each in found.run.newest.items() if each.findings}
    if not newest:
        return None
    return Block(
        anchor="conduct",
        heading="What the endpoint does with its settings",
        order=25,
        lead=tuple(_said(newest[when]) for when in _WHEN if when in newest),
        tables=tuple(_table(newest[when]) for when in _WHEN if when in newest),
        notes=(_NOTE,),
        data=[_numbers(newest[when]) for when in _WHEN if when in newest],
    )


def _said(probing: Probing) -> str:
    """Return one sentence: how much is as it should be, and what is not."""
    kinds: dict[Conduct, list[str]] = {}
    for each in probing.findings:
        kinds.setdefault(each.conduct, []).append(visible(each.subject, keep=""))
    fine, n = len(kinds.pop(Conduct.HONOURED, [])), len(probing.findings)
    order = (Conduct.IGNORED, Conduct.PARTLY, Conduct.REFUSED, Conduct.UNKNOWN)
    more = [f"{kind.value}: {' / '.join(kinds[kind])}" for kind in order if kind in kinds]
    said = "; ".join([f"{fine} of {n} honoured", *more])
    return f"{_WHEN[probing.occasion]}, by {counted(probing.n_requests, 'short request')}: {said}."


def _table(probing: Probing) -> Table:
    return Table(
        caption=f"{_WHEN[probing.occasion]} ({probing.began_at}): what was asked, and the evidence.",
        columns=(_WHEN[probing.occasion].lower(), *COLUMNS[1:]),
        rows=rows_of(probing.findings),
    )


def _numbers(probing: Probing) -> JSON:
    return {
        "occasion": probing.occasion.value,
        "began_at": probing.began_at,
        "n_requests": probing.n_requests,
        "findings": [_finding(each) for each in probing.findings],
    }


def _finding(each: Finding) -> JSON:
    ends = each.interval
    return {
        "probe": each.probe,
        "subject": each.subject,
        "conduct": each.conduct.value,
        "evidence": visible(each.evidence, keep=""),
        "settle": each.settle,
        "test": each.test,
        "p_value": each.p_value,
        "p_adjusted": each.p_adjusted,
        "value": each.value,
        "low": ends.low if ends else None,
        "high": ends.high if ends else None,
        "unit": each.unit,
        "n_requests": each.n_requests,
    }
