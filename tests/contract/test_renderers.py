"""What every registered renderer promises; a new file in evalkit/reporting/renderers is tested by being there."""

from collections.abc import Callable

import pytest

from evalkit import registry
from evalkit.nouns import Caution, Counts, Optimum
from evalkit.reporting.view import (
    Block,
    CellSamples,
    Fact,
    Group,
    Known,
    MetricSection,
    PromptRow,
    PromptSamples,
    Report,
    Table,
)


@pytest.fixture(params=registry.names("renderers"))
def render(request: pytest.FixtureRequest) -> Callable[[Report], str]:
    """Return each registered renderer."""
    found: Callable[[Report], str] = registry.find("renderers", request.param)
    return found


def _block(text: str) -> Block:
    table = Table(caption=text, columns=(text,), rows=((text,),))
    return Block(
        anchor="part-x",
        heading=text,
        lead=(text,),
        tables=(table,),
        trees=((text, text),),
        notes=(text,),
        data={"x": text},
    )


def _cell(text: str) -> CellSamples:
    group = Group(text=text, n=2, share="100 %", length=len(text), shortened=False, remarks=(text,))
    return CellSamples(temperature=0.5, n_samples=2, n_failures=0, n_distinct=1, groups=(group,), rest=text)


def _report(text: str) -> Report:
    """Return a report in which every text is the given one."""
    known = Known(
        temperature=0.5,
        prompt=text,
        value=0.25,
        undefined=None,
        low=0.125,
        high=0.5,
        level=0.95,
        n_prompts=1,
        n_samples=2,
        method=text,
        text=text,
        mark=(0.125, 0.25, 0.5),
    )
    section = MetricSection(
        anchor="metric-x",
        title=text,
        heading=text,
        unit=text,
        interval="95 % interval",
        summary=text,
        description=text,
        references=text,
        remarks=(text,),
        trend=text,
        trend_statistic=None,
        trend_p=None,
        trend_direction="undecided",
        trend_method=text,
        slope=0.5,
        slope_text=text,
        panel="front",
        optimum=text,
        best=Optimum(temperature=0.5, low=0.0, high=1.0, kind="interior", n_prompts=5, method=text),
        rows=(known,),
        prompts=(PromptRow(prompt=text, values=(known,)),),
        figures=(),
        notes=(text,),
    )
    fact = Fact(name=text, value=text)
    return Report(
        title=text,
        label=text,
        headline=(text,),
        summary=(fact,),
        cautions=(Caution(slug="truncated", fact=text, meaning=text, remedy=text),),
        metrics=(section,),
        ladder=None,
        divergence=None,
        counts=(Counts(temperature=0.5, n_wanted=3, n_samples=2, n_error=1, n_empty=0, n_truncated=0, n_refused=0),),
        samples=(PromptSamples(prompt=text, messages=(fact,), reference=text, cells=(_cell(text),)),),
        samples_note=text,
        settings=(fact,),
        provenance=(fact,),
        source=text,
        blocks=(_block(text),),
    )


@pytest.mark.parametrize("text", ["plain words", "", "<&>\"'`|\n\n\r\t", "\u2028\u202e漢字 🎈", "=1+1", "{{ x }}"])
def test_renders_any_text_the_same_twice(render: Callable[[Report], str], text: str) -> None:
    """Every renderer makes a text of any report, can be encoded, and makes the same one twice."""
    page = render(_report(text))
    assert page.endswith("\n")
    page.encode("utf-8")
    assert render(_report(text)) == page


def test_holds_the_numbers(render: Callable[[Report], str]) -> None:
    """Every renderer shows the value, in full or as the text of the view."""
    page = render(_report("one quarter"))
    assert "0.25" in page or "one quarter" in page


def test_has_a_sentence(render: Callable[[Report], str]) -> None:
    """Every renderer says in its docstring what it returns."""
    assert (render.__doc__ or "").lstrip().startswith("Return ")
