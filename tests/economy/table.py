"""The page: what fixed plans take, what looks take, and whether what was known then is true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from economy.questions import Question
from economy.trying import REACHED, Fixed, Tally, Tried
from evalkit.stats.proportion import clopper_pearson

_PLANS = ("known", "usual", "worst")


def page(found: Sequence[Tried], bets: Mapping[str, float], http: str, *, version: str, runs: int) -> str:
    """Return the page.

    Args:
        found: What came of each question.
        bets: By words and suite of a question, samples of each cell that bets took in the mean over temperatures.
        http: What the command itself took.
        version: Of the product.
        runs: Simulations of each question.
    """
    parts = [
        _HEAD.format(version=version, runs=runs, **_means(found)),
        _table(_SAMPLES, [_samples(each) for each in found]),
        _MEANS.format(**_means(found)),
        _table(_TRUE, [_true(each) for each in found]),
        _AFTER_TRUE.format(**_worst(found)),
        http,
        _BETS,
        _table(_OF_BETS, [_bets(each, bets) for each in found if key(each.question) in bets]),
        _LIMITS,
    ]
    return "\n\n".join(parts) + "\n"


def key(question: Question) -> str:
    """Return what tells a question from others."""
    return f"{question.suite}: {question.words}"


def ratios(found: Sequence[Tried], plan: str) -> dict[str, float]:
    """Return what looks took as a share of a plan, in the mean over the questions of each suite."""
    suites = dict.fromkeys(each.question.suite for each in found)
    return {
        suite: float(np.mean([each.ratio(getattr(each, plan)) for each in found if each.question.suite == suite]))
        for suite in suites
    }


def _means(found: Sequence[Tried]) -> dict[str, str]:
    means = {plan: f"{np.mean(list(ratios(found, plan).values())):.0%}" for plan in _PLANS}
    same = [each for each in found if _reached(each.usual.tallies) >= REACHED]
    usual = f"{np.mean(list(ratios(same, 'usual').values())):.0%}"
    return {**means, "usual": usual, "same": f"{len(same)}", "all": f"{len(found)}", "every": means["usual"]}


def _worst(found: Sequence[Tried]) -> dict[str, str]:
    false = sum(sum(tally.false) for each in found for tally in each.sequential.values())
    decided = sum(sum(tally.decided) for each in found for tally in each.sequential.values())
    every = [hit for each in found for tally in each.sequential.values() for hit in tally.covered]
    low, high = clopper_pearson(sum(every), len(every))
    return {
        "n": f"{len(every):,}",
        "coverage": f"{np.mean(every):.2%}",
        "low": f"{low:.2%}",
        "high": f"{high:.2%}",
        "false": f"{false:,}",
        "decided": f"{decided:,}",
    }


_SAMPLES = (
    "suite",
    "question",
    "knows the law",
    "usual variance",
    "any variance",
    "in looks",
    "of the first",
    "of the second",
    "of the third",
    "goals reached",
    "looks",
)
_TRUE = ("suite", "question", "coverage", "lowest, at", "false decisions", "coverage of the plan that knows the law")
_OF_BETS = ("suite", "question", "in looks", "by bets")


def _samples(each: Tried) -> tuple[str, ...]:
    tallies = each.sequential.values()
    return (
        each.question.suite,
        f"{each.question.words} (`{each.question.metric}`)",
        _plan(each.known),
        _plan(each.usual),
        _plan(each.worst),
        f"{each.n_drawn / each.n_cells:,.1f}",
        *(f"{each.ratio(getattr(each, plan)):.0%}" for plan in _PLANS),
        _least_reached(each.sequential),
        f"{np.mean([np.mean(tally.looks) for tally in tallies]):.1f}",
    )


def _plan(plan: Fixed) -> str:
    return f"{plan.n:,} ({_least_reached(plan.tallies)})"


def _least_reached(tallies: Mapping[float, Tally]) -> str:
    return f"{_reached(tallies):.0%}"


def _reached(tallies: Mapping[float, Tally]) -> float:
    """Return the share of runs that reach the goal, at the temperature where fewest do."""
    return float(min(np.mean(tally.reached) for tally in tallies.values()))


def _true(each: Tried) -> tuple[str, ...]:
    lowest = min(each.sequential, key=lambda t: float(np.mean(each.sequential[t].covered)))
    false = max(each.sequential.values(), key=lambda tally: float(np.mean(tally.false)))
    return (
        each.question.suite,
        each.question.words,
        _share([hit for tally in each.sequential.values() for hit in tally.covered]),
        f"{_share(each.sequential[lowest].covered)}, T = {lowest:g}",
        f"at most {_share(false.false)}" if each.question.is_verdict else "",
        _share([hit for tally in each.known.tallies.values() for hit in tally.covered]),
    )


def _share(hits: Sequence[bool]) -> str:
    low, high = clopper_pearson(int(sum(hits)), len(hits))
    return f"{np.mean(hits):.1%} [{low:.1%}, {high:.1%}]"


def _bets(each: Tried, bets: Mapping[str, float]) -> tuple[str, ...]:
    looks = each.n_drawn / each.n_cells
    return each.question.suite, each.question.words, f"{looks:,.0f}", f"{bets[key(each.question)]:,.0f}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_HEAD = """\
