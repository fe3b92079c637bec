"""What every renderer of comparisons promises; a new file in its room is tested by being there."""

from collections.abc import Callable

import pytest

from evalkit import registry
from evalkit.nouns import Caution, Comparison, Contrast, Interval, LeftOut, SettingDifference, Verdict
from evalkit.reporting.sides import AnswerPair, ComparisonReport, ContrastRow, MetricContrasts, MovedPrompt, Versus
from evalkit.reporting.view import Block, Group, Table


@pytest.fixture(params=registry.names("comparison_renderers"))
def render(request: pytest.FixtureRequest) -> Callable[[ComparisonReport], str]:
    """Return each registered renderer of comparisons."""
    found: Callable[[ComparisonReport], str] = registry.find("comparison_renderers", request.param)
    return found


def _row(text: str, outcome: str) -> ContrastRow:
    contrast = Contrast(
        metric=text,
        temperature=0.5,
        difference=0.25,
        interval=Interval(low=0.125, high=0.5),
        p_adjusted=0.01,
        verdict=Verdict.HIGHER,
        n_prompts=3,
        method=text,
        undefined=text,
    )
    words = {"baseline": text, "candidate": text, "difference": text, "p_value": text, "remark": text}
    return ContrastRow(
        metric=text, words=text, where="T = 0.5", verdict="higher", outcome=outcome, contrast=contrast, **words
    )


def _report(text: str, *, answer: str = "an answer") -> ComparisonReport:
    """Return a report of two candidates in which every text but the answers is the given one."""
    rows = tuple(_row(text, outcome) for outcome in ("not asked", "passed", "failed", "undecided", "undefined"))
    table = Table(caption=text, columns=(text, text), rows=((text, text),))
    group = Group(text=answer, n=2, share="100 %", length=9, shortened=False)
    pair = AnswerPair(temperature=0.5, left=group, right=group, left_of=text, right_of=text)
    numbers = Comparison(
        baseline=text,
        candidate=text,
        contrasts=tuple(row.contrast for row in rows),
        settings=(SettingDifference(name=text, baseline=text, candidate=text),),
        left_out=(LeftOut(what="prompt", side="baseline", names=(text,)),),
        prompts=(text,),
        temperatures=(0.5,),
    )
    sections = tuple(
        Versus(
            anchor=f"run-{n}",
            baseline=text,
            candidate=text,
            headline=(text, text),
            settings=((text, text, text),),
            left_out=(text,),
            cautions=(Caution(slug="truncated", fact=text, meaning=text, remedy=text),),
            glance=table,
            metrics=(
                MetricContrasts(
                    anchor=f"run-{n}-metric-x", title=text, heading=text, unit=text, sentence=text, rows=rows
                ),
            ),
            blocks=(Block(anchor=f"run-{n}-x", heading=text, lead=(text,), tables=(table,), data={"x": text}),),
            moved=(MovedPrompt(prompt=text, message=text, moved=text, pairs=(pair,)),),
            moved_note=text,
            numbers=numbers,
        )
        for n in (1, 2)
    )
    return ComparisonReport(
        title=text, baseline=text, headline=(text, text), matrix=table, sections=sections, terms=(text,), asked=text
    )


@pytest.mark.parametrize("text", ["plain words", "", "<&>\"'`|\n\n\r\t", "\u2028\u202e漢字 🎈", "=1+1", "{{ x }}"])
def test_renders_any_text_the_same_twice(render: Callable[[ComparisonReport], str], text: str) -> None:
    """Every renderer makes a text of any comparison, can be encoded, and makes the same one twice."""
    page = render(_report(text))
    assert page.endswith("\n")
    page.encode("utf-8")
    assert render(_report(text)) == page


def test_holds_the_difference(render: Callable[[ComparisonReport], str]) -> None:
    """Every renderer shows the difference, in full or as the text of the view."""
    page = render(_report("one quarter"))
    assert "0.25" in page or "one quarter" in page


def test_answers_are_on_the_page_only(render: Callable[[ComparisonReport], str]) -> None:
    """What goes to a pull request, a build server or a program holds no answer of a model."""
    page = render(_report("x", answer="SECRET"))
    assert ("SECRET" in page) == ("<html" in page)


def test_has_a_sentence(render: Callable[[ComparisonReport], str]) -> None:
    """Every renderer says in its docstring what it returns."""
    assert (render.__doc__ or "").lstrip().startswith("Return ")
