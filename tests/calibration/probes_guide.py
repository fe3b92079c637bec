"""The guide at the head of docs/probes.md, and which probe each misbehaviour belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from evalkit.asking import script
from evalkit.nouns import Probe, Setting
from evalkit.probing import probes_before, probes_of

OWN: Mapping[str, str] = {
    "ignored": "temperature",
    "greedy": "temperature",
    "clamped": "effective temperature",
    "rescaled": "effective temperature",
    "refused": "temperature",
    "default-temperature": "default",
    "truncated": "unlikely tokens",
    "truncated-after": "unlikely tokens",
    "top-p-ignored": "nucleus",
    "penalty": "greedy",
    "frozen": "effective temperature",
    "copies": "choices",
    "n-ignored": "choices",
    "n-refused": "choices",
    "cache": "cache",
    "seed-ignored": "seed",
    "seed-alone": "seed",
    "logprobs-after": "logprobs",
    "logprobs-none": "logprobs",
    "logprobs-change": "logprobs",
    "logprobs-topk-renormalised": "logprobs",
    "flips": "floor",
    "jitter": "floor",
    "stop-ignored": "limits",
    "stop-kept": "limits",
    "max-tokens-ignored": "limits",
    "max-completion-tokens-ignored": "limits",
    "no-done": "streaming",
    "no-finish": "streaming",
    "cut-streams": "streaming",
    "no-stream-usage": "streaming",
    "usage-wrong": "usage",
    "usage-one-choice": "usage",
    "fingerprint-changes": "fingerprint",
    "no-fingerprint": "fingerprint",
    "accepts-anything": "bounds",
    "strict-fields": "bounds",
    "errors-500": "errors",
}
"""The probe, or the subject of `effective`, that a misbehaviour belongs to. None has ``rare-branch``: it takes a thousand long answers."""

FOLLOWS: Mapping[str, frozenset[str]] = {
    "ignored": frozenset({"effective temperature"}),
    "greedy": frozenset({"default"}),
    "rescaled": frozenset({"default"}),
    "accepts-anything": frozenset({"errors"}),
    "frozen": frozenset({"temperature", "nucleus", "seed", "default"}),
}
"""Probes that have to fire, too, as their subjects are touched by the same misbehaviour."""

# ruff: noqa: E501 - lines of a page

_HEAD = """\
# Does my endpoint obey?

A curve over temperature says something only if the temperature that is set is the one that is applied. Servers accept a
setting and ignore it, scale it, cut the distribution before it, answer from a cache, or let the first request's settings rule
all later ones; all of that with status 200. Two commands find out before an experiment.

**`evalkit doctor`** tells whether everything is here that a run needs: versions, key, address, and which servers answer on the
usual ports of this machine, with the line to export. It asks nobody beyond this machine, and no port under CI or where
`EVALKIT_NO_DETECT` is set. Exit code 2 when something is wrong.

**`evalkit probe SUITE`**, or `--model NAME --base-url ADDRESS`, asks the endpoint about itself: {usual} requests of at most
{longest} tokens; `--deep` sends {deep:,}. `--plan` shows them and sends nothing,
`--only NAME` asks for one thing, `--json` gives everything, `--strict` exits with 1 when anything is ignored or done in part.
`--store FILE` keeps what is found with the run of that suite, for its pages and tables. From Python: `evalkit.probe(suite)`.

Each finding is one of five. **honoured**: it does what the protocol says. **ignored**: it takes the setting, and nothing
follows. **partly**: something else follows. **refused**: an error. **could not tell**: the answers carry no verdict, and the
finding says what would settle it; that is neither praise nor blame. Where a test stands behind a finding its p-value is given,
adjusted over all findings by Holm's rule.

## Before and after a run

`evalkit run` begins with a **preflight**: the few questions that the run rests on, asked with its own lowest and highest temperature.
Usually those are {preflight} short requests: does temperature change anything, are equal requests sampled anew, do equal requests
at T = 0 agree, alone and at once; besides, seeds where the suite sends them, `n` where its mode is `choices`, and what
log-probabilities mean where it asks for them. It is sent where that is a tenth of what the run still buys at most; `--preflight`
sends it in any case, `--no-preflight` never. A run that was begun with one ends with a **canary**: the same questions at the lowest
and the highest temperature again, held against the answers from before. A preflight that meets a busy endpoint is given up, and the
run goes on; a wrong key, model or address ends both.

