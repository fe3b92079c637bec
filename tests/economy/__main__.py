"""`make economy`: ask every question, and write docs/economy.md; takes most of an hour."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

import evalkit
from economy.betting import samples_of_bets
from economy.laws import POOL, Law, law_of, metric_of, suite_of, texts_of
from economy.questions import QUESTIONS, Question
from economy.table import key, page
from economy.trying import Tried, tried
from evalkit.nouns import Goal, Precision
from evalkit.stats.streams import stream

PAGE = Path(__file__).parents[2] / "docs" / "economy.md"
RUNS, STREAMS, COMMANDS = 500, 10, 5


def main() -> int:
    """Write the page; return 0."""
    found, bets = [], {}
    for question in QUESTIONS:
        laws = laws_of(question)
        found.append(tried(question, laws, runs=RUNS, precision=Precision(goals=())))
        if not question.is_verdict:
            bets[key(question)] = bet(question, laws)
        print(key(question), f"{found[-1].n_drawn:,.0f} samples", flush=True)  # noqa: T201 - what a command says
    text = page(found, bets, over_http(COMMANDS, found[0]), version=evalkit.__version__, runs=RUNS)
    PAGE.write_text(text, encoding="utf-8")
    return 0


def laws_of(question: Question, pool: int = POOL) -> dict[float, list[Law]]:
    """Return the laws of the suite's prompts at each of its temperatures, each of a pool of so many answers."""
    suite = suite_of(question)
    metric = metric_of(question, suite)
    return {
        t: [law_of(metric, prompt, t, texts_of(suite, prompt, t, pool), rare=question.rare) for prompt in suite.prompts]
        for t in suite.temperatures
    }


def bet(question: Question, laws: dict[float, list[Law]]) -> float:
    """Return the samples of each cell that bets take, in the mean over temperatures."""
    took = []
    for t, each in laws.items():
        rng = stream(3, "economy", question.suite, question.words, f"{t:g}")
        took.append(np.mean([samples_of_bets(each, question.within or 0.0, rng) for _ in range(STREAMS if t else 1)]))
    return float(np.mean(took))


def over_http(commands: int, simulated: Tried) -> str:
    """Return what real runs of the first question took, over HTTP, beside what simulated ones did."""
    question = simulated.question
    goal = Goal(metric=question.metric, within=question.within)
    took, reached, looks = [], [], []
    for number in range(commands):
        suite = suite_of(question)
        asked = tuple(request for request in suite.metrics if request.name == question.metric)
        suite = replace(suite, samples=400, metrics=asked, precision=Precision(goals=(goal,)), seed=number)
        with tempfile.TemporaryDirectory() as folder, evalkit.open_store(Path(folder) / "runs.sqlite") as store:
            run = evalkit.run(suite, store, label="r")
            found = evalkit.measure(store, "r").sequential
        took.append(run.n_samples)
        reached += [stand.is_reached for stand in found.stands]
        looks += [standing.looks for standing in run.suite.standings]
    tallies = simulated.sequential.values()
    spread = float(np.sqrt(sum(np.var(tally.sizes) for tally in tallies)))
    return (
        "## The command itself\n\n"
        f"`evalkit run suites/{question.suite}.yaml --precision {question.metric}={question.within:g} --samples 400`,"
        f" over HTTP to the embedded endpoint, {commands} times: {', '.join(f'{n:,}' for n in took)} samples,"
        f" {np.mean(took):,.0f} in the mean, {np.mean(looks):.1f} looks,"
        f" {sum(reached)} of {len(reached)} goals reached."
        f" The simulation says {simulated.n_drawn:,.0f} ± {spread:,.0f} (standard deviation of a run), and"
        f" {np.mean([np.mean(tally.looks) for tally in tallies]):.1f} looks."
    )


if __name__ == "__main__":
    sys.exit(main())
