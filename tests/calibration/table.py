"""The page of what came out: one table for each row, and what they show and do not show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from string import Template

from calibration.check import SECOND_SEED, SEED, Check, Effort

TITLES = {
    1: "Pair agreement",
    2: "Pair agreement, interior cells",
    3: "Mean distances",
    4: "Jackknife variance over the exact one",
    5: "Of k draws: TAR@k, distinct@k, distinct-valid@k",
    6: "Rarefied distinct-n",
    7: "Coverage of the sample",
    8: "Entropy from counts, and when it is refused",
    9: "Sequence entropy from log-probabilities",
    10: "Common prefix and survival",
    11: "Entropy's slope in ln T is varentropy",
    12: "Effective temperature from log-probabilities",
    13: "Effective temperature from samples alone",
    14: "Sampled as reported, and what is cut",
    16: "Differences",
    17: "Means over prompts",
    18: "Two-sample tests",
    19: "Equivalence at the margin",
    20: "Confidence sequences",
    21: "Trends",
    22: "Matched temperature",
    23: "QD index",
    101: "The guarded interval and the usual bootstrap",
    102: "Languages of any shape",
    103: "Suites of any shape",
    104: "False trends by design",
    105: "The embedded endpoint",
    106: "Over HTTP",
    107: "Of k draws, languages of any shape",
}
"""Heading of each row, the numbered ones first."""
NUMBERED = frozenset(row for row in TITLES if row < 100)
"""Rows that every run of the tests tries."""

REMARKS = {
    1: "The truth is the sum of squared probabilities. With few answers the interval is cautious on purpose: when all"
    " answers agree, or all differ, little is known.",
    2: "Where agreement is neither rare nor certain (between 0.1 and 0.8), from 20 answers on, the interval may not be"
    " too cautious either.",
    3: "The truth is the sum over all pairs of the short language's answers; a test holds their distances to plain"
    " dynamic programming. Ten answers are asked to be unbiased only. From 50 answers on coverage is held to 93 to"
    " 97 %; at 20 the interval, an envelope of several, may reach 99 %. Where more than half of all answers are"
    " one text the limit is one-sided: no interval can come down to its level there.",
    4: "The jackknife counts twice what hangs on the combination of two answers only; its own expected value is known,"
    " and is what it is held to. It may never be below 0.9, and stays below 1.3 wherever its expected value does: with"
    " 10 answers, or in very diverse cells, theory itself puts it above.",
    5: "What five of 20 answers are expected to give; the truth is a power sum, or a sum of (1 - p) to the fifth. An"
    " answer is valid when it promises sunshine.",
    6: "The truth is the expectation over all samples of 20 answers: for each n-gram the joint law of its count and of"
    " all counts, convolved 20 times.",
    7: "Not unbiased, and not said to be: off by less than 0.05.",
    8: "Chao, Wang and Jost's estimate is nearer to the truth than the entropy of the sample itself; the column of"
    " limits says how far off that one is. With less than half of the language seen, no entropy is told.",
    9: "The mean of minus the log-probability of an answer, unbiased everywhere. Coverage is that of the cells that"
    " have an interval, and is held to 93 to 98.5 % in the short language where no answer has more than half of the"
    " probability: the interval is an envelope of two for skewed values. Elsewhere it is told and not judged: it falls"
    " short by a few points where one answer is very likely, and by far where one answer in fifty goes astray and"
    " carries much of the entropy (long, T 1), which 20 answers can not tell.",
    10: "The words that two answers share before they part, and the chance that they begin with the same words.",
    11: "Nothing is drawn: the finite difference over a step of 0.0001 in ln T, in the state where both differ most.",
    12: "200 sampled tokens from softmaxes with random logits, sharp and blunt ones, of 200 words each, the 20 most"
    " likely reported; tokens beyond are left out. That is four answers of 60 tokens, or ten of 20. An endpoint"
    " that rescales or clamps samples at another temperature than it is asked for, and that one is the truth.",
    13: "First tokens of six questions, of 100 words each. Where both temperatures are sampled it takes 200 requests"
    " for each question and temperature, of one token each: 2,400, and half as many experiments are made as above. With"
    " a reference that is known it takes 300.",
    14: "Of 500 places like those of row 12, where the sampled token is among those reported."
    " Alarms are those of the 5 % level, at a temperature that is known.",
    16: "For one prompt from the two intervals (MOVER); for ten prompts paired, for these very prompts; and for twenty"
    " drawn from sixty, for prompts like these. The last is a t interval over differences that are skewed here, and is"
    " held to 90 % only.",
    17: "Prompts are drawn from sixty, sharper and blunter ones. One interval speaks of the prompts drawn, the other of"
    " all sixty.",
    18: "Both sides speak at the same temperature.",
    19: "The true difference is the margin itself, so to show equivalence is an error.",
    20: "An interval after each of 200 samples; an error is one that misses at any of them.",
    21: "Flat at T 0.8 five times, and from 0.3 to 1.3. Page's test and that of the curve see the pair agreement of"
    " prompts; Jonckheere and Terpstra's the edit distance of each answer of one prompt from the likeliest.",
    22: "The candidate's logits are 1.2 times the baseline's, so that it is as diverse at 1.2 times the temperature;"
    " both are asked at 0.4, 0.6, 0.8, 1, 1.2 and 1.6. An interval that goes on beyond these counts as going on.",
    23: "The truth is the sum over all pairs of the short language's answers of validity and distance.",
    101: "One common text and rare others; nearly all samples agree in all their texts, and resampling equal texts"
    " gives equal texts. The second interval is no part of evalkit.",
    102: "Pair agreement, with languages of two texts, of equal texts, of Zipf's law and others. Never below 93 %.",
    103: "The mean agreement of prompts like these, from populations of prompts of four shapes. With few prompts whose"
    " agreement is low and skewed it is a little short.",
    104: "Where temperature does nothing, the curve's trend test finds a trend in 7 % of suites at most (10 % where"
    " only 200 are tried); with few prompts and temperatures in far fewer.",
    105: "Simulated runs of 30 prompts drawn from all topics, 20 answers each, half as many as above: over prompts, and"
    " within one prompt, among cells that have an interval. Common words are so skewed over topics that a t interval"
    " over 30 prompts is too short on one side; read that interval as one of 90 %.",
    106: "30 prompts at temperatures 0.1, 0.2 and 0.4, 20 answers each, asked of the embedded server as any endpoint is"
    " asked: the share of intervals that hold the exact value.",
    107: "The least coverage over 10, 20 and 50 answers and k of 2, 5 and 10; for valid answers k is 5, with six ways"
    " to be valid. Half as many experiments of each setting.",
}
"""What the reader should know of a row."""

_PAGE = Template(
    """# Calibration

