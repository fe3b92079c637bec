import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from evalkit.nouns import Caution, CellOutcomes, Curve, LadderRow, Run, Suite
from evalkit.reporting.assemble import assemble
from evalkit.reporting.findings import Findings
from evalkit.reporting.renderers.html import html
from evalkit.reporting.view import Report

Outcomes = Callable[..., Iterator[CellOutcomes]]

PROGRAM = """
import sys
from evalkit.nouns import *
from evalkit.reporting.assemble import assemble
from evalkit.reporting.findings import Findings
from evalkit.reporting.renderers.html import html
metric = Metric(name="exact_agreement", form=Form.PAIR, function=str.__eq__, unit="probability", bounds=(0.0, 1.0),
                min_samples=2, diversity=-1)
names = ("a", "b", "c")
points = tuple(
    Point(
        temperature=t,
        estimate=Estimate(value=1 - t / 2, interval=Interval(low=0.9 - t / 2, high=1.0), n_prompts=3, n_samples=6,
                          method="t", unit="probability"),
        measurements=tuple(Measurement(metric="exact_agreement", prompt_id=n, temperature=t, value=1 - t / 2,
                                       undefined=None, n_samples=2) for n in names),
    )
    for t in (0.0, 1.0)
)
trend = Trend(statistic=-1.0, p_value=0.25, direction="undecided", n_prompts=3, method="permutation")
suite = Suite(name="s", endpoint=Endpoint(model="m"), prompts=tuple(Prompt(id=n, messages=()) for n in names),
              temperatures=(0.0, 1.0), samples=2, metrics=())
run = Run(label="l", plan_key="k", suite=suite, created_at="2026-11-24T03:00:00Z", n_draws=12,
          provenance=Provenance(evalkit_version="0", python="3", platform="p"))
outcomes = [CellOutcomes(cell=c, samples=tuple(
    Sample(draw=Draw(cell=c, replicate=r), text=f"{r}", model=f"m{r}") for r in range(2))) for c in cells(suite)]
curve = Curve(metric=metric, points=points, trend=trend)
sys.stdout.buffer.write(html(assemble(Findings(run=run, curves={"exact_agreement": curve}), outcomes)).encode())
"""


def test_everything_has_its_place(report: Report) -> None:
    """A report has the suite's title, the headline's metric first, and every part filled."""
    assert (report.title, report.label) == ("storytelling", "main")
    assert [section.title for section in report.metrics] == ["exact_agreement", "length_words(unit=words)"]
    assert [caution.slug for caution in report.cautions] == ["truncated", "few-prompts"]
    assert len(report.samples) == 6
    assert report.headline[-1].endswith("the difference disappears at the level of white space.")
    assert ("failures", "2 draws") in [(fact.name, fact.value) for fact in report.summary]


def test_front_and_literature_are_apart(report: Report) -> None:
    """What drifts stands in a panel of its own, behind the front; the counters stand beside them."""
    assert [section.title for section in report.front] == ["exact_agreement"]
    assert [section.title for section in report.literature] == ["length_words(unit=words)"]
    assert {(c.n_wanted, c.n_samples, c.n_error) for c in report.counts} == {(120, 119, 1)}


def test_headline_metric_leads(run_: Run, falling: Curve, rising: Curve) -> None:
    """The metric of the headline stands first on the page, whatever the suite's order."""
    report = assemble(Findings(run=run_, curves={"a": rising, "b": falling}), [], plots=())
    assert [section.title for section in report.metrics] == ["exact_agreement", "length_words(unit=words)"]


def test_cells_are_streamed(run_: Run, outcomes: Outcomes) -> None:
    """Cells are read once and one at a time: a generator is enough, and none is kept."""
    cells = outcomes(run_.suite)
    report = assemble(Findings(run=run_, curves={}), cells)
    assert next(cells, None) is None
    assert report.headline == ("No metric was measured.",)


def test_cautions_come_from_everywhere_once(run_: Run, falling: Curve) -> None:
    """Cautions of the run and of its curves stand together, none twice."""
    caution = Caution(slug="few-samples", fact="2 samples.", meaning="Wide.", remedy="More.")
    found = Findings(run=run_, curves={"a": replace(falling, cautions=(caution,))}, cautions=(caution,))
    report = assemble(found, [], plots=())
    assert report.cautions == (caution,)


def test_nothing_invisible_reaches_the_page(hostile_report: Report) -> None:
    """No control, direction mark or lone surrogate of a model is left anywhere in a report."""
    text = repr(hostile_report)
    assert not set(text) & set("\x00\x07\x1b\r\u202e\u2066\u2028\ud800")
    repr(hostile_report).encode("utf-8")


def test_equal_nouns_give_equal_bytes_in_two_processes() -> None:
    """Two processes with different hash seeds make the same page, byte for byte, pictures included."""
    pages = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1]
    assert b"data:image/svg+xml" in pages[0]


def test_one_prompt_and_one_temperature(
    run_: Run, suite: Suite, agreement: object, make_curve: Callable[..., Curve], outcomes: Outcomes
) -> None:
    """The smallest run makes a page: one prompt at one temperature shows the curve alone."""
    small = replace(suite, prompts=suite.prompts[:1], temperatures=(0.7,))
    curve = make_curve(agreement, lambda _i, _t: 0.4, prompts=("lighthouse",), temperatures=(0.7,), width=0.0)
    report = assemble(Findings(run=replace(run_, suite=small), curves={"a": curve}), outcomes(small))
    assert [figure.plot for figure in report.metrics[0].figures] == ["curve"]
    assert "one temperature shows no trend" in html(report)


def test_undefined_everywhere_makes_a_page(
    run_: Run, agreement: object, make_curve: Callable[..., Curve], ladder: tuple[LadderRow, ...]
) -> None:
    """A metric without any value still gets its section, its pictures and its reasons."""
    curve = make_curve(agreement, lambda _i, _t: None)
    report = assemble(Findings(run=run_, curves={"a": curve}, ladder=ladder), [])
    assert len(report.metrics[0].figures) == 4
    assert "undefined: fewer than 2 samples" in html(report)
