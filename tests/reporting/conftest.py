"""A run of six prompts at five temperatures, made of nouns; numbers follow closed formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from evalkit.nouns import (
    Caution,
    Cell,
    CellOutcomes,
    Counts,
    Curve,
    Decoding,
    Draw,
    Endpoint,
    Estimate,
    FinishReason,
    Form,
    Interval,
    LadderRow,
    Measurement,
    Message,
    Metric,
    MetricRequest,
    Panel,
    Point,
    Prompt,
    Provenance,
    Run,
    Sample,
    Suite,
    Trend,
    cells,
)
from evalkit.reporting.assemble import assemble
from evalkit.reporting.findings import Findings
from evalkit.reporting.view import Report

TEMPERATURES = (0.0, 0.5, 1.0, 1.5, 2.0)
NAMES = ("lighthouse", "third-date", "tomato", "robot", "night-train", "bakery")
WORDS = ("quiet", "amber", "old", "salt", "winter", "paper", "small", "bright", "patient", "far")


def _around(value: float | None, width: float, bounds: tuple[float, float]) -> Interval | None:
    if value is None or not width:
        return None
    return Interval(low=max(bounds[0], value - width), high=min(bounds[1], value + width))


@pytest.fixture
def agreement() -> Metric:
    """Return a PAIR metric that falls with diversity."""
    return Metric(
        name="exact_agreement",
        form=Form.PAIR,
        function=lambda a, b: float(a == b),
        unit="probability",
        bounds=(0.0, 1.0),
        min_samples=2,
        defaults=(("level", "raw"),),
        summary="Chance that two answers to the same prompt are the same text.",
        description="Its mean over pairs estimates the collision probability without bias at any number of samples.",
        references='E. H. Simpson, "Measurement of Diversity", Nature 163, 688 (1949).',
        diversity=-1,
    )


@pytest.fixture
def words() -> Metric:
    """Return a SET metric without an upper bound that says nothing of diversity."""
    return Metric(
        name="length_words",
        form=Form.SAMPLE,
        function=lambda text: float(len(text.split())),
        unit="words",
        bounds=(0.0, math.inf),
        min_samples=1,
        options=(("unit", "words"),),
        summary="Words of an answer.",
        references="Definition by this project.",
        panel=Panel.LITERATURE,
    )


@pytest.fixture
def make_curve() -> Callable[..., Curve]:
    """Return a maker of curves: metric, value of prompt i at temperature t, and what to change."""

    def make(
        metric: Metric,
        value: Callable[[int, float], float | None],
        *,
        prompts: tuple[str, ...] = NAMES,
        temperatures: tuple[float, ...] = TEMPERATURES,
        direction: str = "falls",
        width: float = 0.08,
    ) -> Curve:
        points = []
        for temperature in temperatures:
            measured = tuple(
                Measurement(
                    metric=metric.title,
                    prompt_id=name,
                    temperature=temperature,
                    value=(x := value(index, temperature)),
                    undefined=None if x is not None else "fewer than 2 samples",
                    n_samples=20,
                    interval=_around(x, width, metric.bounds),
                    method="U-statistic" if width else "none",
                )
                for index, name in enumerate(prompts)
            )
            known = [m.value for m in measured if m.value is not None]
            mean = sum(known) / len(known) if known else None
            spread = _around(mean, width, metric.bounds)
            points.append(
                Point(
                    temperature=temperature,
                    estimate=Estimate(
                        value=mean,
                        interval=spread,
                        n_prompts=len(known),
                        n_samples=20 * len(known),
                        method="t interval over prompts" if spread else "none: one prompt",
                        undefined=None if known else "fewer than 2 samples",
                        unit=metric.unit,
                        these=_around(mean, width / 2, metric.bounds),
                    ),
                    measurements=measured,
                )
            )
        trend = Trend(
            statistic={"rises": 0.9, "falls": -0.9}.get(direction, 0.1),
            p_value=0.002 if direction != "undecided" else 0.31,
            direction=direction,
            n_prompts=len(prompts),
            method="paired permutation test on Kendall's tau-b",
            slope=-0.4,
            slope_interval=Interval(low=-0.5, high=-0.3),
        )
        return Curve(metric=metric, points=tuple(points), trend=trend)

    return make


@pytest.fixture
def falling(agreement: Metric, make_curve: Callable[..., Curve]) -> Curve:
    """Return agreement that falls with temperature, a little different for each prompt."""
    return make_curve(agreement, lambda i, t: math.exp(-(((0.4 + 0.2 * i) * t) ** 1.5)))


@pytest.fixture
def rising(words: Metric, make_curve: Callable[..., Curve]) -> Curve:
    """Return lengths that rise with temperature."""
    return make_curve(words, lambda i, t: 22 + 3 * i + (4 + i) * t, direction="rises", width=3.5)


@pytest.fixture
def suite() -> Suite:
    """Return the suite the run was asked for with."""
    prompts = tuple(
        Prompt(
            id=name,
            messages=(
                Message(role="system", content="You are a storyteller."),
                Message(role="user", content=f"Tell a two-sentence story about a {name.replace('-', ' ')}."),
            ),
        )
        for name in NAMES
    )
    return Suite(
        name="storytelling",
        endpoint=Endpoint(model="storyteller-small", base_url="loopback"),
        prompts=prompts,
        temperatures=TEMPERATURES,
        samples=20,
        metrics=(MetricRequest(name="exact_agreement"), MetricRequest(name="length_words")),
        decoding=Decoding(max_tokens=120),
        source="name: storytelling\ntemperatures: [0, 0.5, 1, 1.5, 2]\nsamples: 20\n",
    )


@pytest.fixture
def run_(suite: Suite) -> Run:
    """Return the run."""
    return Run(
        label="main",
        plan_key="ab" * 32,
        suite=suite,
        provenance=Provenance(
            evalkit_version="0.1.0", python="3.11.9", platform="Linux x86_64", packages=(("numpy", "2.4.0"),)
        ),
        created_at="2026-11-24T03:00:00Z",
        n_draws=600,
        n_samples=598,
        n_failures=2,
        first_at="2026-11-24T03:00:01Z",
        last_at="2026-11-24T03:00:09Z",
    )


def text_of(cell: Cell, replicate: int) -> str:
    """Return an answer that repeats less the hotter the cell."""
    variety = 1 + int(9 * cell.temperature)
    picked = [WORDS[(replicate % variety * 3 + k) % len(WORDS)] for k in range(4)]
    body = f"The {picked[0]} {cell.prompt.id.replace('-', ' ')} kept a {picked[1]} lamp through the {picked[2]} night. "
    return body + f"By morning only a {picked[3]} letter was left on the sill."


@pytest.fixture
def outcomes() -> Callable[..., Iterator[CellOutcomes]]:
    """Return a maker of a suite's cells, streamed, with the texts of a function of cell and replicate."""

    def make(suite: Suite, text: Callable[[Cell, int], str] = text_of) -> Iterator[CellOutcomes]:
        for cell in cells(suite):
            samples = tuple(
                Sample(
                    draw=Draw(cell=cell, replicate=r),
                    text=text(cell, r),
                    finish_reason=FinishReason.LENGTH if cell.temperature > 1.9 and r < 2 else FinishReason.STOP,
                    model="storyteller-small-2026",
                    system_fingerprint="fp_1",
                )
                for r in range(suite.samples)
            )
            yield CellOutcomes(cell=cell, samples=samples)

    return make