What is found stays with the run: on its page ("What the endpoint does with its settings"), in the cautions of tables and
comparisons, in the messages of tests that do not hold and at the end of their session, where `--evalkit-preflight=on|off` says
whether purchases from real endpoints begin so. Its requests are no draws: they are counted and kept apart from the run's answers.

## The probes

| probe | what it finds out | requests of its own and shared | |
| --- | --- | --- | --- |
"""

_READING = """
Requests that several probes want are sent once, and those that are refused not again. What differs only in white space at the ends counts as equal, except for
`floor`. No probe knows any server: they rest on the protocol and on statistics.

## How to read effective temperatures

`0.5 -> 0.31 [0.21, 0.49]` says: asked for 0.5, tokens were drawn as if at 0.31, and the interval of 95 % goes from 0.21 to 0.49. It is
the maximum-likelihood estimate from the log-probabilities at every place of every answer. The line before it is the map that
explains all of them: as asked, one temperature for all, a multiple, or a ceiling. As asked stands unless it is excluded at 0.001, so
wide intervals mean that little was excluded: send `--deep`. Tokens that are never drawn would make temperatures look low; where
a cut explains more than any temperatures do, "unlikely tokens" says so and the map is of the tokens that are kept. Without
log-probabilities only `--deep` tells temperatures, and only as multiples of the one at T = 1.

## What to do

- `temperature-ignored`: read the effective temperatures beside the axis; have sampling switched on (`do_sample`, a pinned temperature
  of the route), or ask another server. Refused temperatures: measure repetition at what is accepted.
- `frozen-settings`: restart the server without the mode in which the first request rules, and probe again.
- `truncated-distribution`: send `top_p: 1` and, in `decoding.extra`, the server's names for none, such as `top_k: 0`, `min_p: 0`,
  `repeat_penalty: 1`.
- `seed-ignored`: do without seeds, or set `concurrency: 1` where they are honoured alone.
- `too-alike-to-be-random`: switch the cache off, or add a word that changes with each request.
- `copies-under-n`: use `mode: separate`.
- `fingerprint-changed`: look at each configuration by itself.
- noise at T = 0 ("T = 0 repeated"): differences between cells below it are the server's, not the model's. "At word 31; there the two
  likeliest tokens are 0.02 nats apart" is a near tie that rounding decides; apart by much, something else changes the answers. Noise
  only at once, or only among others, comes with batches: `concurrency: 1` ends it.
- mistakes answered with status 500 ("malformed JSON", "a value of a wrong type"): a client that tries 5xx again sends the hopeless
  request again; answered with 200, a misspelt value goes unnoticed: check values before they are sent.
"""


def guide(setting: Setting) -> str:
    """Return the guide, with the numbers of requests that are true today."""
    usual, deep = script(probes_of(), setting), script(probes_of(deep=True), _deep(setting))
    longest = max(value for ask in usual.asks for name, value in ask.fields if name.startswith("max_"))  # type: ignore[type-var]
    head = _HEAD.format(
        usual=usual.n_requests,
        longest=longest,
        preflight=script(probes_before(setting), replace(setting, brief=True)).n_requests,
        deep=deep.n_requests,
    )
    rows = [_row(each, setting) for each in probes_of(deep=True)]
    return head + "\n".join(rows) + "\n" + _READING.rstrip()


def _row(each: Probe, setting: Setting) -> str:
    n = sum(ask.repeats for ask in each.asks(setting))
    what = each.question.removeprefix("Return ").rstrip(".").replace("``", "`")
    kind = "deep only" if each.deep else "before a run" if each.before else ""
    return f"| `{each.name}` | {what} | {n:,} | {kind} |"


def _deep(setting: Setting) -> Setting:
    return replace(setting, deep=True)