An interval that is called 95 % must cover the truth in 95 of 100 experiments, and an estimate that is called unbiased
must be right on average. Whether they do can only be tried where the truth is known. evalkit carries two languages
whose every probability is known:

- **short**: forecasts of one to five words, of which there are 1,365
  ([`enumerable.py`](../evalkit/loopback/enumerable.py)). Every quantity is a finite sum, of pairs too.
- **long**: a topic of the embedded endpoint, with about 12 words from a vocabulary of hundreds
  ([`language.py`](../evalkit/loopback/language.py)). Its answers can not be listed; what is true of them comes from
  sums over states ([`truth.py`](../evalkit/loopback/truth.py)).

In both a temperature divides the logits of each token, as in a model. Samples go through the code that measures a
run: metrics by their name, cells, measurements, curves, and the functions of [`evalkit/stats`](../evalkit/stats).

```console
$$ make calibrate
```

writes this page. Version $version, $runs simulated experiments of each setting ($tenfold of each jackknife variance),
nominal level 95 %, seed $seed. Each setting draws from a stream of its own that is named after it, so the numbers
come out the same on any number of cores, alone or together. Among hundreds of checks some are out of bounds by
chance: those are looked at again with ten times as many experiments and seed $second, and that result stands,
whatever it is; the table says which ($looks).

The same table with 200 experiments, fewer settings and limits twice as wide is part of `make test`; formulas that are
wrong on purpose are planted there, and found
([`test_planted_faults.py`](../tests/calibration/test_planted_faults.py)).

**$passed of $total checks are in bounds.** Bias is in Monte Carlo standard errors: the difference of mean and truth
over the standard error of that mean. Some limits are wider than a reader may hope for, or are not set at all; why
stands with the row: 3, 4, 9, 16, and the embedded endpoint.

$tables
## What has no interval within one prompt, and why

The value of a SET metric that counts duplicates (`unique_share`, `modal_share`, `distinct_n`, `compression_ratio`)
has an interval over prompts, none within one. A delete-one jackknife was tried on 250 cells of 20 answers of two
topics, against the mean of those cells: at T = 0.1 it covered 56 to 80 % for unique share, distinct n and compression
ratio, and for modal share 2 % at T = 0.5. An interval that holds its promise only at some temperatures is none. Exact
agreement, the distances and the length say what there is to say about one prompt.

## What it does not show

The languages are small and written by hand. That an interval is right here says that the arithmetic is right; it does
not say that your prompts are like those you care about."""
)


def page(checks: Sequence[Check], effort: Effort, *, version: str) -> str:
    """Return the page in Markdown.

    Args:
        checks: Every check.
        effort: How hard was tried.
        version: Version of evalkit.
    """
    rows = sorted(checks, key=lambda check: check.row)
    tables = "\n".join(_table(row, list(group)) for row, group in groupby(rows, key=lambda check: check.row))
    return _PAGE.substitute(
        version=version,
        runs=f"{effort.runs:,}",
        tenfold=f"{10 * effort.runs:,}",
        seed=SEED,
        second=SECOND_SEED,
        looks=f"{sum('second look' in check.setting for check in checks)} of {len(checks)}",
        passed=sum(check.passed for check in checks),
        total=len(checks),
        tables=tables,
    )


def _table(row: int, checks: Sequence[Check]) -> str:
    number = f"{row}. " if row in NUMBERED else ""
    columns = ["quantity", "language", "setting", "truth", "mean", "bias", "coverage", "asked", "verdict"]
    lines = [[*_cells(check), check.limit, check.verdict] for check in checks]
    kept = [i for i in range(len(columns)) if any(line[i] for line in lines)]
    ruled = ["---:" if columns[i] in {"truth", "mean", "bias", "coverage"} else "---" for i in kept]
    shown = [[columns[i] for i in kept], ruled, *([line[i] for i in kept] for line in lines)]
    remark = "\n".join(_wrapped(REMARKS[row]))
    body = "\n".join(f"| {' | '.join(line)} |" for line in shown)
    return f"## {number}{TITLES[row]}\n\n{remark}\n\n{body}\n"


def _cells(check: Check) -> Iterator[str]:
    yield from (check.quantity, check.language, check.setting)
    yield from (f"{number:.4g}" for number in (check.truth, check.mean))
    yield "" if check.z is None else f"{check.z:+.1f}" if math.isfinite(check.z) else "∞"
    yield "" if check.coverage is None else f"{check.coverage:.1%}".replace("%", " %")


def _wrapped(text: str, width: int = 120) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line