@pytest.fixture
def cautions() -> tuple[Caution, ...]:
    """Return two cautions."""
    return (
        Caution(
            slug="truncated",
            fact="12 of 120 answers at T = 2 were cut by the token limit.",
            meaning="Lengths and agreement at T = 2 describe the first 120 tokens only.",
            remedy="Raise max_tokens and run again under a new label.",
            temperatures=(2.0,),
        ),
        Caution(
            slug="few-prompts",
            fact="The suite has 6 prompts.",
            meaning="The intervals over prompts are wide and rest on few prompts.",
            remedy="Add prompts; 12 or more are better.",
        ),
    )


@pytest.fixture
def ladder() -> tuple[LadderRow, ...]:
    """Return agreement by level: at T = 0 disagreement disappears at white space."""
    return tuple(
        LadderRow(temperature=t, level=level, agreement=a, n_differing=d, n_prompts=6)
        for t, steps in (
            (0.0, (("raw", 0.98, 2), ("whitespace", 1.0, 0), ("punctuation", 1.0, 0))),
            (1.0, (("raw", 0.31, 6), ("whitespace", 0.31, 6), ("punctuation", 0.33, 6))),
        )
        for level, a, d in steps
    )


@pytest.fixture
def findings(
    run_: Run, falling: Curve, rising: Curve, cautions: tuple[Caution, ...], ladder: tuple[LadderRow, ...]
) -> Findings:
    """Return what was found about the run."""
    curves = {curve.metric.title: curve for curve in (falling, rising)}
    counts = tuple(
        Counts(temperature=t, n_wanted=120, n_samples=119, n_error=1, n_empty=2, n_truncated=12, n_refused=3)
        for t in TEMPERATURES
    )
    return Findings(run=run_, curves=curves, cautions=cautions, ladder=ladder, counts=counts)