# What stopping saves

Made by `make economy` with evalkit {version}: {runs} simulations of each row. Each shipped suite is asked questions
of two kinds: how much (an interval within ± 0.05) and on which side of a value. The questions were written down
before any figure was seen. A side is left open where the mean is known to lie nearer than 0.1 (an interval within ±
0.07, which is what finds a difference of 0.1 with a chance of 0.8), except for `determinism`, whose only answer but
yes is 0.05 away.

Answers are the embedded language's own: 2,000 of each cell make a pool, 500 where all pairs are compared, and each
sample is drawn from it with replacement. So the pool is the law, and what is true of it is exact. Sizes, intervals,
looks and decisions are those of a run: the functions of `analysis/stopping.py` decide, with the usual four looks and
10 samples first.

A fixed plan draws as many samples of every cell. There are three, for what a saving is depends on what is known
beforehand:

- one that **knows the law**: the least with which each temperature reaches its goal in nine of ten runs, found by
  trying a hundred. Nobody has it before the first sample;
- one by the **usual variance** (ζ₁ = 0.025), as `evalkit plan --for` reckons without a pilot. It is no promise: where
  answers vary more, goals are missed;
- one for **any variance**, which is enough whatever the answers are: 27/64 for pairs, the most that an agreement can
  have, and 1/4 for shares.

Samples of each cell, with the share of runs that reach the goal at the temperature where fewest do."""
_MEANS = """\
In the mean over suites, each the mean of its questions, looks take **{worst}** of the plan for any variance, the
only one of a user who knows nothing that reaches all goals, too. Of the plan by usual variance they take {usual} for
those {same} of {all} questions where it reaches its goals, and {every} for all. Of the plan that knows the law they
take {known}: what unlike temperatures save pays for the looks, and no more. Where all temperatures need alike
(`storytelling`, `floor`), or there is one cell (`determinism`), whoever knows the number should draw it. The gain is
where temperatures differ (`code`: one of seven needs many), and where nobody knows.

Is what was known at the end true? Coverage of the interval at the look at which sampling stopped, over all
temperatures, and at the temperature where it is lowest, with 95 % intervals (Clopper-Pearson)."""
_AFTER_TRUE = """\
Of {n} intervals {coverage} hold the truth [{low}, {high}], and {false} of {decided} decisions are false. Coverage is
above its level because the look that stops is one of four that were paid for. It is lower in fixed plans where an
answer is rare: samples that have not seen it yet believe that nothing varies; see
[statistics.md](statistics.md#stopping-at-a-look) for what looks make of that.

Tried and left, in 60 runs of each question: levels that differ by look (0.5, 1.5 and 3 % of error over three) take 4 %
fewer samples in the mean, reach fewer goals, and would give one page intervals of several levels; two looks take 15 %
fewer, and leave up to three in ten goals of a width open at the neediest temperature; a first look at 8 samples
takes 3 to 5 % fewer, and knows less of what varies."""
_BETS = """\
## By bets

A confidence sequence by betting, looked at whenever samples have grown by half, as precise tests in pytest are.
Samples of each cell in the mean over temperatures, 10 streams each, for the questions of a width."""
_LIMITS = """\
Bets take one disjoint pair where a look takes all pairs, and believe nothing of how a mean is distributed: that is
their strength where nobody says how many looks there will be, and their price where that is known.

## What is not claimed

Sizes are those of a source that stays what it is, and of the shipped suites on the embedded language; another
language has other variances, and prompts of very unlike ones make more of a plan that looks. Each goal's interval
holds by itself: several goals are several promises, and a p-value of the same run knows nothing of looks."""