@pytest.fixture
def report(findings: Findings, outcomes: Callable[..., Iterator[CellOutcomes]]) -> Report:
    """Return the whole page before it is rendered, without pictures."""
    return assemble(findings, outcomes(findings.run.suite), plots=())


HOSTILE = (
    "<script>alert(1)</script>",
    "</script><svg onload=alert(1)>",
    'x" onmouseover="alert(1)',
    "javascript:alert(1)",
    "\u202eevil\u2066",
    "\x1b[31mred\x1b]8;;http://evil.example\x07",
    r"$\frac{1}{$",
    r"$\undefined$",
    "\ud800 lone",
    "letters " * 2500,
    '=HYPERLINK("http://evil.example")',
    "@SUM(1+1)",
    "``` | a | b\n\n# no",
    "![x](http://evil.example/x.png) [y](javascript:alert(1))",
    "nul\x00 cr\r sep\u2028",
    "{{ 7 * 7 }}{% raw %}",
    "漢字 🎈 عربى",
)


@pytest.fixture(params=HOSTILE, ids=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest) -> str:
    """Return text made to break pages, tables and pictures."""
    text: str = request.param
    return text


@pytest.fixture
def hostile_report(
    hostile: str,
    run_: Run,
    agreement: Metric,
    make_curve: Callable[..., Curve],
    outcomes: Callable[..., Iterator[CellOutcomes]],
) -> Report:
    """Return a report in which every text that can come from outside is hostile."""
    suite = replace(
        run_.suite,
        name=hostile,
        endpoint=Endpoint(model=hostile, base_url=hostile),
        prompts=(
            Prompt(id=hostile, messages=(Message(role=hostile, content=hostile),), reference=hostile, tags=(hostile,)),
        ),
        temperatures=(0.0, 1.0),
        decoding=Decoding(stop=(hostile,), extra=((hostile, hostile),)),
        samples=3,
        source=hostile,
    )
    metric = replace(agreement, options=(("level", hostile),), summary=hostile, description=hostile, references=hostile)
    curve = make_curve(metric, lambda _, t: 1 - 0.4 * t, prompts=(hostile,), temperatures=(0.0, 1.0))
    caution = Caution(slug="truncated", fact=hostile, meaning=hostile, remedy=hostile)
    row = LadderRow(temperature=0.0, level=hostile, agreement=0.5, n_differing=1, n_prompts=1)
    run = replace(run_, suite=suite, label=hostile, provenance=replace(run_.provenance, platform=hostile))
    found = Findings(run=run, curves={metric.title: curve}, cautions=(caution,), ladder=(row,))
    return assemble(found, outcomes(suite, lambda _c, _r: hostile), plots=())
